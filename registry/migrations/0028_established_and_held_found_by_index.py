from django.db import migrations, models


class Migration(migrations.Migration):
    """Each night asks who has become old enough and who is on hold; neither should read the whole register."""

    dependencies = [
        ("registry", "0027_room_for_heads"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="organisation",
            index=models.Index(fields=["established_on"], name="organisation_established"),
        ),
        migrations.AddIndex(
            model_name="organisation",
            index=models.Index(fields=["held_on"], name="organisation_held", condition=models.Q(held_on__isnull=False)),
        ),
    ]
