"""The superuser's window on the cleanup; nothing here can be changed or deleted."""

from django.contrib import admin

from cleanup import models
from registry.admin import ReadOnly

for model in (models.Campaign, models.Window, models.Determination, models.Finding, models.Case, models.Notice):
    admin.site.register(model, ReadOnly)
