"""Checkpoints of the ledger, and the checks made of it; what a record holds is stored as the text that is hashed."""

import django.core.serializers.json
import django.db.models.deletion
from django.db import migrations, models

import registry.ledger
from registry import guards


def lift(apps, schema_editor):
    guards.remove(schema_editor.connection)


def install(apps, schema_editor):
    guards.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("registry", "0012_filings_without_clocks")]

    operations = [
        migrations.RunPython(lift, install),
        migrations.AlterField(
            model_name="event",
            name="facts",
            field=models.JSONField(default=dict, encoder=registry.ledger.Canonical, verbose_name="事实"),
        ),
        migrations.AlterField(
            model_name="lawevent",
            name="facts",
            field=models.JSONField(default=dict, encoder=registry.ledger.Canonical, verbose_name="事实"),
        ),
        migrations.AlterField(
            model_name="staffevent",
            name="facts",
            field=models.JSONField(default=dict, encoder=registry.ledger.Canonical, verbose_name="事实"),
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(unique=True, verbose_name="编号")),
                ("on", models.DateField(unique=True, verbose_name="日期")),
                ("at", models.DateTimeField(verbose_name="记录时间")),
                ("cuts", models.JSONField(encoder=registry.ledger.Canonical, verbose_name="所含记录")),
                ("chains", models.PositiveIntegerField(verbose_name="链数")),
                ("events", models.PositiveBigIntegerField(verbose_name="记录条数")),
                ("root", models.CharField(max_length=64, verbose_name="根摘要")),
                ("previous", models.CharField(blank=True, max_length=64, verbose_name="上一检查点摘要")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
            ],
            options={
                "verbose_name": "检查点",
                "verbose_name_plural": "检查点",
                "ordering": ("number",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number", 1), ("previous", "")),
                            models.Q(("number__gt", 1), models.Q(("previous", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="checkpoint_first_alone_has_no_previous",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField(verbose_name="开始")),
                ("seen_at", models.DateTimeField(verbose_name="最近进展")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="结束")),
                ("chains", models.PositiveIntegerField(default=0, verbose_name="已核链数")),
                ("events", models.PositiveBigIntegerField(default=0, verbose_name="已核条数")),
                ("seconds", models.FloatField(default=0, verbose_name="用时（秒）")),
                ("found", models.PositiveIntegerField(default=0, verbose_name="不符处数")),
                (
                    "faults",
                    models.JSONField(
                        default=list, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="不符之处"
                    ),
                ),
                (
                    "position",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="进度"
                    ),
                ),
                (
                    "checkpoint",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.checkpoint",
                        verbose_name="所核检查点",
                    ),
                ),
            ],
            options={
                "verbose_name": "台账核验",
                "verbose_name_plural": "台账核验",
                "ordering": ("-started_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("finished_at__isnull", True), ("finished_at__gte", models.F("started_at")), _connector="OR"
                        ),
                        name="ledger_check_ends_after_start",
                    )
                ],
            },
        ),
        migrations.RunPython(install, lift),
    ]
