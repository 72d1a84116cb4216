"""The forms, filters and sheets of the import desk, and its words for how far an import is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.access import may_import
from console.language import translated
from registry.actions.intake import desk
from registry.actions.intake.columns import REFUSED_ROW, unit_of
from registry.actions.intake.rows import cells_of
from registry.exports import Sheet
from registry.models import ImportIssue, ImportRun
from registry.queries.imports import OPEN, REFUSED, refused_columns, refused_rows
from registry.tables import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet
    from django.http import QueryDict
    from django.utils.functional import _StrPromise

    from registry.actions.intake import Issue
    from registry.actions.intake.rows import Cell
    from registry.models import User

Stage = ImportRun.Stage
STAGES: dict[tuple[str, bool], tuple[_StrPromise, str]] = {
    (Stage.UPLOADED, False): (_("待核对列"), "open"),
    (Stage.QUEUED, True): (_("等待试运行"), "confirmed"),
    (Stage.RUNNING, True): (_("试运行中"), "confirmed"),
    (Stage.DONE, True): (_("已试运行，待导入"), "open"),
    (Stage.FAILED, True): (_("试运行中断"), "alarm"),
    (Stage.QUEUED, False): (_("等待导入"), "confirmed"),
    (Stage.RUNNING, False): (_("导入中"), "confirmed"),
    (Stage.DONE, False): (_("已导入"), "active"),
    (Stage.FAILED, False): (_("导入中断"), "alarm"),
    (Stage.DISCARDED, False): (_("已放弃"), "quiet"),
    (Stage.DISCARDED, True): (_("已放弃"), "quiet"),
}
"""Words and tone of a badge, by stage and whether it is a trial."""

VIEWS: dict[str, tuple[_StrPromise, Q]] = {
    "open": (_("未导入 · 待处理"), OPEN),
    "settled": (_("未导入 · 已处理"), REFUSED & ~Q(resolution="")),
    "warnings": (_("请核对"), Q(severity=ImportIssue.Severity.WARNING)),
}
"""The parts of a list of issues; they never overlap."""

COUNTS: dict[str, _StrPromise] = {
    "created": _("新增"),
    "updated": _("更新"),
    "unchanged": _("未变"),
    "refused": _("未导入"),
}
LONG = 40
"""Letters from which on a cell gets a field of several lines."""
LONGEST = 20_000


WAY = (_("上传"), _("核对列"), _("试运行"), _("导入和更正"))


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an import's way: its name, and whether it lies behind (``done``), ``here`` or ``ahead``."""

    name: _StrPromise
    place: str


def stages(run: ImportRun | None, *, at_columns: bool = False) -> list[Step]:
    """Return the way of an import and how far it has come; without a run nothing has been received yet."""
    if run is None:
        here = 0
    elif at_columns or run.outcome == Stage.UPLOADED:
        here = 1
    else:
        here = 2 if run.is_trial else 3
    return [Step(name, "done" if at < here else "here" if at == here else "ahead") for at, name in enumerate(WAY)]


class UploadForm(forms.Form):
    """A file and what is in it; whether it can be read is told when it is opened."""

    what = forms.ChoiceField(
        label=_("文件内容"),
        choices=ImportRun.What.choices,
        initial=ImportRun.What.REGISTER,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择文件内容"), "invalid_choice": _("请选择文件内容")},
    )
    file = forms.FileField(
        label=_("文件"),
        max_length=None,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
        error_messages={"required": _("请选择要导入的文件")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Offer what this user may import, and say how long a file may be."""
        super().__init__(*args, **kwargs)
        choices = [(value, translated(label)) for value, label in ImportRun.What.choices if may_import(user, value)]
        self.fields["what"].choices = choices  # type: ignore[attr-defined]  # a choice field
        told = gettext("xlsx、csv 或者 tsv，最大 %(size)s MiB。上传后先核对列、试运行，确认后才会写入登记册。")
        self.fields["file"].help_text = told % {"size": desk.LARGEST >> 20}


class ColumnsForm(forms.Form):
    """Which field each column of a file stands for."""

    def __init__(self, run: ImportRun, data: QueryDict | None = None) -> None:
        """Offer every field for every column; preset is what is settled or what the headings tell."""
        super().__init__(data)
        self.run = run
        self.columns = desk.columns_seen(run)
        offered = desk.columns_of(run).columns
        fields = [(each.field, self._title(each.title, needed=each.needed)) for each in offered]
        for number, column in enumerate(self.columns):
            self.fields[f"column-{number}"] = forms.ChoiceField(
                label=column.name,
                required=False,
                choices=[("", _("不导入")), *fields],
                initial=column.field,
                error_messages={"invalid_choice": _("请从列表中选择")},
            )

    @staticmethod
    def _title(title: str, *, needed: bool) -> str:
        said = translated(title)
        return gettext("%(title)s（必需）") % {"title": said} if needed else said

    def rows(self) -> list[tuple[forms.BoundField, tuple[str, ...]]]:
        """Return every column as its choice and its first cells."""
        return [(field, column.samples) for field, column in zip(self, self.columns, strict=True)]

    @property
    def unknown(self) -> int:
        """Return how many columns stand for nothing as the form is preset."""
        return sum(not field.value() for field in self)

    def mapping(self) -> dict[str, str]:
        """Return what was chosen, by column name."""
        return {column.name: self.cleaned_data[f"column-{number}"] for number, column in enumerate(self.columns)}


class RowForm(forms.Form):
    """The cells of a refused row that are imported, to be corrected; filled with what was kept or what was sent."""

    def __init__(self, run: ImportRun, kept: Mapping[str, str], data: QueryDict | None = None) -> None:
        """Offer a field for every cell that is imported or in the way; ``rest`` are the others that say something."""
        cells = {f"cell-{number}": cell for number, cell in enumerate(cells_of(run, kept))}
        super().__init__({key: cell.value for key, cell in cells.items()} if data is None else data)
        self.titles = desk.columns_of(run).titles
        self.offered = {key: cell for key, cell in cells.items() if cell.field or cell.is_beyond}
        self.rest = [(cell.name, cell.value) for key, cell in cells.items() if key not in self.offered and cell.value]
        for key, cell in self.offered.items():
            self.fields[key] = forms.CharField(
                label=cell.name,
                required=False,
                max_length=LONGEST,
                widget=forms.Textarea(attrs={"rows": 2}) if len(cell.value) > LONG else forms.TextInput(),
                help_text=self._meaning(cell),
            )

    def _meaning(self, cell: Cell) -> str:
        title = self.titles.get(cell.field, "")
        if cell.is_beyond:
            return gettext("多出的单元格，应清空")
        return "" if title == cell.name else gettext("作为“%(title)s”导入") % {"title": translated(title)}

    def cells(self) -> dict[str, str]:
        """Return the corrected cells by column name."""
        return {cell.name: self.cleaned_data[key] for key, cell in self.offered.items()}

    def mark(self, issues: Iterable[Issue | ImportIssue]) -> None:
        """Tie reasons to the fields they are about."""
        self.is_valid()
        for issue in issues:
            for key, cell in self.offered.items():
                if self.titles.get(cell.field) == issue.field:
                    self.add_error(key, translated(issue.reason))


class DropForm(forms.Form):
    """Why a row is not imported after all."""

    note = forms.CharField(
        label=_("不再导入的理由"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "required": True}),
        error_messages={"max_length": _("不超过 500 字")},
    )


class IssueFilter(forms.Form):
    """Search and filters of an import's issues."""

    q = forms.CharField(label=_("搜索"), required=False, max_length=100)
    field = forms.ChoiceField(label=_("字段"), required=False)
    stage = forms.ChoiceField(
        required=False, choices=[("", _("全部")), *((key, label) for key, (label, _condition) in VIEWS.items())]
    )

    def __init__(self, data: QueryDict, run: ImportRun) -> None:
        """Offer the fields of this kind of import."""
        super().__init__(data)
        titles = [(title, translated(title)) for title in desk.columns_of(run).titles.values()]
        self.fields["field"].choices = [("", _("全部")), *titles]  # type: ignore[attr-defined]  # a choice field

    def but_stage(self, rows: QuerySet[ImportIssue]) -> QuerySet[ImportIssue]:
        """Return what search and field leave; a number is a row."""
        self.is_valid()
        asked = self.cleaned_data
        if text := asked.get("q"):
            found = Q(reason__contains=text) | Q(value__contains=text)
            rows = rows.filter(found | Q(row=int(text)) if re.fullmatch(r"[0-9]{1,7}", text) else found)
        return rows.filter(field=asked["field"]) if asked.get("field") else rows

    def rows(self, rows: QuerySet[ImportIssue]) -> QuerySet[ImportIssue]:
        """Return what all filters leave."""
        rows = self.but_stage(rows)
        stage = self.cleaned_data.get("stage")
        return rows.filter(VIEWS[stage][1]) if stage else rows

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything is filtered at all."""
        self.is_valid()
        return any(self.cleaned_data.values())


def refused_sheet(run: ImportRun) -> Sheet:
    """Return the open refused rows with their reasons, under headings that the next import understands."""
    columns = [(_heading(run, name), partial(_cell, name)) for name in refused_columns(run)]
    number, reason, remedy = REFUSED_ROW
    told = ((number, lambda row: row[0]), (reason, lambda row: row[2]), (remedy, lambda row: row[3]))
    return Sheet(title="未导入的行", columns=(*columns, *told), rows=refused_rows(run))


def _cell(name: str, row: tuple[int, Mapping[str, str], str, str]) -> str:
    return row[1].get(name, "")


def _heading(run: ImportRun, name: str) -> str:
    """Return the column's own heading, or ours where an officer had to say what it means."""
    columns = desk.columns_of(run)
    field = run.mapping.get(name)
    if not field or columns.field_of(name) == field:
        return name
    unit = unit_of(name)
    return f"{columns.titles[field]}（{unit}）" if unit else columns.titles[field]
