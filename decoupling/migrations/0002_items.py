"""Enter the checklist the system ships with."""

from django.db import migrations

from decoupling import checklist


def enter(apps, schema_editor):
    item = apps.get_model("decoupling", "ChecklistItem")
    columns = {field.name for field in item._meta.fields}
    rows = ({name: value for name, value in row.items() if name in columns} for row in checklist.read())
    item.objects.bulk_create(item(**row) for row in rows)


def leave(apps, schema_editor):
    """Keep the rows: going back drops their table."""


class Migration(migrations.Migration):
    dependencies = [("decoupling", "0001_lists")]
    operations = [migrations.RunPython(enter, leave)]
