"""What alerts rest on: deadlines near or passed, findings nobody has decided yet, notes that call somebody by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import CharField, Count, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from cleanup.models import Campaign, Finding
from cleanup.states import FindingState
from registry import clockbook
from registry.ledger import sealed
from registry.models import LedgerCheck, Note, User
from registry.models.deadline import COUNTING
from registry.queries.deadlines import running
from registry.queries.law import value
from registry.states import Duty, Role
from worker.models import Alert
from worker.queries.due import LOOKS_BACK
from worker.queries.figures import last_check
from worker.queries.records import records_of
from worker.states import AlertKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

    from registry.models import Deadline
    from worker.queries.records import Record

IN_CHARGE = (Role.REGISTRATION, Role.ENFORCEMENT)
"""Roles that check new findings."""

ANSWERS = (Role.REVIEWER, Role.DIRECTOR)
"""Roles that answer for the figures."""

EXAMINE = (Role.AUDITOR, Role.DIRECTOR)
"""Roles that are told when the ledger does not hold."""

QUOTED = 60
"""Characters of a note an alert quotes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why somebody is to be alerted; what is not ``fresh`` keeps an alert open but raises none."""

    kind: AlertKind
    recipient_id: int
    key: str
    subject: str
    link: str
    due_on: date | None = None
    fresh: bool = True


def deadlines(*, on: date) -> Iterator[Cause]:
    """Yield a cause for each deadline due within the days the bureau's policy sets, and for each one that has passed.

    Passing is a cause of its own: whoever carries the record is alerted anew. What merely has to be waited out is told
    when it is over. Where nobody carries the record, everybody in charge is told.
    """
    until = on + timedelta(days=value("alert.days_before", on=on))
    due = running(on=on).filter(COUNTING, due_on__lte=until).select_related("organisation")
    over_only = set(clockbook.keys(Duty.WAIT))
    rows = [each for each in due if each.due_on < on or each.kind not in over_only]
    records, in_charge = records_of(rows), _in_charge()
    for each in rows:
        record = records[each.subject]
        for recipient in [record.carrier_id] if record.carrier_id else in_charge:
            yield _of_deadline(each, record, recipient, on)


def _of_deadline(deadline: Deadline, record: Record, recipient_id: int, on: date) -> Cause:
    waited = deadline.book.duty == Duty.WAIT
    stands = "已经期满，可以办理下一步" if waited else _stands(deadline.due_on, on)
    return Cause(
        kind=AlertKind.DEADLINE,
        recipient_id=recipient_id,
        key=f"deadline {deadline.pk} {'due' if deadline.due_on >= on else 'overdue'} {deadline.due_on}",
        subject=f"“{record.name}”{record.what}的{deadline.book.label}为{deadline.due_on}，{stands}",
        link=record.link,
        due_on=deadline.due_on,
    )


def _stands(due_on: date, on: date) -> str:
    days = (due_on - on).days
    return "今日到期" if days == 0 else f"还有{days}日到期" if days > 0 else "已经逾期"


def _in_charge() -> list[int]:
    return _active(IN_CHARGE)


def _active(roles: Collection[Role]) -> list[int]:
    rows = User.objects.filter(is_active=True, role__in=roles)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def new_findings(*, on: date) -> Iterator[Cause]:
    """Yield for each officer in charge one cause for each campaign and day of finding that left something undecided."""
    undecided = (
        Finding.objects.filter(state=FindingState.OPEN, found_on__lte=on)
        .order_by("campaign__code", "found_on")
        .values_list("campaign__code", "campaign__title", "found_on")
        .annotate(count=Count("pk"))
    )
    officers = _in_charge()
    for code, title, found_on, count in undecided:
        for officer in officers:
            yield Cause(
                kind=AlertKind.NEW_FINDINGS,
                recipient_id=officer,
                key=f"findings {code} {found_on}",
                subject=f"“{title}”{found_on}排查发现的线索有{count}条待核实",
                link=f"{reverse('finding_list')}?{urlencode({'campaign': code, 'stage': 'pending'})}",
                fresh=found_on >= on - LOOKS_BACK,
            )


def mentions(*, on: date) -> Iterator[Cause]:
    """Yield a cause for each colleague a note calls by name, until they have seen it: to be told is all there is."""
    seen = Alert.objects.filter(
        recipient=OuterRef("user"),
        cause=Concat(Value("note "), Cast(OuterRef("note"), CharField())),
        seen_at__isnull=False,
    )
    called = Note.mentions.through.objects.filter(~Exists(seen), user__is_active=True, note__at__date__lte=on)
    for row in called.select_related("note__organisation", "note__by").order_by("note", "user"):
        note = row.note
        yield Cause(
            kind=AlertKind.MENTION,
            recipient_id=row.user_id,
            key=f"note {note.pk}",
            subject=f"“{note.by}”在“{note.organisation.name}”的备注中提到您：{shortened(note.text)}",
            link=f"{reverse('organisation_notes', kwargs={'code': note.organisation.code})}#note-{note.pk}",
        )


def shortened(text: str) -> str:
    """Return the beginning of ``text`` in one line."""
    line = " ".join(text.split())
    return line if len(line) <= QUOTED else f"{line[:QUOTED]}…"


def figures(*, on: date) -> Iterator[Cause]:
    """Yield for who answers for the figures a cause for each campaign whose figures the ledger does not bear out."""
    run = last_check()
    apart: dict[str, int] = run.counts.get("by_campaign", {}) if run and run.as_of <= on else {}
    recipients = _active(ANSWERS)
    for campaign in Campaign.objects.filter(code__in=list(apart)).order_by("code"):
        for recipient in recipients:
            yield Cause(
                kind=AlertKind.FIGURES,
                recipient_id=recipient,
                key=f"figures {campaign.code}",
                subject=f"“{campaign.title}”的数字与台账不符，涉及{apart[campaign.code]}家，请核查",
                link=reverse("campaign_figures", kwargs={"pk": campaign.pk}),
            )


def ledger(*, on: date) -> Iterator[Cause]:  # noqa: ARG001 - a check tells of the ledger as it stands, not of a day
    """Yield for who examines the ledger a cause where the latest finished check found something, until one finds nothing.

    The same faults are told once, however many nights find them again; others anew.
    """
    check = LedgerCheck.objects.filter(finished_at__isnull=False).first()
    if check is None or not check.found:
        return
    found = sealed({"found": check.found, "faults": check.faults})
    for recipient in _active(EXAMINE):
        yield Cause(
            kind=AlertKind.LEDGER,
            recipient_id=recipient,
            key=f"ledger {found}",
            subject=f"台账核验发现{check.found}处不符，请立即核查：{shortened(check.faults[0])}",
            link=reverse("ledger"),
        )


SOURCES = {
    AlertKind.DEADLINE: deadlines,
    AlertKind.NEW_FINDINGS: new_findings,
    AlertKind.MENTION: mentions,
    AlertKind.FIGURES: figures,
    AlertKind.LEDGER: ledger,
}
