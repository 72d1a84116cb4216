"""One of everything the console shows, then three hundred: what the counting of queries starts from.

`settled` makes one of each thing by the ordinary actions. `grow` copies the rows for pages to be read; copies are put past
the actions, so that no ledger of theirs holds. What hangs on one parent alone is copied without further words; a table
whose rows must be told apart by other rows gets a function here, and one that cannot grow stands in `FIXED`.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from cleanup.models import (
    Campaign,
    Case,
    CaseBatchRow,
    CaseStep,
    ContactTest,
    Determination,
    Exclusion,
    Finding,
    Hit,
    Notice,
    OpinionRequest,
    Service,
    StepFile,
    Sweep,
    Window,
)
from cleanup.states import CampaignState, CaseOutcome, CaseState, Criterion, FindingState
from console.models import RecentRecord, SavedView
from decoupling.models import ChecklistItem, Evidence, ItemStatus, Listing, Placement, Revisit, Signature, SignOff
from registry.actions import evidence
from registry.actions import user as accounts
from registry.actions.assignment import assign
from registry.actions.ledger import opening
from registry.actions.note import add_note
from registry.actions.organisation import amend
from registry.identifiers import compose
from registry.models import (
    AnnualReport,
    Assignment,
    Deadline,
    Event,
    Filing,
    FilingNumber,
    ImportIssue,
    LawEffect,
    LawProposal,
    LegalBasis,
    Organisation,
    Policy,
    Subject,
    User,
)
from registry.states import FilingState, Role, SubjectKind
from tests.decoupling.situations import signed
from tests.factories import UnitFactory, UserFactory
from worker.models import Alert
from worker.states import AlertKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

COUNT = 300
PACKAGES = {"registry", "cleanup", "decoupling", "worker", "console"}
DAY = date(2022, 6, 2)
NUMBERS = count()
"""What is written behind a text that must be unique."""

FIXED = {ContactTest, OpinionRequest, ChecklistItem, ItemStatus, SignOff, Window, FilingNumber}
"""What there is a set number of: items of the checklist, departments, kinds of bodies, counters, what is asked once at a time."""


def settled(centres: Sequence[Finding], viewers: dict[Role, User], worker: User) -> None:
    """Put one of everything on the bodies of ``centres`` and before ``viewers``; ``worker`` carries the findings."""
    signed()
    campaign = centres[0].campaign
    Hit.objects.create(run=campaign.preview, organisation=centres[0].organisation, criteria="D")
    for finding in centres:
        _told_of(finding, worker)
    for person in viewers.values():
        body = centres[0].organisation
        RecentRecord.objects.create(user=person, organisation=body, seen_at=timezone.now())
        SavedView.objects.create(owner=person, name="常用", path="/organisations/", query="q=会")
        Alert.objects.create(
            kind=AlertKind.NEW_FINDINGS, recipient=person, cause="新", subject="新线索", raised_at=timezone.now()
        )
    by = UserFactory.create()
    for person in User.objects.exclude(pk=by.pk).exclude(role=Role.SYSTEM):
        told = {"certificate_no": f"虚执法证第{person.pk}号", "certificate_until": date(2031, 1, 1)}
        accounts.set_certificate(user_id=person.pk, by=by, on=DAY, reason="新办", **told)


def _told_of(finding: Finding, worker: User) -> None:
    body, by = finding.organisation, UserFactory.create()
    common = {"organisation_id": body.pk, "by": by}
    facts = {"name": f"{body.name}（新{body.pk}）", "industry_regulator_id": UnitFactory.create().pk}
    amend(**common, changes=facts, on=DAY, reason="更名")
    evidence.file_report(**common, year=2020, filed_on=date(2021, 3, 1))
    evidence.record_activity(**common, title="年会", held_on=date(2021, 5, 1), source="年报")
    evidence.survey_activity(**common, until=date(2022, 1, 1), reason="查阅网站")
    Determination.objects.create(
        organisation=body, criterion=Criterion.E, made_on=DAY, document_no="虚民认〔2022〕1号", made_by_unit="本局"
    )
    subject = Subject(SubjectKind.FINDING, finding.pk)
    for about in (None, subject):
        add_note(**common, text="已去函", colleagues=User.objects.none(), subject=about)
    assign(**common, subject=subject, assignee=worker, on=DAY, note="请核实")
    for proposal in LawProposal.objects.filter(effects=None):
        told = {"what": "期限", "before": "2022-06-02 到期", "after": "2022-06-09 到期"}
        LawEffect.objects.create(proposal=proposal, place=1, organisation=body, subject="deadline:1", **told)


def copies(row: Any, times: int = COUNT, /, **differs: Callable[[int], Any]) -> list[Any]:
    """Put ``times`` rows like ``row`` into its table; what is unique is told apart, ``differs`` says how the rest is."""
    model = type(row)
    how = {**_apart(row), **differs}
    columns = [field.attname for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    alike = {name: getattr(row, name) for name in columns}
    return models.QuerySet(model).bulk_create(
        model(**alike | {name: told(n) for name, told in how.items()}) for n in range(times)
    )


def _apart(row: Any) -> dict[str, Callable[[int], Any]]:
    """Return how the columns that must be unique differ from copy to copy."""
    meta = type(row)._meta
    named = {name for each in meta.constraints for name in getattr(each, "fields", ())}
    fields = [field for field in meta.concrete_fields if field.unique or field.name in named]
    return {
        field.attname: _series(row, field)
        for field in fields
        if not (isinstance(field, models.AutoField) or field.is_relation)
    }


def _series(row: Any, field: models.Field[Any, Any]) -> Callable[[int], Any]:
    if isinstance(field, models.UUIDField):
        return lambda _n: uuid.uuid4()
    value = getattr(row, field.attname)
    if value in {None, ""} or field.choices:
        return _always(value)
    if isinstance(field, models.CharField):
        return lambda _n: f"{value}.{next(NUMBERS)}"
    if isinstance(field, models.DateField):
        return lambda n: value + timedelta(days=n + 1)
    last = type(row)._default_manager.aggregate(last=models.Max(field.attname))["last"]
    return lambda n: last + 1 + n


def grow(centres: Sequence[Finding], viewers: Iterable[User], worker: User) -> None:
    """Make three hundred of what there is one of, of ``centres``, beside them and before ``viewers``."""
    for model in apps.get_models():
        if model._meta.app_label in PACKAGES and model not in BY_HAND and model not in FIXED:
            _children(model)
    _procedure()
    campaigns = _campaigns()
    bodies = _bodies(centres[0].organisation)
    findings = copies(centres[0], organisation_id=_pk(bodies))
    _swept(centres[0], bodies)
    for each in centres:
        _past_of(each, campaigns, worker)
    _work(findings, bodies, worker)
    _listings(bodies)
    for issue in ImportIssue.objects.order_by("pk"):
        _refused_rows(issue)
    _law()
    for person in viewers:
        copies(person.recent_records.all()[0], organisation_id=_pk(bodies))


def _children(model: type[models.Model]) -> None:
    """Copy the rows of each parent, the first column that names another row, until it has that many."""
    parent = next((field.attname for field in model._meta.concrete_fields if field.is_relation), "pk")
    homes = defaultdict(list)
    for row in model._default_manager.order_by("pk"):
        homes[getattr(row, parent) if parent != "pk" else None].append(row)
    for rows in homes.values():
        for row in rows:
            copies(row, 1 + COUNT // len(rows))


def _pk(rows: Sequence[Any]) -> Callable[[int], int]:
    return lambda n: rows[n].pk


def _bodies(like: Organisation) -> list[Organisation]:
    """Return bodies that entered the register as ``like`` did, each with its first event."""
    made, events, by = [], [], UserFactory.create()
    for number in range(COUNT):
        body = Organisation(
            code=compose(like.kind, "120119", 800_000 + number),
            name=f"虚构区众多协会{number}",
            kind=like.kind,
            supervising_unit_id=like.supervising_unit_id,
            established_on=like.established_on,
        )
        events.append(opening(body, on=DAY, by=by, reason="测试登记", facts={}))
        made.append(body)
    Organisation.objects.bulk_create(made)
    for body, event in zip(made, events, strict=True):
        event.organisation = body
    Event.objects.bulk_create(events)
    return made


def _campaigns() -> list[Campaign]:
    """Return campaigns that are over, with their windows: one runs at a time, and each that runs is asked for itself."""
    like = Campaign.objects.order_by("pk")[0]
    over = {"state": CampaignState.CONCLUDED, "concluded_on": DAY, "concluded_by_id": like.approved_by_id}
    previews = copies(like.preview)
    made = copies(
        like,
        code=lambda n: f"crowd{n}",
        preview_id=_pk(previews),
        **{name: _always(value) for name, value in over.items()},
    )
    for window in like.windows.all():
        copies(window, campaign_id=_pk(made))
    return made


def _swept(finding: Finding, bodies: Sequence[Organisation]) -> None:
    """Let the campaign have been swept three hundred times, and its preview find every body of the crowd."""
    sweep = Sweep.objects.get(run=finding.run)
    runs = copies(sweep.run)
    copies(sweep, run_id=_pk(runs))
    copies(Hit.objects.get(run=sweep.campaign.preview), organisation_id=_pk(bodies))
    for made in Exclusion.objects.order_by("pk"):
        copies(made, organisation_id=_pk(bodies))


def _always(value: Any) -> Callable[[int], Any]:
    return lambda _n: value


def _past_of(finding: Finding, campaigns: Sequence[Campaign], worker: User) -> None:
    """Give one body a past: findings of other campaigns with their cases, reports, applications, officers."""
    body = finding.organisation
    over = {"state": FindingState.DISMISSED, "ended_on": DAY, "decided_by_id": worker.pk, "reason": "不实"}
    past = copies(finding, campaign_id=_pk(campaigns), **{name: _always(value) for name, value in over.items()})
    copies(_closed(past[0], worker), COUNT - 1, finding_id=lambda n: past[n + 1].pk)
    copies(AnnualReport.objects.get(organisation=body), 70, year=lambda n: 1950 + n)
    given = Assignment.objects.get(organisation=body)
    copies(given, returned_on=_always(DAY), return_note=_always("改派"))
    for filing in Filing.objects.filter(organisation=body):
        stopped = {"state": FilingState.WITHDRAWN, "stopped_on": DAY, "stop_reason": "撤回"}
        copies(filing, **{name: _always(value) for name, value in stopped.items()})


def _closed(finding: Finding, officer: User) -> Case:
    return Case.objects.create(
        finding=finding,
        officer=officer,
        treatment="cancel",
        opened_on=DAY,
        state=CaseState.CLOSED,
        outcome=CaseOutcome.CANCELLED,
        closed_on=DAY,
        archived_on=DAY,
    )


def _work(findings: Sequence[Finding], bodies: Sequence[Organisation], worker: User) -> None:
    """Give every body of the crowd something to do: a finding that is carried, a case, an application."""
    given = Assignment.objects.filter(assignee=worker, returned_on__isnull=True).order_by("pk")[0]
    copies(given, organisation_id=_pk(bodies), subject_id=_pk(findings))
    filings = copies(Filing.objects.filter(state=FilingState.SUBMITTED).order_by("pk")[0], organisation_id=_pk(bodies))
    clock = Deadline.objects.filter(kind="filing.notice", met_on=None).order_by("pk")[0]
    copies(clock, organisation_id=_pk(bodies), subject_id=_pk(filings), kind=_always(clock.kind))
    over = {"state": FindingState.CONFIRMED, "confirmed_on": DAY, "decided_by_id": worker.pk, "reason": "属实"}
    another = Campaign.objects.filter(state=CampaignState.CONCLUDED).order_by("pk")[0]
    confirmed = copies(
        findings[0],
        organisation_id=_pk(bodies),
        campaign_id=_always(another.pk),
        **{name: _always(value) for name, value in over.items()},
    )
    case = Case.objects.filter(state=CaseState.OPEN).order_by("pk")[0]
    cases = copies(case, finding_id=_pk(confirmed), officer_id=_always(worker.pk))
    for row in CaseBatchRow.objects.order_by("pk"):
        copies(row, case_id=_pk(cases))


def _listings(bodies: Sequence[Organisation]) -> None:
    """Put every body of the crowd on the list of decoupling and before 回头看; give one listing many signatures."""
    like = Signature.objects.order_by("pk")[0].listing
    made = copies(like, organisation_id=_pk(bodies))
    copies(Placement.objects.get(listing=like), listing_id=_pk(made))
    signers = User.objects.exclude(pk__in=like.signatures.values("signer")).order_by("pk")[:COUNT]
    copies(like.signatures.all()[0], signer_id=_pk(list(signers)))
    for revisit in Revisit.objects.order_by("pk"):
        copies(revisit, listing_id=_pk(made))
    for filed in Evidence.objects.order_by("pk"):
        copies(filed, file_id=_pk(copies(filed.file)))


def _law() -> None:
    """Give the provision and the policy that have a page here many versions and many values."""
    copies(LegalBasis.objects.get(code="行政处罚法/60"), code=_always("行政处罚法/60"))
    due = Policy.objects.filter(key="annual_report.due")[0]
    copies(due, key=_always(due.key), year=lambda n: 1600 + n)


def _procedure() -> None:
    """Take each step three hundred times, each told by an event of its own, with its document sent as often."""
    for step in CaseStep.objects.order_by("pk"):
        events = copies(step.event)
        steps = copies(step, event_id=_pk(events))
        for service in step.services.all():
            copies(service, step_id=_pk(steps))
    for kept in StepFile.objects.order_by("pk"):
        copies(kept, stored_id=_pk(copies(kept.stored)))
    for notice in Notice.objects.order_by("pk"):
        copies(notice, pdf_id=_pk(copies(notice.pdf)))


def _refused_rows(issue: ImportIssue) -> None:
    """Refuse three hundred rows of a file, and one row of it for as many reasons."""
    copies(issue)
    copies(issue, row=lambda n: issue.row + 1 + n)


BY_HAND = {
    Organisation,
    AnnualReport,
    Assignment,
    Campaign,
    Case,
    CaseBatchRow,
    CaseStep,
    Deadline,
    Exclusion,
    Evidence,
    Filing,
    Finding,
    Hit,
    ImportIssue,
    Listing,
    Notice,
    Placement,
    Policy,
    RecentRecord,
    Service,
    Revisit,
    Signature,
    Sweep,
    StepFile,
}
