"""Separation of industry associations from government, item by item."""

from django.apps import AppConfig


class DecouplingConfig(AppConfig):
    """Lists, plans, the five separations, acceptance."""

    name = "decoupling"
    verbose_name = "行业协会商会脱钩"
