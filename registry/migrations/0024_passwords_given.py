"""Whether a password was set by an administrator."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0023_law_of_later_days"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="has_given_password",
            field=models.BooleanField(default=False, verbose_name="密码由管理员设置"),
        ),
    ]
