"""Changing the law moves exactly what rests on it: seen before, approved by another, told in every ledger it touches."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, transaction
from django_fsm import TransitionNotAllowed

from cleanup.actions import campaign as campaigns
from cleanup.actions import case as cases
from cleanup.actions import finding as findings
from cleanup.actions.sweep import sweep
from cleanup.models import Campaign, Case, Finding
from cleanup.queries.replay import differences
from cleanup.states import Step, Treatment
from registry.actions import deadline as deadlines
from registry.models import Deadline, Event, JobRun, LawEffect, LawEvent, LawProposal, LegalBasis, Policy, Subject
from registry.queries.law import value
from registry.queries.law_changes import amended
from registry.queries.law_proposals import is_wide
from registry.queries.reports import report_calendar
from registry.queries.verification import faults
from registry.rules import Refused
from registry.states import Kind, Outcome, SubjectKind
from tests.cleanup.situations import filer, report, running_campaign, unreached, window
from tests.cleanup.walks import Desk
from tests.factories import OrganisationFactory, UserFactory
from tests.registry.law import new_value
from worker.actions import law

if TYPE_CHECKING:
    from registry.models import Organisation, User
    from registry.queries.law_changes import Change

pytestmark = pytest.mark.django_db

ON = date(2022, 7, 1)


@pytest.fixture
def silent(officer: User) -> list[Organisation]:
    """Return three associations without reports for 2020 and 2021, found on 1 June 2022, among ten that filed."""
    bodies = [OrganisationFactory.create(by=officer) for _ in range(3)]
    for _ in range(27):
        filer(2020, 2021, by=officer)
    campaign = running_campaign(windows=[window(criteria="A")])
    sweep(campaign_id=campaign.pk, as_of=date(2022, 6, 1), by=officer)
    return bodies


def propose(changes: list[Change] | None = None, *, by: User | None = None, on: date = ON) -> LawProposal:
    changes = new_value(value="07-31") if changes is None else changes
    return law.propose(changes=changes, by=by or UserFactory.create(), on=on, reason="延期通知")


def approve(proposal: LawProposal, *, by: User, on: date = ON, seen: str | None = None) -> LawProposal:
    seen = LawProposal.objects.get(pk=proposal.pk).effect_digest if seen is None else seen
    return law.approve(proposal_id=proposal.pk, by=by, on=on, opinion="同意", seen=seen)


def refusal(act: Any, *args: Any, **how: Any) -> list[str]:
    with pytest.raises(Refused) as caught, transaction.atomic():
        act(*args, **how)
    return [each.holds.__name__ for each in caught.value.broken]


def effects(proposal: LawProposal) -> list[tuple[int | None, str, str, str]]:
    return list(proposal.effects.values_list("organisation", "what", "before", "after"))


def open_findings() -> set[int]:
    return set(Finding.objects.filter(state="open").values_list("organisation", flat=True))


def test_an_extended_due_date_withdraws_the_findings_that_rested_on_the_old_one(
    silent: list[Organisation], reviewer: User
) -> None:
    ids = [body.pk for body in silent]
    assert open_findings() == set(ids)
    proposal = propose()
    assert open_findings() == set(ids)
    assert value("annual_report.due", on=ON, kind="association", year=2021) == "05-31"
    assert effects(proposal) == [
        row
        for pk in ids
        for row in (
            (
                pk,
                "线索（2022）",
                "符合情形A；2021年度：应于 2022-05-31 前报送，未报送",
                "不符合任何情形，线索自动撤回；2021年度：2022-07-31 到期，尚未到期",
            ),
            (pk, "2021年度年检（年报）", "应于 2022-05-31 前报送，未报送", "2022-07-31 到期，尚未到期"),
        )
    ]
    before = Event.objects.count()
    approved = approve(proposal, by=reviewer)
    assert open_findings() == set()
    events = Event.objects.filter(verb="law.recalculate")
    assert (events.count(), Event.objects.count()) == (3, before + 3)
    assert [(each.organisation_id, each.by, each.run) for each in events.order_by("organisation")] == [
        (pk, reviewer, approved.run) for pk in ids
    ]
    told = events[0].facts
    assert told["law"]["id"] == proposal.pk
    assert len(told["effects"]) == 2
    assert told["findings"] == [{"campaign": "2022", "criteria": "", "before": "A"}]
    assert approved.run is not None
    assert (approved.run.job, approved.run.outcome, approved.run.counts) == (
        "law", Outcome.DONE, {"bodies": 3, "effects": 6, "existing": 30},
    )  # fmt: skip
    assert report_calendar(silent[0], ON)[1].due_on == date(2022, 7, 31)
    assert list(faults()) == []
    assert differences(Campaign.objects.get(), as_of=ON) == []


def test_a_shortened_due_date_adds_findings_as_a_sweep_would(officer: User, reviewer: User) -> None:
    late = [OrganisationFactory.create(by=officer) for _ in range(2)]
    for _ in range(30):
        filer(2020, 2021, by=officer)
    campaign = running_campaign(windows=[window(criteria="AD")])
    unreached(late[1], by=officer)
    sweep(campaign_id=campaign.pk, as_of=date(2022, 5, 1), by=officer)
    assert Finding.objects.get().criteria == "D"
    proposal = propose(new_value(value="04-15", effective_from=date(2022, 1, 10)), on=date(2022, 5, 2))
    told = {(pk, what): (before, after) for pk, what, before, after in effects(proposal)}
    assert told[late[0].pk, "线索（2022）"][0] == ""
    assert told[late[0].pk, "线索（2022）"][1].startswith("符合情形A；")
    assert told[late[1].pk, "线索（2022）"][1].startswith("符合情形A/D；")
    approve(proposal, by=reviewer, on=date(2022, 5, 2))
    standing = Finding.objects.filter(state="open").order_by("organisation")
    assert list(standing.values_list("organisation", "criteria")) == [(late[0].pk, "A"), (late[1].pk, "AD")]
    frozen = Finding.objects.get(state="open", organisation=late[0]).facts["A"]
    assert frozen["due_on"]["2021"] == "2022-04-15"
    assert sweep(campaign_id=campaign.pk, as_of=date(2022, 5, 2), by=officer).unchanged == 2


def test_a_case_is_told_when_its_ground_falls_away(silent: list[Organisation], reviewer: User) -> None:
    officer = UserFactory.create(certified=True)
    finding = Finding.objects.get(organisation=silent[0])
    findings.confirm(finding_id=finding.pk, by=reviewer, on=date(2022, 6, 2), reason="属实")
    case = cases.open_case(finding_id=finding.pk, treatment="revoke", officer=officer, by=officer, on=date(2022, 6, 3))
    proposal = propose()
    (before, after) = LawEffect.objects.filter(proposal=proposal, subject=f"case:{case.pk}").values_list(
        "before", "after"
    )[0]
    assert before.startswith("情形A（2022-06-01 发现）成立：")
    assert after.startswith("情形A（2022-06-01 发现）不成立：")
    approve(proposal, by=reviewer)
    event = Event.objects.get(organisation=silent[0], verb="law.recalculate")
    assert f"case:{case.pk}" in {each["subject"] for each in event.facts["effects"]}
    assert Case.objects.get().state == "open"


def test_a_suspended_case_is_told_as_an_open_one(reviewer: User) -> None:
    desk = Desk(Treatment.REVOKE)
    desk.take(Step.SUSPEND, on=date(2022, 6, 10))
    proposal = propose()
    (after,) = proposal.effects.filter(subject=f"case:{desk.pk}").values_list("after", flat=True)
    assert after.startswith("情形A（2022-06-01 发现）不成立：")


def test_a_case_is_told_when_the_law_no_longer_lets_it_revoke(officer: User, reviewer: User) -> None:
    desk = Desk(Treatment.REVOKE, kind=Kind.PRIVATE_NON_ENTERPRISE)
    for _ in range(10):
        filer(2020, 2021, by=officer)
    row = Policy.objects.get(key="revocation.missed_years", kind=Kind.PRIVATE_NON_ENTERPRISE)
    proposal = propose(amended(row, value=3))
    ((pk, what, before, after),) = effects(proposal)
    assert (pk, what) == (desk.body.pk, "个案")
    assert before.endswith("；撤销登记有法定事由（须连续 2 年）")
    assert after.endswith("；撤销登记没有法定事由（须连续 3 年）")
    approve(proposal, by=reviewer)
    (told,) = Event.objects.get(verb="law.recalculate").facts["effects"]
    assert told["subject"] == f"case:{desk.pk}"
    assert desk.case.state == "open"


def test_a_paused_campaign_loses_findings_and_gets_none(
    silent: list[Organisation], officer: User, reviewer: User
) -> None:
    campaign = Campaign.objects.get()
    Policy.objects.filter(key="law.stop_share").update(value=20)
    unfound = OrganisationFactory.create(by=officer)
    campaigns.pause(campaign_id=campaign.pk, by=officer, on=date(2022, 6, 2), reason="人手不足")
    longer = propose(new_value(value="07-31", effective_from=date(2022, 6, 1)))
    findings_moved = longer.effects.filter(subject__startswith="finding:").values_list("organisation", flat=True)
    assert set(findings_moved) == {body.pk for body in silent}
    assert not longer.effects.filter(subject__startswith="campaign:").exists()
    approve(longer, by=reviewer)
    assert open_findings() == set()
    assert Campaign.objects.get().state == "paused"
    assert not Finding.objects.filter(organisation=unfound).exists()
    assert differences(campaign, as_of=ON) == []


def test_a_notice_in_force_after_a_finding_leaves_its_ground(silent: list[Organisation], reviewer: User) -> None:
    finding = Finding.objects.get(organisation=silent[0])
    findings.confirm(finding_id=finding.pk, by=reviewer, on=date(2022, 6, 2), reason="属实")
    proposal = propose(new_value(value="07-31", effective_from=date(2022, 6, 20)))
    assert not proposal.effects.filter(subject=f"finding:{finding.pk}").exists()


def test_a_general_value_counts_from_the_year_whose_reports_begin_while_it_is_in_force(officer: User) -> None:
    body = OrganisationFactory.create(by=officer)
    proposal = propose(new_value(year=None, value="06-30", effective_from=date(2022, 1, 1)), on=date(2022, 3, 1))
    assert effects(proposal) == [
        (body.pk, "2021年度年检（年报）", "2022-05-31 到期，尚未到期", "2022-06-30 到期，尚未到期"),
        (body.pk, "2022年度年检（年报）", "2023-05-31 到期，尚未到期", "2023-06-30 到期，尚未到期"),
    ]


def test_only_reports_whose_standing_changes_are_listed(officer: User) -> None:
    in_time, late, owing = (OrganisationFactory.create(by=officer) for _ in range(3))
    report(in_time, 2021, date(2022, 5, 31), by=officer)
    report(late, 2021, date(2022, 6, 10), by=officer)
    other = OrganisationFactory.create(by=officer, kind=Kind.PRIVATE_NON_ENTERPRISE)
    young = OrganisationFactory.create(by=officer, established_on=date(2022, 2, 1))
    told = effects(propose(new_value(value="06-30"), on=date(2022, 8, 1)))
    assert told == [
        (late.pk, "2021年度年检（年报）", "2022-06-10 报送，逾期 10 日", "2022-06-10 报送，未逾期"),
        (owing.pk, "2021年度年检（年报）", "应于 2022-05-31 前报送，未报送", "应于 2022-06-30 前报送，未报送"),
    ]
    assert not {in_time.pk, other.pk, young.pk} & {each[0] for each in told}


def test_another_number_of_days_moves_the_running_deadlines_counted_by_it(officer: User, reviewer: User) -> None:
    moved, settled, plain = (OrganisationFactory.create(by=officer) for _ in range(3))
    for _ in range(30):
        OrganisationFactory.create(by=officer)
    for place, body in enumerate((moved, settled), start=1):
        subject = Subject(SubjectKind.CASE, place)
        with transaction.atomic():
            deadlines.start(subject=subject, kind="case.decision", on=date(2022, 3, 1), organisation=body)
    with transaction.atomic():
        deadlines.meet(subject=Subject(SubjectKind.CASE, 2), kind="case.decision", on=date(2022, 4, 1))
    proposal = propose(amended(Policy.objects.get(key="penalty.decision_days"), value=60, source="更正"))
    assert effects(proposal) == [(moved.pk, "处罚决定期限", "2022-05-30 到期", "2022-05-05 到期")]
    approve(proposal, by=reviewer)
    assert list(Deadline.objects.order_by("pk").values_list("due_on", flat=True)) == [
        date(2022, 5, 5),
        date(2022, 5, 30),
    ]
    event = Event.objects.get(verb="law.recalculate")
    assert event.organisation == moved
    (line,) = event.facts["deadlines"]
    assert line["did"] == "recount"
    assert event.basis == "行政处罚法/60"
    assert not plain.events.filter(verb="law.recalculate").exists()


def test_a_change_of_a_text_moves_nothing(officer: User, reviewer: User) -> None:
    row = LegalBasis.objects.get(code="民办非企业单位年度检查办法/5")
    proposal = propose(amended(row, verified=True, source="原文核对"))
    assert effects(proposal) == []
    approve(proposal, by=reviewer)
    row.refresh_from_db()
    assert row.verified
    assert list(faults()) == []


def test_the_share_of_the_register_decides_whether_the_director_is_asked(
    silent: list[Organisation], reviewer: User
) -> None:
    assert not is_wide(propose())
    Policy.objects.filter(key="law.stop_share").update(value=9)
    proposal = law.preview(proposal_id=LawProposal.objects.get().pk, on=ON)
    assert (proposal.bodies, proposal.existing, proposal.limit, is_wide(proposal)) == (3, 30, "9%", True)
    assert refusal(approve, proposal, by=reviewer) == ["wide_effect_is_confirmed"]


def test_an_effect_that_has_changed_since_it_was_seen_is_shown_again(
    silent: list[Organisation], officer: User, reviewer: User
) -> None:
    proposal = propose(by=officer)
    seen = proposal.effect_digest
    report(silent[0], 2021, ON, by=officer)
    assert refusal(approve, proposal, by=reviewer, seen=seen) == ["effect_is_as_seen"]
    assert LawProposal.objects.get().effect_digest == seen
    shown = law.preview(proposal_id=proposal.pk, on=ON)
    assert shown.effect_digest != seen
    assert silent[0].pk in {row[0] for row in effects(shown)}
    approve(shown, by=reviewer)
    assert list(faults()) == []


def test_nobody_approves_twice(silent: list[Organisation], reviewer: User) -> None:
    proposal = propose()
    approve(proposal, by=reviewer)
    for act in (
        lambda: approve(proposal, by=UserFactory.create()),
        lambda: law.preview(proposal_id=proposal.pk, on=ON),
    ):
        with pytest.raises(TransitionNotAllowed), transaction.atomic():
            act()
    assert JobRun.objects.filter(job="law").count() == 1
    assert Event.objects.filter(verb="law.recalculate").count() == 3


def test_a_change_of_what_has_changed_meanwhile_is_refused_before_it_is_judged(reviewer: User) -> None:
    first, second = propose(), propose()
    approve(first, by=reviewer)
    assert refusal(approve, second, by=reviewer) == ["law_stands_as_it_did", "validity_does_not_overlap"]
    assert refusal(law.preview, proposal_id=second.pk, on=ON) == ["law_stands_as_it_did", "validity_does_not_overlap"]


def test_when_an_event_cannot_be_written_the_law_stays(
    silent: list[Organisation], reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = propose()

    def broken(*_: Any, **__: Any) -> None:
        raise DatabaseError("the ledger is full")

    monkeypatch.setattr(law, "record_many", broken)
    with pytest.raises(DatabaseError, match="the ledger is full"), transaction.atomic():
        approve(proposal, by=reviewer)
    assert LawProposal.objects.get().is_open
    assert open_findings() == {body.pk for body in silent}
    assert not Policy.objects.filter(year=2021).exists()
    assert LawEvent.objects.count() == 1
    assert not JobRun.objects.filter(job="law").exists()
