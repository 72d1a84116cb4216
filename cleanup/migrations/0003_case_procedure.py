"""The procedure of a case: rounds, steps, services; a closed case is also archived."""

import django.core.serializers.json
import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models
from django.db.models import F


def archive_what_is_closed(apps, _schema_editor):
    """Until now a closed case had nothing left to do."""
    apps.get_model("cleanup", "Case").objects.filter(state="closed").update(archived_on=F("closed_on"))


def give_each_case_its_round(apps, _schema_editor):
    """Until now a case had one round."""
    rounds = apps.get_model("cleanup", "CaseRound").objects
    columns = ("pk", "treatment", "opened_on", "outcome", "closed_on")
    for pk, treatment, began_on, outcome, closed_on in apps.get_model("cleanup", "Case").objects.values_list(*columns):
        rounds.create(
            case_id=pk, number=1, treatment=treatment, began_on=began_on, outcome=outcome, closed_on=closed_on
        )


class Migration(migrations.Migration):
    dependencies = [
        ("cleanup", "0002_exclusions"),
        ("registry", "0015_legal_qualification"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="轮次")),
                (
                    "treatment",
                    models.CharField(
                        choices=[
                            ("rectify", "限期整改"),
                            ("cancel", "注销"),
                            ("revoke", "撤销登记"),
                            ("revoke_licence", "吊销登记证书"),
                            ("merge", "合并更名"),
                        ],
                        max_length=20,
                        verbose_name="处置方式",
                    ),
                ),
                ("began_on", models.DateField(verbose_name="开始日期")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("revoked", "撤销"),
                            ("licence_revoked", "吊销"),
                            ("cancelled", "注销"),
                            ("rectified", "整改"),
                            ("merged", "合并"),
                            ("dropped", "撤案"),
                        ],
                        max_length=20,
                        verbose_name="办理结果",
                    ),
                ),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="办结日期")),
                ("undone_on", models.DateField(blank=True, null=True, verbose_name="撤销原结果日期")),
            ],
            options={
                "verbose_name": "个案轮次",
                "verbose_name_plural": "个案轮次",
                "ordering": ("case", "number"),
            },
        ),
        migrations.CreateModel(
            name="CaseStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveIntegerField(verbose_name="序号")),
                ("round", models.PositiveSmallIntegerField(verbose_name="轮次")),
                ("turn", models.PositiveSmallIntegerField(default=1, verbose_name="第几次")),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("file", "立案审批"),
                            ("recuse", "回避决定"),
                            ("inquire", "调查取证"),
                            ("report", "调查终结"),
                            ("discuss", "负责人集体讨论"),
                            ("notify", "事先告知"),
                            ("state", "陈述申辩"),
                            ("request_hearing", "要求听证"),
                            ("waive_rights", "放弃陈述申辩和听证"),
                            ("call_hearing", "听证通知"),
                            ("hear", "举行听证"),
                            ("review", "法制审核"),
                            ("extend", "延长办案期限"),
                            ("decide", "处罚决定"),
                            ("take_effect", "决定送达生效"),
                            ("publish", "公开"),
                            ("collect", "收缴证书印章"),
                            ("form_group", "成立清算组"),
                            ("call_creditors", "公告债权人"),
                            ("liquidate", "清算报告"),
                            ("dissolve", "注销登记（法人终止）"),
                            ("contest", "复议或者诉讼"),
                            ("uphold", "决定被维持"),
                            ("annul", "决定被撤销"),
                            ("unpublish", "撤回公开"),
                            ("order", "责令限期整改"),
                            ("plan", "整改方案"),
                            ("prolong", "延长整改期限"),
                            ("pass", "整改验收合格"),
                            ("fail", "整改不合格"),
                            ("guide", "注销指引"),
                            ("resolve", "内部决议"),
                            ("consent", "业务主管单位同意"),
                            ("apply", "申请注销"),
                            ("cancel", "准予注销登记"),
                            ("agree", "合并决议"),
                            ("merge", "办理合并"),
                            ("suspend", "中止办理"),
                            ("resume", "恢复办理"),
                            ("object", "异议和答复"),
                            ("switch", "变更处置方式"),
                            ("drop", "撤案"),
                            ("archive", "结案归档"),
                        ],
                        max_length=20,
                        verbose_name="步骤",
                    ),
                ),
                ("on", models.DateField(verbose_name="办理日期")),
                ("document_no", models.CharField(blank=True, max_length=100, verbose_name="文号")),
                (
                    "facts",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="事实"
                    ),
                ),
                (
                    "people",
                    models.JSONField(
                        default=list, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="办理人员"
                    ),
                ),
            ],
            options={
                "verbose_name": "个案步骤",
                "verbose_name_plural": "个案步骤",
                "ordering": ("case", "seq"),
            },
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("filing_approval", "行政处罚立案审批表"),
                            ("inquiry_record", "询问笔录"),
                            ("inspection_record", "现场检查笔录"),
                            ("discussion_record", "负责人集体讨论笔录"),
                            ("prior_notice", "行政处罚事先告知书"),
                            ("hearing_notice", "行政处罚听证通知书"),
                            ("hearing_record", "听证笔录"),
                            ("legal_review", "重大行政处罚决定法制审核意见书"),
                            ("decision", "行政处罚决定书"),
                            ("service_receipt", "送达回证"),
                            ("announcement", "送达公告"),
                            ("rectification_order", "责令限期整改通知书"),
                            ("cancellation_guide", "注销登记指引"),
                            ("seizure_record", "登记证书和印章收缴清单"),
                            ("void_announcement", "登记证书、印章作废公告"),
                            ("closing_report", "结案审批表"),
                        ],
                        max_length=30,
                        verbose_name="文书",
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(verbose_name="第几次送达")),
                ("document_no", models.CharField(max_length=100, verbose_name="文号")),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("in_person", "直接送达"),
                            ("post", "邮寄送达"),
                            ("electronic", "电子送达"),
                            ("announcement", "公告送达"),
                        ],
                        max_length=20,
                        verbose_name="送达方式",
                    ),
                ),
                ("recipient", models.CharField(max_length=200, verbose_name="受送达人")),
                ("address", models.CharField(max_length=300, verbose_name="送达地址或者公告渠道")),
                ("reason", models.TextField(blank=True, verbose_name="采用公告送达的原因")),
                ("consent_no", models.CharField(blank=True, max_length=100, verbose_name="电子送达确认书")),
                ("tracking_no", models.CharField(blank=True, max_length=100, verbose_name="邮件号")),
                ("sent_on", models.DateField(verbose_name="发出日期")),
                ("served_on", models.DateField(blank=True, null=True, verbose_name="送达日期")),
                ("proof", models.CharField(blank=True, max_length=300, verbose_name="送达证明")),
                ("failed_on", models.DateField(blank=True, null=True, verbose_name="未能送达日期")),
                ("failure", models.CharField(blank=True, max_length=300, verbose_name="未能送达的情况")),
            ],
            options={
                "verbose_name": "送达",
                "verbose_name_plural": "送达",
                "ordering": ("case", "sent_on", "pk"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="case_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="case_closed_has_outcome_and_date",
        ),
        migrations.AddField(
            model_name="case",
            name="archived_on",
            field=models.DateField(blank=True, null=True, verbose_name="结案日期"),
        ),
        migrations.AddField(
            model_name="case",
            name="next_step",
            field=models.CharField(
                blank=True,
                choices=[
                    ("file", "立案审批"),
                    ("recuse", "回避决定"),
                    ("inquire", "调查取证"),
                    ("report", "调查终结"),
                    ("discuss", "负责人集体讨论"),
                    ("notify", "事先告知"),
                    ("state", "陈述申辩"),
                    ("request_hearing", "要求听证"),
                    ("waive_rights", "放弃陈述申辩和听证"),
                    ("call_hearing", "听证通知"),
                    ("hear", "举行听证"),
                    ("review", "法制审核"),
                    ("extend", "延长办案期限"),
                    ("decide", "处罚决定"),
                    ("take_effect", "决定送达生效"),
                    ("publish", "公开"),
                    ("collect", "收缴证书印章"),
                    ("form_group", "成立清算组"),
                    ("call_creditors", "公告债权人"),
                    ("liquidate", "清算报告"),
                    ("dissolve", "注销登记（法人终止）"),
                    ("contest", "复议或者诉讼"),
                    ("uphold", "决定被维持"),
                    ("annul", "决定被撤销"),
                    ("unpublish", "撤回公开"),
                    ("order", "责令限期整改"),
                    ("plan", "整改方案"),
                    ("prolong", "延长整改期限"),
                    ("pass", "整改验收合格"),
                    ("fail", "整改不合格"),
                    ("guide", "注销指引"),
                    ("resolve", "内部决议"),
                    ("consent", "业务主管单位同意"),
                    ("apply", "申请注销"),
                    ("cancel", "准予注销登记"),
                    ("agree", "合并决议"),
                    ("merge", "办理合并"),
                    ("suspend", "中止办理"),
                    ("resume", "恢复办理"),
                    ("object", "异议和答复"),
                    ("switch", "变更处置方式"),
                    ("drop", "撤案"),
                    ("archive", "结案归档"),
                ],
                max_length=20,
                verbose_name="下一步",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="round",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="轮次"),
        ),
        migrations.AddField(
            model_name="case",
            name="stage",
            field=models.CharField(
                blank=True,
                choices=[
                    ("file", "立案审批"),
                    ("recuse", "回避决定"),
                    ("inquire", "调查取证"),
                    ("report", "调查终结"),
                    ("discuss", "负责人集体讨论"),
                    ("notify", "事先告知"),
                    ("state", "陈述申辩"),
                    ("request_hearing", "要求听证"),
                    ("waive_rights", "放弃陈述申辩和听证"),
                    ("call_hearing", "听证通知"),
                    ("hear", "举行听证"),
                    ("review", "法制审核"),
                    ("extend", "延长办案期限"),
                    ("decide", "处罚决定"),
                    ("take_effect", "决定送达生效"),
                    ("publish", "公开"),
                    ("collect", "收缴证书印章"),
                    ("form_group", "成立清算组"),
                    ("call_creditors", "公告债权人"),
                    ("liquidate", "清算报告"),
                    ("dissolve", "注销登记（法人终止）"),
                    ("contest", "复议或者诉讼"),
                    ("uphold", "决定被维持"),
                    ("annul", "决定被撤销"),
                    ("unpublish", "撤回公开"),
                    ("order", "责令限期整改"),
                    ("plan", "整改方案"),
                    ("prolong", "延长整改期限"),
                    ("pass", "整改验收合格"),
                    ("fail", "整改不合格"),
                    ("guide", "注销指引"),
                    ("resolve", "内部决议"),
                    ("consent", "业务主管单位同意"),
                    ("apply", "申请注销"),
                    ("cancel", "准予注销登记"),
                    ("agree", "合并决议"),
                    ("merge", "办理合并"),
                    ("suspend", "中止办理"),
                    ("resume", "恢复办理"),
                    ("object", "异议和答复"),
                    ("switch", "变更处置方式"),
                    ("drop", "撤案"),
                    ("archive", "结案归档"),
                ],
                max_length=20,
                verbose_name="已办至",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("revoked", "撤销"),
                    ("licence_revoked", "吊销"),
                    ("cancelled", "注销"),
                    ("rectified", "整改"),
                    ("merged", "合并"),
                    ("dropped", "撤案"),
                ],
                max_length=20,
                verbose_name="办理结果",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="state",
            field=django_fsm.FSMField(
                choices=[
                    ("open", "办理中"),
                    ("suspended", "已中止"),
                    ("follow_up", "已处置，后续办理"),
                    ("closed", "已办结"),
                ],
                default="open",
                max_length=50,
                protected=True,
                verbose_name="状态",
            ),
        ),
        migrations.RunPython(archive_what_is_closed, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "suspended", "follow_up", "closed"])), name="case_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("stage", ""),
                    (
                        "stage__in",
                        [
                            "file",
                            "recuse",
                            "inquire",
                            "report",
                            "discuss",
                            "notify",
                            "state",
                            "request_hearing",
                            "waive_rights",
                            "call_hearing",
                            "hear",
                            "review",
                            "extend",
                            "decide",
                            "take_effect",
                            "publish",
                            "collect",
                            "form_group",
                            "call_creditors",
                            "liquidate",
                            "dissolve",
                            "contest",
                            "uphold",
                            "annul",
                            "unpublish",
                            "order",
                            "plan",
                            "prolong",
                            "pass",
                            "fail",
                            "guide",
                            "resolve",
                            "consent",
                            "apply",
                            "cancel",
                            "agree",
                            "merge",
                            "suspend",
                            "resume",
                            "object",
                            "switch",
                            "drop",
                            "archive",
                        ],
                    ),
                    _connector="OR",
                ),
                name="case_stage_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("next_step", ""),
                    (
                        "next_step__in",
                        [
                            "file",
                            "recuse",
                            "inquire",
                            "report",
                            "discuss",
                            "notify",
                            "state",
                            "request_hearing",
                            "waive_rights",
                            "call_hearing",
                            "hear",
                            "review",
                            "extend",
                            "decide",
                            "take_effect",
                            "publish",
                            "collect",
                            "form_group",
                            "call_creditors",
                            "liquidate",
                            "dissolve",
                            "contest",
                            "uphold",
                            "annul",
                            "unpublish",
                            "order",
                            "plan",
                            "prolong",
                            "pass",
                            "fail",
                            "guide",
                            "resolve",
                            "consent",
                            "apply",
                            "cancel",
                            "agree",
                            "merge",
                            "suspend",
                            "resume",
                            "object",
                            "switch",
                            "drop",
                            "archive",
                        ],
                    ),
                    _connector="OR",
                ),
                name="case_next_step_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(condition=models.Q(("round__gte", 1)), name="case_round_from_one"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_on__isnull", False),
                        ("outcome__in", ["revoked", "licence_revoked", "cancelled", "rectified", "merged", "dropped"]),
                        ("state__in", ("follow_up", "closed")),
                    ),
                    models.Q(
                        models.Q(("state__in", ("follow_up", "closed")), _negated=True),
                        ("closed_on__isnull", True),
                        ("outcome", ""),
                    ),
                    _connector="OR",
                ),
                name="case_closed_has_outcome_and_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("archived_on__gte", models.F("closed_on")), ("archived_on__isnull", False), ("state", "closed")
                    ),
                    models.Q(models.Q(("state", "closed"), _negated=True), ("archived_on__isnull", True)),
                    _connector="OR",
                ),
                name="case_archived_when_closed",
            ),
        ),
        migrations.AddField(
            model_name="caseround",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rounds",
                to="cleanup.case",
                verbose_name="个案",
            ),
        ),
        migrations.AddField(
            model_name="casestep",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="经办人",
            ),
        ),
        migrations.AddField(
            model_name="casestep",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="steps",
                to="cleanup.case",
                verbose_name="个案",
            ),
        ),
        migrations.AddField(
            model_name="casestep",
            name="event",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="case_step",
                to="registry.event",
                verbose_name="台账记录",
            ),
        ),
        migrations.AddField(
            model_name="casestep",
            name="second",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="共同办理人",
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="services",
                to="cleanup.case",
                verbose_name="个案",
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="proof_file",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.storedfile",
                verbose_name="送达证明文件",
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="sent_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="送达人",
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="step",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="services",
                to="cleanup.casestep",
                verbose_name="步骤",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseround",
            constraint=models.UniqueConstraint(fields=("case", "number"), name="case_round_once"),
        ),
        migrations.AddConstraint(
            model_name="caseround",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_on__gte", models.F("began_on")),
                        ("closed_on__isnull", False),
                        ("outcome__in", ["revoked", "licence_revoked", "cancelled", "rectified", "merged", "dropped"]),
                    ),
                    models.Q(("closed_on__isnull", True), ("outcome", ""), ("undone_on__isnull", True)),
                    _connector="OR",
                ),
                name="case_round_closed_has_outcome_and_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseround",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("undone_on__isnull", True), ("undone_on__gte", models.F("closed_on")), _connector="OR"
                ),
                name="case_round_undone_after_closing",
            ),
        ),
        migrations.AddConstraint(
            model_name="casestep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "step__in",
                        [
                            "file",
                            "recuse",
                            "inquire",
                            "report",
                            "discuss",
                            "notify",
                            "state",
                            "request_hearing",
                            "waive_rights",
                            "call_hearing",
                            "hear",
                            "review",
                            "extend",
                            "decide",
                            "take_effect",
                            "publish",
                            "collect",
                            "form_group",
                            "call_creditors",
                            "liquidate",
                            "dissolve",
                            "contest",
                            "uphold",
                            "annul",
                            "unpublish",
                            "order",
                            "plan",
                            "prolong",
                            "pass",
                            "fail",
                            "guide",
                            "resolve",
                            "consent",
                            "apply",
                            "cancel",
                            "agree",
                            "merge",
                            "suspend",
                            "resume",
                            "object",
                            "switch",
                            "drop",
                            "archive",
                        ],
                    )
                ),
                name="case_step_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="casestep",
            constraint=models.UniqueConstraint(fields=("case", "seq"), name="case_step_once_per_place"),
        ),
        migrations.AddConstraint(
            model_name="casestep",
            constraint=models.UniqueConstraint(
                fields=("case", "round", "step", "turn"), name="case_step_once_per_turn"
            ),
        ),
        migrations.AddConstraint(
            model_name="casestep",
            constraint=models.CheckConstraint(
                condition=models.Q(("round__gte", 1), ("seq__gte", 1), ("turn__gte", 1)),
                name="case_step_counts_from_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="casestep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("second__isnull", True), models.Q(("second", models.F("by")), _negated=True), _connector="OR"
                ),
                name="case_step_second_is_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "filing_approval",
                            "inquiry_record",
                            "inspection_record",
                            "discussion_record",
                            "prior_notice",
                            "hearing_notice",
                            "hearing_record",
                            "legal_review",
                            "decision",
                            "service_receipt",
                            "announcement",
                            "rectification_order",
                            "cancellation_guide",
                            "seizure_record",
                            "void_announcement",
                            "closing_report",
                        ],
                    )
                ),
                name="service_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(("method__in", ["in_person", "post", "electronic", "announcement"])),
                name="service_method_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.UniqueConstraint(
                fields=("case", "kind", "round"), name="service_once_per_kind_and_round"
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.UniqueConstraint(
                condition=models.Q(("failed_on__isnull", True)),
                fields=("step",),
                name="service_one_that_has_not_failed",
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("proof", ""), ("served_on__isnull", True)),
                    models.Q(
                        ("failed_on__isnull", True),
                        ("served_on__gte", models.F("sent_on")),
                        ("served_on__isnull", False),
                        models.Q(("proof", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="service_served_with_proof",
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("failed_on__isnull", True), ("failure", "")),
                    models.Q(
                        ("failed_on__gte", models.F("sent_on")),
                        ("failed_on__isnull", False),
                        models.Q(("failure", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="service_failed_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("method", "announcement"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="service_announcement_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("method", "electronic"), _negated=True),
                    models.Q(("consent_no", ""), _negated=True),
                    _connector="OR",
                ),
                name="service_electronic_has_consent",
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(("address", ""), _negated=True), name="service_goes_somewhere"
            ),
        ),
        migrations.RunPython(give_each_case_its_round, migrations.RunPython.noop),
    ]
