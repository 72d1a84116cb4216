"""Law rows shipped since 0010."""

from django.db import migrations

from registry import lawbook


def enter_law(apps, schema_editor):
    bases, policies = lawbook.read()
    for row in bases:
        apps.get_model("registry", "LegalBasis").objects.get_or_create(
            code=row["code"], version=row["version"], defaults=row
        )
    for row in policies:
        apps.get_model("registry", "Policy").objects.get_or_create(
            key=row["key"],
            kind=row.get("kind", ""),
            year=row.get("year"),
            effective_from=row["effective_from"],
            defaults=row,
        )


def keep(apps, schema_editor):
    """Keep the rows: the law does not go back with the tables."""


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0017_sweeps"),
    ]

    operations = [
        migrations.RunPython(enter_law, keep),
    ]
