"""Tests of contact and opinions: how a flag is verified."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cleanup", "0006_windows_from_the_law_book"),
        ("registry", "0018_law_since_deadlines"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactTest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("begun_on", models.DateField(verbose_name="开始日期")),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("reached", "取得联系"),
                            ("unreachable", "无法取得联系"),
                            ("given_up", "终止，不作结论"),
                        ],
                        max_length=20,
                        verbose_name="结论",
                    ),
                ),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="结束日期")),
                ("end_reason", models.TextField(blank=True, verbose_name="说明")),
                (
                    "begun_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
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
                        verbose_name="结束人",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_tests",
                        to="registry.organisation",
                        verbose_name="社会组织",
                    ),
                ),
            ],
            options={
                "verbose_name": "联系核查",
                "verbose_name_plural": "联系核查",
                "ordering": ("-begun_on", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="ContactTry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("letter", "挂号信函（住所）"),
                            ("visit", "上门（住所）"),
                            ("phone", "电话（法定代表人）"),
                            ("email", "电子邮件"),
                        ],
                        max_length=20,
                        verbose_name="方式",
                    ),
                ),
                ("target", models.CharField(max_length=300, verbose_name="联系地址或号码")),
                ("made_on", models.DateField(verbose_name="日期")),
                ("tracking_no", models.CharField(blank=True, max_length=60, verbose_name="挂号单号")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("pending", "待反馈"), ("reached", "取得联系"), ("failed", "无法联系")],
                        default="pending",
                        max_length=20,
                        verbose_name="结果",
                    ),
                ),
                ("known_on", models.DateField(blank=True, null=True, verbose_name="得知日期")),
                (
                    "attempt",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.contactattempt",
                        verbose_name="联系记录",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "proof_file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.storedfile",
                        verbose_name="凭证文件",
                    ),
                ),
                (
                    "test",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tries",
                        to="cleanup.contacttest",
                        verbose_name="联系核查",
                    ),
                ),
            ],
            options={
                "verbose_name": "联系",
                "verbose_name_plural": "联系",
                "ordering": ("made_on", "pk"),
            },
        ),
        migrations.CreateModel(
            name="OpinionRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "asked",
                    models.CharField(
                        choices=[
                            ("supervisor", "业务主管单位"),
                            ("party", "党建工作机构"),
                            ("regulator", "行业管理部门"),
                        ],
                        max_length=20,
                        verbose_name="对象",
                    ),
                ),
                ("document_no", models.CharField(max_length=100, verbose_name="征求意见函文号")),
                ("question", models.TextField(verbose_name="征求的事项")),
                ("asked_on", models.DateField(verbose_name="发出日期")),
                (
                    "stance",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("agrees", "属实，同意纳入"),
                            ("disagrees", "不属实，不同意纳入"),
                            ("silent", "逾期没有答复"),
                        ],
                        max_length=20,
                        verbose_name="意见",
                    ),
                ),
                ("answer", models.TextField(blank=True, verbose_name="意见内容")),
                ("answer_no", models.CharField(blank=True, max_length=100, verbose_name="复函文号")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="复函日期")),
                (
                    "answer_file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.storedfile",
                        verbose_name="复函",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
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
                        verbose_name="录入人",
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opinions",
                        to="cleanup.finding",
                        verbose_name="线索",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.unit",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "征求意见",
                "verbose_name_plural": "征求意见",
                "ordering": ("asked_on", "pk"),
            },
        ),
        migrations.AddConstraint(
            model_name="contacttest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on__isnull", True)), fields=("organisation",), name="contact_test_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="contacttest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_by__isnull", True), ("ended_on__isnull", True), ("verdict", "")),
                    models.Q(
                        ("ended_by__isnull", False),
                        ("ended_on__gte", models.F("begun_on")),
                        ("ended_on__isnull", False),
                        ("verdict__in", ["reached", "unreachable", "given_up"]),
                    ),
                    _connector="OR",
                ),
                name="contact_test_ended_wholly",
            ),
        ),
        migrations.AddConstraint(
            model_name="contacttry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("channel", "letter"), _negated=True),
                    models.Q(("tracking_no", ""), _negated=True),
                    _connector="OR",
                ),
                name="contact_try_letter_is_tracked",
            ),
        ),
        migrations.AddConstraint(
            model_name="contacttry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("attempt__isnull", True), ("known_on__isnull", True), ("outcome", "pending")),
                    models.Q(
                        ("attempt__isnull", False),
                        ("known_on__gte", models.F("made_on")),
                        ("known_on__isnull", False),
                        models.Q(("outcome", "pending"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="contact_try_known_becomes_evidence",
            ),
        ),
        migrations.AddConstraint(
            model_name="opinionrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on__isnull", True)), fields=("finding", "asked"), name="opinion_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="opinionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("document_no", ""), _negated=True), models.Q(("question", ""), _negated=True)
                ),
                name="opinion_asked_on_a_document",
            ),
        ),
        migrations.AddConstraint(
            model_name="opinionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("ended_by__isnull", True), ("ended_on__isnull", True), ("stance", "")),
                    models.Q(
                        ("ended_by__isnull", False),
                        ("ended_on__gte", models.F("asked_on")),
                        ("ended_on__isnull", False),
                        ("stance__in", ["agrees", "disagrees", "silent"]),
                        models.Q(("answer", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="opinion_ended_wholly",
            ),
        ),
    ]
