"""Applications from receipt to decision: numbers, clocks, the register's own move, one event each."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django_fsm import TransitionNotAllowed

from registry.actions import filing as verbs
from registry.actions.ledger import Stale
from registry.actions.organisation import amend
from registry.models import Event, Filing, FilingNumber, FilingStep, IsFinal, Organisation
from registry.queries.filing_documents import items, unsettled
from registry.queries.filings import steps
from registry.queries.proposals import differences
from registry.queries.verification import faults
from registry.states import DocumentStatus, FilingKind, FilingState
from tests.factories import OrganisationFactory, UnitFactory
from tests.registry.applications import DAY, NEW_CODE, ROUTE, TO_CANCEL, again, brought_to, clock_of, drafted, step

if TYPE_CHECKING:
    from registry.models import User

pytestmark = pytest.mark.django_db

LEGAL = {
    "draft": {"submit", "withdraw"},
    "submitted": {"accept", "return_for_completion", "refuse_acceptance", "withdraw"},
    "returned": {"submit", "withdraw"},
    "accepted": {"review", "withdraw"},
    "reviewed": {"approve", "deny", "withdraw"},
    "approved": set(),
    "denied": set(),
    "not_accepted": set(),
    "withdrawn": set(),
}
MOVES = sorted(set().union(*LEGAL.values()))


@pytest.mark.parametrize(("state", "verb"), list(product(LEGAL, MOVES)))
def test_a_step_starts_only_from_the_states_the_procedure_knows(
    state: str, verb: str, officer: User, reviewer: User
) -> None:
    filing = brought_to(state, FilingKind.AMEND, by=officer, other=reviewer)
    if verb in LEGAL[state]:
        assert step(verb, filing, by=reviewer).state != state
    else:
        with pytest.raises(TransitionNotAllowed):
            step(verb, filing, by=reviewer)
        assert again(filing).version == filing.version


@pytest.mark.parametrize("kind", FilingKind.values)
def test_every_step_leaves_one_step_and_on_a_registered_body_one_event(
    kind: str, officer: User, reviewer: User
) -> None:
    filing = drafted(kind, by=officer)
    for verb in ROUTE:
        steps_before, events_before = FilingStep.objects.count(), Event.objects.count()
        filing = step(verb, filing, by=officer if verb in {"submit", "accept"} else reviewer)
        assert FilingStep.objects.count() == steps_before + 1
        registered = filing.organisation is not None
        assert Event.objects.count() == events_before + (1 if registered else 0)
        assert filing.steps.last().state == filing.state
    assert [each.verb for each in filing.steps.all()] == [
        "filing.draft", "filing.save_draft", *(f"filing.{verb}" for verb in ROUTE),
    ]  # fmt: skip
    assert [each.seq for each in filing.steps.all()] == [1, 2, 3, 4, 5, 6]
    assert filing.organisation.events.last().facts["filing"]["number"] == filing.number == "2022-0001"
    assert list(faults()) == []


def test_an_approved_establishment_is_on_the_register_as_proposed(officer: User, reviewer: User) -> None:
    filing = brought_to("reviewed", FilingKind.ESTABLISH, by=officer, other=reviewer)
    issued = {"certificate_no": "虚民证字第1号", "certificate_from": "2022-03-01", "certificate_until": "2026-03-01"}
    body = step("approve", filing, by=reviewer, code=NEW_CODE.lower(), issued=issued).organisation
    assert (body.code, body.name, body.established_on) == (NEW_CODE, "虚构区新生协会", DAY)
    assert (body.capital, body.certificate_until) == (Decimal("30000.50"), date(2026, 3, 1))
    assert body.supervising_unit_id == filing.proposal["supervising_unit_id"]
    event = body.events.get()
    assert (event.verb, event.by, event.on) == ("organisation.register", reviewer, DAY)
    assert event.facts["filing"]["decision_no"] == "民许〔2022〕1号"


def test_an_approved_amendment_changes_what_was_applied_for_and_nothing_else(officer: User, reviewer: User) -> None:
    body = OrganisationFactory.create(legal_representative="虚构人员", capital="30000")
    filing = drafted(
        FilingKind.AMEND, by=officer, body=body, proposal={"name": "虚构区新名协会", "capital": "30000.00"}
    )
    assert filing.proposal == {"name": "虚构区新名协会"}
    assert differences(filing) == {"name": (body.name, "虚构区新名协会")}
    for verb in ROUTE:
        filing = step(verb, filing, by=officer if verb in {"submit", "accept"} else reviewer)
    after = Organisation.objects.get(pk=body.pk)
    assert (after.name, after.legal_representative) == ("虚构区新名协会", "虚构人员")
    assert after.former_names.get().name == body.name
    last = after.events.last()
    assert (last.verb, set(last.facts["changes"])) == ("organisation.amend", {"name"})


def test_an_approved_cancellation_ends_the_legal_person_by_its_own_rules(officer: User, reviewer: User) -> None:
    filing = brought_to("approved", FilingKind.CANCEL, by=officer, other=reviewer)
    body = filing.organisation
    assert (body.state, body.exit_kind, body.cancelled_on) == ("deregistered", "cancelled", DAY)
    assert body.events.last().facts["documents"] == TO_CANCEL
    assert body.events.last().basis.startswith("社会团体登记管理条例/19")


def test_numbers_of_a_year_have_no_gap_even_when_a_receipt_fails(officer: User) -> None:
    filings = [drafted(FilingKind.ESTABLISH, by=officer) for _ in range(4)]
    for filing in filings[:2]:
        step("submit", filing, by=officer)
    FilingNumber.objects.filter(year=2022).update(last=0)
    with pytest.raises(Exception, match=r"filing_number_once|registry_filing\.number"):
        step("submit", filings[2], by=officer)
    FilingNumber.objects.filter(year=2022).update(last=2)
    step("submit", filings[2], by=officer)
    step("submit", filings[3], by=officer, on=date(2023, 1, 4))
    assert [again(filing).number for filing in filings] == ["2022-0001", "2022-0002", "2022-0003", "2023-0001"]


def test_a_completed_application_keeps_its_number_and_starts_its_clock_anew(officer: User, reviewer: User) -> None:
    filing = brought_to("returned", FilingKind.ESTABLISH, by=officer, other=reviewer)
    assert filing.missing
    assert verbs.save_draft(
        filing_id=filing.pk, version=filing.version, by=officer, on=DAY, applicant="虚构发起人",
        proposal=filing.proposal, documents=filing.documents,
    )  # fmt: skip
    later = DAY + timedelta(days=20)
    filing = step("submit", again(filing), by=officer, on=later)
    assert (filing.number, filing.received_on, filing.submitted_on, filing.missing) == ("2022-0001", DAY, later, "")
    filing = step("accept", filing, by=officer, on=later)
    assert (clock_of(filing).starts_on, clock_of(filing).due_on) == (later, date(2022, 5, 20))


@pytest.mark.parametrize(
    ("kind", "received", "accepted", "starts", "due"),
    [
        # 60 days from receipt of the documents end in the holidays of May, so on the day after them
        ("establish", date(2022, 3, 1), date(2022, 3, 7), date(2022, 3, 1), date(2022, 5, 5)),
        # 20 working days from acceptance, 清明 (3–5 April) and the worked Saturday between
        ("amend", date(2022, 3, 14), date(2022, 3, 18), date(2022, 3, 18), date(2022, 4, 18)),
        # nobody said in five working days what was missing: accepted on receipt
        ("amend", date(2022, 3, 14), date(2022, 3, 22), date(2022, 3, 14), date(2022, 4, 12)),
    ],
)
def test_the_clock_runs_as_the_law_counts(
    kind: str, received: date, accepted: date, starts: date, due: date, officer: User
) -> None:
    filing = step("submit", drafted(kind, by=officer), by=officer, on=received)
    filing = step("accept", filing, by=officer, on=accepted)
    clock = clock_of(filing)
    assert (clock.starts_on, clock.due_on, clock.provisional) == (starts, due, False)
    assert clock.basis == ("社会团体登记管理条例/12" if kind == "establish" else "行政许可法/42")


def test_an_extension_adds_ten_working_days_and_is_told(officer: User, reviewer: User) -> None:
    filing = brought_to("accepted", FilingKind.AMEND, by=officer, other=reviewer)
    assert clock_of(filing).due_on == date(2022, 3, 29)
    filing = step("extend", filing, by=reviewer, on=date(2022, 3, 29))
    clock = clock_of(filing)
    assert (filing.state, clock.due_on, clock.extension_document) == ("accepted", date(2022, 4, 13), "需要核实住所")
    told = filing.organisation.events.last().facts["deadlines"]
    assert [(each["did"], each["due_before"]) for each in told] == [("extend", "2022-03-29")]
    assert filing.steps.last().facts["deadlines"] == told


def test_a_clock_that_reaches_an_unannounced_year_is_provisional(officer: User, monkeypatch: Any) -> None:
    today = date(2026, 12, 10)
    monkeypatch.setattr(verbs.timezone, "localdate", lambda: today)
    filing = drafted(FilingKind.AMEND, by=officer, on=today)
    filing = step("accept", step("submit", filing, by=officer, on=today), by=officer, on=today)
    assert clock_of(filing).due_on.year == 2027
    assert clock_of(filing).provisional


def test_two_officers_do_not_overwrite_each_other(officer: User, reviewer: User) -> None:
    filing = drafted(FilingKind.AMEND, by=officer)
    told = {"applicant": "另一申请人", "proposal": filing.proposal, "documents": filing.documents}
    verbs.save_draft(filing_id=filing.pk, version=filing.version, by=officer, on=DAY, **told)
    with pytest.raises(Stale, match="已被他人修改") as caught:
        verbs.save_draft(
            filing_id=filing.pk, version=filing.version, by=reviewer, on=DAY, **{**told, "applicant": "甲"}
        )
    assert caught.value.record.applicant == "另一申请人"
    with pytest.raises(Stale):
        verbs.submit(filing_id=filing.pk, version=filing.version, by=reviewer, on=DAY)
    assert verbs.save_draft(filing_id=filing.pk, version=filing.version + 1, by=reviewer, on=DAY, **told) is None


@pytest.mark.parametrize("verb", [*ROUTE, "deny", "return_for_completion", "refuse_acceptance", "withdraw", "extend"])
def test_when_the_ledger_cannot_be_written_nothing_moved(
    verb: str, officer: User, reviewer: User, monkeypatch: Any
) -> None:
    before = {"accept": "submitted", "review": "accepted", "approve": "reviewed", "deny": "reviewed", "submit": "draft"}
    state = before.get(verb, "accepted" if verb == "extend" else "submitted")
    filing = brought_to(state, FilingKind.AMEND, by=officer, other=reviewer)
    row = Filing.objects.filter(pk=filing.pk).values().get()
    body = Organisation.objects.filter(pk=filing.organisation_id).values().get()

    def fail(*_: Any, **__: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Event, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        step(verb, filing, by=reviewer)
    assert Filing.objects.filter(pk=filing.pk).values().get() == row
    assert Organisation.objects.filter(pk=filing.organisation_id).values().get() == body
    assert FilingStep.objects.filter(filing=filing).count() == filing.steps.count()


def test_steps_are_written_once(officer: User) -> None:
    first = drafted(FilingKind.AMEND, by=officer).steps.first()
    for breach in (first.save, first.delete, FilingStep.objects.all().delete, lambda: FilingStep.objects.update(seq=9)):
        with pytest.raises(IsFinal):
            breach()


@pytest.mark.parametrize(
    ("kind", "proposal", "column"),
    [
        ("amend", {"state": "dormant"}, "state"),
        ("amend", {"code": NEW_CODE}, "code"),
        ("amend", {"capital": "三万"}, "capital"),
        ("amend", {"name": " "}, "name"),
        ("amend", {"supervising_unit_id": 10**9}, "supervising_unit_id"),
        ("establish", {"kind": "club"}, "kind"),
        ("establish", {"kind": "foundation", "is_industry_association": True}, "is_industry_association"),
        ("cancel", {"resolution_on": "2022-02-30"}, "resolution_on"),
    ],
)
def test_a_proposal_that_cannot_be_read_or_may_not_be_made_is_refused_by_column(
    kind: str, proposal: dict[str, Any], column: str, officer: User
) -> None:
    with pytest.raises(ValidationError) as caught:
        drafted(kind, by=officer, proposal=proposal)
    assert set(caught.value.message_dict) == {column}
    assert not Filing.objects.exists()


def test_a_decoupled_body_is_not_given_a_supervising_unit(officer: User) -> None:
    body = OrganisationFactory.create(supervision="decoupled")
    with pytest.raises(ValidationError, match="已脱钩"):
        drafted("amend", by=officer, body=body, proposal={"supervising_unit_id": UnitFactory.create().pk})


@pytest.mark.parametrize(
    "documents", [{"amend.unknown": {"status": "present"}}, {"amend.application": {"status": "?"}}]
)
def test_a_checklist_knows_its_documents(documents: dict[str, dict[str, str]], officer: User) -> None:
    body = OrganisationFactory.create()
    with pytest.raises(ValidationError):
        verbs.draft(kind="amend", by=officer, on=DAY, organisation_id=body.pk, documents=documents)


def test_only_an_establishment_concerns_no_organisation(officer: User) -> None:
    body = OrganisationFactory.create()
    for kind, organisation_id in (("establish", body.pk), ("amend", None), ("cancel", None)):
        with pytest.raises(ValueError, match="concerns no organisation yet"):
            verbs.draft(kind=kind, by=officer, on=DAY, organisation_id=organisation_id)


def test_documents_follow_what_is_applied_for_and_n_a_needs_its_reason(officer: User) -> None:
    body = OrganisationFactory.create()
    moved = drafted("amend", by=officer, body=body, complete=False, proposal={"address": "虚构区测试路3号"})
    renamed = drafted("amend", by=officer, body=body, complete=False, proposal={"name": "虚构区改名协会"})
    assert "新住所（场所）使用权证明" in unsettled(moved)
    assert "新住所（场所）使用权证明" not in unsettled(renamed)
    moved.documents = {"amend.premises": {"status": DocumentStatus.NOT_APPLICABLE, "reason": " "}}
    assert "新住所（场所）使用权证明" in unsettled(moved)
    moved.documents = {"amend.premises": {"status": DocumentStatus.NOT_APPLICABLE, "reason": "同一房屋换门牌"}}
    assert "新住所（场所）使用权证明" not in unsettled(moved)
    assert {each.basis for each in items(moved)} == {"社会团体登记管理条例/18"}


def test_the_next_steps_say_what_stands_against_them(officer: User, reviewer: User) -> None:
    filing = brought_to("reviewed", "cancel", by=officer, other=reviewer)
    by_verb = {each.verb: each for each in steps(filing, by=reviewer, on=DAY)}
    assert list(by_verb) == ["extend", "approve", "deny", "withdraw"]
    assert all(each.is_open for each in by_verb.values())
    assert [each.code for each in by_verb["deny"].asks] == ["R-108", "R-109"]
    closed = {each.verb: [rule.code for rule in each.broken] for each in steps(filing, by=officer, on=DAY)}
    assert closed["approve"] == closed["deny"] == ["R-107"]
    filing.proposal = {}
    assert [each.code for each in steps(filing, by=reviewer, on=DAY)[1].broken] == ["R-09", "R-11"]


def test_an_amendment_that_became_the_register_meanwhile_is_not_approved(officer: User, reviewer: User) -> None:
    filing = brought_to("reviewed", "amend", by=officer, other=reviewer, proposal={"address": "虚构区测试路2号"})
    amend(
        organisation_id=filing.organisation_id,
        changes={"address": "虚构区测试路2号"},
        by=officer,
        on=DAY,
        reason="更正",
    )
    approve = next(each for each in steps(again(filing), by=reviewer, on=DAY) if each.verb == "approve")
    assert [each.code for each in approve.broken] == ["R-27"]
    with pytest.raises(Exception, match="R-27"):
        step("approve", filing, by=reviewer)
    assert again(filing).state == FilingState.REVIEWED
