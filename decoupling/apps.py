"""Separation of industry associations from government, item by item."""

from django.apps import AppConfig


class DecouplingConfig(AppConfig):
    """Lists, plans, the five separations, acceptance."""

    name = "decoupling"
    verbose_name = "行业协会商会脱钩"

    def ready(self) -> None:
        """Tell the register's import desk what else it may take: the desk knows nothing of separations."""
        from decoupling.actions.intake import KINDS  # noqa: PLC0415 - models are loaded only now
        from registry.actions.intake import desk  # noqa: PLC0415 - as above

        desk.KINDS.update(KINDS)
