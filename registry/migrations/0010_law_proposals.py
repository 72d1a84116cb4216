"""Proposed changes of the law as data, their effects and their ledger; law rows shipped since 0005."""

import django.core.serializers.json
import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

from registry import guards, lawbook


def enter_law(apps, schema_editor):
    bases, policies = lawbook.read()
    for row in bases:
        apps.get_model("registry", "LegalBasis").objects.get_or_create(
            code=row["code"], version=row["version"], defaults=row
        )
    for row in policies:
        apps.get_model("registry", "Policy").objects.get_or_create(
            key=row["key"],
            kind=row.get("kind", ""),
            year=row.get("year"),
            effective_from=row["effective_from"],
            defaults=row,
        )


def install(apps, schema_editor):
    guards.install(schema_editor.connection)


def keep(apps, schema_editor):
    """Keep rows and triggers: going back drops their tables."""


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0009_deadlines"),
    ]

    operations = [
        migrations.RunPython(enter_law, keep),
        migrations.CreateModel(
            name="LawProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(verbose_name="理由")),
                ("file_name", models.CharField(blank=True, max_length=200, verbose_name="法规文件")),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("proposed", "待批准"),
                            ("approved", "已批准"),
                            ("rejected", "不予批准"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="proposed",
                        max_length=50,
                        protected=True,
                        verbose_name="状态",
                    ),
                ),
                ("proposed_on", models.DateField(verbose_name="提出日期")),
                ("judged_at", models.DateTimeField(blank=True, null=True, verbose_name="影响范围核定时间")),
                ("effect_digest", models.CharField(blank=True, max_length=64)),
                ("bodies", models.PositiveIntegerField(default=0, verbose_name="影响的组织")),
                ("existing", models.PositiveIntegerField(default=0, verbose_name="在册组织")),
                ("limit", models.CharField(blank=True, max_length=20, verbose_name="影响面上限")),
                ("confirmed_on", models.DateField(blank=True, null=True, verbose_name="确认日期")),
                ("confirm_reason", models.TextField(blank=True, verbose_name="确认理由")),
                ("confirmed_digest", models.CharField(blank=True, max_length=64)),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="决定或者撤回日期")),
                ("end_reason", models.TextField(blank=True, verbose_name="决定或者撤回的理由")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="确认人",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="决定人",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提出人",
                    ),
                ),
                (
                    "run",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="law_proposal",
                        to="registry.jobrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "法规政策变动",
                "verbose_name_plural": "法规政策变动",
                "ordering": ("-pk",),
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="LawEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveIntegerField(unique=True, verbose_name="序号")),
                ("verb", models.CharField(max_length=60, verbose_name="事项")),
                ("on", models.DateField(verbose_name="生效日期")),
                ("at", models.DateTimeField(verbose_name="记录时间")),
                ("reason", models.TextField(verbose_name="理由")),
                (
                    "facts",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="事实"
                    ),
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
                        to="registry.lawproposal",
                        verbose_name="变动",
                    ),
                ),
            ],
            options={
                "verbose_name": "法规台账记录",
                "verbose_name_plural": "法规台账记录",
                "ordering": ("seq",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LawEffect",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveIntegerField(verbose_name="序号")),
                ("subject", models.CharField(max_length=60, verbose_name="事项编号")),
                ("what", models.CharField(max_length=60, verbose_name="事项")),
                ("before", models.TextField(blank=True, verbose_name="变动前")),
                ("after", models.TextField(blank=True, verbose_name="变动后")),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="law_effects",
                        to="registry.organisation",
                        verbose_name="社会组织",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="effects",
                        to="registry.lawproposal",
                        verbose_name="变动",
                    ),
                ),
            ],
            options={
                "verbose_name": "法规政策变动影响",
                "verbose_name_plural": "法规政策变动影响",
                "ordering": ("proposal", "place"),
            },
        ),
        migrations.CreateModel(
            name="LawChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveIntegerField(verbose_name="序号")),
                (
                    "table",
                    models.CharField(
                        choices=[("basis", "法律依据"), ("policy", "政策参数")], max_length=20, verbose_name="数据"
                    ),
                ),
                ("named", models.CharField(max_length=100, verbose_name="事项或者引用")),
                ("row", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="原编号")),
                (
                    "before",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="原内容"
                    ),
                ),
                (
                    "after",
                    models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="新内容"),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="registry.lawproposal",
                        verbose_name="变动",
                    ),
                ),
            ],
            options={
                "verbose_name": "法规政策变动内容",
                "verbose_name_plural": "法规政策变动内容",
                "ordering": ("proposal", "place"),
            },
        ),
        migrations.AddConstraint(
            model_name="lawproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["proposed", "approved", "rejected", "withdrawn"])),
                name="law_proposal_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="lawproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="law_proposal_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="lawproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("bodies", 0), ("effect_digest", ""), ("judged_at__isnull", True), ("limit", "")),
                    models.Q(
                        ("bodies__lte", models.F("existing")),
                        ("judged_at__isnull", False),
                        models.Q(("effect_digest", ""), _negated=True),
                        models.Q(("limit", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="law_proposal_effect_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="lawproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("confirm_reason", ""),
                        ("confirmed_by__isnull", True),
                        ("confirmed_digest", ""),
                        ("confirmed_on__isnull", True),
                    ),
                    models.Q(
                        ("confirmed_by__isnull", False),
                        ("confirmed_on__gte", models.F("proposed_on")),
                        ("confirmed_on__isnull", False),
                        models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                        models.Q(("confirm_reason", ""), _negated=True),
                        models.Q(("confirmed_digest", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="law_proposal_confirmed_by_another_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="lawproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("end_reason", ""),
                        ("ended_by__isnull", True),
                        ("ended_on__isnull", True),
                        ("state", "proposed"),
                    ),
                    models.Q(
                        ("ended_by__isnull", False),
                        ("ended_on__gte", models.F("proposed_on")),
                        ("ended_on__isnull", False),
                        models.Q(("state", "proposed"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="law_proposal_ended_has_date_and_officer",
            ),
        ),
        migrations.AddConstraint(
            model_name="lawproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("approved", "rejected")), _negated=True),
                    models.Q(("ended_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="law_proposal_decided_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="lawproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("rejected", "withdrawn")), _negated=True),
                    models.Q(("end_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="law_proposal_turned_down_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="lawproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("judged_at__isnull", False), ("run__isnull", False), ("state", "approved")),
                    models.Q(models.Q(("state", "approved"), _negated=True), ("run__isnull", True)),
                    _connector="OR",
                ),
                name="law_proposal_approved_has_run_and_effect",
            ),
        ),
        migrations.AddConstraint(
            model_name="lawevent",
            constraint=models.CheckConstraint(condition=models.Q(("seq__gte", 1)), name="law_event_seq_from_one"),
        ),
        migrations.AddConstraint(
            model_name="lawevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="law_event_has_reason"
            ),
        ),
        migrations.AddIndex(
            model_name="laweffect",
            index=models.Index(fields=["subject"], name="law_effect_subject"),
        ),
        migrations.AddConstraint(
            model_name="laweffect",
            constraint=models.UniqueConstraint(fields=("proposal", "place"), name="law_effect_once_per_place"),
        ),
        migrations.AddConstraint(
            model_name="laweffect",
            constraint=models.CheckConstraint(
                condition=models.Q(("before", models.F("after")), _negated=True), name="law_effect_changes_something"
            ),
        ),
        migrations.AddIndex(
            model_name="lawchange",
            index=models.Index(fields=["table", "named"], name="law_change_named"),
        ),
        migrations.AddConstraint(
            model_name="lawchange",
            constraint=models.UniqueConstraint(fields=("proposal", "place"), name="law_change_once_per_place"),
        ),
        migrations.AddConstraint(
            model_name="lawchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("table__in", ["basis", "policy"])), name="law_change_table_known"
            ),
        ),
        migrations.RunPython(install, keep),
    ]
