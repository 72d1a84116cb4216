"""The day a case is to be disposed of by becomes a deadline as any other, instead of a column of the case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations
from django.db.models import Q

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BASIS = "内部控制/期限"


def carry_over(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Write a deadline for every case still worked that names a day; the event that opened the case has told the day."""
    deadlines = apps.get_model("registry", "Deadline").objects
    cases = apps.get_model("cleanup", "Case").objects.filter(
        Q(state="open") | Q(state="suspended"), due_on__isnull=False
    )
    deadlines.bulk_create(
        deadlines.model(
            organisation_id=case.finding.organisation_id,
            subject_kind="case",
            subject_id=case.pk,
            kind="case.treatment",
            starts_on=case.opened_on,
            unit="fixed",
            fixed_on=case.due_on,
            due_on=case.due_on,
            basis=BASIS,
        )
        for case in cases.select_related("finding").order_by("pk")
    )


class Migration(migrations.Migration):
    dependencies = [("cleanup", "0008_case_batches_and_step_files"), ("registry", "0021_imports_of_separations")]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="case", name="case_due_after_opening"),
        migrations.RemoveField(model_name="case", name="due_on"),
    ]
