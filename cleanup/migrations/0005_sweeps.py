"""Campaigns in steps with a ledger of their own; sweeps as rows; lists and what a preview found."""

import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import registry.ledger
from registry import guards


def install(apps, schema_editor):
    guards.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("cleanup", "0004_notices"),
        ("registry", "0017_sweeps"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CampaignEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveIntegerField(unique=True, verbose_name="序号")),
                ("verb", models.CharField(max_length=60, verbose_name="事项")),
                ("on", models.DateField(verbose_name="生效日期")),
                ("at", models.DateTimeField(verbose_name="记录时间")),
                (
                    "facts",
                    models.JSONField(default=dict, encoder=registry.ledger.Canonical, verbose_name="事实"),
                ),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("digest", models.CharField(max_length=64)),
                ("reason", models.TextField(blank=True, verbose_name="理由")),
            ],
            options={
                "verbose_name": "行动台账记录",
                "verbose_name_plural": "行动台账",
                "ordering": ("seq",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Hit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("criteria", models.CharField(max_length=6, verbose_name="情形")),
                (
                    "left_out",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("held", "暂缓处理"),
                            ("filing", "有在办的登记申请"),
                            ("new", "新登记"),
                            ("exempt", "免予排查"),
                            ("excluded", "本次行动不排查"),
                        ],
                        max_length=20,
                        verbose_name="不排查",
                    ),
                ),
            ],
            options={
                "verbose_name": "符合情形的组织",
                "verbose_name_plural": "符合情形的组织",
                "ordering": ("run", "organisation"),
            },
        ),
        migrations.CreateModel(
            name="Listed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={
                "verbose_name": "名单内组织",
                "verbose_name_plural": "名单内组织",
                "ordering": ("campaign", "organisation"),
            },
        ),
        migrations.CreateModel(
            name="Sweep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "evaluation",
                    models.CharField(
                        choices=[("full", "全面排查"), ("incremental", "增量排查")],
                        default="full",
                        max_length=20,
                        verbose_name="方式",
                    ),
                ),
                ("under_way", models.BooleanField(default=True, verbose_name="正在进行")),
                (
                    "asked",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="口径"
                    ),
                ),
                ("read_up_to", models.BigIntegerField(blank=True, null=True, verbose_name="台账读至")),
                ("baseline", models.PositiveIntegerField(blank=True, null=True, verbose_name="预期线索")),
                ("moved", models.PositiveIntegerField(default=0, verbose_name="变动线索")),
                (
                    "stopped_because",
                    models.CharField(
                        blank=True,
                        choices=[("jump", "结果突变"), ("stale", "数据过期")],
                        max_length=20,
                        verbose_name="停止原因",
                    ),
                ),
                ("stop_note", models.CharField(blank=True, max_length=300, verbose_name="停止说明")),
                ("released_at", models.DateTimeField(blank=True, null=True, verbose_name="放行时间")),
                ("release_reason", models.TextField(blank=True, verbose_name="放行理由")),
                ("undone_on", models.DateField(blank=True, null=True, verbose_name="撤销日期")),
                ("undo_reason", models.TextField(blank=True, verbose_name="撤销理由")),
            ],
            options={
                "verbose_name": "排查",
                "verbose_name_plural": "排查",
                "ordering": ("-pk",),
            },
        ),
        migrations.RemoveConstraint(
            model_name="campaign",
            name="campaign_approved_unless_draft",
        ),
        migrations.RemoveConstraint(
            model_name="exclusion",
            name="exclusion_ended_wholly",
        ),
        migrations.AddField(
            model_name="campaign",
            name="by_list",
            field=models.BooleanField(default=False, verbose_name="限名单"),
        ),
        migrations.AddField(
            model_name="campaign",
            name="paused_on",
            field=models.DateField(blank=True, null=True, verbose_name="暂停日期"),
        ),
        migrations.AddField(
            model_name="campaign",
            name="preview",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="previewed_campaign",
                to="registry.jobrun",
                verbose_name="预览",
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="previous",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="following",
                to="cleanup.campaign",
                verbose_name="上期行动",
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="started_on",
            field=models.DateField(blank=True, null=True, verbose_name="启动日期"),
        ),
        migrations.AddField(
            model_name="campaign",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name="finding",
            name="ended_run",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ended_findings",
                to="registry.jobrun",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("previous", models.F("pk")), _negated=True), name="campaign_not_its_own_previous"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("preview__isnull", True), ("state", "draft")),
                    models.Q(models.Q(("state", "draft"), _negated=True), ("preview__isnull", False)),
                    _connector="OR",
                ),
                name="campaign_previewed_unless_draft",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("approved_by__isnull", True),
                        ("approved_on__isnull", True),
                        ("state__in", ("draft", "previewed")),
                    ),
                    models.Q(
                        models.Q(("state__in", ("draft", "previewed")), _negated=True),
                        ("approved_by__isnull", False),
                        ("approved_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="campaign_approved_unless_draft",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("started_on__gte", models.F("approved_on")),
                        ("started_on__isnull", False),
                        ("state__in", ("running", "paused", "concluded")),
                    ),
                    models.Q(
                        models.Q(("state__in", ("running", "paused", "concluded")), _negated=True),
                        ("started_on__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="campaign_started_has_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("paused_on__gte", models.F("started_on")), ("paused_on__isnull", False), ("state", "paused")
                    ),
                    models.Q(models.Q(("state", "paused"), _negated=True), ("paused_on__isnull", True)),
                    _connector="OR",
                ),
                name="campaign_paused_has_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="exclusion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("end_reason", ""), ("ended_by__isnull", True), ("ended_on__isnull", True)),
                    models.Q(
                        ("ended_by__isnull", False),
                        ("ended_on__gte", models.F("from_on")),
                        ("ended_on__isnull", False),
                        models.Q(("end_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="exclusion_ended_wholly",
            ),
        ),
        migrations.AddField(
            model_name="campaignevent",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="经办人",
            ),
        ),
        migrations.AddField(
            model_name="campaignevent",
            name="subject",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="cleanup.campaign",
                verbose_name="整治行动",
            ),
        ),
        migrations.AddField(
            model_name="hit",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.organisation"
            ),
        ),
        migrations.AddField(
            model_name="hit",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="hits", to="registry.jobrun"
            ),
        ),
        migrations.AddField(
            model_name="listed",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="listed", to="cleanup.campaign"
            ),
        ),
        migrations.AddField(
            model_name="listed",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.organisation"
            ),
        ),
        migrations.AddField(
            model_name="sweep",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sweeps",
                to="cleanup.campaign",
                verbose_name="整治行动",
            ),
        ),
        migrations.AddField(
            model_name="sweep",
            name="released_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="放行人",
            ),
        ),
        migrations.AddField(
            model_name="sweep",
            name="run",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sweep",
                to="registry.jobrun",
                verbose_name="任务运行",
            ),
        ),
        migrations.AddField(
            model_name="sweep",
            name="undone_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="撤销人",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaignevent",
            constraint=models.CheckConstraint(condition=models.Q(("seq__gte", 1)), name="campaign_event_seq_from_one"),
        ),
        migrations.AddConstraint(
            model_name="hit",
            constraint=models.UniqueConstraint(fields=("run", "organisation"), name="hit_once_per_run"),
        ),
        migrations.AddConstraint(
            model_name="hit",
            constraint=models.CheckConstraint(
                condition=models.Q(("criteria", ""), _negated=True), name="hit_has_criteria"
            ),
        ),
        migrations.AddConstraint(
            model_name="hit",
            constraint=models.CheckConstraint(
                condition=models.Q(("left_out__in", ("", "held", "filing", "new", "exempt", "excluded"))),
                name="hit_left_out_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="listed",
            constraint=models.UniqueConstraint(fields=("campaign", "organisation"), name="listed_once_per_campaign"),
        ),
        migrations.AddConstraint(
            model_name="sweep",
            constraint=models.CheckConstraint(
                condition=models.Q(("evaluation__in", ["full", "incremental"])), name="sweep_evaluation_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="sweep",
            constraint=models.UniqueConstraint(
                condition=models.Q(("under_way", True)), fields=("campaign",), name="sweep_one_under_way_per_campaign"
            ),
        ),
        migrations.AddConstraint(
            model_name="sweep",
            constraint=models.CheckConstraint(
                condition=models.Q(("stopped_because__in", ("", "jump", "stale"))),
                name="sweep_stopped_for_a_known_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="sweep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("release_reason", ""), ("released_at__isnull", True), ("released_by__isnull", True)),
                    models.Q(
                        ("released_at__isnull", False),
                        ("released_by__isnull", False),
                        models.Q(("release_reason", ""), _negated=True),
                        models.Q(("stopped_because", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="sweep_released_wholly",
            ),
        ),
        migrations.AddConstraint(
            model_name="sweep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("undo_reason", ""), ("undone_by__isnull", True), ("undone_on__isnull", True)),
                    models.Q(
                        ("under_way", False),
                        ("undone_by__isnull", False),
                        ("undone_on__isnull", False),
                        models.Q(("undo_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="sweep_undone_wholly",
            ),
        ),
        migrations.RunPython(install, install),
    ]
