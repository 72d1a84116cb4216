"""Situations the tests of the console start from."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.utils import timezone

from cleanup.actions import batch as batch_actions
from cleanup.actions import campaign as campaigns
from cleanup.actions import case as case_actions
from cleanup.actions import contact_test as contact_tests
from cleanup.actions import exclusion as exclusions
from cleanup.actions import finding as finding_actions
from cleanup.actions import notice as notice_actions
from cleanup.actions import opinion as opinions
from cleanup.actions import preview as previews
from cleanup.actions import service as service_actions
from cleanup.actions import step as step_actions
from cleanup.actions.sweep import sweep
from cleanup.models import (
    Campaign,
    Case,
    CaseBatch,
    ContactTest,
    ContactTry,
    Exclusion,
    Finding,
    Notice,
    OpinionRequest,
    Service,
    Sweep,
)
from cleanup.states import Asked, BatchDeed, DocumentKind, FindingState, ServiceMethod, Step, StopCause, Treatment
from registry.actions import document as documents
from registry.actions.intake import desk
from registry.actions.organisation import amend
from registry.models import Deadline, Filing, ImportIssue, ImportRun, JobRun, Organisation, Policy, StoredFile, Subject
from registry.queries.law_changes import amended
from registry.states import Channel, FilingKind, FilingState, Outcome, Role, SubjectKind
from tests.cleanup.situations import drafted, running_campaign, unreached
from tests.factories import OrganisationFactory, UnitFactory, UserFactory
from tests.registry import applications
from tests.registry.applications import brought_to
from tests.registry.deadlines import begun
from tests.registry.documents import PDF, document
from worker.actions import law

if TYPE_CHECKING:
    from registry.models import LawProposal, User

FOUND_ON = date(2022, 6, 1)


def user_of(role: Role, **columns: Any) -> User:
    """Return a user who may sign in."""
    return UserFactory.create(role=role, **columns)


FEW = 25
"""Findings a sweep may bring at once without being stopped for its jump."""


def open_findings(count: int = 1, *, campaign: Campaign | None = None, **columns: Any) -> list[Finding]:
    """Return open findings of criterion D in a running campaign, each on a body of its own."""
    by = UserFactory.create()
    campaign = campaign or running_campaign()
    bodies = []
    for start in range(0, count, FEW):
        few = [OrganisationFactory.create(by=by, **columns) for _ in range(min(FEW, count - start))]
        for body in few:
            unreached(body, by=by)
        sweep(campaign_id=campaign.pk, as_of=FOUND_ON, by=by)
        bodies += few
    return list(Finding.objects.filter(organisation__in=bodies).order_by("pk"))


def open_finding(**columns: Any) -> Finding:
    """Return one open finding."""
    return open_findings(**columns)[0]


def uploaded_file() -> ImportRun:
    """Return an uploaded register of one row, which is refused."""
    content = ContentFile("名称,统一社会信用代码\n虚构区测试协会,1\n".encode())
    run = desk.upload(
        what="register", file_name="名册.csv", content=content, by=UserFactory.create(), on=date(2026, 11, 24)
    )
    ImportIssue.objects.create(
        run=run,
        row=2,
        severity="refused",
        field="统一社会信用代码",
        value="1",
        reason="统一社会信用代码应为 18 位，现为 1 位",
        remedy="请按登记证书核对代码后重新导入",
        cells={"名称": "虚构区测试协会", "统一社会信用代码": "1"},
    )
    return run


def confirmed_finding(**columns: Any) -> Finding:
    """Return one confirmed finding, which has no case yet."""
    finding = open_finding(**columns)
    finding_actions.confirm(
        finding_id=finding.pk, by=UserFactory.create(), on=timezone.localdate(), reason="经核查属实"
    )
    finding.refresh_from_db()
    return finding


def opened_case(
    finding: Finding | None = None, *, treatment: str = Treatment.CANCEL, officer: User | None = None, **columns: Any
) -> Case:
    """Return an open case on ``finding``, which is confirmed first if need be, or on a new one."""
    finding = finding or confirmed_finding()
    if finding.state == FindingState.OPEN:
        finding_actions.confirm(
            finding_id=finding.pk, by=UserFactory.create(), on=timezone.localdate(), reason="经核查属实"
        )
    officer = officer or UserFactory.create(role=Role.ENFORCEMENT, certified=True)
    return case_actions.open_case(
        finding_id=finding.pk,
        treatment=treatment,
        officer=officer,
        by=officer,
        on=timezone.localdate(),
        **columns,
    )


def sent_guide(finding: Finding) -> Service:
    """Return the service, under way, of the guide to cancellation in a case on ``finding``."""
    case = opened_case(finding)
    how: dict[str, Any] = {"by": case.officer, "on": timezone.localdate()}
    told = {"document_no": f"虚民社注引〔2026〕{case.pk}号", "content": "已无人员和业务"}
    step = step_actions.take(case_id=case.pk, step=Step.GUIDE, entered=told, **how)
    return service_actions.send(step_id=step.pk, method=ServiceMethod.POST, **how)


def asked_batch(finding: Finding) -> CaseBatch:
    """Return a batch that shall take the first step of a case on ``finding``; nobody has begun with it."""
    case = opened_case(finding)
    told = {"document_no": f"虚民社注引〔2026〕{case.pk}号", "content": "已无人员和业务"}
    how: dict[str, Any] = {"by": case.officer, "on": timezone.localdate()}
    return batch_actions.ask(deed=BatchDeed.STEP, what=Step.GUIDE, case_ids=[case.pk], entered=told, **how)


def fit_for_documents(finding: Finding) -> Case:
    """Return a case on ``finding`` whose body has on the register what a document says of it."""
    case = Case.objects.filter(finding=finding).first() or opened_case(finding)
    if not Organisation.objects.filter(pk=finding.organisation_id, registration_authority="").exists():
        return case
    changes = {"certificate_no": "虚社证字第001号", "registration_authority": "虚构区民政局"}
    how: dict[str, Any] = {"by": case.officer, "on": timezone.localdate()}
    amend(organisation_id=finding.organisation_id, changes=changes, reason="补录", **how)
    return case


def issued_notice(finding: Finding, *, by: User | None = None) -> Notice:
    """Return the guide to cancellation, issued in a case on ``finding`` by its officer, who is ``by`` if given."""
    case = fit_for_documents(finding)
    Policy.objects.filter(key="notice.prefix").update(value="示民社")
    Policy.objects.filter(key="notice.contact").update(value="虚构路1号，000-0000000")
    if by is not None:
        Case.objects.filter(pk=case.pk).update(officer=by)
    how: dict[str, Any] = {"by": by or case.officer, "on": timezone.localdate()}
    told = {"facts": "该单位已无人员和业务。"}
    return notice_actions.issue(case_id=case.pk, kind=DocumentKind.CANCELLATION_GUIDE, entered=told, **how)


def drafted_campaign() -> Campaign:
    """Return the draft of a campaign; its windows are those of 2022."""
    return drafted(f"草案{Campaign.objects.count()}")


def previewed_campaign() -> Campaign:
    """Return a campaign that waits to be approved."""
    campaign = drafted()
    previews.preview(campaign_id=campaign.pk, by=campaign.drafted_by, on=timezone.localdate())
    return campaign


def paused_campaign(campaign: Campaign | None = None) -> Campaign:
    """Return a campaign that stands still."""
    running, by = campaign or running_campaign(), UserFactory.create()
    return campaigns.pause(campaign_id=running.pk, by=by, on=timezone.localdate(), reason="核对数据")


def stopped_sweep() -> Sweep:
    """Return a sweep the breaker has stopped."""
    sweep_done = Sweep.objects.get(run=open_finding().run)
    JobRun.objects.filter(pk=sweep_done.run_id).update(outcome=Outcome.STOPPED)
    Sweep.objects.filter(pk=sweep_done.pk).update(stopped_because=StopCause.JUMP, stop_note="突变")
    return sweep_done


def paused_after_a_sweep() -> Sweep:
    """Return the latest sweep of a campaign that stands still."""
    sweep_done = Sweep.objects.get(run=open_finding().run)
    paused_campaign(sweep_done.campaign)
    return sweep_done


def left_out(body: Organisation) -> tuple[int, int]:
    """Return the keys of a draft and of the exclusion of ``body`` from it."""
    campaign, by = drafted_campaign(), UserFactory.create()
    exclusions.exclude(
        campaign_id=campaign.pk, organisation_id=body.pk, by=by, on=timezone.localdate(), reason="正在清算"
    )
    return campaign.pk, Exclusion.objects.get(campaign=campaign).pk


def begun_test(body: Organisation) -> ContactTest:
    """Return the test of contact of ``body`` under way."""
    return contact_tests.begin(organisation_id=body.pk, by=UserFactory.create(), on=timezone.localdate())


def sent_letter(body: Organisation) -> ContactTry:
    """Return a letter to ``body`` of which nothing is known yet; its address is put on the register if need be."""
    how: dict[str, Any] = {"by": UserFactory.create(), "on": timezone.localdate()}
    if not body.address:
        amend(organisation_id=body.pk, changes={"address": "虚构区一号路1号"}, reason="补录", **how)
    test = begun_test(body)
    waiting = test.tries.first()
    return waiting or contact_tests.attempt(test_id=test.pk, channel=Channel.LETTER, tracking_no=f"XA{body.pk}", **how)


def asked_opinion(finding: Finding) -> OpinionRequest:
    """Return an opinion its supervising unit was asked for: on ``finding``, or if it is decided another, of the unit if it can be."""
    alike = Finding.objects.filter(organisation__supervising_unit=finding.organisation.supervising_unit_id)
    if not alike.filter(pk=finding.pk, state=FindingState.OPEN).exists():
        still_open = Finding.objects.filter(state=FindingState.OPEN).order_by("pk")
        finding = (still_open & alike).first() or still_open[0]
    how: dict[str, Any] = {"by": UserFactory.create(), "on": timezone.localdate()}
    if finding.organisation.supervising_unit_id is None:
        changes = {"supervising_unit_id": UnitFactory.create().pk}
        amend(organisation_id=finding.organisation_id, changes=changes, reason="补录", **how)
    present = OpinionRequest.objects.filter(finding=finding, ended_on__isnull=True).first()
    told = {"document_no": "虚民函〔2026〕3号", "question": "是否属实", "due_on": how["on"] + timedelta(days=15)}
    return present or opinions.ask(finding_id=finding.pk, asked=Asked.SUPERVISOR, **told, **how)


def application(organisation: Organisation) -> Filing:
    """Return a received application of ``organisation`` to change its particulars."""
    if there := Filing.objects.filter(organisation=organisation, state=FilingState.SUBMITTED).first():
        return there
    by, other = UserFactory.create(), UserFactory.create()
    return brought_to("submitted", FilingKind.AMEND, by=by, other=other, body=organisation)


def drafted_filing(body: Organisation) -> Filing:
    """Return the draft of an application to amend what the register says of ``body``, with all its documents."""
    return applications.drafted(FilingKind.AMEND, by=UserFactory.create(), body=body)


def kept_document(body: Organisation, *, title: str = "Minutes") -> StoredFile:
    """Return a document kept with ``body``."""
    documents.file_document(
        organisation_id=body.pk,
        content=document(PDF + title.encode()),
        file_name="minutes.pdf",
        title=title,
        by=UserFactory.create(),
        on=timezone.localdate(),
    )
    return StoredFile.objects.filter(organisation=body).latest("pk")


def running_deadline(body: Organisation) -> Deadline:
    """Return a running deadline of ``body`` that law suspends and extends."""
    subject = Subject(SubjectKind.ITEM, Deadline.objects.count() + 1)
    return begun(by=UserFactory.create(), body=body, subject=subject, on=timezone.localdate())


def proposed_law() -> LawProposal:
    """Return a proposed change of the law that moves nothing."""
    changes = amended(Policy.objects.get(key="alert.days_before"), value=30)
    return law.propose(changes=changes, by=UserFactory.create(), on=timezone.localdate(), reason="提前提醒")
