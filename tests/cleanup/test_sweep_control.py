"""The breaker, its release, the undoing of a whole sweep, and one sweep at a time."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.utils import timezone

from cleanup.actions import campaign as campaigns
from cleanup.actions import finding as findings
from cleanup.actions import preview as previews
from cleanup.actions import sweep_control
from cleanup.actions.sweep import PATIENCE, SweepResult, SweptElsewhere, sweep
from cleanup.models import CampaignEvent, Finding, Hit, Sweep
from cleanup.queries.sweeps import last_swept_on
from cleanup.rules import Refused
from cleanup.states import StopCause
from registry.actions import run as runs
from registry.alone import Hold, alone
from registry.models import Event, JobRun, Organisation, Policy, User
from registry.queries.verification import LAW, faults
from registry.states import Outcome
from tests.cleanup.situations import drafted, filer, report, running_campaign, started, unreached
from tests.factories import OrganisationFactory

if TYPE_CHECKING:
    from cleanup.models import Campaign

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told_whole")]

ON = date(2022, 6, 1)
NEXT = date(2022, 6, 2)


@pytest.fixture
def campaign(officer: User) -> Campaign:
    filer(2020, 2021, by=officer)
    return running_campaign()


def swept(campaign: Campaign, on: date = ON, **how: Any) -> SweepResult:
    return sweep(campaign_id=campaign.pk, as_of=on, by=User.objects.system(), **how)


def missing(count: int, officer: User) -> list[Organisation]:
    return [OrganisationFactory.create(by=officer) for _ in range(count)]


def allow(least: int, share: int = 0) -> None:
    Policy.objects.filter(key="sweep.jump_least").update(value=least)
    Policy.objects.filter(key="sweep.jump_share").update(value=share)


def paused(campaign: Campaign, by: User) -> None:
    campaigns.pause(campaign_id=campaign.pk, by=by, on=date(2022, 7, 1), reason="口径有误")


# --- the breaker -------------------------------------------------------------------------------------


def test_a_jump_stops_the_sweep_before_it_writes_anything(campaign: Campaign, officer: User) -> None:
    swept(campaign)
    missing(4, officer)
    allow(3)
    result = swept(campaign, NEXT)
    assert result.stopped is not None
    assert result.stopped.cause == StopCause.JUMP
    assert result.stopped.note == "变动 4 条线索，预期线索 0 条，超过允许的 3 条"
    assert not Finding.objects.exists()
    stopped = Sweep.objects.get(run__as_of=NEXT)
    assert (stopped.run.outcome, stopped.waits_for_release, stopped.under_way) == (Outcome.STOPPED, True, False)
    assert Hit.objects.filter(run=stopped.run).count() == 4
    assert last_swept_on(campaign) == ON


def test_a_share_of_what_stood_before_is_no_jump(campaign: Campaign, officer: User) -> None:
    missing(10, officer)
    previews.preview(campaign_id=campaign.pk, by=officer, on=ON)
    allow(1, share=50)
    swept(campaign)
    missing(5, officer)
    assert len(swept(campaign, NEXT).entering) == 5


def test_a_first_sweep_is_measured_by_what_the_approver_saw(officer: User) -> None:
    filer(2020, 2021, by=officer)
    missing(4, officer)
    draft = drafted()
    allow(2)
    campaign = started(draft)
    assert campaign.preview is not None
    assert campaign.preview.counts["matched"] == 0  # on the day of approval nothing was due yet
    assert swept(campaign).stopped is not None
    previews.preview(campaign_id=campaign.pk, by=officer, on=ON)
    [waiting] = Sweep.objects.all()
    assert swept(campaign, run=again(waiting)).stopped is None


def test_a_first_sweep_that_finds_others_than_were_shown_stops_though_they_are_as_many(
    officer: User, reviewer: User
) -> None:
    wrong, right = missing(4, officer), [filer(2020, 2021, by=officer) for _ in range(5)]
    campaign = started(drafted(starts_on=ON), on=ON)
    assert campaign.preview is not None
    assert campaign.preview.counts["matched"] == 4
    for body in wrong:
        report(body, 2021, by=officer)
    for body in right[:4]:
        unreached(body, by=officer, on=ON)
    allow(3)
    result = swept(campaign)
    assert result.stopped is not None
    assert result.stopped.note == "变动 8 条线索，预期线索 4 条，超过允许的 3 条"
    [stopped] = Sweep.objects.all()
    sweep_control.release(sweep_id=stopped.pk, by=reviewer, on=timezone.localdate(), reason="年报登记在错误的组织名下")
    assert len(swept(campaign, run=again(stopped)).entering) == 4


def test_a_decision_on_a_finding_keeps_no_register(campaign: Campaign, officer: User) -> None:
    missing(1, officer)
    swept(campaign)
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        findings.confirm(finding_id=Finding.objects.get().pk, by=officer, on=ON, reason="属实")
        result = swept(campaign, NEXT)
        assert result.stopped is not None
        assert result.stopped.cause == StopCause.STALE


def again(stopped: Sweep) -> JobRun:
    run = runs.claim(job="sweep", slot=stopped.run.slot, as_of=stopped.run.as_of, owner="again")
    assert run is not None
    return run


def test_a_register_nobody_entered_anything_into_stops_the_sweep(campaign: Campaign, officer: User) -> None:
    missing(1, officer)
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        result = swept(campaign)
        assert result.stopped is not None
        assert result.stopped.cause == StopCause.STALE
        report(OrganisationFactory.create(), 2021, date(2022, 5, 30), by=officer)
        [stopped] = Sweep.objects.all()
        assert swept(campaign, run=again(stopped)).stopped is None
    stopped.refresh_from_db()
    assert (stopped.stopped_because, stopped.run.outcome) == ("", Outcome.DONE)


def test_released_a_sweep_writes_what_it_was_released_for(campaign: Campaign, officer: User, reviewer: User) -> None:
    swept(campaign)
    missing(4, officer)
    allow(3)
    swept(campaign, NEXT)
    stopped = Sweep.objects.get(run__outcome=Outcome.STOPPED)
    how = {"sweep_id": stopped.pk, "by": reviewer, "on": timezone.localdate()}
    with pytest.raises(Refused, match="R-19"):
        sweep_control.release(reason=" ", **how)
    sweep_control.release(reason="年报补录完成，属实", **how)
    with pytest.raises(Refused, match="R-212"):
        sweep_control.release(reason="再次放行", **how)
    missing(3, officer)
    assert len(swept(campaign, NEXT, run=again(stopped)).entering) == 7
    stopped.refresh_from_db()
    assert (stopped.is_done, stopped.released_by, stopped.stopped_because) == (True, reviewer, "jump")
    assert CampaignEvent.objects.get(verb="campaign.release_sweep").facts["sweep"]["moved"] == 4
    assert {each.code for each in faults()} == {LAW}  # the test changed the policies behind their ledger's back


def test_a_release_does_not_cover_another_jump(campaign: Campaign, officer: User, reviewer: User) -> None:
    swept(campaign)
    missing(4, officer)
    allow(3)
    swept(campaign, NEXT)
    stopped = Sweep.objects.get(run__outcome=Outcome.STOPPED)
    sweep_control.release(sweep_id=stopped.pk, by=reviewer, on=timezone.localdate(), reason="属实")
    missing(4, officer)
    assert swept(campaign, NEXT, run=again(stopped)).stopped is not None


def test_while_one_waits_no_other_sweep_of_the_campaign_runs(campaign: Campaign, officer: User) -> None:
    swept(campaign)
    missing(4, officer)
    allow(3)
    swept(campaign, NEXT)
    with pytest.raises(Refused, match="R-211"):
        swept(campaign, date(2022, 6, 3))
    out = StringIO()
    with pytest.raises(CommandError, match="R-211"):
        call_command("sweep", "--as-of", "2022-06-03", stdout=out)


def test_the_command_says_that_it_stopped(campaign: Campaign, officer: User) -> None:
    swept(campaign)
    missing(4, officer)
    allow(3)
    out = StringIO()
    call_command("sweep", "--as-of", "2022-06-02", stdout=out)
    assert "已停止，没有写入：变动 4 条线索" in out.getvalue()


# --- undoing -----------------------------------------------------------------------------------------


def test_undone_a_sweep_leaves_what_stood_before_and_one_event_for_each_body(
    campaign: Campaign, officer: User, reviewer: User
) -> None:
    cured, changing = missing(2, officer)
    swept(campaign)
    report(cured, 2021, ON, by=officer)
    unreached(changing, by=officer, on=ON)
    entering = OrganisationFactory.create()
    swept(campaign, NEXT)
    paused(campaign, reviewer)
    events = Event.objects.count()
    latest = Sweep.objects.get(run__as_of=NEXT)
    sweep_control.undo(sweep_id=latest.pk, by=reviewer, on=date(2022, 7, 1), reason="口径有误")
    standing = Finding.objects.filter(state="open").order_by("organisation")
    assert [(each.organisation, each.criteria, each.ended_on) for each in standing] == [
        (cured, "A", None), (changing, "A", None),
    ]  # fmt: skip
    assert Finding.objects.get(organisation=entering).reason == "整次排查撤销：口径有误"
    assert Event.objects.count() == events + 3
    assert {body.events.last().verb for body in (cured, changing, entering)} == {"finding.undo"}
    assert last_swept_on(campaign) == ON
    assert CampaignEvent.objects.last().verb == "campaign.undo_sweep"
    assert list(faults()) == []


def test_after_the_undoing_the_same_day_can_be_swept_again(campaign: Campaign, officer: User, reviewer: User) -> None:
    missing(2, officer)
    swept(campaign)
    paused(campaign, reviewer)
    sweep_control.undo(sweep_id=Sweep.objects.get().pk, by=reviewer, on=date(2022, 7, 1), reason="年报漏录")
    campaigns.resume(campaign_id=campaign.pk, by=reviewer, on=date(2022, 7, 2), reason="年报已补录")
    assert len(swept(campaign, date(2022, 7, 2)).entering) == 2


def test_a_sweep_somebody_built_on_is_not_undone(campaign: Campaign, officer: User, reviewer: User) -> None:
    missing(1, officer)
    swept(campaign)
    findings.confirm(finding_id=Finding.objects.get().pk, by=officer, on=ON, reason="属实")
    paused(campaign, reviewer)
    with pytest.raises(Refused, match="R-215"):
        sweep_control.undo(sweep_id=Sweep.objects.get().pk, by=reviewer, on=date(2022, 7, 1), reason="口径有误")


def test_only_the_latest_is_undone_and_only_while_the_campaign_is_paused(
    campaign: Campaign, officer: User, reviewer: User
) -> None:
    missing(1, officer)
    swept(campaign)
    swept(campaign, NEXT)
    first, latest = Sweep.objects.order_by("pk")
    how = {"by": reviewer, "on": date(2022, 7, 1), "reason": "口径有误"}
    with pytest.raises(Refused, match="R-214"):
        sweep_control.undo(sweep_id=latest.pk, **how)
    paused(campaign, reviewer)
    with pytest.raises(Refused, match="R-213"):
        sweep_control.undo(sweep_id=first.pk, **how)
    sweep_control.undo(sweep_id=latest.pk, **how)
    with pytest.raises(Refused, match="R-213"):
        sweep_control.undo(sweep_id=latest.pk, **how)


@pytest.mark.parametrize("verb", ["release", "undo"])
def test_when_the_ledger_cannot_be_written_nothing_is_released_or_undone(
    verb: str, campaign: Campaign, officer: User, reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept(campaign)
    missing(4, officer)
    if verb == "release":
        allow(3)
    swept(campaign, NEXT)
    if verb == "undo":
        paused(campaign, reviewer)

    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError

    before = list(Sweep.objects.values()), list(Finding.objects.values()), Event.objects.count()
    monkeypatch.setattr(CampaignEvent, "save", broken)
    with pytest.raises(DatabaseError):
        getattr(sweep_control, verb)(
            sweep_id=Sweep.objects.get(run__as_of=NEXT).pk, by=reviewer, on=date(2022, 7, 1), reason="口径有误"
        )
    assert (list(Sweep.objects.values()), list(Finding.objects.values()), Event.objects.count()) == before


# --- one at a time -----------------------------------------------------------------------------------


def under_way(campaign: Campaign) -> Sweep:
    run = runs.claim(job="sweep", slot="another", as_of=ON, owner="another")
    assert run is not None
    return Sweep.objects.create(campaign=campaign, run=run)


def test_while_another_process_sweeps_nothing_is_done(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing(1, officer)
    under_way(campaign)
    monkeypatch.setattr("cleanup.actions.sweep.alone", lambda *_: _Held(Hold.TAKEN))
    with pytest.raises(SweptElsewhere, match="正在由另一个进程排查"):
        swept(campaign)
    assert not Finding.objects.exists()
    assert JobRun.objects.filter(job="sweep", outcome=Outcome.FAILED).count() == 1


def test_without_a_lock_of_the_database_the_row_decides_until_it_has_been_silent_for_long(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing(1, officer)
    other = under_way(campaign)
    monkeypatch.setattr("cleanup.actions.sweep.alone", lambda *_: _Held(Hold.UNKNOWN))
    with pytest.raises(SweptElsewhere):
        swept(campaign)
    runs.touch(run=other.run, counts={})
    JobRun.objects.filter(pk=other.run.pk).update(touched_at=timezone.now() - PATIENCE - timedelta(seconds=1))
    assert len(swept(campaign).entering) == 1
    other.refresh_from_db()
    assert (other.under_way, other.run.outcome) == (False, Outcome.FAILED)


def test_where_the_database_tells_that_nobody_works_a_dead_sweep_is_taken_over_at_once(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing(1, officer)
    under_way(campaign)
    monkeypatch.setattr("cleanup.actions.sweep.alone", lambda *_: _Held(Hold.ALONE))
    assert len(swept(campaign).entering) == 1


class _Held:
    """What the database says, said for it."""

    def __init__(self, hold: Hold) -> None:
        self.hold = hold

    def __enter__(self) -> Hold:
        return self.hold

    def __exit__(self, *_: object) -> None:
        pass


def test_a_lock_of_the_session_is_free_again_afterwards(db: None) -> None:
    for _ in range(2):
        with alone("sweep", 1) as hold:
            assert hold in {Hold.ALONE, Hold.UNKNOWN}
