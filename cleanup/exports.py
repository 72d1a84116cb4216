"""The campaign's progress as files: figures and name list as XLSX and CSV, a report paragraph, the manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cleanup.queries.due import case_due_on
from cleanup.queries.figures import STAGES, Funnel, Row, case_opened, clearing, counted, funnel, round_of, stage_of
from cleanup.queries.flow import NONE, REMOVED, Account, Flow, Mover, Place, Split, flow
from cleanup.states import CLEARED_BY, CaseOutcome, Criterion, Treatment
from registry.exports import Sheet, chinese, percent, write_csv, write_docx, write_manifest, write_xlsx
from registry.states import Kind, State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from cleanup.models import Campaign, Case, Finding
    from registry.models import Organisation


def figure_columns() -> tuple[tuple[str, Any], ...]:
    """Return the columns of the figures sheet; a row is ``(label, Row)``."""
    return (
        ("项目", lambda each: each[0]),
        ("摸排纳入", lambda each: each[1].included),
        ("已完成", lambda each: each[1].completed),
        *((f"其中：{outcome.label}", _outcome(outcome)) for outcome in CLEARED_BY),
        ("办理中", lambda each: each[1].in_progress),
        ("未启动", lambda each: each[1].not_started),
        ("完成率", lambda each: percent(each[1].rate)),
        ("另：待核实", lambda each: each[1].pending),
    )


def _outcome(outcome: CaseOutcome) -> Any:
    return lambda each: each[1].completed_by[outcome.value]


def figure_rows(figures: Funnel) -> list[tuple[str, Row]]:
    """Return the lines of the figures sheet: total, by kind, by criterion."""
    return [
        ("合计", figures),
        *((kind.label, figures.by_kind[kind.value]) for kind in Kind),
        *((f"情形{c.value}（可重复）", figures.by_criterion[c.value]) for c in Criterion),
    ]


def name_columns(as_of: date, due: Mapping[int, date]) -> tuple[tuple[str, Any], ...]:
    """Return the columns of the name list; a row is a finding, ``due`` says by its number when its case falls due next."""
    return (
        ("名称", lambda f: f.organisation.name),
        ("统一社会信用代码", lambda f: f.organisation.code),
        ("类型", lambda f: f.organisation.get_kind_display()),
        ("法定代表人", lambda f: f.organisation.legal_representative),
        ("业务主管单位", lambda f: f.organisation.supervising_unit),
        ("情形", lambda f: "、".join(f.criteria)),
        ("发现日期", lambda f: f.found_on),
        ("确认日期", lambda f: _by(f.confirmed_on, as_of)),
        ("处置方式", lambda f: _of_case(f, as_of, "treatment")),
        ("承办人", lambda f: _of_case(f, as_of, "officer")),
        ("办理期限", lambda f: due.get(f.pk)),
        ("进度", lambda f: STAGES[stage_of(f, as_of)]),
        ("办理结果", lambda f: CaseOutcome(cleared.outcome).label if (cleared := clearing(f, as_of)) else None),
        ("办结日期", lambda f: cleared.on if (cleared := clearing(f, as_of)) else None),
        ("文书号", lambda f: _of_case(f, as_of, "document_no")),
    )


def _by(day: date | None, as_of: date) -> date | None:
    return day if day and day <= as_of else None


def _of_case(finding: Finding, as_of: date, column: str) -> Any:
    """Return a column of the case as far as it was open by ``as_of``."""
    case = case_opened(finding, as_of)
    if case is None or stage_of(finding, as_of) not in {"in_progress", "completed"}:
        return None
    if column == "treatment":
        in_force = round_of(finding, as_of)
        return in_force.get_treatment_display() if in_force else None
    return getattr(case, column)


FLOW_SPLITS = {
    Split.CRITERION: "按情形（可重复）",
    Split.KIND: "按类型",
    Split.UNIT: "按业务主管单位",
    Split.OFFICER: "按承办人",
    Split.TREATMENT: "按处置方式",
}

FLOW_PLACES = {
    Place.OPENING: "期初",
    Place.ENTERED: "新增",
    Place.CLOSED: "减少",
    Place.BALANCE: "期末",
    Place.PENDING: "待核实",
}


def flow_columns() -> tuple[tuple[str, Any], ...]:
    """Return the columns of the account of a period; a row is ``(split, label, Account)``. 期初 + 新增 − 减少 = 期末."""
    return (
        ("分类", lambda each: each[0]),
        ("项目", lambda each: each[1]),
        ("期初", lambda each: each[2].opening),
        ("新增", lambda each: each[2].entered),
        ("其中：恢复办理", lambda each: each[2].back),
        ("减少", lambda each: each[2].closed),
        *((f"其中：{outcome.label}", _reduced(outcome.value)) for outcome in CLEARED_BY),
        ("其中：排除、撤案", _reduced(REMOVED)),
        ("期末", lambda each: each[2].balance),
        ("另：待核实", lambda each: each[2].pending),
    )


def _reduced(how: str) -> Any:
    return lambda each: each[2].how[how]


def flow_rows(found: Flow, labels: Mapping[Split, Mapping[str, str]]) -> list[tuple[str, str, Account]]:
    """Return the lines of the account: in all, then by every split."""
    rows = [("合计", "", found.total)]
    for split, name in FLOW_SPLITS.items():
        rows += [(name, labels[split].get(value, value), each) for value, each in found.split(split).items()]
    return rows


def mover_columns() -> tuple[tuple[str, Any], ...]:
    """Return the columns of the list behind the account; a row is a `Mover`."""
    return (
        ("名称", lambda m: m.finding.organisation.name),
        ("统一社会信用代码", lambda m: m.finding.organisation.code),
        ("类型", lambda m: m.finding.organisation.get_kind_display()),
        ("业务主管单位", lambda m: m.finding.organisation.supervising_unit),
        ("情形", lambda m: "、".join(m.finding.criteria)),
        *((name, _stands(place)) for place, name in FLOW_PLACES.items()),
        ("减少的去向", _way_out),
    )


def _stands(place: Place) -> Any:
    return lambda mover: 1 if place in mover.places else 0


def _way_out(mover: Mover) -> str:
    if mover.how == REMOVED:
        return "排除、撤案"
    return str(CaseOutcome(mover.how).label) if mover.how else ""


def flow_sheets(found: Flow, labels: Mapping[Split, Mapping[str, str]]) -> list[Sheet]:
    """Return the account of a period and the list behind it."""
    return [
        Sheet("增减变动", flow_columns(), flow_rows(found, labels)),
        Sheet("增减变动名单", mover_columns(), found.movers),
    ]


def split_labels(found: Flow) -> dict[Split, dict[str, str]]:
    """Return what the values of all splits are called in the files."""
    units = {
        str(m.finding.organisation.supervising_unit_id): m.finding.organisation.supervising_unit for m in found.movers
    }
    cases = (getattr(mover.finding, "case", None) for mover in found.movers)
    officers = {str(case.officer_id): str(case.officer) for case in cases if case}
    return {
        Split.CRITERION: {each.value: f"情形{each.value} {each.label}" for each in Criterion},
        Split.KIND: {each.value: str(each.label) for each in Kind},
        Split.UNIT: {**{pk: str(unit) for pk, unit in units.items()}, NONE: "没有业务主管单位"},
        Split.OFFICER: {**officers, NONE: "未立案"},
        Split.TREATMENT: {**{each.value: str(each.label) for each in Treatment}, NONE: "未立案"},
    }


def paragraph(campaign: Campaign, figures: Funnel, *, as_of: date) -> str:
    """Return the sentence the yearly report takes over."""
    done = "、".join(f"{each.label}{figures.completed_by[each.value]}家" for each in CLEARED_BY)
    return (
        f"截至{chinese(as_of)}，{campaign.title}（{campaign.document_no}）摸排纳入“僵尸型”社会组织{figures.included}家，"
        f"已完成清理{figures.completed}家（{done}），办理中{figures.in_progress}家，未启动{figures.not_started}家，"
        f"完成率{percent(figures.rate)}。另有待核实线索{figures.pending}条。"
    )


def export_progress(campaign: Campaign, *, as_of: date, directory: Path) -> tuple[Funnel, list[Path]]:
    """Write progress.xlsx, progress.csv, report.docx and manifest.json into ``directory``; return figures and paths."""
    figures = funnel(campaign, as_of=as_of)
    findings = counted(campaign, as_of=as_of)
    dated = campaign.findings.annotate(due_on=case_due_on(on=as_of)).filter(due_on__isnull=False)
    names = Sheet("名单", name_columns(as_of, dict(dated.values_list("pk", "due_on"))), findings)
    files = [directory / name for name in ("progress.xlsx", "progress.csv", "report.docx")]
    moved = flow(campaign, since=min(campaign.started_on or campaign.starts_on, as_of), until=as_of)
    heading = f"{campaign.title}进展（截至{chinese(as_of)}）"
    sheets = [
        Sheet("进展汇总", figure_columns(), figure_rows(figures)),
        names,
        *flow_sheets(moved, split_labels(moved)),
    ]
    rows = write_xlsx(files[0], sheets, heading=heading)
    write_csv(files[1], names)
    write_docx(files[2], heading=heading, paragraphs=[paragraph(campaign, figures, as_of=as_of)])
    asked = {"campaign": campaign.code, "as_of": as_of.isoformat()}
    totals = {**figures.totals(), "flow": moved.total.totals()}
    manifest = write_manifest(directory, files, what="progress", as_of=as_of, asked=asked, rows=rows, totals=totals)
    return figures, [*files, manifest]


def board_columns() -> tuple[tuple[str, Any], ...]:
    """Return the columns of the board; a row is a finding with its case, and ``case_due_on``, the case's next deadline."""
    return (
        ("名称", lambda f: f.organisation.name),
        ("统一社会信用代码", lambda f: f.organisation.code),
        ("类型", lambda f: f.organisation.get_kind_display()),
        ("业务主管单位", lambda f: f.organisation.supervising_unit),
        ("情形", lambda f: "、".join(f.criteria)),
        ("确认日期", lambda f: f.confirmed_on),
        ("处置方式", lambda f: _today(f, lambda case: case.get_treatment_display())),
        ("承办人", lambda f: _today(f, lambda case: case.officer)),
        ("已办至", lambda f: _today(f, lambda case: case.get_stage_display())),
        ("下一步", lambda f: _today(f, lambda case: case.get_next_step_display())),
        ("期限", lambda f: f.case_due_on),
        ("进度", _stage_today),
        (
            "办理结果",
            lambda f: _today(f, lambda case: case.get_outcome_display(), lambda body: body.get_exit_kind_display()),
        ),
        ("销号日期", lambda f: _today(f, lambda case: case.closed_on, lambda body: body.deregistered_on)),
    )


def _today(finding: Finding, getter: Callable[[Case], Any], exited: Callable[[Organisation], Any] | None = None) -> Any:
    """Return something of the case; where there is none, of the body that was cleared by its exit."""
    case: Case | None = getattr(finding, "case", None)
    if case is None:
        return exited(finding.organisation) if exited is not None else None
    return getter(case)


def _stage_today(finding: Finding) -> str:
    left = finding.organisation.state == State.DEREGISTERED
    return str(_today(finding, lambda case: case.get_state_display(), lambda _: "已退出登记" if left else "未立案"))
