"""Applications, their numbers and steps; law rows the system has learnt to ship since 0003."""

import django.core.serializers.json
import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

from registry import lawbook


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


def keep(apps, schema_editor):
    """Keep the rows: nothing depends on their absence."""


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0004_people"),
    ]

    operations = [
        migrations.RunPython(enter_law, keep),
        migrations.CreateModel(
            name="FilingNumber",
            fields=[
                ("year", models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name="年度")),
                ("last", models.PositiveIntegerField(default=0, verbose_name="最后编号")),
            ],
            options={
                "verbose_name": "收件编号",
                "verbose_name_plural": "收件编号",
            },
        ),
        migrations.CreateModel(
            name="Filing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("establish", "成立登记"), ("amend", "变更登记"), ("cancel", "注销登记")],
                        max_length=20,
                        verbose_name="申请事项",
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=20, verbose_name="收件编号")),
                ("applicant", models.CharField(blank=True, max_length=100, verbose_name="申请人")),
                (
                    "proposal",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="申请内容"
                    ),
                ),
                (
                    "documents",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="材料"
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("draft", "草稿"),
                            ("submitted", "已收件"),
                            ("returned", "待补正"),
                            ("accepted", "已受理"),
                            ("reviewed", "已审查"),
                            ("approved", "准予登记"),
                            ("denied", "不予登记"),
                            ("not_accepted", "不予受理"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="draft",
                        max_length=50,
                        protected=True,
                        verbose_name="状态",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("drafted_on", models.DateField(verbose_name="填写日期")),
                ("received_on", models.DateField(blank=True, null=True, verbose_name="收件日期")),
                ("submitted_on", models.DateField(blank=True, null=True, verbose_name="材料收到日期")),
                ("missing", models.TextField(blank=True, verbose_name="需要补正的内容")),
                ("accepted_on", models.DateField(blank=True, null=True, verbose_name="受理日期")),
                ("clock_from", models.DateField(blank=True, null=True, verbose_name="期限起算日")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="办理期限")),
                ("due_provisional", models.BooleanField(default=False, verbose_name="期限暂定")),
                ("due_basis", models.CharField(blank=True, max_length=100, verbose_name="期限依据")),
                ("extended_on", models.DateField(blank=True, null=True, verbose_name="延期日期")),
                ("extension_reason", models.TextField(blank=True, verbose_name="延期理由")),
                ("reviewed_on", models.DateField(blank=True, null=True, verbose_name="审查日期")),
                ("opinion", models.TextField(blank=True, verbose_name="审查意见")),
                ("favourable", models.BooleanField(blank=True, null=True, verbose_name="建议准予")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="决定日期")),
                ("decision_no", models.CharField(blank=True, max_length=100, verbose_name="决定文号")),
                ("decision_basis", models.CharField(blank=True, max_length=200, verbose_name="决定依据")),
                ("decision_reason", models.TextField(blank=True, verbose_name="决定理由")),
                ("stopped_on", models.DateField(blank=True, null=True, verbose_name="终止日期")),
                ("stop_reason", models.TextField(blank=True, verbose_name="终止理由")),
                (
                    "decided_by",
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
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="填写人",
                    ),
                ),
                (
                    "handler",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="受理人",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filings",
                        to="registry.organisation",
                        verbose_name="社会组织",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="审查人",
                    ),
                ),
            ],
            options={
                "verbose_name": "登记申请",
                "verbose_name_plural": "登记申请",
                "ordering": ("-pk",),
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="FilingStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveIntegerField(verbose_name="序号")),
                ("verb", models.CharField(max_length=60, verbose_name="事项")),
                ("on", models.DateField(verbose_name="办理日期")),
                ("at", models.DateTimeField(verbose_name="记录时间")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("submitted", "已收件"),
                            ("returned", "待补正"),
                            ("accepted", "已受理"),
                            ("reviewed", "已审查"),
                            ("approved", "准予登记"),
                            ("denied", "不予登记"),
                            ("not_accepted", "不予受理"),
                            ("withdrawn", "已撤回"),
                        ],
                        max_length=20,
                        verbose_name="之后状态",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="说明")),
                (
                    "facts",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="事实"
                    ),
                ),
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
                    "filing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="registry.filing",
                        verbose_name="登记申请",
                    ),
                ),
            ],
            options={
                "verbose_name": "申请办理步骤",
                "verbose_name_plural": "申请办理步骤",
                "ordering": ("filing", "seq"),
            },
        ),
        migrations.AddIndex(
            model_name="filing",
            index=models.Index(fields=["state", "due_on"], name="filing_state_due"),
        ),
        migrations.AddConstraint(
            model_name="filing",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["establish", "amend", "cancel"])), name="filing_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="filing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "draft",
                            "submitted",
                            "returned",
                            "accepted",
                            "reviewed",
                            "approved",
                            "denied",
                            "not_accepted",
                            "withdrawn",
                        ],
                    )
                ),
                name="filing_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="filing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(models.Q(("kind", "establish"), _negated=True), ("organisation__isnull", False)),
                    models.Q(("kind", "establish"), ("organisation__isnull", False), ("state", "approved")),
                    models.Q(
                        ("kind", "establish"),
                        ("organisation__isnull", True),
                        models.Q(("state", "approved"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="filing_organisation_fits_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="filing",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number", ""), _negated=True), fields=("number",), name="filing_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="filing",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("submitted", "returned", "accepted", "reviewed"))),
                fields=("organisation",),
                name="filing_one_pending_per_organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="filing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("received_on__isnull", False),
                        ("submitted_on__gte", models.F("received_on")),
                        ("submitted_on__isnull", False),
                        models.Q(("number", ""), _negated=True),
                        models.Q(("state", "draft"), _negated=True),
                    ),
                    models.Q(
                        ("number", ""),
                        ("received_on__isnull", True),
                        ("submitted_on__isnull", True),
                        ("state__in", ("draft", "withdrawn")),
                    ),
                    _connector="OR",
                ),
                name="filing_received_has_number_and_dates",
            ),
        ),
        migrations.AddConstraint(
            model_name="filing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "returned"), _negated=True),
                    models.Q(("missing", ""), _negated=True),
                    _connector="OR",
                ),
                name="filing_returned_says_what_is_missing",
            ),
        ),
        migrations.AddConstraint(
            model_name="filing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("accepted_on__gte", models.F("submitted_on")),
                        ("accepted_on__isnull", False),
                        ("clock_from__gte", models.F("received_on")),
                        ("clock_from__isnull", False),
                        ("due_on__gt", models.F("clock_from")),
                        ("due_on__isnull", False),
                        ("handler__isnull", False),
                        models.Q(("state__in", ("draft", "submitted", "returned", "not_accepted")), _negated=True),
                    ),
                    models.Q(
                        ("accepted_on__isnull", True),
                        ("clock_from__isnull", True),
                        ("due_on__isnull", True),
                        ("handler__isnull", True),
                        models.Q(("state__in", ("accepted", "reviewed", "approved", "denied")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="filing_accepted_has_handler_and_clock",
            ),
        ),
        migrations.AddConstraint(
            model_name="filing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("extended_on__isnull", True), ("extension_reason", "")),
                    models.Q(
                        ("accepted_on__isnull", False),
                        ("extended_on__gte", models.F("accepted_on")),
                        ("extended_on__isnull", False),
                        ("extended_on__lte", models.F("due_on")),
                        models.Q(("extension_reason", ""), _negated=True),
                        models.Q(("kind", "establish"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="filing_extended_once_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="filing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("favourable__isnull", True),
                        ("opinion", ""),
                        ("reviewed_on__isnull", True),
                        ("reviewer__isnull", True),
                        models.Q(("state__in", ("reviewed", "approved", "denied")), _negated=True),
                    ),
                    models.Q(
                        ("accepted_on__isnull", False),
                        ("favourable__isnull", False),
                        ("reviewed_on__gte", models.F("accepted_on")),
                        ("reviewed_on__isnull", False),
                        ("reviewer__isnull", False),
                        models.Q(("reviewer", models.F("handler")), _negated=True),
                        models.Q(("opinion", ""), _negated=True),
                        ("state__in", ("reviewed", "approved", "denied", "withdrawn")),
                    ),
                    _connector="OR",
                ),
                name="filing_reviewed_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="filing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_by__isnull", True),
                        ("decided_on__isnull", True),
                        ("decision_basis", ""),
                        ("decision_no", ""),
                        ("decision_reason", ""),
                        models.Q(("state__in", ("approved", "denied")), _negated=True),
                    ),
                    models.Q(
                        ("decided_by__isnull", False),
                        ("decided_on__gte", models.F("reviewed_on")),
                        ("decided_on__isnull", False),
                        ("state__in", ("approved", "denied")),
                        models.Q(("decided_by", models.F("handler")), _negated=True),
                        models.Q(("decision_no", ""), _negated=True),
                        models.Q(("decision_basis", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="filing_decided_by_another_in_writing",
            ),
        ),
        migrations.AddConstraint(
            model_name="filing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "denied"), _negated=True),
                    models.Q(("decision_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="filing_denied_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="filing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ("not_accepted", "withdrawn")),
                        ("stopped_on__isnull", False),
                        models.Q(("stop_reason", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state__in", ("not_accepted", "withdrawn")), _negated=True),
                        ("stop_reason", ""),
                        ("stopped_on__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="filing_stopped_has_date_and_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="filingstep",
            constraint=models.UniqueConstraint(fields=("filing", "seq"), name="filing_step_once_per_place"),
        ),
        migrations.AddConstraint(
            model_name="filingstep",
            constraint=models.CheckConstraint(condition=models.Q(("seq__gte", 1)), name="filing_step_seq_from_one"),
        ),
    ]
