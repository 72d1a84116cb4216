"""Make the ledger append-only and tie every change of state to its event."""

from django.db import migrations

from registry import guards


def install(apps, schema_editor):
    guards.install(schema_editor.connection)


def remove(apps, schema_editor):
    guards.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_register")]
    operations = [migrations.RunPython(install, remove)]
