"""Applications for tests, brought to any state by the ordinary steps."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from registry.actions import filing as verbs
from registry.identifiers import compose
from registry.models import Deadline, Filing
from registry.queries.filing_documents import items
from registry.states import DocumentStatus, FilingKind, Kind, SubjectKind
from tests.factories import OrganisationFactory, UnitFactory

if TYPE_CHECKING:
    from registry.models import Organisation, User

DAY = date(2022, 3, 1)
"""Every step of `brought_to` happens on this Tuesday unless a test says otherwise."""

TO_CANCEL = {"resolution_on": "2022-01-10", "liquidation_report_on": "2022-02-20", "consent_no": "函〔2022〕1号"}
TO_AMEND = {"address": "虚构区测试路2号", "capital": "50000"}
NEW_CODE = compose(Kind.ASSOCIATION, "120119", 900_000)
BASIS = "社会团体登记管理条例/18"
ROUTE = ("submit", "accept", "review", "approve")
PLACES = {"draft": 0, "submitted": 1, "accepted": 2, "reviewed": 3, "approved": 4}


def to_establish() -> dict[str, Any]:
    return {
        "name": "虚构区新生协会",
        "kind": Kind.ASSOCIATION,
        "legal_representative": "测试人员甲",
        "address": "虚构区测试路9号",
        "business_scope": "虚构业务",
        "activity_area": "虚构区",
        "capital": "30000.50",
        "supervising_unit_id": UnitFactory.create().pk,
    }


def drafted(kind: str, *, by: User, body: Organisation | None = None, complete: bool = True, **content: Any) -> Filing:
    """Return a draft with a sensible proposal and, if ``complete``, every document present."""
    if kind != FilingKind.ESTABLISH and body is None:
        body = OrganisationFactory.create()
    told = {"establish": to_establish, "amend": TO_AMEND.copy, "cancel": TO_CANCEL.copy}[kind]()
    filing = verbs.draft(
        kind=kind,
        by=by,
        on=content.pop("on", DAY),
        organisation_id=body.pk if body else None,
        applicant=content.pop("applicant", "虚构申请人"),
        proposal=content.pop("proposal", told),
    )
    if complete:
        documents = {each.document.code: {"status": DocumentStatus.PRESENT} for each in items(filing)}
        verbs.save_draft(
            filing_id=filing.pk,
            version=filing.version,
            by=by,
            on=filing.drafted_on,
            applicant=filing.applicant,
            proposal=filing.proposal,
            documents=documents,
        )
    return again(filing)


def told(verb: str, filing: Filing) -> dict[str, Any]:
    """Return what ``verb`` must be told to be allowed from a fitting state."""
    issued = {"code": NEW_CODE} if filing.kind == FilingKind.ESTABLISH else {}
    decision = {"basis": BASIS, "decision_no": f"民许〔2022〕{Filing.objects.filter(pk__lte=filing.pk).count()}号"}
    return {
        "submit": {},
        "accept": {},
        "return_for_completion": {"missing": "请补正章程草案第三条"},
        "refuse_acceptance": {"reason": "不属于本机关职权范围"},
        "review": {"opinion": "材料齐全，符合规定", "favourable": True},
        "extend": {"reason": "需要核实住所"},
        "approve": {**decision, **issued},
        "deny": {**decision, "reason": "业务范围相同，没有必要成立"},
        "withdraw": {"reason": "申请人书面撤回"},
    }[verb]


def step(verb: str, filing: Filing, *, by: User, on: date = DAY, **wrong: Any) -> Filing:
    """Do ``verb`` with what it must be told, except what ``wrong`` replaces."""
    getattr(verbs, verb)(filing_id=filing.pk, by=by, on=on, **{**told(verb, filing), **wrong})
    return again(filing)


def brought_to(state: str, kind: str, *, by: User, other: User, **content: Any) -> Filing:
    """Return an application in ``state``: ``by`` handles it, ``other`` reviews and decides."""
    filing = drafted(kind, by=by, **content)
    last = {"returned": "return_for_completion", "not_accepted": "refuse_acceptance", "denied": "deny"}
    stop = {"returned": 1, "not_accepted": 1, "denied": 3, "withdrawn": 1}
    last["withdrawn"] = "withdraw"
    for verb in ROUTE[: PLACES.get(state, stop.get(state, 0))]:
        filing = step(verb, filing, by=by if verb in {"submit", "accept"} else other)
    if state in last:
        filing = step(last[state], filing, by=other)
    assert filing.state == state
    return filing


def clock_of(filing: Filing) -> Deadline:
    """Return the deadline of its decision, running or over."""
    return Deadline.objects.filter(subject_kind=SubjectKind.FILING, subject_id=filing.pk).get(
        kind=filing.decision_clock
    )


def again(filing: Filing) -> Filing:
    """Return a fresh instance."""
    return Filing.objects.get(pk=filing.pk)
