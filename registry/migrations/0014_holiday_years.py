"""Years of holidays that are loaded, and their ledger."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import registry.ledger
from registry import guards


def install(apps, schema_editor):
    guards.install(schema_editor.connection)


def keep(apps, schema_editor):
    """Keep the triggers: going back drops their table."""


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0013_checkpoints"),
    ]

    operations = [
        migrations.CreateModel(
            name="HolidayYear",
            fields=[
                ("year", models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name="年份")),
                ("days", models.JSONField(verbose_name="放假和调休")),
                ("source", models.CharField(max_length=200, verbose_name="公布文件")),
                ("file_name", models.CharField(max_length=200, verbose_name="文件名")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
            ],
            options={
                "verbose_name": "节假日安排",
                "verbose_name_plural": "节假日安排",
                "ordering": ("-year",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="holiday_year_has_source"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveIntegerField(unique=True, verbose_name="序号")),
                ("verb", models.CharField(max_length=60, verbose_name="事项")),
                ("on", models.DateField(verbose_name="生效日期")),
                ("at", models.DateTimeField(verbose_name="记录时间")),
                ("reason", models.TextField(verbose_name="理由")),
                (
                    "facts",
                    models.JSONField(default=dict, encoder=registry.ledger.Canonical, verbose_name="事实"),
                ),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("digest", models.CharField(max_length=64)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="registry.holidayyear",
                        verbose_name="节假日安排",
                    ),
                ),
            ],
            options={
                "verbose_name": "日历台账记录",
                "verbose_name_plural": "日历台账记录",
                "ordering": ("seq",),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("seq__gte", 1)), name="calendar_event_seq_from_one"),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="calendar_event_has_reason"
                    ),
                ],
            },
        ),
        migrations.RunPython(install, keep),
    ]
