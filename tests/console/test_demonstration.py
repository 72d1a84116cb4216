"""The demonstration register says 28 and 24 because its records do."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cleanup.actions.sweep import sweep
from cleanup.models import Campaign, Case, Finding
from cleanup.queries.figures import funnel
from console.demonstration import roster
from registry.models import Event, Filing, Organisation, User
from registry.queries.deadlines import overdue
from registry.queries.verification import faults
from registry.states import FilingState, SubjectKind
from tests.factories import OrganisationFactory

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
