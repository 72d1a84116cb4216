"""The progress of decoupling as files: figures and name list as XLSX and CSV, a report paragraph, the manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decoupling.queries.figures import Figures, Line, counted, lines
from decoupling.states import UNSTATED, Residue, Standing
from registry.exports import Sheet, chinese, percent, write_csv, write_docx, write_manifest, write_xlsx

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

FILES = ("decoupling.xlsx", "decoupling.csv", "report.docx", "manifest.json")
"""What an export writes."""

REASON_LABELS = {**{reason.value: reason.label for reason in Residue}, UNSTATED: "未填报原因"}


WITHOUT_UNIT = "无业务主管单位"


def figure_columns(as_of: date) -> tuple[tuple[str, Any], ...]:
    """Return the columns of the figures sheet; a row is ``(label, Figures)``."""
    return (
        ("项目", lambda each: each[0]),
        ("应脱钩", lambda each: each[1].should),
        ("已脱钩", lambda each: each[1].decoupled),
        (f"其中：{as_of.year}年新完成", lambda each: each[1].decoupled_in_year),
        ("注销", lambda each: each[1].cancelled),
        ("撤销（含吊销）", lambda each: each[1].revoked),
        ("合并/其他", lambda each: each[1].merged),
        ("未脱钩", lambda each: each[1].remaining),
        ("其中：方案已批复、实施中", lambda each: each[1].implementing),
        ("其中：逾期", lambda each: each[1].overdue),
        *((f"原因：{label}", _because(reason)) for reason, label in REASON_LABELS.items()),
        ("脱钩率", lambda each: percent(each[1].rate_decoupled)),
        ("处置完成率", lambda each: percent(each[1].rate_settled)),
        ("另：不脱钩", lambda each: each[1].exempt),
        ("另：暂不脱钩", lambda each: each[1].deferred),
        ("另：回头看整改中", lambda each: each[1].rectifying),
    )


def _because(reason: str) -> Callable[[Any], int]:
    return lambda each: int(each[1].remaining_by_reason[reason])


def figure_rows(drawn: list[Line], as_of: date) -> list[tuple[str, Figures]]:
    """Return the lines of the figures sheet: total, by batch, by former supervising unit."""
    return [
        ("合计", counted(drawn, as_of)),
        *((f"第{number}批", figures) for number, figures in by_batch(drawn, as_of)),
        *((unit or WITHOUT_UNIT, figures) for unit, figures in by_unit(drawn, as_of)),
    ]


def by_batch(drawn: list[Line], as_of: date) -> list[tuple[int, Figures]]:
    """Return the figures of each batch by its number."""
    numbers = sorted({line.placement.batch_id for line in drawn})
    return [(n, counted((line for line in drawn if line.placement.batch_id == n), as_of)) for n in numbers]


def by_unit(drawn: list[Line], as_of: date) -> list[tuple[str, Figures]]:
    """Return the figures by the name of the former supervising unit, "" where there was none."""
    names = sorted({_unit_name(line) for line in drawn})
    return [(name, counted((line for line in drawn if _unit_name(line) == name), as_of)) for name in names]


def _unit_name(line: Line) -> str:
    return str(line.listing.former_unit or "")


def _unit(line: Line) -> str:
    return _unit_name(line) or WITHOUT_UNIT


def name_columns() -> tuple[tuple[str, Any], ...]:
    """Return the columns of the name list; a row is a `Line`."""
    return (
        ("名称", lambda line: line.listing.organisation.name),
        ("统一社会信用代码", lambda line: line.listing.organisation.code),
        ("原业务主管单位", _unit),
        ("批次", lambda line: line.placement.batch_id),
        ("类别", lambda line: line.placement.get_category_display()),
        ("名单文号", lambda line: line.placement.document_no),
        ("列入日期", lambda line: line.placement.on),
        ("方案批复日期", lambda line: line.plan_approved_on),
        ("批复文号", lambda line: line.listing.approval_no if line.plan_approved_on else ""),
        ("结果", lambda line: line.standing.label if line.standing else line.placement.get_category_display()),
        ("验收日期", lambda line: line.accepted_on),
        ("退出日期", lambda line: line.exit.since if line.exit else None),
        ("未脱钩原因", _reason),
        ("逾期（原定完成日期）", lambda line: line.due_on),
    )


def _reason(line: Line) -> str:
    return REASON_LABELS[line.residue or UNSTATED] if line.standing == Standing.REMAINING else ""


def paragraph(figures: Figures, *, as_of: date) -> str:
    """Return the sentence the yearly report takes over."""
    said = (
        f"截至{chinese(as_of)}，应脱钩行业协会商会{figures.should}家，已脱钩{figures.decoupled}家"
        f"（其中{as_of.year}年新完成{figures.decoupled_in_year}家），注销{figures.cancelled}家，"
        f"撤销（含吊销）{figures.revoked}家，合并及其他{figures.merged}家，未脱钩{figures.remaining}家"
        f"{_reasons(figures)}；脱钩率{percent(figures.rate_decoupled)}，处置完成率{percent(figures.rate_settled)}。"
    )
    if figures.exempt or figures.deferred:
        said += f"另有不脱钩{figures.exempt}家、暂不脱钩{figures.deferred}家，不计入应脱钩数。"
    return said


def _reasons(figures: Figures) -> str:
    given = [
        f"{label}{figures.remaining_by_reason[reason]}家"
        for reason, label in REASON_LABELS.items()
        if figures.remaining_by_reason[reason]
    ]
    return f"（{'，'.join(given)}）" if given else ""


def export_decoupling(*, as_of: date, directory: Path) -> tuple[Figures, list[Path]]:
    """Write decoupling.xlsx and .csv, report.docx and manifest.json into ``directory``; return figures and paths."""
    drawn = lines(as_of)
    figures = counted(drawn, as_of)
    files = [directory / name for name in FILES[:-1]]
    heading = f"行业协会商会与行政机关脱钩进展（截至{chinese(as_of)}）"
    names = Sheet("名单", name_columns(), drawn)
    rows = write_xlsx(
        files[0], [Sheet("汇总", figure_columns(as_of), figure_rows(drawn, as_of)), names], heading=heading
    )
    write_csv(files[1], names)
    write_docx(files[2], heading=heading, paragraphs=[paragraph(figures, as_of=as_of)])
    manifest = write_manifest(
        directory,
        files,
        what="decoupling",
        as_of=as_of,
        asked={"as_of": as_of.isoformat()},
        rows=rows,
        totals=figures.totals(),
    )
    return figures, [*files, manifest]
