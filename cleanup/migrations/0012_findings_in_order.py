from django.db import migrations, models


class Migration(migrations.Migration):
    """The latest findings, which their page shows first, are read without sorting all there are."""

    dependencies = [
        ("cleanup", "0011_annulment_is_proposed"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(fields=["found_on", "id"], name="finding_latest"),
        ),
    ]
