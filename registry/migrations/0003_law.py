"""Enter the legal bases and policy values the system ships with."""

from django.db import migrations

from registry import lawbook


def enter(apps, schema_editor):
    bases, policies = lawbook.read()
    apps.get_model("registry", "LegalBasis").objects.bulk_create(
        apps.get_model("registry", "LegalBasis")(**row) for row in bases
    )
    apps.get_model("registry", "Policy").objects.bulk_create(
        apps.get_model("registry", "Policy")(**row) for row in policies
    )


def leave(apps, schema_editor):
    """Keep the rows: going back drops their tables."""


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_guards")]
    operations = [migrations.RunPython(enter, leave)]
