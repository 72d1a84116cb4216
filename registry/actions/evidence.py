"""Verbs of what a body shows of its life: reports, activities, contact attempts, surveys of activity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from registry import rules
from registry.actions.ledger import lock, record, snapshot
from registry.models import Activity, ActivitySurvey, AnnualReport, ContactAttempt
from registry.states import Conclusion, ContactOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from registry.models import Event, Organisation, User
    from registry.rulebook import Rule


@transaction.atomic
def file_report(
    *,
    organisation_id: int,
    year: int,
    filed_on: date,
    by: User,
    conclusion: str | None = None,
    supervisor_opinion: str = "",
    reason: str = "",
    version: int | None = None,
) -> Event | None:
    """Enter an annual report, or correct the one on file for that year; return None when it is already so.

    Without ``conclusion`` a new report is still to be concluded, and a corrected one keeps what was concluded. Raises
    `Refused` for a correction without a reason.
    """
    organisation = lock(organisation_id, version=version)
    _require(rules.FILE_REPORT, organisation, on=filed_on, year=year)
    report = AnnualReport.objects.filter(organisation=organisation, year=year).first()
    conclusion = conclusion or (report.conclusion if report else Conclusion.PENDING)
    columns = {"filed_on": filed_on, "conclusion": conclusion, "supervisor_opinion": supervisor_opinion}
    told = {"year": year, **_told(columns)}
    if report is None:
        AnnualReport.objects.create(organisation=organisation, year=year, **columns)
        verb = "report.file"
    else:
        before = {name: getattr(report, name) for name in columns}
        if before == columns:
            return None
        rules.require(rules.CORRECT_REPORT, rules.CorrectionFacts(reason=reason), on=filed_on)
        told["before"] = _told(before)
        AnnualReport.objects.filter(pk=report.pk).update(**columns)
        verb = "report.correct"
    return record(
        organisation, snapshot(organisation), verb=verb, on=filed_on, by=by, reason=reason, facts={"report": told}
    )


def _told(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return a report as its event tells of it."""
    return {
        "filed_on": columns["filed_on"].isoformat(),
        "conclusion": str(columns["conclusion"]),
        "opinion": columns["supervisor_opinion"],
    }


@transaction.atomic
def conclude_report(*, organisation_id: int, year: int, conclusion: str, by: User, on: date, reason: str = "") -> Event:
    """Conclude the annual inspection of a year, or change its conclusion; raises `Refused`."""
    organisation = lock(organisation_id)
    report = AnnualReport.objects.filter(organisation=organisation, year=year).first()
    before = report.conclusion if report else ""
    facts = rules.ConclusionFacts(
        last_on=report.filed_on if report else None,
        today=timezone.localdate(),
        on_file=report is not None,
        conclusion=conclusion,
        before=before,
        reason=reason,
    )
    rules.require(rules.CONCLUDE_REPORT, facts, on=on)
    told = {"year": year, "conclusion": str(conclusion), "before": before}
    AnnualReport.objects.filter(organisation=organisation, year=year).update(conclusion=conclusion)
    return record(
        organisation,
        snapshot(organisation),
        verb="report.conclude",
        on=on,
        by=by,
        reason=reason,
        facts={"report": told},
    )


@transaction.atomic
def record_activity(
    *, organisation_id: int, held_on: date, title: str, by: User, source: str = "", version: int | None = None
) -> Event:
    """Enter an activity the organisation held; raises `Refused`, or `Stale` when ``version`` is no longer the present one."""
    organisation = lock(organisation_id, version=version)
    _require(rules.RECORD_EVIDENCE, organisation, on=held_on)
    activity = Activity.objects.create(organisation=organisation, held_on=held_on, title=title, source=source)
    told = {"id": activity.pk, "held_on": held_on.isoformat(), "title": title, "source": source}
    return record(
        organisation, snapshot(organisation), verb="activity.record", on=held_on, by=by, facts={"activity": told}
    )


@transaction.atomic
def survey_activity(*, organisation_id: int, until: date, by: User, reason: str, version: int | None = None) -> Event:
    """State that the bureau looked into the body's activities up to ``until``: only then does none on file mean none.

    Every survey is kept as a row, so that a day before the latest one is judged by what was known on it; the organisation
    shows the latest.
    """
    organisation = lock(organisation_id, version=version)
    _require(rules.RECORD_EVIDENCE, organisation, on=until)
    before = snapshot(organisation)
    ActivitySurvey.objects.create(organisation=organisation, until=until)
    organisation.activity_surveyed_on = max(until, organisation.activity_surveyed_on or until)
    told = {"survey": {"until": until.isoformat()}}
    return record(organisation, before, verb="activity.survey", on=until, by=by, reason=reason, facts=told)


@transaction.atomic
def record_contact(
    *,
    organisation_id: int,
    channel: str,
    target: str,
    tried_on: date,
    outcome: str,
    by: User,
    proof: str = "",
    version: int | None = None,
    more: Mapping[str, Any] | None = None,
) -> Event:
    """Enter one attempt to reach the body; raises `Refused`, a failed one needs a proof, or `Stale`.

    ``more`` is what a procedure the attempt belongs to tells beside it.
    """
    organisation = lock(organisation_id, version=version)
    _require(rules.RECORD_EVIDENCE, organisation, on=tried_on)
    facts = rules.ContactFacts(failed=outcome == ContactOutcome.FAILED, proof=proof)
    rules.require(rules.RECORD_CONTACT, facts, on=tried_on)
    attempt = ContactAttempt.objects.create(
        organisation=organisation, channel=channel, target=target, tried_on=tried_on, outcome=outcome, proof=proof
    )
    told = {"id": attempt.pk, "channel": str(channel), "target": target, "outcome": str(outcome), "proof": proof}
    told |= more or {}
    return record(
        organisation, snapshot(organisation), verb="contact.record", on=tried_on, by=by, facts={"contact": told}
    )


def _require(
    guards: Iterable[Rule[rules.EvidenceFacts]], organisation: Organisation, *, on: date, year: int | None = None
) -> None:
    """Raise `Refused` for a day that is still to come, or before there was anything to see."""
    rules.require(
        (rules.is_not_in_the_future,),
        rules.MoveFacts(reason="", established_on=None, last_event_on=None, today=timezone.localdate()),
        on=on,
    )
    rules.require(guards, rules.EvidenceFacts(established_on=organisation.established_on, year=year), on=on)
