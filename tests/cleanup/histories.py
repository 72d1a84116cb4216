"""Random histories of a campaign, made by the ordinary actions: what the figures' properties are tried on."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django_fsm import TransitionNotAllowed
from hypothesis import strategies as st

from cleanup.actions import case as cases
from cleanup.actions import finding as findings
from cleanup.actions import reinstatement as reinstatements
from cleanup.actions import step as steps
from cleanup.actions.sweep import sweep
from cleanup.models import Case, Finding
from cleanup.rules import Refused
from cleanup.states import LIVE, CaseState, DropGround, FindingState, Step, Treatment
from registry.actions import organisation as organisations
from registry.models import Organisation, Policy
from registry.states import Role, State
from tests.cleanup.situations import filer, report, running_campaign, window
from tests.factories import OrganisationFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cleanup.models import Campaign

START = date(2022, 6, 1)
BODIES = 4


class People:
    """A campaign over a few zombies, and everybody who works on it."""

    def __init__(self) -> None:
        """Sweep once: every body is found to have filed nothing."""
        self.by = UserFactory.create(role=Role.REVIEWER, certified=True)
        self.officers = [UserFactory.create(role=Role.ENFORCEMENT, certified=True) for _ in range(2)]
        self.director = UserFactory.create(role=Role.DIRECTOR)
        Policy.objects.filter(key__in=("sweep.stale_days", "sweep.jump_least")).update(value=1000)
        filer(2020, 2021, by=self.by)
        self.campaign: Campaign = running_campaign(windows=[window()])
        self.bodies: list[Organisation] = [OrganisationFactory.create() for _ in range(BODIES)]
        self.swept(START)

    def swept(self, on: date) -> None:
        """Sweep as of a day."""
        sweep(campaign_id=self.campaign.pk, as_of=on, by=self.by)

    def finding(self, body: Organisation) -> Finding:
        """Return the finding that stands, or the latest one."""
        rows = Finding.objects.filter(organisation=body).order_by("-pk")
        return rows.filter(state__in=LIVE).first() or rows[0]

    def case(self, body: Organisation) -> Case:
        """Return the case; raises Case.DoesNotExist."""
        return Case.objects.get(finding=self.finding(body))


def _swept(people: People, _body: Organisation, on: date) -> None:
    people.swept(on)


def _confirmed(people: People, body: Organisation, on: date) -> None:
    findings.confirm(finding_id=people.finding(body).pk, by=people.by, on=on, reason="属实")


def _dismissed(people: People, body: Organisation, on: date) -> None:
    findings.dismiss(finding_id=people.finding(body).pk, by=people.by, on=on, reason="不实")


def _opened(treatment: str) -> Callable[[People, Any, date], None]:
    def opened(people: People, body: Organisation, on: date) -> None:
        officer = people.officers[body.pk % 2]
        cases.open_case(finding_id=people.finding(body).pk, treatment=treatment, officer=officer, by=officer, on=on)

    return opened


def _closed(people: People, body: Organisation, on: date) -> None:
    papers = {
        Treatment.CANCEL: {"resolution_on": on, "consent_no": "", "liquidation_report_on": on},
        Treatment.RECTIFY: {"cured": {"A": "已经补报"}},
        Treatment.MERGE: {"successor_id": people.bodies[0].pk, "resolution_on": on},
    }
    case = people.case(body)
    told = papers[Treatment(case.treatment)]
    cases.close_case(case_id=case.pk, by=people.by, on=on, reason="处置完毕", **told)


def _filed(people: People, body: Organisation, on: date) -> None:
    for year in (2020, 2021):
        report(body, year, on, by=people.by)


def _dropped(people: People, body: Organisation, on: date) -> None:
    entered = {"ground": DropGround.UNFOUNDED, "reason": "事实不能成立"}
    steps.take(case_id=people.case(body).pk, step=Step.DROP, by=people.director, on=on, entered=entered)


def _switched(people: People, body: Organisation, on: date) -> None:
    entered = {"treatment": Treatment.CANCEL, "reason": "自愿解散"}
    steps.take(case_id=people.case(body).pk, step=Step.SWITCH, by=people.by, on=on, entered=entered)


def _left(people: People, body: Organisation, on: date) -> None:
    papers = {"resolution_on": on, "consent_no": "", "liquidation_report_on": on}
    organisations.cancel(organisation_id=body.pk, by=people.by, on=on, reason="自行解散", **papers)
    case = Case.objects.filter(finding__organisation=body, state=CaseState.OPEN).first()
    if case:
        cases.close_exited(case_id=case.pk, by=people.by, on=on, reason="已经注销")


def _reinstated(people: People, body: Organisation, on: date) -> None:
    told = {"by": people.by, "proposed_by": people.director, "document_no": "虚民恢〔2022〕1号"}
    reinstatements.reinstate(organisation_id=body.pk, on=on, reason="登记错误", **told)


TREATMENTS = (Treatment.CANCEL, Treatment.RECTIFY, Treatment.MERGE)


def likely(people: People, body: Organisation) -> list[Callable[[People, Any, date], None]]:
    """Return what may well happen to a body as it stands, the likeliest first."""
    finding = people.finding(body)
    case = Case.objects.filter(finding=finding).first()
    if Organisation.objects.get(pk=body.pk).state == State.DEREGISTERED:
        return [_reinstated, _swept]
    if case is not None and case.state == CaseState.OPEN:
        return [_closed, _closed, _filed, _switched, _dropped, _left]
    if case is not None:
        return [_left, _swept]
    if finding.state == FindingState.CONFIRMED:
        return [*map(_opened, TREATMENTS), _dismissed, _left]
    if finding.state == FindingState.OPEN:
        return [_confirmed, _confirmed, _confirmed, _dismissed, _filed, _swept]
    return [_swept, _filed, _left]


histories = st.lists(
    st.tuples(st.integers(0, 59), st.integers(0, BODIES - 1), st.sampled_from([0, 1, 9])), min_size=8, max_size=24
)
"""What happens, to whom, so many days after the last."""


def played(people: People, history: Sequence[tuple[int, int, int]]) -> list[date]:
    """Play a history, leaving out what is refused; return every day on which anything may have happened."""
    on, days = START, [START]
    for which, whose, gap in history:
        on += timedelta(days=gap)
        days.append(on)
        refusals = (Refused, TransitionNotAllowed, Case.DoesNotExist, cases.OpenedMeanwhile)
        with suppress(*refusals), transaction.atomic():
            deeds = likely(people, people.bodies[whose])
            deeds[which % len(deeds)](people, people.bodies[whose], on)
    return sorted({START - timedelta(days=1), *days, on + timedelta(days=1)})
