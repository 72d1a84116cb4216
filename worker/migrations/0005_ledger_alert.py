"""Alerts about a ledger that does not hold."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("worker", "0004_sign_off_alerts"),
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
                    ("sign_off", "脱钩会签"),
                    ("ledger", "台账核验"),
                ],
                max_length=20,
                verbose_name="类别",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["deadline", "new_findings", "mention", "figures", "sign_off", "ledger"])
                ),
                name="alert_kind_known",
            ),
        ),
    ]
