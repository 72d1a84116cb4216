"""The demonstration register says 28 and 24 because its records do."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from cleanup.actions.sweep import sweep
from cleanup.models import Campaign, Case, Finding
from cleanup.queries.figures import funnel
from console.demonstration import roster
from registry.actions import law_proposal
from registry.models import AnnualReport, Event, Filing, Organisation, User
from registry.queries.deadlines import overdue
from registry.queries.law_proposals import is_wide
from registry.queries.verification import faults
from registry.rules import Refused
from registry.states import EXISTING, FilingState, Kind, SubjectKind
from tests.factories import OrganisationFactory
from tests.registry.law import new_value
from worker.actions import law

if TYPE_CHECKING:
    from pathlib import Path

    from django.conf import LazySettings

pytestmark = pytest.mark.django_db

END_OF_2022 = date(2022, 12, 31)


def build(tmp_path: Path, settings: LazySettings, *how: str) -> str:
    settings.VAR_DIR = tmp_path
    out = StringIO()
    call_command("demo", "--organisations", str(roster.FEWEST), *how, stdout=out)
    return out.getvalue()


def totals(command: str, folder: Path, *how: str) -> dict[str, object]:
    call_command(command, *how, "--as-of", "2022-12-31", "--out", str(folder), stdout=StringIO())
    manifest: dict[str, dict[str, object]] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return manifest["totals"]


def test_the_year_2022_closes_with_28_zombies_cleared_and_24_associations_decoupled(
    tmp_path: Path, settings: LazySettings
) -> None:
    build(tmp_path, settings)
    progress = totals("export_progress", tmp_path / "progress", "--campaign", "2022")
    assert (progress["included"], progress["completed"]) == (34, 28)
    assert progress["completed_by"] == {
        "revoked": 9, "licence_revoked": 0, "cancelled": 11, "rectified": 6, "merged": 2,
    }  # fmt: skip
    closed = Case.objects.filter(closed_on__lte=END_OF_2022, finding__campaign__code="2022")
    assert closed.count() == Event.objects.filter(on__lte=END_OF_2022, facts__case__outcome__isnull=False).count() == 28
    decoupling = totals("export_decoupling", tmp_path / "decoupling")
    assert (decoupling["decoupled"], decoupling["decoupled_in_year"], decoupling["should"]) == (24, 24, 31)
    assert Event.objects.filter(verb="organisation.complete_decoupling", on__year=2022).count() == 24

    campaign = Campaign.objects.get(code="2026")
    figures = funnel(campaign, as_of=timezone.localdate())
    assert min(figures.completed, figures.in_progress, figures.not_started, figures.pending) > 0
    system = User.objects.system()
    today = timezone.localdate()
    assert len(sweep(campaign_id=campaign.pk, as_of=today, by=system).entering) == 3
    assert sweep(campaign_id=campaign.pk, as_of=today, by=system).entering == []
    assert {finding.state for finding in Finding.objects.filter(campaign=campaign)} == {
        "open", "confirmed", "dismissed", "withdrawn",
    }  # fmt: skip
    assert set(Filing.objects.values_list("state", flat=True)) == set(FilingState.values)
    late = overdue(on=today).filter(subject_kind=SubjectKind.FILING).values("subject_id")
    assert [filing.state for filing in Filing.objects.filter(pk__in=late)] == ["accepted"]
    received = Filing.objects.exclude(number="").order_by("number").values_list("received_on", flat=True)
    assert list(received) == sorted(received)
    assert list(faults()) == []
    assert ((tmp_path / "demo-logins.txt").stat().st_mode & 0o777) == 0o600


def test_it_is_not_built_over_a_register_nor_in_production(tmp_path: Path, settings: LazySettings) -> None:
    with pytest.raises(CommandError, match="至少需要"):
        build(tmp_path, settings, "--organisations", "5")
    OrganisationFactory.create()
    with pytest.raises(CommandError, match="只能建在空库中"):
        build(tmp_path, settings)
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="正式环境"):
        build(tmp_path, settings)
    assert Organisation.objects.count() == 1


def test_another_due_date_for_2021_moves_exactly_whom_it_touches_once_a_second_officer_approves(
    tmp_path: Path, settings: LazySettings
) -> None:
    build(tmp_path, settings)
    kind, today = Kind.PRIVATE_NON_ENTERPRISE, timezone.localdate()
    bodies = Organisation.objects.filter(kind=kind, state__in=EXISTING)
    old, new = date(2022, 5, 31), date(2022, 4, 15)
    filed = dict(AnnualReport.objects.filter(year=2021).values_list("organisation", "filed_on"))
    owing = set(bodies.filter(established_on__lte=date(2021, 6, 30)).values_list("pk", flat=True)) - filed.keys()
    touched = owing | {pk for pk in bodies.values_list("pk", flat=True) if pk in filed and filed[pk] > new}
    assert touched
    assert max(filed.values()) <= old

    counts = dict(Organisation.objects.values_list("pk", "event_count"))
    officer, reviewer, director = (User.objects.get(username=name) for name in ("dengji", "shenhe", "fuzeren"))
    changes = new_value(
        kind=kind.value, value="04-15", basis="民办非企业单位登记管理暂行条例/23", effective_from=date(2022, 1, 4)
    )
    proposal = law.propose(changes=changes, by=officer, on=today, reason="2021年度年检提前")
    assert set(proposal.effects.values_list("organisation", flat=True)) == touched
    how: dict[str, Any] = {"proposal_id": proposal.pk, "on": today, "seen": proposal.effect_digest}
    with pytest.raises(Refused, match="由提出人以外的人员批准"), transaction.atomic():
        law.approve(**how, by=officer, opinion="同意")
    if is_wide(proposal):
        with pytest.raises(Refused, match="负责人"), transaction.atomic():
            law.approve(**how, by=reviewer, opinion="同意")
        law_proposal.confirm(**how, by=director, reason="全区统一安排")
    assert dict(Organisation.objects.values_list("pk", "event_count")) == counts
    law.approve(**how, by=reviewer, opinion="同意")
    moved = {pk: count - counts[pk] for pk, count in Organisation.objects.values_list("pk", "event_count")}
    assert {pk for pk, more in moved.items() if more} == touched
    assert set(moved.values()) <= {0, 1}
    events = Event.objects.filter(verb="law.recalculate", facts__law__id=proposal.pk)
    assert {(each.by, each.run.job if each.run else "") for each in events} == {(reviewer, "law")}
    assert list(faults()) == []
