"""The superuser's window on the register. Officers work in the console; nothing here can be changed or deleted."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from registry import models


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """Shows rows, changes none: every change goes through an action and leaves its event."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


for model in (
    models.Organisation,
    models.Event,
    models.AnnualReport,
    models.JobRun,
    models.ImportRun,
    models.LegalBasis,
    models.Policy,
    models.LawProposal,
    models.LawChange,
    models.LawEvent,
    models.CalendarEvent,
    models.HolidayYear,
    models.Deadline,
    models.StaffEvent,
    models.Note,
    models.Assignment,
    models.Filing,
    models.FilingStep,
    models.StoredFile,
    models.FileWithdrawal,
):
    admin.site.register(model, ReadOnly)


@admin.register(models.User)
class Officers(ReadOnly):
    """Users with their role and unit, without their password; accounts change through `registry.actions.user`."""

    exclude = ("password",)
    list_display = ("username", "display_name", "role", "is_active")
