from django.db import migrations

from registry import grams


class Migration(migrations.Migration):
    """The index behind the search, on PostgreSQL."""

    dependencies = [("registry", "0018_law_since_deadlines")]

    operations = [
        migrations.RunPython(
            lambda _apps, editor: grams.install(editor.connection),
            lambda _apps, editor: grams.remove(editor.connection),
        ),
    ]
