"""The import desk: stored files, columns, progress, and what became of refused rows."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import registry.models.intake


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0007_fill_name_initials"),
    ]

    operations = [
        migrations.AddField(
            model_name="importissue",
            name="resolution",
            field=models.CharField(
                blank=True,
                choices=[("imported", "已更正导入"), ("dropped", "不再导入")],
                max_length=20,
                verbose_name="处理结果",
            ),
        ),
        migrations.AddField(
            model_name="importissue",
            name="resolution_note",
            field=models.CharField(blank=True, max_length=500, verbose_name="处理说明"),
        ),
        migrations.AddField(
            model_name="importissue",
            name="resolved_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="处理人",
            ),
        ),
        migrations.AddField(
            model_name="importrun",
            name="attempt",
            field=models.PositiveIntegerField(default=0, verbose_name="第几次"),
        ),
        migrations.AddField(
            model_name="importrun",
            name="error",
            field=models.TextField(blank=True, verbose_name="错误"),
        ),
        migrations.AddField(
            model_name="importrun",
            name="file",
            field=models.FileField(
                blank=True,
                storage=registry.models.intake.private_files,
                upload_to=registry.models.intake.stored_name,
                verbose_name="存放位置",
            ),
        ),
        migrations.AddField(
            model_name="importrun",
            name="header",
            field=models.JSONField(blank=True, default=list, verbose_name="表头"),
        ),
        migrations.AddField(
            model_name="importrun",
            name="is_trial",
            field=models.BooleanField(default=False, verbose_name="试运行"),
        ),
        migrations.AddField(
            model_name="importrun",
            name="mapping",
            field=models.JSONField(blank=True, default=dict, verbose_name="列的对应"),
        ),
        migrations.AddField(
            model_name="importrun",
            name="moved_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="最近进展"),
        ),
        migrations.AddField(
            model_name="importrun",
            name="rows_done",
            field=models.PositiveIntegerField(default=0, verbose_name="已处理行数"),
        ),
        migrations.AddField(
            model_name="importrun",
            name="rows_expected",
            field=models.PositiveIntegerField(default=0, verbose_name="预计行数"),
        ),
        migrations.AddField(
            model_name="importrun",
            name="samples",
            field=models.JSONField(blank=True, default=list, verbose_name="前几行"),
        ),
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
                ],
                default="running",
                max_length=20,
                verbose_name="结果",
            ),
        ),
        migrations.AddConstraint(
            model_name="importissue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("resolution", ""), ("resolved_at__isnull", True), ("resolved_by__isnull", True)),
                    models.Q(
                        models.Q(("resolution", ""), _negated=True),
                        ("resolved_at__isnull", False),
                        ("resolved_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="import_issue_resolved_wholly",
            ),
        ),
    ]
