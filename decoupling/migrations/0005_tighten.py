"""What was carried over is now required."""

import django.core.serializers.json
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("decoupling", "0004_carry_over"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="listing",
            name="scope_note",
        ),
        migrations.AddConstraint(
            model_name="checklistitem",
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
                name="checklist_item_responsible_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="checklistitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("local", False), ("since__isnull", True)),
                    models.Q(("local", True), ("since__isnull", False)),
                    _connector="OR",
                ),
                name="checklist_item_local_has_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="itemstatus",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["pending", "done", "not_applicable", "rectifying"])),
                name="item_status_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="itemstatus",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until__isnull", True),
                    models.Q(("state", "done"), ("until__gte", models.F("decided_on"))),
                    _connector="OR",
                ),
                name="item_status_transition_ends_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="itemstatus",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "rectifying"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="item_status_rectifying_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.UniqueConstraint(
                condition=models.Q(("acceptance__isnull", True)),
                fields=("listing", "signer"),
                name="signature_once_per_signer",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.UniqueConstraint(fields=("acceptance", "signer"), name="signature_once_under_acceptance"),
        ),
        migrations.AlterField(
            model_name="listing",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="listings",
                to="decoupling.batch",
                verbose_name="批次",
            ),
        ),
        migrations.AlterField(
            model_name="placement",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="placements",
                to="decoupling.batch",
                verbose_name="批次",
            ),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["listed", "planned", "approved", "implementing", "signed_off", "accepted"])
                ),
                name="listing_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("document_no", ""), _negated=True),
                    models.Q(("members_evidence", ""), _negated=True),
                    models.Q(("name_evidence", ""), _negated=True),
                    models.Q(("registration_evidence", ""), _negated=True),
                ),
                name="listing_is_documented",
            ),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("plan_submitted_by__isnull", False),
                        ("plan_submitted_on__isnull", False),
                        ("state__in", ("planned", "approved", "implementing", "signed_off", "accepted")),
                    ),
                    models.Q(
                        models.Q(
                            ("state__in", ("planned", "approved", "implementing", "signed_off", "accepted")),
                            _negated=True,
                        ),
                        ("plan_submitted_by__isnull", True),
                        ("plan_submitted_on__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="listing_plan_submitted_has_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("plan_approved_by__isnull", False),
                        ("plan_approved_on__isnull", False),
                        ("state__in", ("approved", "implementing", "signed_off", "accepted")),
                        models.Q(("approval_no", ""), _negated=True),
                        models.Q(("approval_body", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state__in", ("approved", "implementing", "signed_off", "accepted")), _negated=True),
                        ("approval_body", ""),
                        ("approval_no", ""),
                        ("plan_approved_by__isnull", True),
                        ("plan_approved_on__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="listing_plan_approved_has_document",
            ),
        ),
    ]
