"""Separation of industry associations from government, item by item."""

from importlib import import_module

from django.apps import AppConfig


class DecouplingConfig(AppConfig):
    """Lists, plans, the five separations, acceptance."""

    name = "decoupling"
    verbose_name = "行业协会商会脱钩"

    def ready(self) -> None:
        """Tell the register's import desk what else it may take: the desk knows nothing of separations.

        Both are looked up by name, for models are loaded only now.
        """
        import_module("registry.actions.intake.desk").KINDS.update(import_module("decoupling.actions.intake").KINDS)
