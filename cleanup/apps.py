"""Campaigns against zombie organisations: criteria, sweeps, findings, cases."""

from django.apps import AppConfig


class CleanupConfig(AppConfig):
    """Finds and clears zombie organisations."""

    name = "cleanup"
    verbose_name = "僵尸型社会组织整治"
