"""Deadlines as rows; records of more packages can be what a note, an assignment or a deadline is about."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0008_import_desk"),
    ]

    operations = [
        migrations.CreateModel(
            name="Deadline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "subject_kind",
                    models.CharField(
                        choices=[
                            ("finding", "线索"),
                            ("case", "个案"),
                            ("notice", "文书"),
                            ("listing", "脱钩名单"),
                            ("item", "脱钩事项"),
                            ("filing", "登记申请"),
                            ("inspection", "检查"),
                            ("complaint", "投诉举报"),
                        ],
                        max_length=20,
                        verbose_name="事项类别",
                    ),
                ),
                ("subject_id", models.PositiveBigIntegerField(verbose_name="事项编号")),
                ("kind", models.CharField(max_length=60, verbose_name="期限种类")),
                ("starts_on", models.DateField(verbose_name="起算日")),
                (
                    "unit",
                    models.CharField(
                        choices=[("working_days", "工作日"), ("days", "日"), ("months", "个月"), ("fixed", "指定日期")],
                        max_length=20,
                        verbose_name="计算单位",
                    ),
                ),
                ("length", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="长度")),
                ("fixed_on", models.DateField(blank=True, null=True, verbose_name="指定日期")),
                ("basis", models.CharField(max_length=100, verbose_name="依据")),
                ("policy", models.CharField(blank=True, max_length=80, verbose_name="政策参数")),
                (
                    "policy_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("association", "社会团体"),
                            ("private_non_enterprise", "民办非企业单位"),
                            ("foundation", "基金会"),
                        ],
                        max_length=30,
                        verbose_name="适用类型",
                    ),
                ),
                ("verified", models.BooleanField(default=True, verbose_name="已核实")),
                ("due_on", models.DateField(verbose_name="期限")),
                ("provisional", models.BooleanField(default=False, verbose_name="暂定")),
                ("pauses", models.JSONField(default=list, verbose_name="中止期间")),
                ("suspended_on", models.DateField(blank=True, null=True, verbose_name="中止日期")),
                ("suspension_reason", models.TextField(blank=True, verbose_name="中止理由")),
                ("extended_on", models.DateField(blank=True, null=True, verbose_name="延期日期")),
                ("extension_length", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="延长")),
                (
                    "extension_unit",
                    models.CharField(
                        blank=True,
                        choices=[("working_days", "工作日"), ("days", "日"), ("months", "个月"), ("fixed", "指定日期")],
                        max_length=20,
                        verbose_name="延长单位",
                    ),
                ),
                ("extension_basis", models.CharField(blank=True, max_length=100, verbose_name="延期依据")),
                ("extension_document", models.CharField(blank=True, max_length=500, verbose_name="延期文书或者理由")),
                ("met_on", models.DateField(blank=True, null=True, verbose_name="办结日期")),
                ("waived_on", models.DateField(blank=True, null=True, verbose_name="免除日期")),
                ("waiver_reason", models.TextField(blank=True, verbose_name="免除理由")),
            ],
            options={
                "verbose_name": "期限",
                "verbose_name_plural": "期限",
                "ordering": ("due_on", "pk"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="note",
            name="note_subject_whole",
        ),
        migrations.AlterField(
            model_name="assignment",
            name="subject_kind",
            field=models.CharField(
                choices=[
                    ("finding", "线索"),
                    ("case", "个案"),
                    ("notice", "文书"),
                    ("listing", "脱钩名单"),
                    ("item", "脱钩事项"),
                    ("filing", "登记申请"),
                    ("inspection", "检查"),
                    ("complaint", "投诉举报"),
                ],
                max_length=20,
                verbose_name="事项类别",
            ),
        ),
        migrations.AlterField(
            model_name="note",
            name="subject_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("finding", "线索"),
                    ("case", "个案"),
                    ("notice", "文书"),
                    ("listing", "脱钩名单"),
                    ("item", "脱钩事项"),
                    ("filing", "登记申请"),
                    ("inspection", "检查"),
                    ("complaint", "投诉举报"),
                ],
                max_length=20,
                verbose_name="所涉记录",
            ),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("subject_id__isnull", True), ("subject_kind", "")),
                    models.Q(
                        ("subject_id__isnull", False),
                        (
                            "subject_kind__in",
                            ["finding", "case", "notice", "listing", "item", "filing", "inspection", "complaint"],
                        ),
                    ),
                    _connector="OR",
                ),
                name="note_subject_whole",
            ),
        ),
        migrations.AddField(
            model_name="deadline",
            name="extended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="批准人",
            ),
        ),
        migrations.AddField(
            model_name="deadline",
            name="organisation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deadlines",
                to="registry.organisation",
                verbose_name="社会组织",
            ),
        ),
        migrations.AddField(
            model_name="deadline",
            name="waived_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="免除人",
            ),
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(
                condition=models.Q(("met_on__isnull", True), ("waived_on__isnull", True)),
                fields=["due_on"],
                name="deadline_running_due",
            ),
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(fields=["subject_kind", "subject_id"], name="deadline_subject"),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "subject_kind__in",
                        ["finding", "case", "notice", "listing", "item", "filing", "inspection", "complaint"],
                    )
                ),
                name="deadline_subject_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("met_on__isnull", True), ("waived_on__isnull", True)),
                fields=("subject_kind", "subject_id", "kind"),
                name="deadline_one_running",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("fixed_on__gte", models.F("starts_on")),
                        ("fixed_on__isnull", False),
                        ("length__isnull", True),
                        ("unit", "fixed"),
                    ),
                    models.Q(
                        ("fixed_on__isnull", True),
                        ("length__gte", 1),
                        ("length__isnull", False),
                        ("unit__in", ("working_days", "days", "months")),
                    ),
                    _connector="OR",
                ),
                name="deadline_has_length_or_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_on__gte", models.F("starts_on"))), name="deadline_due_after_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.CheckConstraint(
                condition=models.Q(("basis", ""), _negated=True), name="deadline_has_basis"
            ),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("suspended_on__isnull", True), ("suspension_reason", "")),
                    models.Q(
                        ("met_on__isnull", True),
                        ("waived_on__isnull", True),
                        ("suspended_on__gte", models.F("starts_on")),
                        ("suspended_on__isnull", False),
                        models.Q(("suspension_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="deadline_suspended_while_running_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("extended_by__isnull", True),
                        ("extended_on__isnull", True),
                        ("extension_basis", ""),
                        ("extension_document", ""),
                        ("extension_length__isnull", True),
                        ("extension_unit", ""),
                    ),
                    models.Q(
                        ("extended_by__isnull", False),
                        ("extended_on__gte", models.F("starts_on")),
                        ("extended_on__isnull", False),
                        ("extension_length__gte", 1),
                        ("extension_length__isnull", False),
                        ("extension_unit__in", ("working_days", "days", "months")),
                        models.Q(("extension_document", ""), _negated=True),
                        models.Q(("extension_basis", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="deadline_extended_by_somebody_in_writing",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.CheckConstraint(
                condition=models.Q(("met_on__isnull", True), ("met_on__gte", models.F("starts_on")), _connector="OR"),
                name="deadline_met_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("waived_by__isnull", True), ("waived_on__isnull", True), ("waiver_reason", "")),
                    models.Q(
                        ("waived_by__isnull", False),
                        ("waived_on__gte", models.F("starts_on")),
                        ("waived_on__isnull", False),
                        models.Q(("waiver_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="deadline_waived_by_somebody_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.CheckConstraint(
                condition=models.Q(("met_on__isnull", True), ("waived_on__isnull", True), _connector="OR"),
                name="deadline_ends_one_way",
            ),
        ),
    ]
