"""A file that is not imported may be given up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0024_passwords_given"),
    ]

    operations = [
        migrations.AlterField(
            model_name="importrun",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("uploaded", "待核对列"),
                    ("queued", "排队中"),
                    ("running", "运行中"),
                    ("done", "完成"),
                    ("failed", "失败"),
                    ("discarded", "已放弃"),
                ],
                default="running",
                max_length=20,
                verbose_name="结果",
            ),
        ),
    ]
