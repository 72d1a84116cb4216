"""An enforcement certificate belongs to one account."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0021_imports_of_separations"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                condition=~models.Q(certificate_no=""), fields=("certificate_no",), name="user_certificate_once"
            ),
        ),
    ]
