from django.db import migrations

from registry import grams


class Migration(migrations.Migration):
    """The same characters and pairs by a function that takes a tenth of the time: the indexes stay as they are."""

    dependencies = [
        ("registry", "0025_imports_given_up"),
    ]

    operations = [
        migrations.RunPython(
            lambda _apps, editor: grams.install(editor.connection),
            migrations.RunPython.noop,
        ),
    ]
