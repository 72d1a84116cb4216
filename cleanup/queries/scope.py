"""Whom a campaign reaches, and whom of them it leaves out for the time being or for good, with the reasons.

Few bodies are left out of any campaign. They are read from their own small tables and taken off in the end, so that
judging the register does not ask each of its rows about them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dateutil.relativedelta import relativedelta
from django.db.models import Q

from cleanup.models import Exclusion
from cleanup.states import FREEZES, LeftOut
from registry.models import Filing, Organisation
from registry.queries.law import policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from django.db.models import QuerySet

    from cleanup.models import Campaign
    from registry.models import Organisations


def in_reach(campaign: Campaign, kind: str) -> Organisations:
    """Return the bodies of ``kind`` under the authority and supervising unit, or on the list, it is limited to."""
    bodies = Organisation.objects.filter(kind=kind)
    if campaign.scope_authority:
        bodies = bodies.filter(registration_authority=campaign.scope_authority)
    if campaign.scope_unit_id:
        bodies = bodies.filter(supervising_unit=campaign.scope_unit_id)
    if campaign.by_list:
        bodies = bodies.filter(pk__in=campaign.listed.order_by().values("organisation"))
    return bodies


def on_register(campaign: Campaign, kind: str, *, on: date) -> Organisations:
    """Return the bodies of ``kind`` within reach that were on the register on that day, left out or not."""
    return in_reach(campaign, kind).existing_on(on)


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a body is left out: the kind of reason, and the reason itself in one sentence."""

    why: LeftOut
    sentence: str

    @property
    def freezes(self) -> bool:
        """Tell whether an open finding of the body stays as it is meanwhile."""
        return self.why in FREEZES


def left_out(campaign: Campaign, *, on: date, ids: Iterable[int] | None = None) -> dict[int, list[Ground]]:
    """Return, for each body the campaign leaves out on the day ``on``, every reason; of ``ids`` or of all it reaches.

    A fixed number of queries, however many there are.
    """
    wanted = None if ids is None else list(ids)
    found: dict[int, list[Ground]] = defaultdict(list)
    for source in (_held, _with_filing, _new, _excluded):
        for pk, ground in source(campaign, on, wanted):
            found[pk].append(ground)
    return dict(found)


def excluded_on(on: date) -> QuerySet[Exclusion, Exclusion]:
    """Return the exclusions and exemptions that stood on the day ``on``."""
    return Exclusion.objects.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=on), Q(ended_on__isnull=True) | Q(ended_on__gt=on), from_on__lte=on
    )


def is_exempt(organisation_id: int, *, on: date) -> bool:
    """Tell whether a body was exempt from every campaign on the day ``on``."""
    return excluded_on(on).filter(campaign__isnull=True, organisation=organisation_id).exists()


def _of(rows: QuerySet[Any, Any], ids: list[int] | None, column: str = "organisation") -> QuerySet[Any, Any]:
    return rows if ids is None else rows.filter(**{f"{column}__in": ids})


def _held(_campaign: Campaign, on: date, ids: list[int] | None) -> Iterator[tuple[int, Ground]]:
    rows = _of(Organisation.objects.filter(held_on__lte=on).order_by("pk"), ids, "pk")
    for pk, held_on, reason in rows.values_list("pk", "held_on", "hold_reason"):
        yield pk, Ground(LeftOut.HELD, f"自 {held_on} 起暂缓处理：{reason}")


def _with_filing(_campaign: Campaign, on: date, ids: list[int] | None) -> Iterator[tuple[int, Ground]]:
    """Yield the bodies with an application received and not decided on that day: it may change what they are judged on."""
    pending = Filing.objects.filter(
        Q(decided_on__isnull=True) | Q(decided_on__gt=on),
        Q(stopped_on__isnull=True) | Q(stopped_on__gt=on),
        organisation__isnull=False,
        received_on__lte=on,
    )
    for filing in _of(pending.order_by("pk"), ids):
        kind, number = filing.get_kind_display(), filing.number
        sentence = f"{filing.received_on} 收到{kind}申请（{number}），尚未办结"
        yield filing.organisation_id, Ground(LeftOut.FILING, sentence)


def _new(campaign: Campaign, on: date, ids: list[int] | None) -> Iterator[tuple[int, Ground]]:
    for window in campaign.windows.all():
        asked = policy("sweep.newly_registered_months", on=on, kind=window.kind)
        since = on - relativedelta(months=asked.value)
        rows = Organisation.objects.filter(kind=window.kind, established_on__gt=since, established_on__lte=on)
        for pk, established_on in _of(rows.order_by("pk"), ids, "pk").values_list("pk", "established_on"):
            if established_on + relativedelta(months=asked.value) > on:
                sentence = f"{established_on} 成立，登记未满 {asked.value} 个月"
                yield pk, Ground(LeftOut.NEW, sentence if asked.verified else f"{sentence}（待核实）")


def _excluded(campaign: Campaign, on: date, ids: list[int] | None) -> Iterator[tuple[int, Ground]]:
    mine = Q(campaign__isnull=True) | Q(campaign=campaign)
    for each in _of(excluded_on(on).filter(mine).order_by("pk"), ids):
        if each.campaign_id is None:
            until = f"至 {each.until_on} " if each.until_on else ""
            sentence = f"自 {each.from_on} 起{until}免予排查（{each.document_no}）：{each.reason}"
            yield each.organisation_id, Ground(LeftOut.EXEMPT, sentence)
        else:
            sentence = f"{each.from_on} 决定本次行动不排查：{each.reason}"
            yield each.organisation_id, Ground(LeftOut.EXCLUDED, sentence)
