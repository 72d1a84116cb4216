"""The register itself: organisations, lifecycle, annual reports, ledger, law as data, import."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """The lowest layer; it knows none of the others."""

    name = "registry"
    verbose_name = "登记"
