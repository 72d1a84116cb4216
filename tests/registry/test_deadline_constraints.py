"""What the database itself refuses of a deadline."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from registry.models import Deadline
from registry.states import PeriodUnit, SubjectKind
from tests.constraints import refused_by
from tests.registry.deadlines import DAY, begun

if TYPE_CHECKING:
    from registry.models import User

pytestmark = pytest.mark.django_db
BEFORE = DAY - timedelta(days=1)
EXTENSION: dict[str, Any] = {
    "extended_on": DAY,
    "extension_length": 30,
    "extension_unit": PeriodUnit.DAYS,
    "extension_basis": "行政许可法/42",
    "extension_document": "审批表",
}


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("deadline_subject_known", {"subject_kind": "nothing"}),
        ("deadline_has_length_or_day", {"length": None}),
        ("deadline_has_length_or_day", {"length": 0}),
        ("deadline_has_length_or_day", {"unit": PeriodUnit.FIXED}),
        ("deadline_has_length_or_day", {"fixed_on": DAY}),
        ("deadline_has_length_or_day", {"unit": PeriodUnit.FIXED, "length": None, "fixed_on": BEFORE}),
        ("deadline_has_length_or_day", {"unit": "weeks"}),
        ("deadline_due_after_start", {"due_on": BEFORE}),
        ("deadline_has_basis", {"basis": ""}),
        ("deadline_suspended_while_running_for_a_reason", {"suspended_on": DAY}),
        ("deadline_suspended_while_running_for_a_reason", {"suspension_reason": "听证"}),
        ("deadline_suspended_while_running_for_a_reason", {"suspended_on": BEFORE, "suspension_reason": "听证"}),
        (
            "deadline_suspended_while_running_for_a_reason",
            {"suspended_on": DAY, "suspension_reason": "听证", "met_on": DAY},
        ),
        ("deadline_extended_by_somebody_in_writing", EXTENSION),
        ("deadline_met_after_start", {"met_on": BEFORE}),
        ("deadline_waived_by_somebody_for_a_reason", {"waived_on": DAY}),
        ("deadline_waived_by_somebody_for_a_reason", {"waiver_reason": "不再需要"}),
    ],
)
def test_the_database_refuses(name: str, wrong: dict[str, Any], officer: User) -> None:
    deadline = begun(by=officer)
    with refused_by(Deadline, name):
        Deadline.objects.filter(pk=deadline.pk).update(**wrong)


@pytest.mark.parametrize("lacking", [*EXTENSION, "early", "fixed"])
def test_an_extension_is_whole(lacking: str, officer: User) -> None:
    whole = {**EXTENSION, "extended_by": officer}
    empty = {"extended_on": None, "extension_length": None}
    wrong: dict[str, Any] = {
        "early": {**whole, "extended_on": BEFORE},
        "fixed": {**whole, "extension_unit": PeriodUnit.FIXED},
    }.get(lacking, {**whole, lacking: empty.get(lacking, "")})
    deadline = begun(by=officer)
    Deadline.objects.filter(pk=deadline.pk).update(**whole)
    with refused_by(Deadline, "deadline_extended_by_somebody_in_writing"):
        Deadline.objects.filter(pk=deadline.pk).update(**wrong)


def test_it_ends_one_way_only(officer: User) -> None:
    deadline = begun(by=officer)
    with refused_by(Deadline, "deadline_ends_one_way"):
        Deadline.objects.filter(pk=deadline.pk).update(
            met_on=DAY, waived_on=DAY, waived_by=officer, waiver_reason="不再需要"
        )
    with refused_by(Deadline, "deadline_waived_by_somebody_for_a_reason"):
        Deadline.objects.filter(pk=deadline.pk).update(waived_on=BEFORE, waived_by=officer, waiver_reason="早")


def test_one_of_a_kind_runs_for_a_record(officer: User) -> None:
    first = begun(by=officer)
    with refused_by(Deadline, "deadline_one_running"):
        Deadline.objects.create(
            subject_kind=SubjectKind.CASE, subject_id=first.subject_id, kind=first.kind, basis="甲",
            starts_on=DAY, unit=PeriodUnit.FIXED, fixed_on=date(2022, 4, 1), due_on=date(2022, 4, 1),
        )  # fmt: skip
