"""How a flag is verified: letters twice and apart, opinions with a clock, local criteria on a document, wrong flags."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError
from django.utils import timezone

from cleanup.actions import contact_test as tests
from cleanup.actions import determination, opinion
from cleanup.actions import finding as findings
from cleanup.actions.sweep import sweep
from cleanup.models import ContactTest, ContactTry, Determination, Finding, OpinionRequest
from cleanup.queries.verification import interval, second_letter
from cleanup.queries.wrong_flags import wrong_flags
from cleanup.rules import Refused
from cleanup.states import Asked, Criterion, Reached, Stance
from registry.actions import organisation as organisations
from registry.files import Unacceptable
from registry.models import ContactAttempt, Deadline, Event, StoredFile
from registry.states import Channel, ContactOutcome, Role
from tests.cleanup.situations import running_campaign, unreached
from tests.console.situations import open_findings
from tests.constraints import refused_by
from tests.factories import OrganisationFactory, UnitFactory, UserFactory
from tests.registry.documents import document
from tests.replay import differences as rows_apart

if TYPE_CHECKING:
    from registry.models import Organisation, User

pytestmark = pytest.mark.django_db

DAY = date(2022, 3, 1)


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {each.code for each in refused.value.broken}


@pytest.fixture
def body() -> Organisation:
    return OrganisationFactory.create(address="虚构区一号路1号")


@pytest.fixture
def test(body: Organisation, officer: User) -> ContactTest:
    return tests.begin(organisation_id=body.pk, by=officer, on=DAY)


def letter(test: ContactTest, on: date, by: User, *, outcome: str = "", tracking_no: str = "") -> ContactTry:
    number = tracking_no or f"XA{on:%m%d}"
    made = tests.attempt(test_id=test.pk, channel=Channel.LETTER, by=by, on=on, tracking_no=number)
    if outcome:
        told = {"proof": "退回：查无此单位", "by": by, "on": on + timedelta(days=7)}
        return tests.settle(try_id=made.pk, outcome=outcome, **told)
    return made


def call(test: ContactTest, on: date, by: User, outcome: str = ContactOutcome.FAILED, **how: Any) -> ContactTry:
    told = {"target": "13800000000", "proof": "通话记录：停机", **how}
    return tests.attempt(test_id=test.pk, channel=Channel.PHONE, by=by, on=on, outcome=outcome, **told)


def test_two_letters_apart_a_call_and_a_visit_prove_that_nobody_can_be_reached(
    body: Organisation, test: ContactTest, officer: User
) -> None:
    letter(test, DAY, officer, outcome=ContactOutcome.FAILED)
    assert second_letter(test) == (DAY + timedelta(days=15), DAY + timedelta(days=30))
    call(test, DAY + timedelta(days=8), officer)
    tests.attempt(
        test_id=test.pk, channel=Channel.VISIT, by=officer, on=DAY + timedelta(days=9), outcome=ContactOutcome.FAILED,
        proof="门牌处无人办公", content=document(), file_name="照片.pdf",
    )  # fmt: skip
    letter(test, DAY + timedelta(days=20), officer, outcome=ContactOutcome.FAILED, tracking_no="XA2")
    end = DAY + timedelta(days=30)
    done = tests.conclude(test_id=test.pk, verdict=Reached.UNREACHABLE, by=officer, on=end, reason="两次退信，停机")
    assert (done.verdict, done.ended_on, done.ended_by) == (Reached.UNREACHABLE, end, officer)
    assert [each.target for each in ContactAttempt.objects.filter(channel=Channel.LETTER)] == [body.address] * 2
    assert StoredFile.objects.get().title == "上门（住所）凭证"
    assert list(Event.objects.filter(organisation=body, verb__startswith="contact.").values_list("verb", flat=True)) == [
        "contact.begin", "contact.send", "contact.record", "contact.record", "contact.record", "contact.send",
        "contact.record", "contact.conclude",
    ]  # fmt: skip
    told = Event.objects.filter(verb="contact.record").last()
    assert told is not None
    assert told.facts["contact"]["tracking_no"] == "XA2"


def test_a_second_letter_too_early_is_refused_and_one_too_late_proves_nothing(test: ContactTest, officer: User) -> None:
    letter(test, DAY, officer, outcome=ContactOutcome.FAILED)
    with pytest.raises(Refused) as refused:
        letter(test, DAY + timedelta(days=14), officer)
    assert codes(refused) == {"R-424"}
    letter(test, DAY + timedelta(days=31), officer, outcome=ContactOutcome.FAILED)
    call(test, DAY + timedelta(days=40), officer)
    end = {"by": officer, "on": DAY + timedelta(days=41), "reason": "两次退信"}
    with pytest.raises(Refused) as refused:
        tests.conclude(test_id=test.pk, verdict=Reached.UNREACHABLE, **end)
    assert codes(refused) == {"R-427"}
    letter(test, DAY + timedelta(days=46), officer, outcome=ContactOutcome.FAILED)
    end["on"] = DAY + timedelta(days=54)
    assert tests.conclude(test_id=test.pk, verdict=Reached.UNREACHABLE, **end).verdict == Reached.UNREACHABLE


def test_a_number_belongs_to_one_letter(body: Organisation, test: ContactTest, officer: User) -> None:
    letter(test, DAY, officer, outcome=ContactOutcome.FAILED, tracking_no="XA7")
    other = tests.begin(organisation_id=OrganisationFactory.create().pk, by=officer, on=DAY)
    for made, on in ((test, DAY + timedelta(days=16)), (other, DAY)):
        with pytest.raises(Refused) as refused:
            letter(made, on, officer, tracking_no=" XA7 ")
        assert codes(refused) == {"R-434"}


def test_letters_to_an_address_the_body_has_left_prove_nothing(
    body: Organisation, test: ContactTest, officer: User
) -> None:
    letter(test, DAY, officer, outcome=ContactOutcome.FAILED)
    moved = {"address": "虚构区二号路2号"}
    organisations.amend(organisation_id=body.pk, by=officer, on=DAY + timedelta(days=9), reason="迁址", changes=moved)
    letter(test, DAY + timedelta(days=10), officer, outcome=ContactOutcome.FAILED)
    call(test, DAY + timedelta(days=18), officer)
    end: dict[str, Any] = {"by": officer, "on": DAY + timedelta(days=20), "reason": "两次退信"}
    with pytest.raises(Refused) as refused:
        tests.conclude(test_id=test.pk, verdict=Reached.UNREACHABLE, **end)
    assert codes(refused) == {"R-427"}
    assert second_letter(ContactTest.objects.get()) == (DAY + timedelta(days=25), DAY + timedelta(days=40))
    letter(test, DAY + timedelta(days=26), officer, outcome=ContactOutcome.FAILED)
    end["on"] = DAY + timedelta(days=40)
    assert tests.conclude(test_id=test.pk, verdict=Reached.UNREACHABLE, **end).verdict == Reached.UNREACHABLE


def found_unreachable(by: User) -> Finding:
    """Return a finding of criterion D by records of contact alone."""
    body = OrganisationFactory.create()
    unreached(body, by=by, tested=False)
    campaign = running_campaign()
    sweep(campaign_id=campaign.pk, as_of=date(2022, 6, 1), by=by)
    return Finding.objects.get(organisation=body)


def test_criterion_d_is_confirmed_upon_a_test_of_contact(officer: User) -> None:
    made = found_unreachable(officer)
    told: dict[str, Any] = {"finding_id": made.pk, "by": officer, "on": date(2022, 6, 20), "reason": "属实"}
    ended = {"begun_by": officer, "ended_by": officer, "end_reason": "核查"}
    for verdict, day in ((Reached.REACHED, date(2022, 6, 2)), (Reached.UNREACHABLE, date(2021, 12, 31))):
        days = {"begun_on": day, "ended_on": day}
        ContactTest.objects.create(organisation=made.organisation, verdict=verdict, **days, **ended)
        with pytest.raises(Refused) as refused:
            findings.confirm(**told)
        assert codes(refused) == {"R-435"}
    with pytest.raises(Refused):
        findings.confirm(tested_before="2022年5月两次挂号信退回", **told)
    days = {"begun_on": date(2022, 6, 1), "ended_on": date(2022, 6, 19)}
    ContactTest.objects.create(organisation=made.organisation, verdict=Reached.UNREACHABLE, **days, **ended)
    findings.confirm(**told)
    assert Finding.objects.get(pk=made.pk).reason == "属实"


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.DIRECTOR])
def test_a_test_made_before_there_were_any_here_is_told_of_by_a_reviewer(role: Role, officer: User) -> None:
    made = found_unreachable(officer)
    told: dict[str, Any] = {"finding_id": made.pk, "on": date(2022, 6, 20), "reason": "属实"}
    by = UserFactory.create(role=role)
    with pytest.raises(Refused) as refused:
        findings.confirm(by=by, tested_before=" ", **told)
    assert codes(refused) == {"R-435"}
    findings.confirm(by=by, tested_before="2021年7月、8月两次挂号信退回，回执存档", **told)
    said = "属实（此前的联系核查：2021年7月、8月两次挂号信退回，回执存档）"
    assert Finding.objects.get(pk=made.pk).reason == said
    assert made.organisation.events.order_by("seq").last().reason == said
    assert rows_apart() == []


def test_what_a_letter_a_call_and_an_end_must_have(body: Organisation, test: ContactTest, officer: User) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"channel": Channel.LETTER, "tracking_no": " "}, "R-423"),
        ({"channel": Channel.PHONE, "target": ""}, "R-423"),
        ({"channel": Channel.LETTER, "tracking_no": "1", "on": DAY - timedelta(days=1)}, "R-422"),
        ({"channel": Channel.LETTER, "tracking_no": "1", "on": timezone.localdate() + timedelta(days=1)}, "R-422"),
    ]
    for told, code in wrong:
        with pytest.raises(Refused) as refused:
            tests.attempt(**{"test_id": test.pk, "by": officer, "on": DAY, **told})
        assert codes(refused) == {code}
    pending = letter(test, DAY, officer)
    for verdict, expected in (
        (Reached.GIVEN_UP, {"R-426"}),
        (Reached.REACHED, {"R-426", "R-428"}),
        (Reached.UNREACHABLE, {"R-426", "R-427"}),
    ):
        with pytest.raises(Refused) as refused:
            tests.conclude(test_id=test.pk, verdict=verdict, by=officer, on=DAY, reason="结束")
        assert codes(refused) == expected
    with pytest.raises(Refused) as refused:
        tests.settle(try_id=pending.pk, outcome=ContactOutcome.PENDING, proof="", by=officer, on=DAY)
    assert codes(refused) == {"R-425"}
    with pytest.raises(Unacceptable):
        tests.settle(
            try_id=pending.pk, outcome=ContactOutcome.FAILED, proof="退回", by=officer, on=DAY,
            content=document(b"no document"), file_name="x.pdf",
        )  # fmt: skip
    assert not ContactAttempt.objects.exists()
    tests.settle(try_id=pending.pk, outcome=ContactOutcome.REACHED, proof="签收回执", by=officer, on=DAY)
    with pytest.raises(Refused):
        tests.settle(try_id=pending.pk, outcome=ContactOutcome.FAILED, proof="退回", by=officer, on=DAY)
    tests.conclude(test_id=test.pk, verdict=Reached.REACHED, by=officer, on=DAY, reason="已签收")
    with pytest.raises(Refused) as refused:
        letter(test, DAY, officer)
    assert "R-422" in codes(refused)


def test_a_test_under_way_is_gone_on_with(body: Organisation, test: ContactTest, officer: User) -> None:
    again = tests.begin(organisation_id=body.pk, by=UserFactory.create(), on=DAY)
    assert again == test
    assert Event.objects.filter(verb="contact.begin").count() == 1
    assert interval(DAY) == (15, 30)


# --- opinions ------------------------------------------------------------------------------------------


@pytest.fixture
def finding() -> Finding:
    return open_findings(supervising_unit=UnitFactory.create(name="虚构区教育局"))[0]


def asked(finding: Finding, by: User, **how: Any) -> OpinionRequest:
    told = {"document_no": "虚民函〔2022〕3号", "question": "是否属实，是否同意纳入整治", "due_on": date(2022, 6, 20)}
    on = date(2022, 6, 2)
    return opinion.ask(**{"finding_id": finding.pk, "asked": Asked.SUPERVISOR, "by": by, "on": on, **told, **how})


def test_an_opinion_is_asked_with_a_clock_and_recorded_with_its_document(finding: Finding, officer: User) -> None:
    made = asked(finding, officer)
    clock = Deadline.objects.get(kind="opinion.supervisor")
    assert (made.unit.name, clock.due_on, clock.subject_id, clock.is_running) == (
        "虚构区教育局", date(2022, 6, 20), finding.pk, True,
    )  # fmt: skip
    told = {"stance": Stance.AGREES, "answer": "情况属实", "answer_no": "虚教函〔2022〕8号"}
    opinion.answer(
        request_id=made.pk, by=officer, on=date(2022, 6, 10), content=document(), file_name="复函.pdf", **told
    )
    made.refresh_from_db()
    clock.refresh_from_db()
    assert (made.stance, made.ended_on, clock.met_on) == (Stance.AGREES, date(2022, 6, 10), date(2022, 6, 10))
    assert made.answer_file is not None
    event = Event.objects.get(verb="opinion.record")
    assert event.facts["opinion"]["file"]["sha256"] == made.answer_file.sha256
    with pytest.raises(Refused) as refused:
        opinion.answer(request_id=made.pk, by=officer, on=date(2022, 6, 11), **told)
    assert codes(refused) == {"R-431"}


def test_whom_and_how_an_opinion_is_asked(finding: Finding, officer: User) -> None:
    for how, code in (
        ({"document_no": " "}, "R-429"),
        ({"question": ""}, "R-429"),
        ({"due_on": None}, "R-429"),
        ({"due_on": date(2022, 6, 1)}, "R-429"),
        ({"asked": Asked.REGULATOR}, "R-430"),
    ):
        with pytest.raises(Refused) as refused:
            asked(finding, officer, **how)
        assert codes(refused) == {code}, how
    asked(finding, officer)
    with pytest.raises(Refused) as refused:
        asked(finding, officer)
    assert codes(refused) == {"R-430"}


def test_silence_is_recorded_only_after_the_time_is_over(finding: Finding, officer: User) -> None:
    made = asked(finding, officer)
    silent = {"stance": Stance.SILENT, "answer": "电话催告两次", "by": officer}
    with pytest.raises(Refused) as refused:
        opinion.answer(request_id=made.pk, on=date(2022, 6, 20), **silent)
    assert codes(refused) == {"R-432"}
    opinion.answer(request_id=made.pk, on=date(2022, 6, 21), **silent)
    clock = Deadline.objects.get(kind="opinion.supervisor")
    assert (clock.met_on, clock.waived_on, clock.waiver_reason) == (None, date(2022, 6, 21), "电话催告两次")
    assert asked(finding, officer, on=date(2022, 6, 22), due_on=date(2022, 7, 1)).ended_on is None


# --- local criteria, wrong flags ------------------------------------------------------------------------


def test_a_local_criterion_needs_its_document_once_and_is_lifted(body: Organisation, officer: User) -> None:
    told = {"organisation_id": body.pk, "by": officer, "on": DAY, "criterion": "E"}
    for wrong, code in (
        ({"document_no": ""}, "R-420"),
        ({"made_by_unit": " "}, "R-420"),
        ({"criterion": "A"}, "R-420"),
        ({"on": timezone.localdate() + timedelta(days=1)}, "R-420"),
    ):
        with pytest.raises(Refused) as refused:
            determination.determine(**{"document_no": "1号", "made_by_unit": "本局", **told, **wrong})
        assert codes(refused) == {code}, wrong
    determination.determine(document_no="1号", made_by_unit="本局", **told)
    with pytest.raises(Refused) as refused:
        determination.determine(document_no="2号", made_by_unit="本局", **told)
    assert codes(refused) == {"R-421"}
    determination.lift_criterion(**told, reason="已换届")
    assert Determination.objects.get().lifted_on == DAY
    with pytest.raises(Refused) as refused:
        determination.lift_criterion(**told, reason="再次")
    assert codes(refused) == {"R-56"}


def test_wrong_flags_count_what_was_decided_under_each_criterion(officer: User) -> None:
    campaign = running_campaign()
    assert wrong_flags(campaign) == {}
    found = open_findings(4, campaign=campaign)
    today = timezone.localdate()
    findings.confirm(finding_id=found[0].pk, by=officer, on=today, reason="属实")
    for each in found[1:3]:
        findings.dismiss(finding_id=each.pk, by=officer, on=today, reason="地址有误")
    (rate,) = wrong_flags(campaign).values()
    assert wrong_flags(campaign).keys() == {Criterion.D}
    assert (rate.decided, rate.dismissed, rate.rate) == (3, 2, 2 / 3)


# --- nothing half-done -----------------------------------------------------------------------------------


def test_without_its_event_nothing_moves(
    body: Organisation, test: ContactTest, finding: Finding, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    pending = letter(test, DAY, officer)
    made = asked(finding, officer)

    def broken(*_: object, **__: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(Event, "save", broken)
    deeds = (
        lambda: tests.begin(organisation_id=finding.organisation_id, by=officer, on=DAY),
        lambda: call(test, DAY, officer),
        lambda: tests.settle(try_id=pending.pk, outcome=ContactOutcome.FAILED, proof="退回", by=officer, on=DAY),
        lambda: opinion.answer(
            request_id=made.pk, stance=Stance.AGREES, answer="属实", by=officer, on=date(2022, 6, 3)
        ),
    )
    for deed in deeds:
        with pytest.raises(DatabaseError):
            deed()
    monkeypatch.undo()
    assert ContactTest.objects.filter(ended_on=None).count() == 1
    assert [each.outcome for each in ContactTry.objects.all()] == [ContactOutcome.PENDING]
    assert OpinionRequest.objects.get().ended_on is None
    assert Deadline.objects.get(kind="opinion.supervisor").is_running


# --- the database itself ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("contact_test_ended_wholly", {"ended_on": DAY}),
        ("contact_test_ended_wholly", {"verdict": Reached.REACHED}),
        ("contact_try_letter_is_tracked", {"tracking_no": ""}),
        ("contact_try_known_becomes_evidence", {"outcome": ContactOutcome.FAILED, "known_on": DAY}),
        ("contact_try_known_becomes_evidence", {"known_on": DAY}),
        ("opinion_asked_on_a_document", {"document_no": ""}),
        ("opinion_ended_wholly", {"ended_on": date(2022, 6, 3)}),
        ("opinion_ended_wholly", {"stance": Stance.AGREES}),
    ],
)
def test_a_row_that_contradicts_itself_is_refused(
    name: str, columns: dict[str, Any], test: ContactTest, finding: Finding, officer: User
) -> None:
    rows = {"contact_test": test, "contact_try": letter(test, DAY, officer), "opinion": asked(finding, officer)}
    row = next(each for kind, each in rows.items() if name.startswith(kind))
    with refused_by(type(row), name):
        type(row).objects.filter(pk=row.pk).update(**columns)


def test_one_test_and_one_question_at_a_time(test: ContactTest, finding: Finding, officer: User) -> None:
    made = asked(finding, officer)
    with refused_by(ContactTest, "contact_test_one_open"):
        ContactTest.objects.create(organisation=test.organisation, begun_on=DAY, begun_by=officer)
    with refused_by(OpinionRequest, "opinion_one_open"):
        OpinionRequest.objects.create(
            finding=finding, asked=made.asked, unit=made.unit, document_no="2号", question="？", asked_on=DAY,
            asked_by=officer,
        )  # fmt: skip
