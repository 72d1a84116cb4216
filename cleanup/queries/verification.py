"""Tests of contact and opinions, as they stand, and what their next steps are judged by."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from cleanup import rules
from cleanup.models import ContactTest, ContactTry, Determination, OpinionRequest
from cleanup.states import LOCAL, Asked, Criterion, FindingState, Reached, Stance
from registry.models import Deadline, Subject
from registry.queries.law import policy
from registry.states import Channel, ContactOutcome, SubjectKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cleanup.models import Finding
    from registry.models import Organisation, Unit

INTERVAL = "no_contact.interval_days"
"""The policy of the days between two letters: at least, and at most."""

COLUMN = {Asked.SUPERVISOR: "supervising_unit", Asked.PARTY: "party_body", Asked.REGULATOR: "industry_regulator"}
"""Which column of the organisation names whom to ask."""


def interval(on: date) -> tuple[int, int]:
    """Return how many days there are between two letters, at least and at most, by the policy in force on that day."""
    least, most = policy(INTERVAL, on=on).value
    return int(least), int(most)


def determination_facts(
    organisation: Organisation, criterion: str, *, document_no: str, made_by_unit: str
) -> rules.DeterminationFacts:
    """Return what finding a local criterion is judged by."""
    stands = Determination.objects.filter(organisation=organisation, criterion=criterion, lifted_on__isnull=True)
    return rules.DeterminationFacts(
        is_local=criterion in LOCAL,
        document_no=document_no,
        made_by_unit=made_by_unit,
        stands=stands.exists(),
        today=timezone.localdate(),
    )


def open_test(organisation: Organisation) -> ContactTest | None:
    """Return the test of contact under way."""
    return ContactTest.objects.filter(organisation=organisation, ended_on__isnull=True).first()


def second_letter(test: ContactTest) -> tuple[date, date] | None:
    """Return between which days the second letter is to be sent, counted from the last one.

    None before there is one, and once two were sent as far apart as they have to be.
    """
    letters = _letters(test)
    if not letters:
        return None
    least, most = interval(letters[-1])
    if len(letters) > 1 and (letters[-1] - letters[-2]).days <= most:
        return None
    return letters[-1] + timedelta(days=least), letters[-1] + timedelta(days=most)


def try_facts(
    test: ContactTest | None, *, on: date, channel: str = "", target: str = "", tracking_no: str = ""
) -> rules.TryFacts:
    """Return what an attempt in ``test`` is judged by; without a test, what beginning one is."""
    tries = list(test.tries.all()) if test else []
    days = [test.begun_on, *(each.made_on for each in tries)] if test else []
    return rules.TryFacts(
        open=test is None or test.ended_on is None,
        last_on=max(days, default=None),
        today=timezone.localdate(),
        is_letter=channel == Channel.LETTER,
        target=target,
        tracking_no=tracking_no,
        letters=_letters(test) if test else (),
        least_days=interval(on)[0],
        number_was_used=_was_used(tracking_no.strip()) if channel == Channel.LETTER else False,
    )


def settling_facts(made: ContactTry, *, outcome: str) -> rules.SettlingFacts:
    """Return what recording an outcome is judged by."""
    return rules.SettlingFacts(
        pending=made.outcome == ContactOutcome.PENDING and made.test.ended_on is None,
        known=outcome in {ContactOutcome.REACHED, ContactOutcome.FAILED},
        made_on=made.made_on,
        today=timezone.localdate(),
    )


def verdict_facts(test: ContactTest, *, reason: str, on: date) -> rules.VerdictFacts:
    """Return what the end of a test is judged by."""
    tries = list(test.tries.all())
    failed = [each for each in tries if each.outcome == ContactOutcome.FAILED]
    least, most = interval(on)
    return rules.VerdictFacts(
        failed_letters=tuple(each.made_on for each in failed if _is_letter_there(each, test)),
        failed_otherwise=sum(each.channel != Channel.LETTER for each in failed),
        reached=any(each.outcome == ContactOutcome.REACHED for each in tries),
        pending=sum(each.outcome == ContactOutcome.PENDING for each in tries),
        least_days=least,
        most_days=most,
        reason=reason,
    )


def unit_of(organisation: Organisation, asked: str) -> Unit | None:
    """Return whom to ask about ``organisation``; None where nobody is registered."""
    unit: Unit | None = getattr(organisation, COLUMN[Asked(asked)])
    return unit


def clock_kind(asked: str) -> str:
    """Return the kind of deadline an opinion runs under: one for each of whom may be asked."""
    return f"opinion.{asked}"


def asking_facts(
    finding: Finding, asked: str, *, document_no: str, question: str, due_on: date | None
) -> rules.AskingFacts:
    """Return what asking for an opinion is judged by."""
    outstanding = OpinionRequest.objects.filter(finding=finding, asked=asked, ended_on__isnull=True)
    return rules.AskingFacts(
        has_unit=unit_of(finding.organisation, asked) is not None,
        outstanding=outstanding.exists(),
        finding_open=finding.state == FindingState.OPEN,
        document_no=document_no,
        question=question,
        due_on=due_on,
        found_on=finding.found_on,
        today=timezone.localdate(),
    )


def clock_of(asked: OpinionRequest) -> Deadline:
    """Return the deadline of a request, the latest of its kind."""
    subject = Subject(SubjectKind.FINDING, asked.finding_id)
    rows = Deadline.objects.filter(subject_kind=subject.kind, subject_id=subject.id, kind=clock_kind(asked.asked))
    return rows.order_by("-pk")[0]


def with_clocks(asked: Iterable[OpinionRequest]) -> list[tuple[OpinionRequest, Deadline]]:
    """Return requests of one finding, each with its deadline: the one that began on its day; one query."""
    listed = list(asked)
    rows = Deadline.objects.filter(
        subject_kind=SubjectKind.FINDING, subject_id__in={each.finding_id for each in listed}
    )
    clocks = {(each.kind, each.starts_on): each for each in rows.order_by("pk")}
    return [(each, clocks[clock_kind(each.asked), each.asked_on]) for each in listed]


def answer_facts(asked: OpinionRequest, *, stance: str, answer: str) -> rules.AnswerFacts:
    """Return what recording an opinion is judged by."""
    return rules.AnswerFacts(
        open=asked.ended_on is None,
        silent=stance == Stance.SILENT,
        stance=stance if stance in Stance.values else "",
        answer=answer,
        asked_on=asked.asked_on,
        due_on=clock_of(asked).due_on,
        today=timezone.localdate(),
    )


def lacks_contact_test(finding: Finding, criteria: str, *, on: date) -> bool:
    """Tell whether criterion D is among ``criteria`` of a finding and no test has concluded that nobody is reached there."""
    if Criterion.D not in criteria:
        return False
    since = finding.campaign.windows.get(kind=finding.organisation.kind).contact_since
    tests = ContactTest.objects.filter(organisation=finding.organisation_id, verdict=Reached.UNREACHABLE)
    return not tests.filter(ended_on__gte=since, ended_on__lte=on).exists()


def _was_used(tracking_no: str) -> bool:
    return bool(tracking_no) and ContactTry.objects.filter(channel=Channel.LETTER, tracking_no=tracking_no).exists()


def _is_letter_there(made: ContactTry, test: ContactTest) -> bool:
    """Tell whether an attempt is a letter to the address the register shows now."""
    return made.channel == Channel.LETTER and made.target == test.organisation.address.strip()


def _letters(test: ContactTest) -> tuple[date, ...]:
    return tuple(sorted(each.made_on for each in test.tries.all() if _is_letter_there(each, test)))
