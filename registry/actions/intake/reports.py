"""Importing annual reports: rows become reports on file, or corrections of those that are there already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry import cells, rules
from registry.actions.intake.columns import REPORTS
from registry.actions.intake.drafts import code, excess, swallowed, text
from registry.actions.intake.issues import Counts
from registry.actions.intake.run import CHUNK, carry_out
from registry.actions.ledger import Entry, record_many
from registry.cells import Unclear
from registry.models import AnnualReport, ImportRun, Organisation
from registry.states import Conclusion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from registry.actions.intake.issues import Issue, Margin, Report
    from registry.actions.intake.run import Job
    from registry.models import User
    from registry.tables import Row

CONCLUSIONS = {
    **dict.fromkeys(("合格", "年检合格", "年度检查合格"), Conclusion.QUALIFIED),
    **dict.fromkeys(("基本合格", "年检基本合格", "年度检查基本合格"), Conclusion.BASICALLY_QUALIFIED),
    **dict.fromkeys(("不合格", "年检不合格", "年度检查不合格"), Conclusion.UNQUALIFIED),
    **dict.fromkeys(("待审", "待定", "审核中", "待审核", "未作结论"), Conclusion.PENDING),
}
EARLIEST_YEAR = 1950
COLUMNS = ("filed_on", "conclusion", "supervisor_opinion")


@dataclass(slots=True)
class _Draft:
    """What a row states about one report; a conclusion or opinion it does not state is None."""

    margin: Margin
    code: str = ""
    year: int = 0
    filed_on: date | None = None
    conclusion: Conclusion | None = None
    supervisor_opinion: str | None = None

    def stated(self) -> dict[str, Any]:
        """Return the columns the row states."""
        return {name: value for name in COLUMNS if (value := getattr(self, name)) is not None}


@dataclass(slots=True)
class _Change:
    """One report to be written, and what the ledger says about it."""

    report: AnnualReport
    entry: Entry


def import_reports(
    *,
    path: Path,
    by: User,
    on: date,
    dry_run: bool = False,
    file_name: str = "",
    tick: Callable[[int, int], object] | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Report:
    """Import annual reports from xlsx, csv or tsv; with ``dry_run`` only say what would happen.

    A report not on file is filed, one that differs is corrected, with one event each as `evidence.file_report` writes
    it; ``mapping`` as in `import_register`. Raises `Unreadable` or `ColumnsMissing`
    when no row can be taken at all.
    """
    return carry_out(
        take,
        what=ImportRun.What.REPORTS,
        columns=REPORTS,
        path=path,
        by=by,
        on=on,
        dry_run=dry_run,
        file_name=file_name,
        tick=tick,
        mapping=mapping,
    )


def take(job: Job, rows: Sequence[Row]) -> tuple[Counts, list[Issue]]:
    """Take rows; a row that is refused leaves the others alone."""
    read = [_read(job, row) for row in rows]
    for draft in read:
        _refuse_second(job, draft)
    counts, changes = _plan(job, read)
    if not job.is_dry:
        _write(job, changes)
    counts.refused = sum(draft.margin.is_refused for draft in read)
    counts.warned = sum(bool(draft.margin.issues) for draft in read) - counts.refused
    return counts, [issue for draft in read for issue in draft.margin.issues]


def _read(job: Job, row: Row) -> _Draft:
    margin = job.margin(row)
    draft = _Draft(margin)
    excess(margin)
    swallowed(margin)
    draft.code = code(margin)
    _days(draft, job.on)
    word = cells.compact(margin.cell("conclusion"))
    if word.lower() not in cells.NOTHING:
        draft.conclusion = CONCLUSIONS.get(word)
        if draft.conclusion is None:
            margin.refuse(
                "conclusion",
                "结论无法识别",
                "请改为合格、基本合格、不合格或待审后重新导入；未报送的年度不必列入",
            )
    opinion = margin.cell("supervisor_opinion")
    limit = AnnualReport._meta.get_field("supervisor_opinion").max_length or 0
    if not cells.says_nothing(opinion):
        draft.supervisor_opinion = cells.shown(opinion)
        if len(draft.supervisor_opinion) > limit:
            draft.supervisor_opinion = None
            margin.warn("supervisor_opinion", f"超过 {limit} 字，未采用", "请缩短后重新导入")
    return draft


def _days(draft: _Draft, on: date) -> None:
    margin = draft.margin
    try:
        year = cells.year(margin.cell("year"))
    except Unclear as reason:
        margin.refuse("year", str(reason), "请更正年度后重新导入")
    else:
        if year is None:
            margin.refuse("year", "年度为空", "请补充年度后重新导入")
        elif not EARLIEST_YEAR <= year <= on.year:
            margin.refuse("year", f"年度 {year} 超出范围（{EARLIEST_YEAR} 至 {on.year}）", "请更正年度后重新导入")
        else:
            draft.year = year
    try:
        draft.filed_on = cells.day(margin.cell("filed_on"))
    except Unclear as reason:
        margin.refuse("filed_on", str(reason), "请填写报送日期后重新导入")
        return
    if draft.filed_on is None:
        margin.refuse("filed_on", "没有报送日期", "请补充报送日期后重新导入；没有报送的年度不必列入")
    elif draft.filed_on > on:
        margin.refuse("filed_on", f"报送日期晚于导入日期 {on}", "请核对日期，更正后重新导入")
    elif draft.year and rules.broken(
        (rules.year_has_ended,), rules.EvidenceFacts(established_on=None, year=draft.year), on=draft.filed_on
    ):
        probable = draft.filed_on.year - 1
        margin.refuse(
            "year",
            f"{draft.year} 年度在报送日期 {draft.filed_on} 尚未结束",
            f"年度报告在年度结束后报送，{draft.filed_on.year} 年报送的一般是 {probable} 年度；请核对年度和日期，更正后重新导入",
        )


def _refuse_second(job: Job, draft: _Draft) -> None:
    if draft.margin.is_refused:
        return
    number = draft.margin.row.number
    first = job.seen.first("report", f"{draft.code}/{draft.year}", number)
    if first != number:
        reason = f"同一组织 {draft.year} 年度的报告与第 {first} 行重复"
        draft.margin.refuse("year", reason, f"请核对两行，只保留正确的一行（第 {first} 行已先处理）")


def _plan(job: Job, read: Sequence[_Draft]) -> tuple[Counts, list[_Change]]:
    wanted = [draft for draft in read if not draft.margin.is_refused]
    organisations = _organisations(job, wanted)
    on_file = {
        (report.organisation_id, report.year): report
        for report in AnnualReport.objects.filter(
            organisation__in=organisations.values(), year__in={draft.year for draft in wanted}
        )
    }
    counts, changes = Counts(), []
    for draft in wanted:
        organisation = organisations.get(draft.code)
        if organisation is None:
            draft.margin.refuse("code", "登记册中没有该代码的组织", "请先导入登记名册，或者核对代码")
            continue
        _compare(draft, organisation)
        if draft.margin.is_refused:
            continue
        report = on_file.get((organisation.pk, draft.year))
        change = _file(job, draft, organisation) if report is None else _correct(job, draft, report)
        if change is None:
            counts.unchanged += 1
            continue
        changes.append(change)
        if report is None:
            counts.created += 1
        else:
            counts.updated += 1
    return counts, changes


def _organisations(job: Job, wanted: Sequence[_Draft]) -> dict[str, Organisation]:
    """Return the organisations by code; locked, so that no report is filed beside this import."""
    found = Organisation.objects.filter(code__in={draft.code for draft in wanted}).order_by("pk")
    return {each.code: each for each in (found if job.is_dry else found.select_for_update(of=("self",)))}


def _compare(draft: _Draft, organisation: Organisation) -> None:
    margin = draft.margin
    name = text(margin, "name")
    if name and name != organisation.name:
        margin.warn("name", f"名称与登记册（{organisation.name}）不一致，按代码认定", "请核对代码是否填错行")
    facts = rules.EvidenceFacts(established_on=organisation.established_on, year=draft.year)
    if draft.filed_on and rules.broken((rules.is_of_its_lifetime,), facts, on=draft.filed_on):
        margin.refuse(
            "filed_on",
            f"报送日期早于成立日期 {organisation.established_on}",
            "请核对代码和日期；如登记册的成立日期有误，请先更正，再重新导入",
        )


def _told(report: AnnualReport) -> dict[str, Any]:
    return {
        "filed_on": report.filed_on.isoformat(),
        "conclusion": str(report.conclusion),
        "opinion": report.supervisor_opinion,
    }


def _file(job: Job, draft: _Draft, organisation: Organisation) -> _Change:
    report = AnnualReport(organisation=organisation, year=draft.year, **draft.stated())
    return _change(job, draft, report, "report.file", {"year": report.year, **_told(report)})


def _correct(job: Job, draft: _Draft, report: AnnualReport) -> _Change | None:
    before = _told(report)
    for name, value in draft.stated().items():
        setattr(report, name, value)
    after = _told(report)
    if after == before:
        return None
    return _change(job, draft, report, "report.correct", {"year": report.year, **after, "before": before})


def _change(job: Job, draft: _Draft, report: AnnualReport, verb: str, told: dict[str, Any]) -> _Change:
    row = draft.margin.row
    entry = Entry(
        organisation_id=report.organisation_id,
        verb=verb,
        on=report.filed_on,
        reason=job.reason(row),
        facts={"report": told, **job.source(row)},
    )
    return _Change(report, entry)


def _write(job: Job, changes: Sequence[_Change]) -> None:
    """Write the reports, and their events in the file's order."""
    AnnualReport.objects.bulk_create(
        [each.report for each in changes if each.entry.verb == "report.file"], batch_size=CHUNK
    )
    AnnualReport.objects.bulk_update(
        [each.report for each in changes if each.entry.verb == "report.correct"], COLUMNS, batch_size=CHUNK
    )
    record_many([each.entry for each in changes], on=job.on, by=job.by)
