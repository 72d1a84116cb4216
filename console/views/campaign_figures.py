"""The figures of a campaign over a period, each number a link to the list behind it, and both as files."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from django import forms
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cleanup.exports import flow_sheets
from cleanup.queries.flow import NONE, REMOVED, Flow, Place, Split, flow, moved
from cleanup.queries.past import findings_as_of
from cleanup.queries.wrong_flags import wrong_flags
from cleanup.states import CLEARED_BY, CaseOutcome, Criterion, Treatment
from console.access import Permission, needs
from console.labels import day
from console.language import translated
from console.made_files import made
from console.paging import page_of
from console.views.campaigns import get
from console.work_forms import DayField
from registry.exports import write_xlsx
from registry.models import Unit, User
from registry.states import Kind
from worker.queries.figures import apart

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpResponse
    from django.utils.functional import _StrPromise

    from cleanup.models import Campaign
    from cleanup.queries.flow import Account
    from console.access import OfficerRequest

Chosen = TypeVar("Chosen", bound=StrEnum)

SPLITS: dict[Split, _StrPromise] = {
    Split.CRITERION: gettext_lazy("按情形"),
    Split.KIND: gettext_lazy("按类型"),
    Split.UNIT: gettext_lazy("按业务主管单位"),
    Split.OFFICER: gettext_lazy("按承办人"),
    Split.TREATMENT: gettext_lazy("按处置方式"),
}

PLACES: dict[Place, _StrPromise] = {
    Place.OPENING: gettext_lazy("期初"),
    Place.ENTERED: gettext_lazy("新增"),
    Place.CLOSED: gettext_lazy("减少"),
    Place.BALANCE: gettext_lazy("期末"),
    Place.PENDING: gettext_lazy("另：待核实"),
}


class PeriodForm(forms.Form):
    """From which day to which; where a day is empty or makes no sense, the whole campaign up to today."""

    since = DayField(gettext_lazy("自"))
    until = DayField(gettext_lazy("至"))

    def clean_since(self) -> date | None:
        """Refuse a day nobody has lived through."""
        return _been(self.cleaned_data["since"])

    def clean_until(self) -> date | None:
        """Refuse one here too."""
        return _been(self.cleaned_data["until"])

    def period(self, campaign: Campaign, *, today: date) -> tuple[date, date]:
        """Return the days asked for, in order."""
        told = self.cleaned_data if self.is_valid() else {}
        until = told.get("until") or today
        since = told.get("since") or campaign.started_on or campaign.starts_on
        return min(since, until), until


def _been(on: date | None) -> date | None:
    if on and on > timezone.localdate():
        raise forms.ValidationError(_("日期不能晚于今天"))
    return on


@require_safe
@needs(Permission.VIEW_FIGURES)
def campaign_figures(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show what came in and what was done over a period, in all and by every split.

    As it stood at the end of the period: of one that ended before today the ledger tells.
    """
    campaign = get(request.user, pk)
    asked, found = _asked(request, campaign)
    names = _names(found)
    total = found.total
    shown = {
        "campaign": campaign,
        "form": asked,
        "flow": found,
        "period": urlencode({"since": found.since.isoformat(), "until": found.until.isoformat()}),
        "is_past": is_past(found),
        "wrong": list(dict.fromkeys(str(each) for errors in asked.errors.values() for each in errors)),
        "total": _line("", total, None, ""),
        "account": total,
        "splits": [
            (
                SPLITS[split],
                [_line(names[split, value], account, split, value) for value, account in found.split(split).items()],
            )
            for split in Split
        ],
        "outcomes": [
            (each, _how(each), total.how[each]) for each in (*CLEARED_BY, REMOVED) if total.how[each] or each != REMOVED
        ],
        "query": "?" + urlencode({"campaign": campaign.code}),
    }
    if not is_past(found):
        rates = wrong_flags(campaign)
        shown |= {
            "apart": apart(campaign),
            "wrong_flags": [(each.value, each.label, rate) for each, rate in rates.items()],
        }
    return render(request, "console/campaign_figures.html", shown)


@require_safe
@needs(Permission.VIEW_FIGURES)
def campaign_figure_list(request: OfficerRequest, pk: int) -> HttpResponse:
    """List who stands behind one number of the figures."""
    campaign = get(request.user, pk)
    asked, found = _asked(request, campaign)
    place = _one_of(Place, request.GET.get("place", "")) or Place.BALANCE
    by, value = _one_of(Split, request.GET.get("by", "")), request.GET.get("value", "")
    how = request.GET.get("how", "")
    behind = found.at(place, by=by, value=value, how=how)
    listed = page_of(behind, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    told = [str(PLACES[place])]
    if by is not None:
        told.append(_names(found).get((by, value), value))
    if how and place == Place.CLOSED:
        told.append(_how(how))
    shown = {
        "campaign": campaign,
        "form": asked,
        "flow": found,
        "period": urlencode({"since": found.since.isoformat(), "until": found.until.isoformat()}),
        "is_past": is_past(found),
        "heading": " · ".join(told),
        "page": listed,
        "lines": [(each.finding, _how(each.how)) for each in listed.rows],
        "total": len(behind),
        "place": place,
    }
    return render(request, "console/campaign_figure_list.html", shown)


@require_safe
@needs(Permission.VIEW_FIGURES)
def campaign_figures_file(request: OfficerRequest, pk: int) -> HttpResponse:
    """Give the figures and the list behind them as a workbook."""
    campaign = get(request.user, pk)
    _form, found = _asked(request, campaign)
    names = _names(found)
    labels = {split: {value: names[split, value] for value in found.split(split)} for split in Split}
    period = {"since": day(found.since), "until": day(found.until)}
    heading = f"{campaign.title} · {_('%(since)s至%(until)s') % period}"
    write = partial(write_xlsx, sheets=flow_sheets(found, labels), heading=heading)
    return made(f"{campaign.code}-{found.since}-{found.until}.xlsx", write)


def _asked(request: OfficerRequest, campaign: Campaign) -> tuple[PeriodForm, Flow]:
    """Return the period asked for as a form, and its account: of a past day's end as the ledger tells it."""
    today, form = timezone.localdate(), PeriodForm(request.GET)
    since, until = form.period(campaign, today=today)
    if until < today:
        findings = findings_as_of(until, campaign=campaign)
        return form, moved(campaign, findings, since=since, until=until)
    return form, flow(campaign, since=since, until=until)


def is_past(found: Flow) -> bool:
    """Tell whether an account ends on a day before today."""
    return found.until < timezone.localdate()


def _line(label: str, account: Account, split: Split | None, value: str) -> dict[str, Any]:
    """Return one line of a table, each number with the query of the list behind it."""
    narrowed = {"by": split.value, "value": value} if split else {}
    numbers = [
        {"count": getattr(account, place.value), "query": {**narrowed, "place": place.value}, "label": PLACES[place]}
        for place in Place
    ]
    return {"label": label, "letter": value if split == Split.CRITERION else "", "numbers": numbers, "account": account}


def _names(found: Flow) -> dict[tuple[Split, str], str]:
    """Return what the values of all splits are called: two queries."""
    fixed: dict[Split, Any] = {Split.CRITERION: Criterion, Split.KIND: Kind, Split.TREATMENT: Treatment}
    named = {(split, each.value): translated(each.label) for split, choices in fixed.items() for each in choices}
    for split, model in ((Split.UNIT, Unit), (Split.OFFICER, User)):
        ids = [int(value) for value in found.split(split) if value != NONE]
        named |= {(split, str(pk)): str(each) for pk, each in model.objects.in_bulk(ids).items()}
    none = {Split.UNIT: _("没有业务主管单位"), Split.OFFICER: _("未立案"), Split.TREATMENT: _("未立案")}
    return named | {(split, NONE): words for split, words in none.items()}


def _how(how: str) -> str:
    if how == REMOVED:
        return _("排除、撤案")
    return translated(CaseOutcome(how).label) if how in CaseOutcome.values else ""


def _one_of(choices: type[Chosen], text: str) -> Chosen | None:
    return next((each for each in choices if each.value == text), None)
