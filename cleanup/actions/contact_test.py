"""Verbs of a test of contact: begin it, make an attempt, record what came of it, end it with a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from cleanup import rules
from cleanup.models import ContactTest, ContactTry
from cleanup.queries.verification import open_test, settling_facts, try_facts, verdict_facts
from cleanup.states import Reached
from registry.actions import evidence, stored_file
from registry.actions.ledger import lock, record, snapshot
from registry.models import ContactAttempt
from registry.states import ADDRESS_CHANNELS, Channel, ContactOutcome

if TYPE_CHECKING:
    from datetime import date

    from django.core.files.base import File

    from registry.models import Event, Organisation, User


@transaction.atomic
def begin(*, organisation_id: int, by: User, on: date) -> ContactTest:
    """Begin a test; return the one under way where there is one. Raises `Refused`."""
    organisation = lock(organisation_id)
    if present := open_test(organisation):
        return present
    rules.require(rules.BEGIN_TEST, try_facts(None, on=on), on=on)
    test = ContactTest.objects.create(organisation=organisation, begun_on=on, begun_by=by)
    _record(organisation, "contact.begin", {"test": test.pk}, by=by, on=on)
    return test


def attempt(
    *,
    test_id: int,
    channel: str,
    by: User,
    on: date,
    target: str = "",
    tracking_no: str = "",
    outcome: str = ContactOutcome.PENDING,
    proof: str = "",
    content: File[bytes] | None = None,
    file_name: str = "",
) -> ContactTry:
    """Make an attempt: a tracked letter or a visit to the registered address, or a call or message to ``target``.

    Of a letter nothing is known yet; what came of a call or a visit may be told at once, with ``proof`` and a picture.
    Raises `Refused`, or `Unacceptable` for a file that is no document.
    """
    with stored_file.keeping() as keep, transaction.atomic():
        organisation, test = _locked(test_id)
        to = organisation.address if channel in ADDRESS_CHANNELS else target
        facts = try_facts(test, on=on, channel=channel, target=to, tracking_no=tracking_no)
        rules.require(rules.TRY_CONTACT, facts, on=on)
        made = ContactTry.objects.create(
            test=test, channel=channel, target=to.strip(), made_on=on, made_by=by, tracking_no=tracking_no.strip()
        )
        if channel == Channel.LETTER or outcome == ContactOutcome.PENDING:
            told = {**_told(made), "tracking_no": made.tracking_no}
            _record(organisation, "contact.send", told, by=by, on=on)
            return made
        _settle(organisation, made, keep, outcome=outcome, proof=proof, by=by, on=on, content=content, name=file_name)
    return made


def settle(
    *,
    try_id: int,
    outcome: str,
    proof: str,
    by: User,
    on: date,
    content: File[bytes] | None = None,
    file_name: str = "",
) -> ContactTry:
    """Record what came of an attempt: it becomes evidence of contact. Raises `Refused` or `Unacceptable`."""
    with stored_file.keeping() as keep, transaction.atomic():
        organisation, _test = _locked(ContactTry.objects.values_list("test_id", flat=True).get(pk=try_id))
        made = ContactTry.objects.select_for_update(of=("self",)).select_related("test").get(pk=try_id)
        _settle(organisation, made, keep, outcome=outcome, proof=proof, by=by, on=on, content=content, name=file_name)
    return made


@transaction.atomic
def conclude(*, test_id: int, verdict: str, by: User, on: date, reason: str) -> ContactTest:
    """End a test; that nobody could be reached is only said after two letters apart, and a call or a visit."""
    organisation, test = _locked(test_id)
    rules.require((rules.contact_test_in_order,), try_facts(test, on=on), on=on)
    guards = {
        Reached.REACHED: (*rules.END_TEST, rules.reached_by_some_attempt),
        Reached.UNREACHABLE: (*rules.END_TEST, rules.unreachable_by_two_letters),
        Reached.GIVEN_UP: rules.END_TEST,
    }
    rules.require(guards[Reached(verdict)], verdict_facts(test, reason=reason, on=on), on=on)
    test.verdict, test.ended_on, test.ended_by, test.end_reason = verdict, on, by, reason.strip()
    test.save(update_fields=["verdict", "ended_on", "ended_by", "end_reason"])
    _record(organisation, "contact.conclude", {"test": test.pk, "verdict": verdict}, by=by, on=on, reason=reason)
    return test


def _locked(test_id: int) -> tuple[Organisation, ContactTest]:
    organisation = lock(ContactTest.objects.values_list("organisation_id", flat=True).get(pk=test_id))
    return organisation, ContactTest.objects.select_for_update(of=("self",)).get(pk=test_id)


def _settle(
    organisation: Organisation,
    made: ContactTry,
    keep: Any,
    *,
    outcome: str,
    proof: str,
    by: User,
    on: date,
    content: File[bytes] | None,
    name: str,
) -> None:
    rules.require(rules.SETTLE_TRY, settling_facts(made, outcome=outcome), on=on)
    if content is not None:
        title = f"{made.get_channel_display()}凭证"
        made.proof_file = keep(organisation=organisation, content=content, file_name=name, title=title, by=by)
    more = {"test": made.test_id, "try": made.pk, "tracking_no": made.tracking_no, "known_on": on.isoformat()}
    if made.proof_file is not None:
        more["file"] = stored_file.told(made.proof_file)
    evidence.record_contact(
        organisation_id=organisation.pk,
        channel=made.channel,
        target=made.target,
        tried_on=made.made_on,
        outcome=outcome,
        by=by,
        proof=proof,
        more=more,
    )
    made.outcome, made.known_on = outcome, on
    made.attempt = ContactAttempt.objects.filter(organisation=organisation).latest("pk")
    made.save(update_fields=["outcome", "known_on", "attempt", "proof_file"])


def _told(made: ContactTry) -> dict[str, Any]:
    return {"test": made.test_id, "try": made.pk, "channel": str(made.channel), "target": made.target}


def _record(
    organisation: Organisation, verb: str, told: dict[str, Any], *, by: User, on: date, reason: str = ""
) -> Event:
    return record(organisation, snapshot(organisation), verb=verb, on=on, by=by, reason=reason, facts={"contact": told})
