"""A sweep that broke off half-way, or before it wrote anything: what there is to take back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from cleanup.actions import preview as previews
from cleanup.actions import sweep as sweeps
from cleanup.actions import sweep_control
from cleanup.models import Finding, Sweep
from cleanup.rules import Refused
from registry.queries.verification import faults
from tests.cleanup.situations import filer, running_campaign
from tests.cleanup.test_sweep_control import NEXT, ON, missing, paused, swept
from tests.replay import differences as rows_apart

if TYPE_CHECKING:
    from cleanup.models import Campaign
    from registry.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(officer: User) -> Campaign:
    filer(2020, 2021, by=officer)
    return running_campaign()


def test_what_a_sweep_had_written_when_it_broke_off_is_taken_back_after_the_one_that_went_on(
    campaign: Campaign, officer: User, reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing(3, officer)
    previews.preview(campaign_id=campaign.pk, by=officer, on=ON)
    real, chunks = sweeps.enter, iter("ab")

    def dies(*told: Any) -> Any:
        if next(chunks, None) is None:
            raise ZeroDivisionError
        return real(*told)

    monkeypatch.setattr(sweeps, "CHUNK", 1)
    monkeypatch.setattr(sweeps, "enter", dies)
    with pytest.raises(ZeroDivisionError):
        swept(campaign)
    monkeypatch.setattr(sweeps, "enter", real)
    assert len(swept(campaign, NEXT).entering) == 1
    broken, whole = Sweep.objects.order_by("pk")
    paused(campaign, reviewer)
    how: dict[str, Any] = {"by": reviewer, "on": date(2022, 7, 1), "reason": "口径有误"}
    with pytest.raises(Refused, match="R-213"):
        sweep_control.undo(sweep_id=broken.pk, **how)
    sweep_control.undo(sweep_id=whole.pk, **how)
    sweep_control.undo(sweep_id=broken.pk, **how)
    assert set(Finding.objects.values_list("state", flat=True)) == {"withdrawn"}
    with pytest.raises(Refused, match="R-213"):
        sweep_control.undo(sweep_id=broken.pk, **how)
    assert rows_apart() == []
    assert list(faults()) == []


def test_a_sweep_that_failed_before_it_wrote_has_nothing_to_take_back(
    campaign: Campaign, officer: User, reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing(1, officer)
    swept(campaign)
    whole = Sweep.objects.get()

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(sweeps, "plan", broken)
    with pytest.raises(ZeroDivisionError):
        swept(campaign, NEXT)
    paused(campaign, reviewer)
    how: dict[str, Any] = {"by": reviewer, "on": date(2022, 7, 1), "reason": "口径有误"}
    with pytest.raises(Refused, match="R-213"):
        sweep_control.undo(sweep_id=Sweep.objects.latest("pk").pk, **how)
    sweep_control.undo(sweep_id=whole.pk, **how)
    assert Finding.objects.get().state == "withdrawn"
