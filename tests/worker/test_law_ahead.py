"""What comes into force later moves nothing before its day, everything on it, and no more than was foreseen."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django_fsm import TransitionNotAllowed

from cleanup.actions.sweep import sweep
from cleanup.models import Campaign, Finding, Sweep
from cleanup.queries.replay import differences
from registry.actions import law_proposal as proposals
from registry.models import Event, JobRun, LawEvent, LawProposal, Policy
from registry.queries.law_proposals import is_wide
from registry.queries.verification import faults
from registry.states import Outcome, Role
from tests.cleanup.situations import filer, report, running_campaign, window
from tests.factories import OrganisationFactory, UserFactory
from tests.registry.law import new_value
from tests.worker.test_law import approve, propose
from tests.worker.test_tasks import delivered
from worker import tasks
from worker.actions import law

if TYPE_CHECKING:
    from registry.models import Organisation, User

pytestmark = pytest.mark.django_db

TODAY, DAY = date(2022, 7, 1), date(2022, 7, 10)


@pytest.fixture
def silent(officer: User) -> list[Organisation]:
    """Return three associations without reports for 2020 and 2021, found on 1 June 2022, among thirty."""
    bodies = [OrganisationFactory.create(by=officer) for _ in range(3)]
    for _ in range(27):
        filer(2020, 2021, by=officer)
    sweep(campaign_id=running_campaign(windows=[window(criteria="A")]).pk, as_of=date(2022, 6, 1), by=officer)
    return bodies


def later() -> LawProposal:
    """Return a proposal of a day for annual reports that comes into force on `DAY`."""
    return propose(new_value(value="07-31", effective_from=DAY), on=TODAY)


def comes(on: date = DAY) -> None:
    """Let the worker recalculate what is due on the day ``on``."""
    for pk in LawProposal.objects.order_by("pk").values_list("pk", flat=True):
        delivered(tasks.recalculate_law, f"message {pk} {on}", proposal_id=pk, on=on.isoformat())


def test_the_preview_tells_what_would_change_on_the_later_day(silent: list[Organisation]) -> None:
    proposal = later()
    found = proposal.effects.values_list("organisation", "on", "what")
    assert list(found) == [(each.pk, DAY, what) for each in silent for what in ("线索（2022）", "2021年度年检（年报）")]
    assert not is_wide(proposal)
    Policy.objects.filter(key="law.stop_share").update(value=9)
    assert is_wide(law.preview(proposal_id=proposal.pk, on=TODAY))


def test_on_its_day_it_is_recalculated_once_with_one_event_for_each_body(
    silent: list[Organisation], officer: User, reviewer: User
) -> None:
    proposal = approve(later(), by=reviewer, on=TODAY)
    assert (proposal.recalculate_on, proposal.run.counts) == (DAY, {"bodies": 0, "effects": 0, "existing": 30})
    assert not Event.objects.filter(verb="law.recalculate").exists()
    comes(on=date(2022, 7, 9))
    assert Finding.objects.filter(state="open").count() == 3
    comes()
    comes()
    assert not Finding.objects.filter(state="open").exists()
    events = Event.objects.filter(verb="law.recalculate").order_by("organisation")
    assert [(each.organisation, each.on, each.by.username) for each in events] == [
        (body, DAY, "system") for body in silent
    ]
    assert events[0].facts["findings"] == [{"campaign": "2022", "criteria": "", "before": "A"}]
    run = JobRun.objects.get(job="law", slot=f"{proposal.pk} {DAY}")
    assert (run.outcome, run.counts) == (Outcome.DONE, {"bodies": 3, "effects": 6, "existing": 30})
    proposal.refresh_from_db()
    assert proposal.recalculate_on is None
    assert list(LawEvent.objects.order_by("seq").values_list("verb", flat=True)) == [
        "law.propose", "law.approve", "law.recalculate",
    ]  # fmt: skip
    campaign = Campaign.objects.get()
    assert sweep(campaign_id=campaign.pk, as_of=DAY, by=officer).leaving == []
    assert differences(campaign, as_of=DAY) == []
    assert list(faults()) == []


def test_what_was_cured_meanwhile_is_not_told_again(silent: list[Organisation], officer: User, reviewer: User) -> None:
    proposal = approve(later(), by=reviewer, on=TODAY)
    for year in (2020, 2021):
        report(silent[0], year, date(2022, 7, 5), by=officer)
    comes()
    moved = proposal.effects.filter(subject__startswith="finding:").values_list("organisation", flat=True)
    assert set(moved) == {silent[1].pk, silent[2].pk}


def test_a_value_that_ends_again_moves_on_both_days(silent: list[Organisation], reviewer: User) -> None:
    end = date(2022, 7, 20)
    proposal = propose(new_value(value="07-31", effective_from=DAY, effective_to=end), on=TODAY)
    assert set(proposal.effects.values_list("on", flat=True)) == {DAY}
    approve(proposal, by=reviewer, on=TODAY)
    comes()
    assert LawProposal.objects.get().recalculate_on == end
    assert not Finding.objects.filter(state="open").exists()
    comes(on=end)
    assert LawProposal.objects.get().recalculate_on is None


def test_no_sweep_goes_by_a_law_that_is_not_recalculated(silent: list[Organisation], reviewer: User) -> None:
    approve(later(), by=reviewer, on=TODAY)
    campaign, swept = Campaign.objects.get(), Sweep.objects.count()
    how = {"campaign_id": campaign.pk, "as_of": DAY.isoformat()}
    delivered(tasks.sweep_campaign, "message-1", **how)
    assert Sweep.objects.count() == swept
    comes()
    delivered(tasks.sweep_campaign, "message-2", **how)
    assert Sweep.objects.count() == swept + 1


def test_what_has_become_wider_than_foreseen_waits_for_the_director(
    silent: list[Organisation], officer: User, reviewer: User
) -> None:
    proposal = approve(later(), by=reviewer, on=TODAY)
    for _ in range(2):
        OrganisationFactory.create(by=officer)
    comes()
    comes()
    proposal.refresh_from_db()
    assert (proposal.held_on, proposal.bodies, proposal.existing) == (DAY, 5, 32)
    assert Finding.objects.filter(state="open").count() == 3
    assert JobRun.objects.get(job="law", slot=f"{proposal.pk} {DAY}").outcome == Outcome.STOPPED
    assert not Event.objects.filter(verb="law.recalculate").exists()
    director = UserFactory.create(role=Role.DIRECTOR)
    how = {"by": director, "on": DAY, "reason": "通知属实", "seen": proposal.effect_digest}
    proposals.confirm(proposal_id=proposal.pk, **how)
    with pytest.raises(TransitionNotAllowed):
        proposals.confirm(proposal_id=proposal.pk, **how)
    comes()
    assert not Finding.objects.filter(state="open").exists()
    assert Event.objects.filter(verb="law.recalculate").count() == 5
    assert LawProposal.objects.get().recalculate_on is None
    assert list(LawEvent.objects.order_by("seq").values_list("verb", flat=True)) == [
        "law.propose", "law.approve", "law.hold", "law.confirm", "law.recalculate",
    ]  # fmt: skip
    assert list(faults()) == []
