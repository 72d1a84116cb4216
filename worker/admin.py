"""The superuser's window on the alerts; nothing here can be changed or deleted."""

from django.contrib import admin

from registry.admin import ReadOnly
from worker import models

admin.site.register(models.Alert, ReadOnly)
