"""What qualifies somebody for the legal review of penalties."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0014_holiday_years"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="legal_qualification_no",
            field=models.CharField(blank=True, max_length=100, verbose_name="法制审核资格"),
        ),
    ]
