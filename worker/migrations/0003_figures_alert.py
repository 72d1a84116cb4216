"""Alerts about figures the ledger does not bear out."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("worker", "0002_mentions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="alert",
            name="alert_kind_known",
        ),
        migrations.AlterField(
            model_name="alert",
            name="kind",
            field=models.CharField(
                choices=[
                    ("deadline", "期限提醒"),
                    ("new_findings", "新线索提醒"),
                    ("mention", "备注提及"),
                    ("figures", "数字核对"),
                ],
                max_length=20,
                verbose_name="类别",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["deadline", "new_findings", "mention", "figures"])),
                name="alert_kind_known",
            ),
        ),
    ]
