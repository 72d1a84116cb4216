"""What may happen to a body: deeds of the register and the cleanup, by the ordinary actions, for random histories."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from cleanup.actions import determination as determinations
from cleanup.actions import exclusion as exclusions
from cleanup.models import Determination, Exclusion
from registry.actions import evidence
from registry.actions import organisation as verbs
from registry.models import Filing
from registry.states import Channel, ContactOutcome, FilingKind
from tests.cleanup.situations import unreached
from tests.factories import OrganisationFactory, UserFactory
from tests.registry.applications import brought_to, step

if TYPE_CHECKING:
    from registry.models import Organisation, User


def _filed(body: Organisation, on: date, by: User) -> None:
    evidence.file_report(organisation_id=body.pk, year=2021, filed_on=on, by=by)


def _active(body: Organisation, on: date, by: User) -> None:
    evidence.record_activity(organisation_id=body.pk, held_on=on - timedelta(days=3), title="年会", by=by)


def _surveyed(body: Organisation, on: date, by: User) -> None:
    evidence.survey_activity(organisation_id=body.pk, until=on, by=by, reason="核查")


def _reached(body: Organisation, on: date, by: User) -> None:
    told = {"channel": Channel.VISIT, "target": "x", "tried_on": on, "outcome": ContactOutcome.REACHED}
    evidence.record_contact(organisation_id=body.pk, by=by, **told)


def _determined(body: Organisation, on: date, by: User) -> None:
    determinations.determine(organisation_id=body.pk, criterion="E", document_no="1号", made_by_unit="局", by=by, on=on)


def _lifted(body: Organisation, on: date, by: User) -> None:
    made = Determination.objects.filter(organisation=body).last()
    if made:
        determinations.lift(determination_id=made.pk, by=by, on=on, reason="已换届")


def _held(body: Organisation, on: date, by: User) -> None:
    verbs.hold(organisation_id=body.pk, by=by, on=on, reason="诉讼")


def _released(body: Organisation, on: date, by: User) -> None:
    verbs.release(organisation_id=body.pk, by=by, on=on, reason="诉讼结束")


def _exempted(body: Organisation, on: date, by: User) -> None:
    exclusions.exempt(
        organisation_id=body.pk, document_no="9号", by=by, on=on, reason="托管", until_on=on + timedelta(days=20)
    )


def _readmitted(body: Organisation, on: date, by: User) -> None:
    made = Exclusion.objects.filter(organisation=body).last()
    if made:
        exclusions.readmit(exclusion_id=made.pk, by=by, on=on, reason="托管结束")


def _applied(body: Organisation, on: date, by: User) -> None:
    if not Filing.objects.filter(organisation=body).exists():
        brought_to("submitted", FilingKind.AMEND, by=by, other=UserFactory.create(), body=body, on=on)


def _withdrew(body: Organisation, on: date, by: User) -> None:
    filing = Filing.objects.filter(organisation=body, state="submitted").first()
    if filing:
        step("withdraw", filing, by=by, on=on)


def _founded(_body: Organisation, on: date, by: User) -> None:
    young = OrganisationFactory.create(established_on=on, by=by, on=on)
    unreached(young, by=by, on=on)


def _left(body: Organisation, on: date, by: User) -> None:
    papers = {"resolution_on": on, "consent_no": "", "liquidation_report_on": on}
    verbs.cancel(organisation_id=body.pk, by=by, on=on, reason="解散", **papers)


DEEDS: dict[str, Any] = {
    "files": _filed,
    "is active": _active,
    "is surveyed": _surveyed,
    "is not reached": lambda body, on, by: unreached(body, by=by, on=on),
    "is reached": _reached,
    "is determined": _determined,
    "is no longer determined": _lifted,
    "is held": _held,
    "is released": _released,
    "is exempted": _exempted,
    "is looked at again": _readmitted,
    "applies": _applied,
    "withdraws its application": _withdrew,
    "is founded": _founded,
    "leaves": _left,
}
"""By name: each takes the body, the day and the officer; refused ones are no fault."""
