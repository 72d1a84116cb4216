"""Batches, departments, sign-offs, acceptances, 回头看 and what comes after; columns for them."""

import django.core.serializers.json
import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("decoupling", "0002_items"),
        ("registry", "0011_stored_files"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Acceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("accepted_on", models.DateField(verbose_name="验收日期")),
                ("reason", models.TextField(verbose_name="验收结论")),
                ("event_seq", models.PositiveIntegerField(verbose_name="台账序号")),
                ("void_proposed_on", models.DateField(blank=True, null=True, verbose_name="提请作废日期")),
                ("void_document_no", models.CharField(blank=True, max_length=100, verbose_name="更正文书文号")),
                ("void_reason", models.TextField(blank=True, verbose_name="作废理由")),
                ("voided_on", models.DateField(blank=True, null=True, verbose_name="作废日期")),
            ],
            options={
                "verbose_name": "脱钩验收",
                "verbose_name_plural": "脱钩验收",
                "ordering": ("listing", "accepted_on", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Aftercare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("fee_vote", "会费标准经会员（代表）大会表决"),
                            ("fee_published", "会费收支公示"),
                            ("charter", "章程核准（写入党的领导）"),
                            ("party_organisation", "党的组织覆盖"),
                        ],
                        max_length=20,
                        verbose_name="事项",
                    ),
                ),
                ("on", models.DateField(verbose_name="日期")),
                ("note", models.CharField(max_length=300, verbose_name="情况")),
            ],
            options={
                "verbose_name": "脱钩后监管记录",
                "verbose_name_plural": "脱钩后监管记录",
                "ordering": ("-on", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("number", models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name="批次")),
                ("title", models.CharField(max_length=100, verbose_name="名称")),
                ("document_no", models.CharField(max_length=100, verbose_name="部署文号")),
                ("decided_on", models.DateField(verbose_name="部署日期")),
                ("plan_due_on", models.DateField(blank=True, null=True, verbose_name="方案报送期限")),
                ("done_due_on", models.DateField(blank=True, null=True, verbose_name="完成脱钩期限")),
            ],
            options={
                "verbose_name": "脱钩批次",
                "verbose_name_plural": "脱钩批次",
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="Department",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "responsible",
                    models.CharField(
                        choices=[
                            ("former_unit", "原业务主管单位"),
                            ("registrar", "登记管理机关"),
                            ("staffing", "机构编制部门"),
                            ("finance", "财政部门"),
                            ("premises", "机关事务管理部门"),
                            ("organisation", "组织部门"),
                            ("human_resources", "人力资源社会保障部门"),
                            ("party", "党建工作机构"),
                            ("foreign", "外事部门"),
                        ],
                        max_length=20,
                        verbose_name="职责",
                    ),
                ),
                ("since", models.DateField(verbose_name="自")),
            ],
            options={
                "verbose_name": "脱钩责任部门",
                "verbose_name_plural": "脱钩责任部门",
                "ordering": ("responsible", "since", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={
                "verbose_name": "分项材料",
                "verbose_name_plural": "分项材料",
                "ordering": ("listing", "item", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Leader",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=50, verbose_name="姓名")),
                (
                    "post",
                    models.CharField(
                        choices=[
                            ("president", "会长（理事长）"),
                            ("vice_president", "副会长（副理事长）"),
                            ("secretary", "秘书长"),
                        ],
                        max_length=20,
                        verbose_name="职务",
                    ),
                ),
                ("born_on", models.DateField(blank=True, null=True, verbose_name="出生日期")),
                ("employer", models.CharField(blank=True, max_length=200, verbose_name="会员单位")),
                (
                    "other_posts",
                    models.CharField(blank=True, max_length=300, verbose_name="在其他社会团体担任的负责人职务"),
                ),
                ("took_office_on", models.DateField(verbose_name="就任日期")),
                ("term_until", models.DateField(blank=True, null=True, verbose_name="本届任期至")),
                ("terms", models.PositiveSmallIntegerField(default=1, verbose_name="连续任职届数")),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="离任日期")),
            ],
            options={
                "verbose_name": "负责人",
                "verbose_name_plural": "负责人",
                "ordering": ("listing", "post", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Rectification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("problem", models.TextField(verbose_name="问题")),
                ("found_on", models.DateField(verbose_name="发现日期")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="整改完成日期")),
            ],
            options={
                "verbose_name": "回头看整改",
                "verbose_name_plural": "回头看整改",
                "ordering": ("found_on", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(verbose_name="催办日期")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
            ],
            options={
                "verbose_name": "催办",
                "verbose_name_plural": "催办",
                "ordering": ("-on", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="ReviewRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=100, verbose_name="名称")),
                ("document_no", models.CharField(max_length=100, verbose_name="部署文号")),
                (
                    "extent",
                    models.CharField(choices=[("all", "全部"), ("sample", "抽查")], max_length=10, verbose_name="范围"),
                ),
                ("seed", models.CharField(blank=True, max_length=100, verbose_name="抽取用字串")),
                ("population", models.PositiveIntegerField(verbose_name="已验收家数")),
                ("began_on", models.DateField(verbose_name="开始日期")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="结束日期")),
                ("conclusion", models.TextField(blank=True, verbose_name="结论")),
            ],
            options={
                "verbose_name": "回头看",
                "verbose_name_plural": "回头看",
                "ordering": ("-began_on", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="Revisit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "finding",
                    models.CharField(
                        choices=[("pending", "待核查"), ("sound", "未发现问题"), ("reopened", "发现问题，整改")],
                        default="pending",
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="核查情况")),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="核查日期")),
            ],
            options={
                "verbose_name": "回头看核查",
                "verbose_name_plural": "回头看核查",
                "ordering": ("review", "listing"),
            },
        ),
        migrations.CreateModel(
            name="SignOff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "heading",
                    models.CharField(
                        choices=[
                            ("A", "机构分离"),
                            ("B", "职能分离"),
                            ("C", "资产财务分离"),
                            ("D", "人员管理分离"),
                            ("E", "党建外事等事项分离"),
                        ],
                        max_length=1,
                        verbose_name="方面",
                    ),
                ),
                (
                    "responsible",
                    models.CharField(
                        choices=[
                            ("former_unit", "原业务主管单位"),
                            ("registrar", "登记管理机关"),
                            ("staffing", "机构编制部门"),
                            ("finance", "财政部门"),
                            ("premises", "机关事务管理部门"),
                            ("organisation", "组织部门"),
                            ("human_resources", "人力资源社会保障部门"),
                            ("party", "党建工作机构"),
                            ("foreign", "外事部门"),
                        ],
                        max_length=20,
                        verbose_name="职责",
                    ),
                ),
                ("signed_on", models.DateField(verbose_name="会签日期")),
                ("result", models.TextField(verbose_name="评定结果")),
                ("on_paper", models.BooleanField(default=False, verbose_name="依书面代录")),
                ("document_no", models.CharField(blank=True, max_length=100, verbose_name="评定结果文号")),
            ],
            options={
                "verbose_name": "分项会签",
                "verbose_name_plural": "分项会签",
                "ordering": ("listing", "heading", "responsible"),
            },
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("as_of", models.DateField(verbose_name="截至日期")),
                ("taken_at", models.DateTimeField(verbose_name="留存时间")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="用途")),
                (
                    "totals",
                    models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="汇总"),
                ),
                (
                    "lines",
                    models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="名单"),
                ),
                ("sha256", models.CharField(max_length=64, verbose_name="摘要")),
            ],
            options={
                "verbose_name": "脱钩统计快照",
                "verbose_name_plural": "脱钩统计快照",
                "ordering": ("-as_of", "-pk"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="itemstatus",
            name="item_status_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="listing",
            name="listing_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="listing",
            name="listing_batch_from_one",
        ),
        migrations.RemoveConstraint(
            model_name="listing",
            name="listing_is_documented",
        ),
        migrations.RemoveConstraint(
            model_name="listing",
            name="listing_plan_submitted_has_date",
        ),
        migrations.RemoveConstraint(
            model_name="listing",
            name="listing_plan_approved_has_document",
        ),
        migrations.RemoveConstraint(
            model_name="signature",
            name="signature_once_per_signer",
        ),
        migrations.AddField(
            model_name="checklistitem",
            name="bridges",
            field=models.CharField(blank=True, max_length=4, verbose_name="过渡期内代替"),
        ),
        migrations.AddField(
            model_name="checklistitem",
            name="local",
            field=models.BooleanField(default=False, verbose_name="本地增加"),
        ),
        migrations.AddField(
            model_name="checklistitem",
            name="responsible",
            field=models.CharField(
                choices=[
                    ("former_unit", "原业务主管单位"),
                    ("registrar", "登记管理机关"),
                    ("staffing", "机构编制部门"),
                    ("finance", "财政部门"),
                    ("premises", "机关事务管理部门"),
                    ("organisation", "组织部门"),
                    ("human_resources", "人力资源社会保障部门"),
                    ("party", "党建工作机构"),
                    ("foreign", "外事部门"),
                ],
                default="",
                max_length=20,
                verbose_name="责任部门",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="checklistitem",
            name="since",
            field=models.DateField(blank=True, null=True, verbose_name="自"),
        ),
        migrations.AddField(
            model_name="itemstatus",
            name="until",
            field=models.DateField(blank=True, null=True, verbose_name="过渡截止日期"),
        ),
        migrations.AddField(
            model_name="listing",
            name="members_evidence",
            field=models.TextField(default="", verbose_name="会员构成的依据"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="listing",
            name="name_evidence",
            field=models.TextField(default="", verbose_name="名称的依据"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="listing",
            name="registration_evidence",
            field=models.TextField(default="", verbose_name="登记类型的依据"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="itemstatus",
            name="state",
            field=django_fsm.FSMField(
                choices=[
                    ("pending", "未办结"),
                    ("done", "已完成"),
                    ("not_applicable", "不适用"),
                    ("rectifying", "整改中"),
                ],
                default="pending",
                max_length=50,
                protected=True,
                verbose_name="情况",
            ),
        ),
        migrations.AlterField(
            model_name="listing",
            name="state",
            field=django_fsm.FSMField(
                choices=[
                    ("listed", "已列入名单"),
                    ("planned", "方案已报送"),
                    ("approved", "方案已批复"),
                    ("implementing", "实施中"),
                    ("signed_off", "五分离已会签"),
                    ("accepted", "已验收脱钩"),
                ],
                default="listed",
                max_length=50,
                protected=True,
                verbose_name="进度",
            ),
        ),
        migrations.AddField(
            model_name="acceptance",
            name="accepted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="经办人",
            ),
        ),
        migrations.AddField(
            model_name="acceptance",
            name="listing",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="acceptances",
                to="decoupling.listing",
                verbose_name="名单",
            ),
        ),
        migrations.AddField(
            model_name="acceptance",
            name="void_proposed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="提请人",
            ),
        ),
        migrations.AddField(
            model_name="acceptance",
            name="voided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="决定人",
            ),
        ),
        migrations.AddField(
            model_name="signature",
            name="acceptance",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="signatures",
                to="decoupling.acceptance",
                verbose_name="验收",
            ),
        ),
        migrations.AddField(
            model_name="aftercare",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="登记人",
            ),
        ),
        migrations.AddField(
            model_name="aftercare",
            name="listing",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="aftercare",
                to="decoupling.listing",
                verbose_name="名单",
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="opened_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="登记人",
            ),
        ),
        migrations.AddField(
            model_name="department",
            name="appointed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="登记人",
            ),
        ),
        migrations.AddField(
            model_name="department",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.unit", verbose_name="单位"
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="file",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.storedfile",
                verbose_name="文件",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="decoupling.checklistitem",
                verbose_name="事项",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="listing",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="evidence",
                to="decoupling.listing",
                verbose_name="名单",
            ),
        ),
        migrations.AddField(
            model_name="leader",
            name="listing",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="leaders",
                to="decoupling.listing",
                verbose_name="名单",
            ),
        ),
        migrations.AddField(
            model_name="rectification",
            name="status",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rectifications",
                to="decoupling.itemstatus",
                verbose_name="事项",
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="催办人",
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="listing",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reminders",
                to="decoupling.listing",
                verbose_name="名单",
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.unit",
                verbose_name="责任部门",
            ),
        ),
        migrations.AddField(
            model_name="reviewround",
            name="began_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="经办人",
            ),
        ),
        migrations.AddField(
            model_name="reviewround",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="结束经办人",
            ),
        ),
        migrations.AddField(
            model_name="revisit",
            name="checked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="核查人",
            ),
        ),
        migrations.AddField(
            model_name="revisit",
            name="listing",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="revisits",
                to="decoupling.listing",
                verbose_name="名单",
            ),
        ),
        migrations.AddField(
            model_name="revisit",
            name="review",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="revisits",
                to="decoupling.reviewround",
                verbose_name="回头看",
            ),
        ),
        migrations.AddField(
            model_name="rectification",
            name="revisit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rectifications",
                to="decoupling.revisit",
                verbose_name="核查",
            ),
        ),
        migrations.AddField(
            model_name="signoff",
            name="file",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.storedfile",
                verbose_name="书面评定结果",
            ),
        ),
        migrations.AddField(
            model_name="signoff",
            name="listing",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sign_offs",
                to="decoupling.listing",
                verbose_name="名单",
            ),
        ),
        migrations.AddField(
            model_name="signoff",
            name="signed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="会签人",
            ),
        ),
        migrations.AddField(
            model_name="signoff",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.unit",
                verbose_name="责任部门",
            ),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="taken_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="留存人",
            ),
        ),
        migrations.AddConstraint(
            model_name="acceptance",
            constraint=models.UniqueConstraint(
                condition=models.Q(("voided_on__isnull", True)), fields=("listing",), name="acceptance_one_in_force"
            ),
        ),
        migrations.AddConstraint(
            model_name="acceptance",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="acceptance_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="acceptance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("void_document_no", ""),
                        ("void_proposed_by__isnull", True),
                        ("void_proposed_on__isnull", True),
                        ("void_reason", ""),
                    ),
                    models.Q(
                        ("void_proposed_by__isnull", False),
                        ("void_proposed_on__gte", models.F("accepted_on")),
                        ("void_proposed_on__isnull", False),
                        models.Q(("void_document_no", ""), _negated=True),
                        models.Q(("void_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="acceptance_void_proposal_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="acceptance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("voided_by__isnull", True), ("voided_on__isnull", True)),
                    models.Q(
                        ("void_proposed_on__isnull", False),
                        ("voided_by__isnull", False),
                        ("voided_on__gte", models.F("void_proposed_on")),
                        ("voided_on__isnull", False),
                        models.Q(("voided_by", models.F("void_proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="acceptance_voided_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="aftercare",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["fee_vote", "fee_published", "charter", "party_organisation"])),
                name="aftercare_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="aftercare",
            constraint=models.CheckConstraint(
                condition=models.Q(("note", ""), _negated=True), name="aftercare_has_note"
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="batch_from_one"),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("title", ""), _negated=True), models.Q(("document_no", ""), _negated=True)
                ),
                name="batch_is_documented",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("plan_due_on__isnull", True), ("plan_due_on__gte", models.F("decided_on")), _connector="OR"
                    ),
                    models.Q(
                        ("done_due_on__isnull", True), ("done_due_on__gte", models.F("decided_on")), _connector="OR"
                    ),
                    models.Q(
                        ("plan_due_on__isnull", True),
                        ("done_due_on__isnull", True),
                        ("done_due_on__gte", models.F("plan_due_on")),
                        _connector="OR",
                    ),
                ),
                name="batch_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="department",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "responsible__in",
                        ("staffing", "finance", "premises", "organisation", "human_resources", "party", "foreign"),
                    )
                ),
                name="department_is_appointed",
            ),
        ),
        migrations.AddConstraint(
            model_name="leader",
            constraint=models.CheckConstraint(
                condition=models.Q(("post__in", ["president", "vice_president", "secretary"])), name="leader_post_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="leader",
            constraint=models.CheckConstraint(condition=models.Q(("terms__gte", 1)), name="leader_terms_from_one"),
        ),
        migrations.AddConstraint(
            model_name="leader",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("born_on__isnull", True), ("took_office_on__gt", models.F("born_on")), _connector="OR"),
                    models.Q(("left_on__isnull", True), ("left_on__gte", models.F("took_office_on")), _connector="OR"),
                    models.Q(
                        ("term_until__isnull", True), ("term_until__gte", models.F("took_office_on")), _connector="OR"
                    ),
                ),
                name="leader_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(fields=("listing", "unit", "on"), name="reminder_once_a_day"),
        ),
        migrations.AddConstraint(
            model_name="reviewround",
            constraint=models.CheckConstraint(
                condition=models.Q(("extent__in", ["all", "sample"])), name="review_round_extent_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewround",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("extent", "sample"), _negated=True),
                    models.Q(("seed", ""), _negated=True),
                    _connector="OR",
                ),
                name="review_round_sample_has_seed",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewround",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_by__isnull", True), ("closed_on__isnull", True), ("conclusion", "")),
                    models.Q(
                        ("closed_by__isnull", False),
                        ("closed_on__gte", models.F("began_on")),
                        ("closed_on__isnull", False),
                        models.Q(("conclusion", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="review_round_closed_wholly",
            ),
        ),
        migrations.AddConstraint(
            model_name="revisit",
            constraint=models.UniqueConstraint(fields=("review", "listing"), name="revisit_once_per_round"),
        ),
        migrations.AddConstraint(
            model_name="revisit",
            constraint=models.CheckConstraint(
                condition=models.Q(("finding__in", ["pending", "sound", "reopened"])), name="revisit_finding_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="revisit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("checked_by__isnull", True), ("checked_on__isnull", True), ("finding", "pending")),
                    models.Q(
                        models.Q(("finding", "pending"), _negated=True),
                        ("checked_by__isnull", False),
                        ("checked_on__isnull", False),
                        models.Q(("note", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="revisit_has_day_and_officer",
            ),
        ),
        migrations.AddConstraint(
            model_name="rectification",
            constraint=models.UniqueConstraint(
                condition=models.Q(("done_on__isnull", True)),
                fields=("status",),
                name="rectification_one_open_per_item",
            ),
        ),
        migrations.AddConstraint(
            model_name="rectification",
            constraint=models.CheckConstraint(
                condition=models.Q(("problem", ""), _negated=True), name="rectification_has_problem"
            ),
        ),
        migrations.AddConstraint(
            model_name="rectification",
            constraint=models.CheckConstraint(
                condition=models.Q(("done_on__isnull", True), ("done_on__gte", models.F("found_on")), _connector="OR"),
                name="rectification_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="signoff",
            constraint=models.UniqueConstraint(fields=("listing", "heading", "responsible"), name="sign_off_once"),
        ),
        migrations.AddConstraint(
            model_name="signoff",
            constraint=models.CheckConstraint(
                condition=models.Q(("heading__in", ["A", "B", "C", "D", "E"])), name="sign_off_heading_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="signoff",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "responsible__in",
                        [
                            "former_unit",
                            "registrar",
                            "staffing",
                            "finance",
                            "premises",
                            "organisation",
                            "human_resources",
                            "party",
                            "foreign",
                        ],
                    )
                ),
                name="sign_off_responsible_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="signoff",
            constraint=models.CheckConstraint(
                condition=models.Q(("result", ""), _negated=True), name="sign_off_has_result"
            ),
        ),
        migrations.AddConstraint(
            model_name="signoff",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("on_paper", False),
                    models.Q(("file__isnull", False), models.Q(("document_no", ""), _negated=True)),
                    _connector="OR",
                ),
                name="sign_off_on_paper_has_original",
            ),
        ),
        migrations.AddConstraint(
            model_name="snapshot",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256", ""), _negated=True), name="snapshot_has_digest"
            ),
        ),
    ]
