"""How far a case has come: its steps, services and clocks, read once; and what decides whether a step may be taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from cleanup import rules
from cleanup.models import CaseStep, Service
from cleanup.queries.numbers import taken_by
from cleanup.rules.leg import Phase, What
from cleanup.states import Actor, CaseState, Opinion, Step, Treatment
from registry.models import Deadline, Event, Subject, User
from registry.queries.deadlines import of_subject, would_be_due
from registry.queries.law import value
from registry.rules import ASSIGN, broken
from registry.states import SubjectKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanup.models import Case, Finding
    from cleanup.rules import Ask, Leg, StepFacts
    from registry.models import Organisation
    from registry.rules import CertificateFacts

NOTHING: Mapping[str, Any] = {}
RECTIFICATION = "rectification"


@dataclass(slots=True, kw_only=True)
class Progress:
    """Everything that has happened in a case, in order: four queries, whatever its length."""

    case: Case
    finding: Finding
    organisation: Organisation
    steps: list[CaseStep]
    services: list[Service]
    deadlines: list[Deadline] = field(default_factory=list)
    carriers: frozenset[int] = frozenset()
    """Who carried the case before it was handed over."""

    @property
    def present(self) -> list[CaseStep]:
        """Return the steps of the present round."""
        return [each for each in self.steps if each.round == self.case.round]

    def last(self, *steps: Step) -> CaseStep | None:
        """Return the latest of the given steps in the present round."""
        return next((each for each in reversed(self.present) if each.step in steps), None)

    @property
    def done(self) -> dict[str, date]:
        """Return for each step of the present round its last day."""
        return {each.step: each.on for each in self.present}

    @property
    def stale(self) -> frozenset[Step]:
        """Return the steps of the present round that have to be taken anew before the case is decided.

        Something they follow was done after them, or the body was given less time to rectify than it has to have.
        """
        came = {each.step: each.seq for each in self.present}
        if Step.DECIDE in came:
            return frozenset()
        legs = {step: leg for step, leg in self.track.items() if step in came}
        overtaken = {step for step, leg in legs.items() if any(came.get(each, 0) > came[step] for each in leg.follows)}
        in_vain = {Step.ORDER} if Step.ORDER in self.served and self.rectification is None else set()
        return frozenset(overtaken | in_vain)

    @property
    def standing(self) -> dict[str, date]:
        """Return for each step of the present round that need not be taken anew its last day."""
        stale = self.stale
        return {step: on for step, on in self.done.items() if step not in stale}

    @property
    def hearing(self) -> CaseStep | None:
        """Return how the hearing was last called, None where it has to be called anew."""
        return None if Step.CALL_HEARING in self.stale else self.last(Step.CALL_HEARING)

    def is_latest(self, step: CaseStep) -> bool:
        """Tell whether a step was not taken again since."""
        return self.last(Step(step.step)) == step

    @property
    def rectification(self) -> Deadline | None:
        """Return the deadline the present order has set the body, None where it has not arrived in time for one."""
        arrived = self.served.get(Step.ORDER)
        mine = [each for each in self.deadlines if each.kind == RECTIFICATION and arrived and each.starts_on >= arrived]
        return mine[-1] if mine else None

    @property
    def rectify_until(self) -> date | None:
        """Return until when an order that has arrived, or is under way, lets the body rectify; None without one."""
        if (set_by_order := self.rectification) is not None:
            return set_by_order.due_on
        order = self.last(Step.ORDER)
        sent = [each for each in self.services if order is not None and each.step_id == order.pk and each.is_under_way]
        return _day(order.facts["due_on"]) if order is not None and sent else None

    @property
    def last_on(self) -> date:
        """Return the last day anything was done in the case."""
        return max((each.on for each in self.steps), default=self.case.opened_on)

    @property
    def served(self) -> dict[str, date]:
        """Return for each step of the present round the day its document has reached the body, where that is proved.

        Of a step taken again, such as a hearing called anew, only the document of the last time counts.
        """
        arrived = {each.step_id: each.served_on for each in self.services if each.served_on is not None}
        latest = {each.step: each.pk for each in self.present}
        return {step: arrived[pk] for step, pk in latest.items() if pk in arrived}

    @property
    def due(self) -> dict[str, date]:
        """Return for each kind of deadline the last day of the latest one; to rectify, only the present order's counts."""
        mine = self.rectification
        return {each.kind: each.due_on for each in self.deadlines if each.kind != RECTIFICATION or each == mine}

    @property
    def officers(self) -> frozenset[int]:
        """Return who acts in the case: who carries it or carried it, took an officer's step of the round or served in it."""
        steps = [each for each in self.present if self._is_an_officers(each)]
        ours = {each.pk for each in self.present}
        served = {each.sent_by_id for each in self.services if each.step_id in ours}
        people = {person for each in steps for person in (each.by_id, each.second_id) if person is not None}
        return frozenset({self.case.officer_id, *self.carriers, *people, *served})

    def _is_an_officers(self, step: CaseStep) -> bool:
        leg = rules.leg_of(self.case.treatment, step.step)
        return leg is not None and leg.actor == Actor.OFFICER and not leg.by_itself

    @property
    def recused(self) -> frozenset[int]:
        """Return who was recused."""
        decided = [each.facts for each in self.steps if each.step == Step.RECUSE]
        return frozenset(each["person"] for each in decided if each.get("granted"))

    @property
    def is_published_in_vain(self) -> bool:
        """Tell whether a decision is still public that was annulled since."""
        annulled = {each.round for each in self.steps if each.step == Step.ANNUL}
        out = sum(each.step == Step.PUBLISH and each.round in annulled for each in self.steps)
        return out > sum(each.step == Step.UNPUBLISH for each in self.steps)

    @property
    def track(self) -> Mapping[Step, Leg]:
        """Return the steps of the case's treatment, without the consent of a unit that does not exist."""
        legs = rules.TRACKS[Treatment(self.case.treatment)]
        skipped = set() if self.organisation.supervising_unit_id else {Step.CONSENT}
        return {step: leg for step, leg in legs.items() if step not in skipped}

    @property
    def remaining(self) -> tuple[Step, ...]:
        """Return the steps that follow the disposal and are not taken yet, but for the last."""
        return tuple(
            step
            for step, leg in self.track.items()
            if leg.phase == Phase.AFTER and leg.is_main and step not in self.done and step != Step.ARCHIVE
        )

    @property
    def next_step(self) -> Step | None:
        """Return the step that is due: the first one of the way not taken yet; None once nothing is left.

        A hearing that was asked for comes before review and decision, taking back what is public in vain before everything.
        """
        if self.case.state == CaseState.CLOSED:
            return None
        if self.is_published_in_vain:
            return Step.UNPUBLISH
        standing = self.standing
        ahead = (step for step, leg in self.track.items() if leg.is_main and step not in standing)
        due = next((step for step in ahead if not self._may_be_left_out(step)), None)
        asked = Step.REQUEST_HEARING in standing and Step.WAIVE_RIGHTS not in standing
        if due in (Step.REVIEW, Step.DECIDE) and asked and Step.HEAR not in standing:
            return Step.HEAR if Step.CALL_HEARING in standing else Step.CALL_HEARING
        return due

    def _may_be_left_out(self, step: Step) -> bool:
        """Tell whether a step of the way is left out here: a discussion nobody has found necessary."""
        return step == Step.DISCUSS and Step.REPORT in self.done and not self.is_serious

    @property
    def is_serious(self) -> bool:
        """Tell whether the investigation found the case complex or grave."""
        report = self.last(Step.REPORT)
        return report is not None and bool(report.facts.get("serious"))


def read(case: Case, finding: Finding, organisation: Organisation) -> Progress:
    """Return the progress of ``case``, read from the tables."""
    return Progress(
        case=case,
        finding=finding,
        organisation=organisation,
        steps=list(CaseStep.objects.filter(case=case).select_related("by", "second").order_by("seq")),
        services=list(Service.objects.filter(case=case).select_related("step", "sent_by").order_by("sent_on", "pk")),
        deadlines=list(of_subject(Subject(SubjectKind.CASE, case.pk))),
        carriers=_carriers(case, organisation),
    )


def _carriers(case: Case, organisation: Organisation) -> frozenset[int]:
    """Return who handed the case over to another, as the ledger tells."""
    handed = Event.objects.filter(organisation=organisation, verb="case.reassign", facts__case__id=case.pk)
    return frozenset(handed.values_list("facts__case__from", flat=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Who takes a step: the officer who enters it, and the second one where the law wants two."""

    by: User
    second: User | None = None

    @property
    def acting(self) -> tuple[User, ...]:
        """Return everybody who takes part."""
        return (self.by,) if self.second is None else (self.by, self.second)


def step_facts(
    progress: Progress, leg: Leg | None, hand: Hand, *, on: date, entered: Mapping[str, Any] = NOTHING
) -> StepFacts:
    """Return what decides whether ``hand`` may take a step on the day ``on``, with what is ``entered``."""
    case, stale, review = progress.case, progress.stale, progress.last(Step.REVIEW)
    return rules.StepFacts(
        leg=leg,
        state=case.state,
        opened_on=case.opened_on,
        last_on=progress.last_on,
        today=timezone.localdate(),
        officer=case.officer_id,
        by=hand.by.pk,
        role=hand.by.role,
        acting=tuple(each.pk for each in hand.acting),
        acting_in_office=not any(broken(ASSIGN, each.as_assignee(), on=on) for each in hand.acting),
        certificates=_certificates(case, leg, hand),
        officers=progress.officers,
        recused=progress.recused,
        is_qualified=bool(hand.by.legal_qualification_no),
        done=progress.done,
        stale=stale,
        served=progress.served,
        due=progress.due,
        entered=entered,
        missing=_missing(leg, entered, progress.finding.criteria),
        serious=progress.is_serious,
        limitation=_limitation(entered.get("violation_ended_on"), on=on),
        **_hearing(progress),
        hearing_notice_due=_notice_due(progress, leg, on=on),
        review_agreed=review is not None and review.facts["verdict"] == Opinion.AGREED,
        has_supervising_unit=progress.organisation.supervising_unit_id is not None,
        published=progress.is_published_in_vain,
        treatment=case.treatment,
        number_taken_by=_number_taken_by(progress, leg, entered),
        remaining=progress.remaining,
        rectify_until=progress.rectify_until,
        least_days=_least_days(leg, on),
        on_hold=progress.organisation.held_on is not None,
    )


def _hearing(progress: Progress) -> dict[str, Any]:
    """Return for which day a hearing is called, and who is to host it."""
    called = progress.hearing
    return (
        {} if called is None else {"hearing_on": _day(called.facts["hearing_on"]), "hearing_host": called.facts["host"]}
    )


def _number_taken_by(progress: Progress, leg: Leg | None, entered: Mapping[str, Any]) -> str:
    """Return the other record that has the number of the bureau's own document already."""
    if leg is None or leg.step not in rules.OWN_NUMBERS:
        return ""
    return taken_by(str(entered.get("document_no") or ""), progress.organisation, progress.case)


def _certificates(case: Case, leg: Leg | None, hand: Hand) -> tuple[CertificateFacts, ...]:
    """Return the certificates a step rests on: of those who take it, or where somebody signs it, of the officer."""
    acting = hand.acting if leg is not None and leg.actor == Actor.OFFICER else (case.officer,)
    return tuple(each.certificate() for each in acting)


def least_days(on: date) -> int:
    """Return how many days to rectify a body has at least, by the policy of a day."""
    return int(value("rectification.least_days", on=on))


def _least_days(leg: Leg | None, on: date) -> int:
    return least_days(on) if leg is not None and leg.step == Step.ORDER else 0


def _limitation(ended_on: date | None, *, on: date) -> date | None:
    """Return the last day on which what ended on a day may still be pursued; None where it goes on."""
    if ended_on is None:
        return None
    last: date = ended_on + relativedelta(years=int(value("penalty.limitation_years", on=on)))
    return last


def _notice_due(progress: Progress, leg: Leg | None, *, on: date) -> date | None:
    """Return the last of the days a hearing must wait after its notice: as proved, or if it were served this day."""
    if leg is not None and leg.step == Step.CALL_HEARING:
        return would_be_due("hearing.notice", starts_on=on).on
    return progress.due.get("hearing.notice")


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _missing(leg: Leg | None, entered: Mapping[str, Any], criteria: str) -> tuple[str, ...]:
    """Return the names of what the step asks for and nobody has stated."""
    asks = () if leg is None else leg.asks
    return tuple(each.name for each in asks if each.required and not _stated(each, entered.get(each.name), criteria))


def _stated(ask: Ask, given: Any, criteria: str) -> bool:
    if ask.what == What.CURED:
        return all(str((given or {}).get(letter) or "").strip() for letter in criteria)
    return bool(given.strip() if isinstance(given, str) else given)
