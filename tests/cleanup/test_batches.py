"""One thing in many cases: each is judged by itself and told by itself, and none is done twice."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from cleanup.actions import batch as batches
from cleanup.actions import case as cases
from cleanup.actions import step as steps
from cleanup.models import Case, CaseBatch, CaseBatchRow, CaseStep, Notice
from cleanup.rules import Refused
from cleanup.states import BatchDeed, BatchOutcome, DocumentKind, Step, Treatment
from registry.models import Event, JobRun, Organisation, Policy
from tests.cleanup.walks import Desk
from tests.constraints import refused_by

pytestmark = pytest.mark.django_db

COLUMNS = {"registration_authority": "虚构区民政局", "address": "虚构路2号"}


@pytest.fixture
def desks() -> list[Desk]:
    Policy.objects.filter(key="notice.prefix").update(value="虚民社")
    Policy.objects.filter(key="notice.contact").update(value="虚构路1号，000-0000000")
    made = [Desk(Treatment.CANCEL, **COLUMNS) for _ in range(3)]
    for desk in made[1:]:
        cases_of(desk, made[0])
    return made


def cases_of(desk: Desk, first: Desk) -> None:
    """Let the officer of the first desk carry the case of another."""
    Case.objects.filter(pk=desk.pk).update(officer=first.officer)


def run() -> JobRun:
    return JobRun.objects.create(
        job="case_batch", slot=str(JobRun.objects.count()), as_of=date(2022, 6, 6), started_at=timezone.now()
    )


def asked(desks: list[Desk], deed: str, what: str, **entered: Any) -> CaseBatch:
    ids = [each.pk for each in desks]
    first = desks[0]
    return batches.ask(deed=deed, what=what, case_ids=ids, entered=entered, by=first.officer, on=first.on)


def done(batch: CaseBatch) -> dict[str, int]:
    return {name: count for name, count in batches.perform(batch_id=batch.pk, run=run()).items() if count}


def test_a_document_is_issued_in_each_case_under_numbers_that_follow_each_other(desks: list[Desk]) -> None:
    batch = asked(desks, BatchDeed.NOTICE, DocumentKind.CANCELLATION_GUIDE, facts="已无人员和业务。")
    assert not Notice.objects.exists()
    assert done(batch) == {"done": 3}
    assert list(Notice.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    assert Notice.objects.values("run").distinct().count() == 1
    assert Event.objects.filter(verb="notice.issue").count() == 3
    assert batch.rows.get(case=desks[0].pk).told == [str(Notice.objects.get(case=desks[0].pk))]


def test_a_step_is_taken_in_each_case_with_its_own_number_and_event(desks: list[Desk]) -> None:
    done(asked(desks, BatchDeed.NOTICE, DocumentKind.CANCELLATION_GUIDE, facts="已无人员和业务。"))
    assert done(asked(desks, BatchDeed.STEP, Step.GUIDE, content="已无人员和业务")) == {"done": 3}
    numbers = {each.document_no for each in CaseStep.objects.filter(step=Step.GUIDE)}
    assert numbers == {each.document_no for each in Notice.objects.all()}
    assert Event.objects.filter(verb="case.guide").count() == 3
    days = {"manner": "members", "resolution_on": desks[0].on}
    assert done(asked(desks, BatchDeed.STEP, Step.RESOLVE, **days)) == {"done": 3}


def numbered(desks: list[Desk]) -> None:
    """Issue the document of each case."""
    done(asked(desks, BatchDeed.NOTICE, DocumentKind.CANCELLATION_GUIDE, facts="已无人员和业务。"))


def test_one_number_is_not_given_to_many_cases(desks: list[Desk]) -> None:
    batch = asked(desks, BatchDeed.STEP, Step.GUIDE, content="已无人员和业务", document_no="统一文号")
    assert done(batch) == {"done": 1, "refused": 2}
    assert "R-433" in batch.rows.filter(outcome=BatchOutcome.REFUSED)[0].told[0]
    assert f"“{desks[0].body.name}”的个案已使用该文号" in batch.rows.filter(outcome=BatchOutcome.REFUSED)[0].told[0]


def test_a_case_that_is_refused_says_why_and_the_others_go_on(desks: list[Desk]) -> None:
    numbered(desks)
    steps.take(
        case_id=desks[1].pk,
        step=Step.GUIDE,
        by=desks[0].officer,
        on=desks[0].on,
        entered={"document_no": "1", "content": "已办"},
    )
    batch = asked(desks, BatchDeed.STEP, Step.GUIDE, content="已无人员和业务")
    assert done(batch) == {"done": 2, "refused": 1}
    refused = batch.rows.get(outcome=BatchOutcome.REFUSED)
    assert (refused.case_id, refused.told[0][:5]) == (desks[1].pk, "R-233")
    assert batches.perform(batch_id=batch.pk, run=run())["done"] == 2
    assert Event.objects.filter(verb="case.guide").count() == 3


def test_a_name_no_typeface_has_refuses_its_own_case_and_the_others_go_on(desks: list[Desk]) -> None:
    Organisation.objects.filter(pk=desks[1].body.pk).update(legal_representative="某𠮷", name="虚构区𠮷协会")
    batch = asked(desks, BatchDeed.NOTICE, DocumentKind.CANCELLATION_GUIDE, facts="已无人员和业务。")
    assert done(batch) == {"done": 2, "refused": 1}
    [told] = batch.rows.get(outcome=BatchOutcome.REFUSED).told
    assert "字库中没有“𠮷”" in told


def test_a_worker_that_stopped_goes_on_where_it_was(desks: list[Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    numbered(desks)
    batch = asked(desks, BatchDeed.STEP, Step.GUIDE, content="已无人员和业务")
    with monkeypatch.context() as broken:
        taken = iter([None])

        def once(*_: object, **how: Any) -> None:
            next(taken)
            return steps_take(**how)

        steps_take = steps.take
        broken.setattr(steps, "take", once)
        with pytest.raises(StopIteration):
            batches.perform(batch_id=batch.pk, run=run())
    assert batches.counts(batch) == {"waiting": 2, "done": 1, "refused": 0}
    assert done(batch) == {"done": 3}
    assert Event.objects.filter(verb="case.guide").count() == 3


def test_cases_of_a_batch_are_alike_and_so_is_what_they_state(desks: list[Desk]) -> None:
    other = Desk(Treatment.RECTIFY)
    with pytest.raises(Refused, match="R-356"):
        asked([*desks, other], BatchDeed.STEP, Step.GUIDE)
    with pytest.raises(Refused, match="R-356"):
        batches.ask(deed="step", what=Step.GUIDE, case_ids=[], entered={}, by=other.officer, on=other.on)
    for deed, what in ((BatchDeed.STEP, Step.DECIDE), (BatchDeed.NOTICE, DocumentKind.DECISION)):
        with pytest.raises(Refused, match="R-357"):
            asked(desks, deed, what)
    with pytest.raises(Refused, match="R-357"):
        asked([other], BatchDeed.STEP, Step.PASS)
    assert not CaseBatch.objects.exists()


def test_a_case_closed_meanwhile_is_left_alone(desks: list[Desk]) -> None:
    numbered(desks)
    batch = asked(desks, BatchDeed.STEP, Step.GUIDE, content="已无人员和业务")
    on = desks[2].on
    cases.close_case(
        case_id=desks[2].pk,
        by=desks[0].officer,
        on=on,
        reason="补录",
        resolution_on=on,
        consent_no="",
        liquidation_report_on=on,
    )
    assert done(batch) == {"done": 2, "refused": 1}
    assert batch.rows.get(case=desks[2].pk).told[0].startswith("R-231")


@pytest.mark.parametrize(
    ("model", "name", "breach"),
    [
        (CaseBatch, "case_batch_deed_known", {"deed": "wish"}),
        (CaseBatch, "case_batch_treatment_known", {"treatment": "forget"}),
        (CaseBatchRow, "case_batch_row_outcome_known", {"outcome": "perhaps"}),
    ],
)
def test_a_batch_cannot_contradict_itself(model: Any, name: str, breach: dict[str, str], desks: list[Desk]) -> None:
    asked(desks[:1], BatchDeed.STEP, Step.GUIDE)
    with refused_by(model, name):
        model.objects.update(**breach)


def test_a_case_stands_in_a_batch_once(desks: list[Desk]) -> None:
    batch = asked(desks[:1], BatchDeed.STEP, Step.GUIDE)
    with refused_by(CaseBatchRow, "case_batch_row_once"):
        CaseBatchRow.objects.create(batch=batch, case_id=desks[0].pk)
