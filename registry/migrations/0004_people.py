"""Certificates of officers, the ledger of accounts, notes and assignments."""

import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from registry import guards


def install(apps, schema_editor):
    guards.install(schema_editor.connection)


def keep(apps, schema_editor):
    """Keep the triggers: going back drops their table."""


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("registry", "0003_law"),
    ]

    operations = [
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "subject_kind",
                    models.CharField(
                        choices=[
                            ("finding", "线索"),
                            ("case", "个案"),
                            ("listing", "脱钩名单"),
                            ("filing", "登记申请"),
                        ],
                        max_length=20,
                        verbose_name="事项类别",
                    ),
                ),
                ("subject_id", models.PositiveBigIntegerField(verbose_name="事项编号")),
                ("assigned_on", models.DateField(verbose_name="分派日期")),
                ("note", models.TextField(blank=True, verbose_name="说明")),
                ("returned_on", models.DateField(blank=True, null=True, verbose_name="退回或改派日期")),
                ("return_note", models.TextField(blank=True, verbose_name="退回或改派说明")),
            ],
            options={
                "verbose_name": "分派",
                "verbose_name_plural": "分派",
                "ordering": ("-pk",),
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "subject_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("finding", "线索"),
                            ("case", "个案"),
                            ("listing", "脱钩名单"),
                            ("filing", "登记申请"),
                        ],
                        max_length=20,
                        verbose_name="所涉记录",
                    ),
                ),
                ("subject_id", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="所涉记录编号")),
                ("text", models.TextField(verbose_name="内容")),
                ("at", models.DateTimeField(verbose_name="记录时间")),
            ],
            options={
                "verbose_name": "备注",
                "verbose_name_plural": "备注",
                "ordering": ("-at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="StaffEvent",
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
            ],
            options={
                "verbose_name": "人员台账记录",
                "verbose_name_plural": "人员台账记录",
                "ordering": ("seq",),
            },
        ),
        migrations.AddField(
            model_name="user",
            name="certificate_no",
            field=models.CharField(blank=True, max_length=50, verbose_name="执法证号"),
        ),
        migrations.AddField(
            model_name="user",
            name="certificate_until",
            field=models.DateField(blank=True, null=True, verbose_name="执法证有效期至"),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("certificate_no", ""), ("certificate_until__isnull", True)),
                    models.Q(models.Q(("certificate_no", ""), _negated=True), ("certificate_until__isnull", False)),
                    _connector="OR",
                ),
                name="user_certificate_whole",
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="assigned_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="分派人",
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="assignee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to=settings.AUTH_USER_MODEL,
                verbose_name="承办人",
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to="registry.organisation",
                verbose_name="社会组织",
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="记录人",
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="mentions",
            field=models.ManyToManyField(
                blank=True, related_name="mentioned_in", to=settings.AUTH_USER_MODEL, verbose_name="提及"
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notes",
                to="registry.organisation",
                verbose_name="社会组织",
            ),
        ),
        migrations.AddField(
            model_name="staffevent",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="经办人",
            ),
        ),
        migrations.AddField(
            model_name="staffevent",
            name="subject",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="staff_events",
                to=settings.AUTH_USER_MODEL,
                verbose_name="人员",
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("returned_on__isnull", True)), fields=["assignee"], name="assignment_open_of_user"
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("returned_on__isnull", True)),
                fields=("subject_kind", "subject_id"),
                name="assignment_one_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(("subject_kind__in", ("finding", "filing"))), name="assignment_subject_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("return_note", ""), ("returned_on__isnull", True)),
                    models.Q(("returned_on__isnull", False), models.Q(("return_note", ""), _negated=True)),
                    _connector="OR",
                ),
                name="assignment_returned_has_note",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("returned_on__isnull", True), ("returned_on__gte", models.F("assigned_on")), _connector="OR"
                ),
                name="assignment_returned_after_start",
            ),
        ),
        migrations.AddIndex(
            model_name="note",
            index=models.Index(fields=["subject_kind", "subject_id"], name="note_subject"),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("subject_id__isnull", True), ("subject_kind", "")),
                    models.Q(
                        ("subject_id__isnull", False), ("subject_kind__in", ["finding", "case", "listing", "filing"])
                    ),
                    _connector="OR",
                ),
                name="note_subject_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="note_has_text"),
        ),
        migrations.AddConstraint(
            model_name="staffevent",
            constraint=models.CheckConstraint(condition=models.Q(("seq__gte", 1)), name="staff_event_seq_from_one"),
        ),
        migrations.AddConstraint(
            model_name="staffevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="staff_event_has_reason"
            ),
        ),
        migrations.RunPython(install, keep),
    ]
