"""The ledger of campaigns in words, and the settings of a campaign as an officer reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from cleanup.models import Campaign, Window
from console.labels import plain
from console.language import translated
from console.words import CAMPAIGN_WORDS, letters
from registry.models import Unit
from registry.states import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cleanup.models import CampaignEvent
    from cleanup.queries.comparison import Difference


CAMPAIGN = {each.attname: each.verbose_name for each in Campaign._meta.concrete_fields}
WINDOW = {each.name: each.verbose_name for each in Window._meta.concrete_fields}
"""What the columns of a campaign and of a window are called."""


@dataclass(frozen=True, slots=True)
class Said:
    """A row of the ledger as the page shows it: what happened, and details as label and text."""

    event: CampaignEvent
    title: str
    details: list[tuple[str, str]] = field(default_factory=list)


def tell(events: Iterable[CampaignEvent]) -> list[Said]:
    """Return ``events`` in words; the units and campaigns they mention are read at once."""
    listed = list(events)
    names = _names(listed)
    return [Said(each, str(CAMPAIGN_WORDS.get(each.verb, each.verb)), _details(each, names)) for each in listed]


def _names(events: Iterable[CampaignEvent]) -> dict[tuple[str, int], str]:
    wanted: dict[str, set[int]] = {"scope_unit_id": set(), "previous_id": set()}
    for event in events:
        for name, found in wanted.items():
            found.update(each for each in event.facts.get("changes", {}).get(name, ()) if each)
    units = Unit.objects.filter(pk__in=wanted["scope_unit_id"]) if wanted["scope_unit_id"] else ()
    before = Campaign.objects.filter(pk__in=wanted["previous_id"]) if wanted["previous_id"] else ()
    return {("scope_unit_id", each.pk): each.name for each in units} | {
        ("previous_id", each.pk): each.title for each in before
    }


def _details(event: CampaignEvent, names: Mapping[tuple[str, int], str]) -> list[tuple[str, str]]:
    found = []
    if event.facts.get("document_no"):
        found.append((_("文号"), str(event.facts["document_no"])))
    if event.facts.get("organisation"):
        found.append((_("组织"), str(event.facts["organisation"]["name"])))
    if event.facts.get("as_of"):
        counts = event.facts.get("counts", {})
        told = {"in_scope": counts.get("in_scope", 0), "matched": counts.get("matched", 0)}
        found.append((_("截至"), plain(event.facts["as_of"])))
        found.append((_("结果"), _("范围内 %(in_scope)s 家，符合情形 %(matched)s 家") % told))
    for name, (was, now) in event.facts.get("changes", {}).items():
        found += _windows(was, now) if name == "windows" else [_change(name, was, now, names)]
    return found


def _change(name: str, was: Any, now: Any, names: Mapping[tuple[str, int], str]) -> tuple[str, str]:
    if name == "listed":
        return _("名单"), _("%(was)s 家 → %(now)s 家") % {"was": len(was), "now": len(now)}
    label = translated(CAMPAIGN[name])
    before, after = (names.get((name, each)) or plain(each) if each else _("空") for each in (was, now))
    return label, f"{before} → {after}"


def _windows(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for kind in sorted(was.keys() | now.keys()):
        label = translated(Kind(kind).label)
        if kind not in was or kind not in now:
            yield label, _("列入范围") if kind in now else _("不再列入范围")
            continue
        for name, value in now[kind].items():
            if was[kind].get(name) != value:
                told = {"kind": label, "setting": setting(name)}
                yield _("%(kind)s的%(setting)s") % told, f"{shown(name, was[kind].get(name))} → {shown(name, value)}"


def setting(name: str) -> str:
    """Return the label of a window's column."""
    return translated(WINDOW[name])


def shown(name: str, value: Any) -> str:
    """Return the value of a window's column as text."""
    return letters(str(value)) if name == "criteria" else plain(value)


def differing(found: Iterable[Difference]) -> list[str]:
    """Return by what two campaigns differ, a sentence for each setting."""
    said = []
    for each in found:
        told = {"kind": translated(Kind(each.kind).label), "setting": setting(each.name) if each.name else ""}
        if not each.name:
            said.append((_("%(kind)s列入范围") if each.now else _("%(kind)s不在范围内")) % told)
            continue
        told |= {"was": shown(each.name, each.was), "now": shown(each.name, each.now)}
        said.append(_("%(kind)s的%(setting)s：%(was)s 改为 %(now)s") % told)
    return said


def asked(campaign: Campaign) -> list[tuple[str, list[str]]]:
    """Return the windows of ``campaign`` as a table: for each setting its label and one value for each kind in scope."""
    windows = list(campaign.windows.all())
    names = [name for name in WINDOW if name not in {"id", "campaign", "kind"}]
    return [(setting(name), [shown(name, getattr(each, name)) for each in windows]) for name in names]
