"""What the page of a case shows of its procedure: the way with its days, what comes next and who may, the documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from cleanup import rules
from cleanup.actions.service import document_of
from cleanup.models import Notice, StepFile
from cleanup.queries.notice_values import numbers_of
from cleanup.queries.steps import upcoming
from cleanup.rules.leg import Phase
from cleanup.states import Actor, CaseState, DocumentKind, Step
from console.access import Permission, may, roles_with
from console.case_forms import FailForm, ProveForm, SendForm, StepFileForm, StepForm
from console.deadline_words import limit
from console.labels import together
from console.language import translated
from console.moves import citations
from registry.queries.deadlines import standing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from cleanup.models import CaseStep, Service
    from cleanup.queries.progress import Progress
    from console.deadline_words import Limit
    from registry.models import User


@dataclass(frozen=True, slots=True)
class Stop:
    """A step of the way on the page: done on a day, the one that is due, or later."""

    name: str
    place: str
    day: date | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A step that may be taken, as the page offers it to one officer."""

    step: str
    name: str
    actor: str
    basis: str
    is_due: bool
    is_main: bool
    form: StepForm | None
    closed_because: tuple[str, ...]
    today: tuple[str, ...]
    documents: str
    is_tried: bool

    @property
    def is_unfolded(self) -> bool:
        """Tell whether its form is shown at once."""
        return self.is_tried or (self.is_due and self.form is not None)


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of the present round that has to reach the body, with how it was served and what may be done now."""

    step: CaseStep
    name: str
    services: tuple[Service, ...]
    send: SendForm | None
    under_way: Service | None
    prove: ProveForm | None
    fail: FailForm | None


def way(progress: Progress) -> list[Stop]:
    """Return the steps of the way from the opening of the case, with the day of each that is done."""
    done, due = progress.standing, progress.next_step
    found = [Stop(gettext("立案"), "done", progress.case.opened_on)]
    for step, leg in progress.track.items():
        if not leg.is_main and step != due and (step not in done or step not in (Step.CALL_HEARING, Step.HEAR)):
            continue
        if step == Step.DISCUSS and step not in done and Step.REPORT in done and not progress.is_serious:
            continue
        place = "done" if step in done else "here" if step == due else "ahead"
        found.append(Stop(translated(step.label), place, done.get(step)))
    return found


def choices(
    progress: Progress,
    user: User,
    *,
    on: date,
    tried: tuple[str, StepForm] | None = None,
    notices: Iterable[Notice] = (),
) -> list[Choice]:
    """Return the steps that fit where the case stands, the one that is due first, with what ``notices`` were issued."""
    allowed = may(user, Permission.TAKE_CASE_STEP)
    offered = [each for each in upcoming(progress, by=user, on=on) if each.is_ready]
    numbers = numbers_of(progress, notices)
    cited = citations(code for each in offered for code in each.leg.basis.split("；"))
    found = []
    for each in offered:
        leg, is_tried = each.leg, tried is not None and tried[0] == each.leg.step
        form = tried[1] if tried and is_tried else StepForm(progress.case, leg, number=numbers.get(leg.step, ""))
        found.append(
            Choice(
                step=leg.step.value,
                name=translated(leg.step.label),
                actor=_actor(progress, leg.actor),
                basis="；".join(cited[code] for code in leg.basis.split("；")),
                is_due=leg.step == progress.next_step,
                is_main=leg.is_main,
                form=form if allowed else None,
                closed_because=tuple(translated(rule) for rule in each.against),
                today=tuple(translated(rule) for rule in each.today),
                documents=together(translated(kind.label) for kind in leg.documents),
                is_tried=is_tried,
            )
        )
    return sorted(found, key=lambda choice: not choice.is_due)


def _actor(progress: Progress, actor: Actor) -> str:
    """Return who takes a step: the officer by name, the others by what they are."""
    return str(progress.case.officer) if actor == Actor.OFFICER else translated(actor.label)


def papers(progress: Progress, user: User) -> list[Paper]:
    """Return the documents of the present round that have to reach the body."""
    may_serve = _may_work(progress, user)
    found = []
    for step in progress.present:
        kind = document_of(progress.case, step)
        if not kind:
            continue
        services = tuple(each for each in progress.services if each.step_id == step.pk)
        under_way = next((each for each in services if each.is_under_way), None)
        arrived = any(each.served_on for each in services)
        is_due = may_serve and progress.is_latest(step)
        found.append(
            Paper(
                step=step,
                name=translated(DocumentKind(kind).label),
                services=services,
                send=SendForm(step_id=step.pk) if is_due and not under_way and not arrived else None,
                under_way=under_way,
                prove=ProveForm(service=under_way) if may_serve and under_way else None,
                fail=FailForm(service=under_way) if may_serve and under_way else None,
            )
        )
    return found


def drafts(progress: Progress, user: User) -> list[tuple[str, str]]:
    """Return the documents the case's procedure knows that the user may draft: kind and title."""
    known = rules.documents_of(progress.case.treatment) if _may_work(progress, user) else ()
    return [(kind.value, translated(kind.label)) for kind in known]


def scans(progress: Progress, user: User, tried: StepFileForm | None) -> dict[str, Any]:
    """Return what is kept with the steps of the case, and a form to keep more."""
    files = (
        StepFile.objects.filter(step__case=progress.case).select_related("step", "stored").order_by("step__seq", "pk")
    )
    is_offered = _may_work(progress, user) and progress.steps
    return {"step_files": files, "attach": tried or (StepFileForm(steps=progress.steps) if is_offered else None)}


def _may_work(progress: Progress, user: User) -> bool:
    return may(user, Permission.TAKE_CASE_STEP) and progress.case.state != CaseState.CLOSED


def limits(progress: Progress, *, on: date) -> list[Limit]:
    """Return the deadlines of the case that run, the nearest first."""
    running = sorted((each for each in progress.deadlines if each.is_running), key=lambda each: each.due_on)
    return [limit(standing(each, on=on), on=on) for each in running]


def shown(
    progress: Progress,
    user: User,
    *,
    on: date,
    tried: tuple[str, StepForm] | None = None,
    attach: StepFileForm | None = None,
) -> dict[str, Any]:
    """Return what the page needs of the procedure."""
    notices = list(Notice.objects.filter(case=progress.case).order_by("pk"))
    return {
        "stages": way(progress),
        "choices": choices(progress, user, on=on, tried=tried, notices=notices),
        "papers": papers(progress, user),
        "notices": notices,
        **scans(progress, user, attach),
        "drafts": drafts(progress, user),
        "limits": limits(progress, on=on),
        "is_after": any(leg.phase == Phase.AFTER for leg in progress.track.values()),
        "roles": together(translated(role.label) for role in roles_with(Permission.TAKE_CASE_STEP)),
    }
