"""For each address that changes a record: the record as two officers see it, and what one of them does first.

Whoever adds an address that is posted to adds it to `SCENES`, or to `tests.console.alone.ALONE` with the reason why nobody can come second.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from cleanup.actions import campaign as campaigns
from cleanup.actions import sweep_control
from registry.actions import assignment, evidence, filing, law_proposal
from registry.actions import organisation as verbs
from registry.actions import user as accounts
from registry.actions.intake import desk, rows
from registry.models import Filing, ImportRun, LawProposal, Organisation, Subject, User
from registry.states import FilingKind, SubjectKind
from tests.cleanup.situations import approved, drafted, running_campaign, window
from tests.console import separation_scenes
from tests.console.scenes import Scene, body, of_body, today, written
from tests.console.situations import (
    confirmed_finding,
    fit_for_documents,
    issued_notice,
    kept_document,
    open_finding,
    opened_case,
    paused_after_a_sweep,
    paused_campaign,
    previewed_campaign,
    proposed_law,
    stopped_sweep,
    uploaded_file,
)
from tests.factories import OrganisationFactory, UserFactory
from tests.registry import applications
from tests.registry.moves import move

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cleanup.models import Campaign, Case, Finding


def dormant() -> Scene:
    by, other = UserFactory.create(), UserFactory.create()
    return of_body(move("mark_dormant", OrganisationFactory.create(), by=by, other=other))


def held() -> Scene:
    there = OrganisationFactory.create()
    verbs.hold(organisation_id=there.pk, by=UserFactory.create(), on=today(), reason="诉讼中")
    return of_body(there)


def revoked() -> Scene:
    by, other = UserFactory.create(), UserFactory.create()
    return of_body(move("revoke", OrganisationFactory.create(), by=by, other=other))


def reported() -> Scene:
    there = OrganisationFactory.create()
    filed = {"year": 2020, "filed_on": today().replace(year=2021), "by": UserFactory.create()}
    evidence.file_report(organisation_id=there.pk, **filed)
    return of_body(there)


def document() -> Scene:
    there = OrganisationFactory.create()
    return Scene((there.code, kept_document(there).pk), partial(written, there))


def many() -> Scene:
    there = OrganisationFactory.create()
    return Scene((), partial(written, there), f"?{urlencode({'verb': 'hold', 'code': there.code})}")


# --- findings and cases -------------------------------------------------------------------------------


def found() -> Scene:
    return of_finding(open_finding())


def confirmed() -> Scene:
    return of_finding(confirmed_finding())


def of_finding(finding: Finding) -> Scene:
    return Scene((finding.pk,), partial(written, finding.organisation))


def case() -> Scene:
    there: Case = opened_case()
    return Scene((there.pk,), partial(written, there.finding.organisation))


def drafted_notice() -> Scene:
    finding = confirmed_finding()
    there = fit_for_documents(finding)
    return Scene((there.pk, "cancellation_guide"), lambda by: issued_notice(finding, by=by))


# --- who carries what ---------------------------------------------------------------------------------


def free(subject: Subject, there: Organisation) -> Scene:
    def first(by: User) -> None:
        assignment.assign(subject=subject, organisation_id=there.pk, assignee=by, by=by, on=today())

    return Scene((subject.id,), first)


def carried(subject: Subject, there: Organisation) -> Scene:
    by = UserFactory.create()
    made = assignment.assign(subject=subject, organisation_id=there.pk, assignee=by, by=by, on=today())
    back = {"note": "请他人办理", "seen_id": made.facts["assignment"]["id"]}

    def first(by: User) -> None:
        assignment.return_to_queue(subject=subject, organisation_id=there.pk, by=by, on=today(), **back)

    return Scene((subject.id,), first)


def finding_to_give(scene: Callable[[Subject, Organisation], Scene]) -> Scene:
    finding = open_finding()
    return scene(Subject(SubjectKind.FINDING, finding.pk), finding.organisation)


def filing_to_give(scene: Callable[[Subject, Organisation], Scene]) -> Scene:
    there = in_state("submitted")
    assert there.organisation is not None
    return scene(Subject(SubjectKind.FILING, there.pk), there.organisation)


# --- applications -------------------------------------------------------------------------------------


def in_state(state: str) -> Filing:
    return applications.brought_to(state, FilingKind.AMEND, by=UserFactory.create(), other=UserFactory.create())


def application(state: str) -> Scene:
    there = in_state(state)

    def first(by: User) -> None:
        applications.step("withdraw", there, by=by, on=today())

    return Scene((there.pk,), first)


def draft() -> Scene:
    there = applications.drafted(FilingKind.AMEND, by=UserFactory.create())

    def first(by: User) -> None:
        filing.save_draft(
            filing_id=there.pk,
            version=there.version,
            by=by,
            on=today(),
            applicant="他人先填的申请人",
            proposal=there.proposal,
            documents=there.documents,
        )

    return Scene((there.pk,), first)


# --- campaigns ----------------------------------------------------------------------------------------


def campaign(made: Callable[[], Campaign], verb: Callable[..., object], **told: Any) -> Scene:
    """A campaign on which somebody else takes a step first."""
    there = made()

    def first(by: User) -> None:
        verb(campaign_id=there.pk, by=by, on=today(), **told)

    return Scene((there.pk,), first)


def draft_of_a_campaign() -> Scene:
    there = drafted()

    def first(by: User) -> None:
        told = {name: getattr(there, name) for name in ("code", "document_no", "starts_on", "ends_on")}
        windows = [window()]
        common = {"campaign_id": there.pk, "version": there.version, "by": by, "on": today()}
        campaigns.revise(**common, windows=windows, title="他人先改的名称", **told)

    return Scene((there.pk,), first)


def sweep(verb: Callable[..., object], *, stopped: bool) -> Scene:
    """A sweep that was stopped, or one that is done while its campaign is paused; somebody else decides first."""
    there = stopped_sweep() if stopped else paused_after_a_sweep()

    def first(by: User) -> None:
        verb(sweep_id=there.pk, by=by, on=today(), reason="已核对")

    return Scene((there.pk,), first)


# --- imports ------------------------------------------------------------------------------------------


def file(**stands: Any) -> ImportRun:
    run = uploaded_file()
    ImportRun.objects.filter(pk=run.pk).update(**stands)
    return run


def import_of(verb: Callable[..., object], told: Mapping[str, Any] | None = None, **stands: Any) -> Scene:
    run = file(**stands)

    def first(by: User) -> None:
        verb(import_id=run.pk, by=by, on=today(), **(told or {}))
        ImportRun.objects.filter(pk=run.pk).update(outcome=ImportRun.Stage.DONE)

    return Scene((run.pk,), first)


def refused_row() -> Scene:
    run = file(outcome=ImportRun.Stage.DONE, is_trial=False, rows_done=1, refused=1)

    def first(by: User) -> None:
        rows.drop(import_id=run.pk, row=2, by=by, note="重复的一行")

    return Scene((run.pk, 2), first)


# --- the law as data ----------------------------------------------------------------------------------


def proposal(**judged: Any) -> Scene:
    there = proposed_law()
    LawProposal.objects.filter(pk=there.pk).update(**judged)

    def first(by: User) -> None:
        law_proposal.reject(proposal_id=there.pk, by=by, on=today(), reason="没有通知原件")

    return Scene((there.pk,), first)


# --- accounts -----------------------------------------------------------------------------------------


def account(**columns: Any) -> Scene:
    person = UserFactory.create(**columns)
    told = {"certificate_no": "虚执法证第5号", "certificate_until": today().replace(year=2031)}

    def first(by: User) -> None:
        accounts.set_certificate(user_id=person.pk, by=by, on=today(), reason="新办", **told)

    return Scene((person.pk,), first)


MAPPING = {"mapping": {"名称": "name", "统一社会信用代码": "code"}}
TRIED = {"outcome": ImportRun.Stage.DONE, "is_trial": True, "attempt": 1}
FAILED = {"outcome": ImportRun.Stage.FAILED, "is_trial": True, "attempt": 1}

SCENES: dict[str, Callable[[], Scene]] = {
    **separation_scenes.SCENES,
    "organisation_edit": body,
    "organisation_bulk": many,
    "organisation_mark_dormant": body,
    "organisation_reactivate": dormant,
    "organisation_cancel": body,
    "organisation_revoke": body,
    "organisation_revoke_licence": partial(body, is_charity=True),
    "organisation_merge": body,
    "organisation_conclude_liquidation": revoked,
    "organisation_hold": body,
    "organisation_release": held,
    "organisation_file_report": body,
    "organisation_conclude_report": reported,
    "organisation_record_activity": body,
    "organisation_survey_activity": body,
    "organisation_record_contact": body,
    "organisation_determine": body,
    "organisation_lift_determination": body,
    "organisation_document_withdraw": document,
    "finding_confirm": found,
    "finding_dismiss": found,
    "finding_mark_dormant": confirmed,
    "finding_assign": partial(finding_to_give, free),
    "finding_hand_back": partial(finding_to_give, carried),
    "filing_assign": partial(filing_to_give, free),
    "filing_hand_back": partial(filing_to_give, carried),
    "case_open": confirmed,
    "case_close": case,
    "case_reassign": case,
    "notice_draft": drafted_notice,
    "filing_edit": draft,
    "filing_submit": partial(application, "draft"),
    "filing_accept": partial(application, "submitted"),
    "filing_return_for_completion": partial(application, "submitted"),
    "filing_refuse_acceptance": partial(application, "submitted"),
    "filing_withdraw": partial(application, "submitted"),
    "filing_review": partial(application, "accepted"),
    "filing_extend": partial(application, "accepted"),
    "filing_approve": partial(application, "reviewed"),
    "filing_deny": partial(application, "reviewed"),
    "campaign_edit": draft_of_a_campaign,
    "campaign_approve": partial(campaign, previewed_campaign, campaigns.hand_back, reason="请补充文号"),
    "campaign_hand_back": partial(campaign, previewed_campaign, campaigns.hand_back, reason="请补充文号"),
    "campaign_start": partial(campaign, lambda: approved(drafted()), campaigns.start),
    "campaign_pause": partial(campaign, running_campaign, campaigns.pause, reason="核对数据"),
    "campaign_resume": partial(campaign, paused_campaign, campaigns.resume, reason="数据已核对"),
    "campaign_extend": partial(campaign, running_campaign, campaigns.pause, reason="核对数据"),
    "campaign_conclude": partial(campaign, running_campaign, campaigns.conclude, reason="已经办结"),
    "sweep_release": partial(sweep, sweep_control.release, stopped=True),
    "sweep_undo": partial(sweep, sweep_control.undo, stopped=False),
    "import_columns": partial(import_of, desk.try_out, MAPPING),
    "import_start": partial(import_of, desk.start, **TRIED),
    "import_resume": partial(import_of, desk.resume, **FAILED),
    "import_discard": partial(import_of, desk.start, **TRIED),
    "import_row_retry": refused_row,
    "import_row_drop": refused_row,
    "law_proposal_confirm": partial(proposal, bodies=1, existing=1),
    "law_proposal_approve": proposal,
    "law_proposal_reject": proposal,
    "law_proposal_withdraw": proposal,
    "user_role": account,
    "user_certificate": account,
    "user_qualification": account,
    "user_password": account,
    "user_deactivate": account,
    "user_reactivate": partial(account, is_active=False),
}
