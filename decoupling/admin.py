"""The superuser's window on decoupling; nothing here can be changed or deleted."""

from django.contrib import admin

from decoupling import models
from registry.admin import ReadOnly

for model in (
    models.Batch,
    models.Department,
    models.ChecklistItem,
    models.Listing,
    models.Placement,
    models.ItemStatus,
    models.Evidence,
    models.SignOff,
    models.Reminder,
    models.Signature,
    models.Acceptance,
    models.ReviewRound,
    models.Revisit,
    models.Rectification,
    models.Leader,
    models.Aftercare,
    models.Snapshot,
):
    admin.site.register(model, ReadOnly)
