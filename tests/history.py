"""Random histories of the whole register: bodies, sweeps, cases by steps, applications, deadlines, the law, the clock.

Every rule goes through the actions people use; what the rules of the program refuse is no fault, and leaves nothing.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import time_machine
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Subquery
from django.utils import timezone
from django_fsm import TransitionNotAllowed
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cleanup import rules
from cleanup.actions import campaign as campaigns
from cleanup.actions import case as cases
from cleanup.actions import finding as findings
from cleanup.actions import sweep_control
from cleanup.actions.case import OpenedMeanwhile
from cleanup.actions.sweep import sweep
from cleanup.models import Case, CaseStep, Finding, Service, Sweep
from cleanup.queries.replay import differences as figures_apart
from cleanup.rules.leg import What
from cleanup.states import Evaluation, ServiceMethod, Step, Treatment
from registry.actions import deadline as deadlines
from registry.actions import law_proposal
from registry.models import Deadline, Event, Filing, Organisation, Policy, User
from registry.models.deadline import RUNNING
from registry.queries.deadlines import recomputed
from registry.queries.law_changes import amended
from registry.queries.law_proposals import is_wide
from registry.queries.verification import faults
from registry.rulebook import Refused
from registry.states import Kind, Role, SubjectKind
from tests.cleanup.deeds import DEEDS
from tests.cleanup.situations import drafted, filer, started, unreached, window
from tests.cleanup.walks import Desk
from tests.factories import OrganisationFactory, UserFactory
from tests.registry import applications
from tests.replay import differences, shown, shown_of_the_past
from worker.actions import law

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.db.models import QuerySet

START, UNTIL = date(2022, 6, 10), date(2026, 11, 20)
REFUSALS = (Refused, TransitionNotAllowed, ObjectDoesNotExist, OpenedMeanwhile)
AT_DESK = ("officer", "mate", "reviewer", "host", "director")
LAW = {
    "penalty.decision_days": (60, 120),
    "filing.decision_days": (10, 30),
    "penalty.hearing_request_days": (3, 10),
    "criteria.first_year_months": (6, 18),
    "sweep.newly_registered_months": (3, 9),
}
"""Policies a history changes, each within bounds."""

PENDING = ("draft", "submitted", "returned", "accepted", "reviewed")
FILING_STEPS = ("submit", "accept", "return_for_completion", "review", "extend", "approve", "deny", "withdraw")
ENTERED = {What.YES: True, What.MAYBE: True, What.TREATMENT: Treatment.CANCEL, What.TEXT: "虚1号", What.LONG: "核实"}
pick = st.integers(0, 1000)

NEWEST = Sweep.objects.order_by("-pk").values("pk")[:1]
DECIDED = Finding.objects.exclude(state="open").exclude(run=None).values("run")
LAST_SWEEP = (
    Sweep.objects.filter(pk=Subquery(NEWEST), moved__gt=0, undone_on=None).exclude(run__in=DECIDED).order_by("pk")
)
TO_DECIDE = Finding.objects.filter(state__in=("open", "confirmed"), case=None).order_by("pk")
WITHOUT_CASE = Finding.objects.filter(state="confirmed", case=None).order_by("pk")
CASES = Case.objects.order_by("pk")
UNDER_WAY = Case.objects.exclude(next_step="").order_by("pk")
TO_SEND = CaseStep.objects.exclude(document_no="").filter(services=None).order_by("-pk")
TO_PROVE = Service.objects.filter(served_on=None).order_by("-pk")
APPLICATIONS = Filing.objects.filter(state__in=PENDING, organisation__isnull=False).order_by("-pk")
CLOCKS = Deadline.objects.filter(RUNNING).exclude(organisation=None).order_by("pk")
"""What a rule needs there to be."""


def given_some(rows: QuerySet[Any]) -> Any:
    """Let a rule be drawn only while there is something for it."""
    return precondition(lambda _self: rows.exists())


def one_of(rows: Sequence[Any], place: int) -> Any:
    """Return one of ``rows``, of which there are some."""
    return rows[place % len(rows)]


class CaseDesk(Desk):
    """The people of a history at a case it opened."""

    def __init__(self, people: dict[str, User], case: Case, on: date) -> None:
        """Sit down at ``case``, on a day."""
        self.__dict__.update(people)
        self.finding, self.pk, self.on = case.finding, case.pk, on

    def stated(self, step: Step, *, ahead: int, partner: Organisation) -> dict[str, Any]:
        """Return something plausible for everything a step asks for and no test has typed."""
        leg = rules.leg_of(self.case.treatment, step)
        asks = leg.asks if leg else ()
        days = {What.DAY: self.on, What.AHEAD: self.on + timedelta(days=ahead)}
        people = {What.PERSON: self.mate.pk, What.BODY: partner.pk}
        cured = {What.CURED: dict.fromkeys(self.case.finding.criteria, "已改正")}
        known = {**ENTERED, **days, **people, **cured}
        return {
            **{each.name: known[each.what] for each in asks if each.what in known},
            **{each.name: next(iter(each.choices)).value for each in asks if each.choices},
        }


class History(RuleBasedStateMachine):
    """What may happen to a register, and what must hold whatever happens."""

    def __init__(self) -> None:
        """Begin with a running campaign, bodies old and young, and somebody for every part."""
        super().__init__()
        self.today, self.everything = START, ExitStack()
        self.everything.enter_context(transaction.atomic())
        self.touched: set[int] = set()
        self.lived: dict[date, dict[str, Any]] = {}
        self.seconds = 0
        with self.at_work():
            self.officer = UserFactory.create(role=Role.REGISTRATION)
            self.people = {
                "officer": UserFactory.create(role=Role.ENFORCEMENT, certified=True),
                "mate": UserFactory.create(role=Role.ENFORCEMENT, certified=True),
                "reviewer": UserFactory.create(role=Role.REVIEWER, legal_qualification_no="虚法职第1号"),
                "host": UserFactory.create(role=Role.REVIEWER),
                "director": UserFactory.create(role=Role.DIRECTOR),
            }
            self.partner = filer(2020, 2021, by=self.officer)
            kinds = (Kind.ASSOCIATION, Kind.ASSOCIATION, Kind.PRIVATE_NON_ENTERPRISE)
            self.bodies = [OrganisationFactory.create(kind=kind) for kind in kinds]
            self.bodies.append(OrganisationFactory.create(is_charity=True))
            self.bodies.append(OrganisationFactory.create(established_on=START - timedelta(days=100)))
            for body in self.bodies[:2]:
                unreached(body, by=self.officer, on=START)
            windows = [window(kind) for kind in Kind]
            self.campaign = started(drafted(starts_on=START, ends_on=UNTIL, windows=windows), on=START)
            sweep(campaign_id=self.campaign.pk, as_of=START, by=User.objects.system())
            for finding in Finding.objects.order_by("pk")[:3]:
                findings.confirm(finding_id=finding.pk, by=self.officer, on=START, reason="属实")
            for treatment, finding in zip(
                (Treatment.REVOKE, Treatment.RECTIFY), Finding.objects.order_by("pk"), strict=False
            ):
                told = {"officer": self.people["officer"], "by": self.people["officer"], "on": START}
                cases.open_case(finding_id=finding.pk, treatment=treatment, **told)

    def at_work(self) -> time_machine.travel:
        """Let it be the history's day, a second after what was done last."""
        self.seconds += 1
        morning = datetime.combine(self.today, time(9)) + timedelta(seconds=self.seconds)
        return time_machine.travel(timezone.make_aware(morning), tick=False)

    def do(self, what: str, act: Callable[[], object], *bodies: int) -> None:
        """Do something that may be refused; remember whom it may have touched, or that nobody was."""
        before = Event.objects.count()
        try:
            with self.at_work(), transaction.atomic():
                act()
        except REFUSALS:
            done = False
        else:
            done = True
        event(f"{what}: {'done' if done else 'refused'}")
        assert done or Event.objects.count() == before
        self.touched.update(bodies or (each.pk for each in self.bodies))

    # --- the clock and the bodies ----------------------------------------------------------------------------

    @rule(days=st.integers(1, 20))
    def days_pass(self, days: int) -> None:
        """Go on, and keep how the day that ends here stood at its end."""
        self.lived[self.today] = shown(self.campaign, self.today)
        self.today = min(self.today + timedelta(days=days), UNTIL)
        self.lived.pop(self.today, None)

    @precondition(lambda self: bool(self.lived))
    @rule(which=pick)
    def a_past_day_is_looked_at(self, which: int) -> None:
        on = one_of(sorted(self.lived), which)
        assert shown_of_the_past(self.campaign, on) == self.lived[on], on

    @rule(deed=st.sampled_from(sorted(DEEDS)), whose=pick)
    def something_happens_to_a_body(self, deed: str, whose: int) -> None:
        body = Organisation.objects.get(pk=one_of(self.bodies, whose).pk)
        self.do(deed, lambda: DEEDS[deed](body, self.today, self.officer), body.pk)

    # --- the campaign ------------------------------------------------------------------------------------------

    @rule(evaluation=st.sampled_from(list(Evaluation)))
    def it_is_swept(self, evaluation: Evaluation) -> None:
        by = User.objects.system()
        self.do("sweep", lambda: sweep(campaign_id=self.campaign.pk, as_of=self.today, by=by, evaluation=evaluation))

    @given_some(LAST_SWEEP)
    @rule()
    def the_last_sweep_is_taken_back(self) -> None:
        last, by = LAST_SWEEP.all()[0], self.people["director"]

        def act() -> None:
            told = {"campaign_id": self.campaign.pk, "by": by, "on": self.today, "reason": "口径有误"}
            campaigns.pause(**told)
            sweep_control.undo(sweep_id=last.pk, by=by, on=self.today, reason="口径有误")
            campaigns.resume(**told)

        self.do("undo", act)

    @given_some(TO_DECIDE)
    @rule(verb=st.sampled_from(["confirm", "confirm", "dismiss", "mark_dormant"]), which=pick)
    def a_finding_is_decided(self, verb: str, which: int) -> None:
        finding = one_of(TO_DECIDE.all(), which)
        told = {"finding_id": finding.pk, "by": self.officer, "on": self.today, "reason": "核实"}
        self.do(verb, lambda: getattr(findings, verb)(**told), finding.organisation_id)

    # --- cases -------------------------------------------------------------------------------------------------

    @given_some(WITHOUT_CASE)
    @rule(which=pick, treatment=st.sampled_from(list(Treatment)), days=st.none() | st.integers(0, 60))
    def a_case_is_opened(self, which: int, treatment: Treatment, days: int | None) -> None:
        finding = one_of(WITHOUT_CASE.all(), which)
        told = {"officer": self.people["officer"], "by": self.people["officer"], "on": self.today}
        due_on = None if days is None else self.today + timedelta(days=days)
        act = partial(cases.open_case, finding_id=finding.pk, treatment=treatment, due_on=due_on, **told)
        self.do("open_case", act, finding.organisation_id)

    @given_some(UNDER_WAY)
    @rule(which=pick, after=st.integers(0, 15), ahead=st.integers(0, 40))
    def the_next_step_of_a_case_is_taken(self, which: int, after: int, ahead: int) -> None:
        self.days_pass(after)
        case = one_of(UNDER_WAY.all(), which)
        self.step(case, Step(case.next_step), ahead)

    @given_some(CASES)
    @rule(which=pick, place=pick, ahead=st.integers(0, 40))
    def some_step_of_a_case_is_taken(self, which: int, place: int, ahead: int) -> None:
        case = one_of(CASES.all(), which)
        self.step(case, one_of(tuple(rules.TRACKS[Treatment(case.treatment)]), place), ahead)

    def step(self, case: Case, step: Step, ahead: int) -> None:
        desk = CaseDesk(self.people, case, self.today)
        stated = desk.stated(step, ahead=ahead, partner=self.partner)
        self.do(f"case.{step}", lambda: desk.take(step, **stated), case.finding.organisation_id, self.partner.pk)

    @given_some(TO_SEND)
    @rule(which=pick, method=st.sampled_from([ServiceMethod.IN_PERSON, ServiceMethod.ANNOUNCEMENT]))
    def a_document_is_sent(self, which: int, method: ServiceMethod) -> None:
        step = one_of(TO_SEND.all(), which)
        desk = CaseDesk(self.people, step.case, self.today)
        self.do("send", lambda: desk.send(Step(step.step), method=method), step.case.finding.organisation_id)

    @given_some(TO_PROVE)
    @rule(which=pick)
    def a_service_is_proved(self, which: int) -> None:
        service = one_of(TO_PROVE.all(), which)
        desk = CaseDesk(self.people, service.step.case, self.today)
        self.do("prove", lambda: desk.prove(service), service.step.case.finding.organisation_id)

    # --- applications, deadlines, the law ----------------------------------------------------------------------

    @given_some(APPLICATIONS)
    @rule(which=pick, verb=st.sampled_from(FILING_STEPS))
    def an_application_moves_on(self, which: int, verb: str) -> None:
        filing = one_of(APPLICATIONS.all(), which)
        by = self.officer if verb in {"submit", "accept"} else self.people["reviewer"]
        self.do(
            f"filing.{verb}", partial(applications.step, verb, filing, by=by, on=self.today), filing.organisation_id
        )

    @given_some(CLOCKS)
    @rule(which=pick, verb=st.sampled_from(["extend", "waive", "suspend", "resume"]))
    def a_deadline_is_moved(self, which: int, verb: str) -> None:
        row = one_of(CLOCKS.all(), which)
        more = {"extend": {"document": "批准书"}, "resume": {}}.get(verb, {"reason": "等待另案"})
        told = {"deadline_id": row.pk, "by": self.people["director"], "on": self.today, **more}
        self.do(f"deadline.{verb}", partial(getattr(deadlines, f"{verb}_deadline"), **told), row.organisation_id)

    @rule(key=st.sampled_from(sorted(LAW)), place=pick)
    def the_law_changes(self, key: str, place: int) -> None:
        least, most = LAW[key]
        row = Policy.objects.filter(key=key).order_by("-effective_from")[0]

        def act() -> None:
            changes = amended(row, value=least + place % (most - least + 1), source="更正")
            made = law.propose(changes=changes, by=self.officer, on=self.today, reason="更正")
            told = {"proposal_id": made.pk, "on": self.today, "seen": made.effect_digest}
            if is_wide(made):
                law_proposal.confirm(by=self.people["director"], reason="已通知各组织", **told)
            law.approve(by=self.people["reviewer"], opinion="同意", **told)

        self.do(f"law {key}", act)

    # --- what must hold ----------------------------------------------------------------------------------------

    @invariant()
    def rows_are_what_the_ledger_tells(self) -> None:
        ids, self.touched = sorted(self.touched), set()
        assert differences(ids) == []

    @invariant()
    def figures_are_what_the_ledger_tells(self) -> None:
        assert figures_apart(self.campaign, as_of=self.today) == []

    @invariant()
    def deadlines_are_as_law_and_calendar_set_them(self) -> None:
        rows = Deadline.objects.filter(RUNNING).order_by("pk")
        assert [each for each in recomputed(list(rows)) if each.is_moved] == []

    @invariant()
    def what_is_over_leaves_no_deadline_running(self) -> None:
        running = set(Deadline.objects.filter(RUNNING).values_list("subject_kind", "subject_id"))
        closed = Case.objects.filter(state="closed").values_list("pk", flat=True)
        gone = Filing.objects.filter(state__in=("approved", "denied", "withdrawn")).values_list("pk", flat=True)
        over = {(SubjectKind.CASE, pk) for pk in closed} | {(SubjectKind.FILING, pk) for pk in gone}
        assert running & over == set()

    def teardown(self) -> None:
        try:
            with self.at_work():
                assert list(faults()) == []
                assert differences() == []
            for on, then in self.lived.items():
                assert shown_of_the_past(self.campaign, on) == then, on
        finally:
            transaction.set_rollback(True)
            self.everything.close()
