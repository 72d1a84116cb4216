"""The filters of the board: they live in the address, and every figure of the dashboard leads to one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.language import translated
from decoupling.queries.duties import sheets
from decoupling.states import UNSTATED, Category, Residue, Standing

if TYPE_CHECKING:
    from datetime import date

    from django.http import QueryDict

    from decoupling.queries.figures import Line

SETTLED, THIS_YEAR, OVERDUE, RECTIFYING = "settled", "this_year", "overdue", "rectifying"

REASON_LABELS: dict[str, Any] = {**dict(Residue.choices), UNSTATED: _("未填写原因")}


class BoardFilter(forms.Form):
    """Name, batch, department waited for, and reason; ``stage`` chooses among the tabs."""

    q = forms.CharField(label=_("名称"), required=False, max_length=100)
    batch = forms.ChoiceField(label=_("批次"), required=False)
    unit = forms.ChoiceField(label=_("等待的部门"), required=False)
    reason = forms.ChoiceField(label=_("未脱钩原因"), required=False)
    stage = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20)

    def __init__(self, data: QueryDict, everything: list[Line], *, today: date) -> None:
        """Offer the batches, departments and reasons there are."""
        super().__init__(data)
        self.everything, self.today = everything, today
        self.sheets = sheets([line.listing for line in everything], on=today)
        waited = {pk: {unit for unit in found.waiting_for() if unit is not None} for pk, found in self.sheets.items()}
        self.waited = {pk: {unit.pk for unit in units} for pk, units in waited.items()}
        units = {unit.pk: unit.name for found in waited.values() for unit in found}
        everybody = ("", gettext("全部"))
        numbers = sorted({line.placement.batch_id for line in everything})
        self._offer("batch", [everybody, *((str(n), gettext("第 %(batch)s 批") % {"batch": n}) for n in numbers)])
        self._offer("unit", [everybody, *((str(pk), name) for pk, name in sorted(units.items(), key=lambda e: e[1]))])
        self._offer("reason", [everybody, *((key, translated(label)) for key, label in REASON_LABELS.items())])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a choice field

    @property
    def asked(self) -> dict[str, Any]:
        """Return what is asked; a value that makes no sense filters nothing."""
        self.is_valid()
        return self.cleaned_data

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything is filtered at all."""
        return any(value for name, value in self.asked.items() if name != "stage")

    def groups(self) -> dict[str, tuple[Any, list[Line]]]:
        """Return the tabs with their lines, beside the other filters."""
        lines = self._beside()
        should = [line for line in lines if line.standing is not None]
        return {
            "": (_("应脱钩"), should),
            **{each.value: (each.label, [line for line in should if line.standing == each]) for each in Standing},
            OVERDUE: (_("逾期未脱钩"), [line for line in should if line.is_overdue]),
            SETTLED: (_("已处置"), [line for line in should if line.standing != Standing.REMAINING]),
            THIS_YEAR: (
                _("今年新脱钩"),
                [line for line in should if line.accepted_on and line.accepted_on.year == self.today.year],
            ),
            RECTIFYING: (_("回头看整改中"), [line for line in lines if line.rectifying]),
            **{
                each.value: (each.label, [line for line in lines if line.placement.category == each])
                for each in (Category.EXEMPT, Category.DEFERRED)
            },
        }

    def chosen(self) -> str:
        """Return the tab that is open."""
        stage = self.asked.get("stage", "")
        return stage if stage in self.groups() else ""

    def rows(self) -> list[Line]:
        """Return the lines all filters leave."""
        return sorted(self.groups()[self.chosen()][1], key=_urgency)

    def tabs(self) -> list[dict[str, Any]]:
        """Return the tabs with their counts."""
        chosen = self.chosen()
        return [
            {"value": value, "label": translated(label), "count": len(found), "chosen": value == chosen}
            for value, (label, found) in self.groups().items()
        ]

    def reason_label(self) -> str:
        """Return the reason asked for in words."""
        return translated(REASON_LABELS.get(self.asked.get("reason", ""), ""))

    def _beside(self) -> list[Line]:
        asked = self.asked
        lines = self.everything
        if asked.get("q"):
            words = asked["q"].split()
            lines = [line for line in lines if all(word in line.listing.organisation.name for word in words)]
        if asked.get("batch"):
            lines = [line for line in lines if str(line.placement.batch_id) == asked["batch"]]
        if asked.get("unit"):
            lines = [line for line in lines if int(asked["unit"]) in self.waited[line.listing.pk]]
        if asked.get("reason"):
            wanted = asked["reason"]
            lines = [
                line for line in lines if line.standing == Standing.REMAINING and (line.residue or UNSTATED) == wanted
            ]
        return lines


def _urgency(line: Line) -> tuple[bool, bool, str]:
    """Sort what remains first, then what is under rectification, then the rest by code."""
    return line.standing != Standing.REMAINING, not line.rectifying, line.listing.organisation.code
