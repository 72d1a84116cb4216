"""Enter the checklist the system ships with."""

from django.db import migrations

from decoupling import checklist


def enter(apps, schema_editor):
    item = apps.get_model("decoupling", "ChecklistItem")
    item.objects.bulk_create(item(**row) for row in checklist.read())


def leave(apps, schema_editor):
    """Keep the rows: going back drops their table."""


class Migration(migrations.Migration):
    dependencies = [("decoupling", "0001_lists")]
    operations = [migrations.RunPython(enter, leave)]
