from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from cleanup.exports import paragraph
from cleanup.models import Campaign, Case, CaseRound, Finding
from cleanup.queries.figures import funnel
from registry.exports import sha256_of
from tests.cleanup.situations import running_campaign
from tests.factories import OrganisationFactory

if TYPE_CHECKING:
    from pathlib import Path

    from registry.models import User

pytestmark = pytest.mark.django_db

START = date(2022, 4, 1)
END = date(2022, 12, 31)


def entered(
    campaign: Campaign, *, found: date, confirmed: date | None = None, ended: date | None = None, criteria: str = "A"
) -> Finding:
    state = "dismissed" if ended else "confirmed" if confirmed else "open"
    return Finding.objects.create(
        campaign=campaign, organisation=OrganisationFactory.create(), criteria=criteria, found_on=found,
        confirmed_on=confirmed, ended_on=ended, state=state,
    )  # fmt: skip


def treated(
    finding: Finding, officer: User, opened: date, closed: date | None = None, outcome: str = "cancelled"
) -> Case:
    ended = {"closed_on": closed, "outcome": outcome if closed else ""}
    case = Case.objects.create(
        finding=finding, treatment="cancel", officer=officer, opened_on=opened, archived_on=closed,
        state="closed" if closed else "open", **ended,
    )  # fmt: skip
    CaseRound.objects.create(case=case, number=1, treatment="cancel", began_on=opened, **ended)
    return case


def test_each_body_stands_in_one_place_of_the_funnel_on_each_day(officer: User) -> None:
    campaign = running_campaign()
    finding = entered(campaign, found=START, confirmed=date(2022, 5, 1))
    treated(finding, officer, date(2022, 6, 1), date(2022, 7, 1))
    stages = {
        day: funnel(campaign, as_of=day).totals()
        for day in (date(2022, 3, 31), START, date(2022, 5, 1), date(2022, 6, 1), date(2022, 7, 1))
    }
    keys = ("pending", "not_started", "in_progress", "completed", "included")
    assert [tuple(each[key] for key in keys) for each in stages.values()] == [
        (0, 0, 0, 0, 0), (1, 0, 0, 0, 0), (0, 1, 0, 0, 1), (0, 0, 1, 0, 1), (0, 0, 0, 1, 1),
    ]  # fmt: skip


def test_a_dismissed_finding_counts_until_the_day_it_was_dismissed(officer: User) -> None:
    campaign = running_campaign()
    entered(campaign, found=START, confirmed=date(2022, 5, 1), ended=date(2022, 6, 1))
    assert funnel(campaign, as_of=date(2022, 5, 31)).included == 1
    assert funnel(campaign, as_of=date(2022, 6, 1)).included == 0


def test_splits_by_kind_add_up_and_criteria_may_overlap() -> None:
    campaign = running_campaign()
    entered(campaign, found=START, confirmed=START, criteria="AC")
    entered(campaign, found=START, confirmed=START, criteria="C")
    figures = funnel(campaign, as_of=END)
    assert sum(row.included for row in figures.by_kind.values()) == figures.included == 2
    assert [figures.by_criterion[letter].included for letter in "ABC"] == [1, 0, 2]


steps = st.lists(
    st.tuples(
        st.integers(0, 200),
        st.none() | st.integers(0, 60),
        st.none() | st.integers(0, 60),
        st.none() | st.integers(0, 60),
    ),
    max_size=5,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories=steps, offset=st.integers(-5, 400))
def test_included_is_always_completed_plus_in_progress_plus_not_started(
    officer: User, histories: list[tuple[int, int | None, int | None, int | None]], offset: int
) -> None:
    CaseRound.objects.all().delete()
    Case.objects.all().delete()
    Finding.objects.all().delete()
    campaign = Campaign.objects.first() or running_campaign()
    for found, confirmed, opened, closed in histories:
        day = START + timedelta(days=found)
        finding = entered(
            campaign, found=day, confirmed=day + timedelta(days=confirmed) if confirmed is not None else None
        )
        if finding.confirmed_on and opened is not None:
            opened_on = finding.confirmed_on + timedelta(days=opened)
            treated(finding, officer, opened_on, opened_on + timedelta(days=closed) if closed is not None else None)
    figures = funnel(campaign, as_of=START + timedelta(days=offset))
    assert figures.included == figures.completed + figures.in_progress + figures.not_started
    assert figures.completed == sum(figures.completed_by.values())


def test_the_export_carries_the_same_figures_in_every_file(officer: User, tmp_path: Path) -> None:
    campaign = running_campaign()
    treated(entered(campaign, found=START, confirmed=START), officer, START, START)
    nasty = entered(campaign, found=START, confirmed=START)
    type(nasty.organisation).objects.filter(pk=nasty.organisation_id).update(name="=HYPERLINK(1)")
    out = StringIO()
    call_command(
        "export_progress",
        "--campaign",
        "2022",
        "--as-of",
        "2022-12-31",
        "--out",
        str(tmp_path / "新 文件夹"),
        stdout=out,
    )
    folder = tmp_path / "新 文件夹"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["totals"]["included"] == 2
    assert manifest["totals"]["completed_by"] == {
        "revoked": 0,
        "licence_revoked": 0,
        "cancelled": 1,
        "rectified": 0,
        "merged": 0,
    }
    assert manifest["files"] == {
        name: sha256_of(folder / name) for name in ("progress.xlsx", "progress.csv", "report.docx")
    }
    book = CalamineWorkbook.from_path(folder / "progress.xlsx")
    assert book.sheet_names == ["进展汇总", "名单", "增减变动", "增减变动名单"]
    assert book.get_sheet_by_name("进展汇总").to_python()[2][:3] == ["合计", 2, 1]
    names = list(csv.reader((folder / "progress.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert len(names) == 3
    assert {row[0] for row in names[1:]} == {entered_name(campaign), "'=HYPERLINK(1)"}
    text = Document(str(folder / "report.docx")).paragraphs[1].text
    assert text == paragraph(campaign, funnel(campaign, as_of=END), as_of=END)
    assert "纳入“僵尸型”社会组织2家，已完成清理1家" in out.getvalue()
    assert sorted(path.name for path in folder.iterdir()) == [
        "manifest.json",
        "progress.csv",
        "progress.xlsx",
        "report.docx",
    ]


def entered_name(campaign: Campaign) -> str:
    return str(Finding.objects.filter(campaign=campaign, case__isnull=False).get().organisation.name)


def test_the_export_names_unknown_campaigns_and_wrong_dates(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="还没有任何整治行动"):
        call_command("export_progress", "--campaign", "2022", "--as-of", "2022-12-31", "--out", str(tmp_path))
    with pytest.raises(CommandError, match="请写成 2022-12-31 的形式"):
        call_command("export_progress", "--campaign", "2022", "--as-of", "31.12.2022", "--out", str(tmp_path))
