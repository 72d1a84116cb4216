"""The superuser's window on decoupling; nothing here can be changed or deleted."""

from django.contrib import admin

from decoupling import models
from registry.admin import ReadOnly

for model in (models.ChecklistItem, models.Listing, models.Placement, models.ItemStatus, models.Signature):
    admin.site.register(model, ReadOnly)
