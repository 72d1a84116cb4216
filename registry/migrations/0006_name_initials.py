"""First letters of names, by which officers search: the column and its index."""

from django.db import migrations, models

from registry import guards


def install(apps, schema_editor):
    guards.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("registry", "0005_filings")]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="name_initials",
            field=models.CharField(
                blank=True, default="", editable=False, max_length=1200, verbose_name="名称拼音首字母"
            ),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="organisation",
            index=models.Index(fields=["name_initials"], name="organisation_name_initials"),
        ),
        migrations.RunPython(install, install),
    ]
