"""Applications on the desk: some decided, some under way, one overdue, all with clocks counted back from today.

Each application is a story that says how many days ago its next step happens; the stories are worked side by side in
order of their days, so that numbers are given in the order of receipt.
"""

from __future__ import annotations

from datetime import timedelta
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any

from console.demonstration.roster import AUTHORITY, REGION
from registry.actions import filing as filing_actions
from registry.calendar import judged
from registry.identifiers import compose
from registry.queries.filing_documents import items
from registry.states import DocumentStatus, FilingKind, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from console.demonstration.people import Bureau
    from console.demonstration.roster import Body, Register
    from registry.models import Filing

    Story = Iterator[int]


class Counter:
    """The counter on the day ``on``: the verbs of an application with the people who use them."""

    def __init__(self, bureau: Bureau, today: date) -> None:
        """Open today."""
        self.bureau = bureau
        self.today = self.on = today

    def back(self, days: int) -> date:
        """Return the last working day at least ``days`` before today."""
        day = self.today - timedelta(days=days)
        while not judged(day)[0]:
            day -= timedelta(days=1)
        return day

    def draft(
        self, kind: FilingKind, proposal: dict[str, Any], body: Body | None = None, *, without: str = ""
    ) -> Filing:
        """Write an application with every document it needs, except one."""
        filing = filing_actions.draft(
            kind=kind, by=self.bureau["dengji2"], on=self.on, organisation_id=body.pk if body else None,
            applicant=body.organisation.name if body else f"{proposal['name']}（筹）", proposal=proposal,
        )  # fmt: skip
        there = [each.document.code for each in items(filing) if each.document.code != without]
        filing_actions.save_draft(
            filing_id=filing.pk, version=filing.version, by=self.bureau["dengji2"], on=self.on, applicant=filing.applicant,
            proposal=filing.proposal, documents={code: {"status": DocumentStatus.PRESENT} for code in there},
        )  # fmt: skip
        return filing

    def submit(self, filing: Filing) -> None:
        """Receive it."""
        filing_actions.submit(filing_id=filing.pk, by=self.bureau["dengji2"], on=self.on)

    def accept(self, filing: Filing) -> None:
        """Receive and accept it on the same day."""
        self.submit(filing)
        filing_actions.accept(filing_id=filing.pk, by=self.bureau["dengji"], on=self.on)

    def review(self, filing: Filing, opinion: str, *, favourable: bool = True) -> None:
        """Review it."""
        filing_actions.review(
            filing_id=filing.pk, by=self.bureau["shenhe"], on=self.on, opinion=opinion, favourable=favourable
        )

    def decision(self, filing: Filing, basis: str, reason: str) -> dict[str, Any]:
        """Return what a decision of the director says."""
        return {
            "filing_id": filing.pk, "by": self.bureau["fuzeren"], "on": self.on, "basis": basis, "reason": reason,
            "decision_no": f"示民社许〔{self.on.year}〕{filing.pk}号",
        }  # fmt: skip


def work(register: Register, *, bureau: Bureau, today: date) -> None:
    """Leave applications of every kind on the desk, in every state worth a look."""
    desk = Counter(bureau, today)
    amending = (_approved, _overdue, _extended, _returned, _received, _drafted)
    bodies = register.of("ordinary")
    stories = [story(desk, body) for story, body in zip((*amending, _reviewed, _withdrawn), bodies, strict=False)]
    stories += [_established(desk), _denied(desk), _awaited(desk), _refused(desk)]
    calendar = [(-next(story), place, story) for place, story in enumerate(stories)]
    heapify(calendar)
    while calendar:
        days, place, story = heappop(calendar)
        desk.on = desk.back(-days)
        then = next(story, None)
        if then is not None:
            heappush(calendar, (-then, place, story))


def _move(desk: Counter, body: Body, *, without: str = "") -> Filing:
    return desk.draft(FilingKind.AMEND, {"address": f"示例区演示新街{body.serial}号"}, body, without=without)


def _approved(desk: Counter, body: Body) -> Story:
    yield 60
    filing = _move(desk, body)
    desk.accept(filing)
    yield 55
    desk.review(filing, "材料齐全，新住所使用权证明有效，建议准予变更。")
    yield 50
    filing_actions.approve(**desk.decision(filing, "社会团体登记管理条例/18", "符合法定条件"))


def _overdue(desk: Counter, body: Body) -> Story:
    yield 45
    desk.accept(_move(desk, body))


def _extended(desk: Counter, body: Body) -> Story:
    yield 20
    filing = _move(desk, body)
    desk.accept(filing)
    yield 10
    reason = "新住所需要实地核实，已告知申请人"
    filing_actions.extend(filing_id=filing.pk, by=desk.bureau["fuzeren"], on=desk.on, reason=reason)


def _returned(desk: Counter, body: Body) -> Story:
    yield 6
    filing = _move(desk, body, without="amend.premises")
    desk.submit(filing)
    yield 5
    filing_actions.return_for_completion(
        filing_id=filing.pk, by=desk.bureau["dengji"], on=desk.on, missing="新住所（场所）使用权证明"
    )


def _received(desk: Counter, body: Body) -> Story:
    yield 2
    desk.submit(_move(desk, body))


def _drafted(desk: Counter, body: Body) -> Story:
    yield 1
    _move(desk, body)


def _ending(desk: Counter, body: Body) -> Filing:
    papers = {
        "resolution_on": desk.back(80),
        "liquidation_report_on": desk.back(20),
        "consent_no": f"示主批〔{desk.today.year}〕{body.serial}号",
    }
    return desk.draft(FilingKind.CANCEL, papers, body)


def _reviewed(desk: Counter, body: Body) -> Story:
    yield 15
    filing = _ending(desk, body)
    desk.accept(filing)
    yield 5
    desk.review(filing, "决议、主管单位审查文件和清算报告齐备，建议准予注销。")


def _withdrawn(desk: Counter, body: Body) -> Story:
    yield 15
    filing = _ending(desk, body)
    desk.submit(filing)
    yield 12
    reason = "申请人决定继续开展活动，书面撤回"
    filing_actions.withdraw(filing_id=filing.pk, by=desk.bureau["dengji"], on=desk.on, reason=reason)


def _new(desk: Counter, word: str, place: int) -> Filing:
    proposal = {
        "name": f"示例区{word}社区服务中心",
        "kind": Kind.PRIVATE_NON_ENTERPRISE,
        "supervising_unit_id": desk.bureau.departments[place].pk,
        "legal_representative": f"演示申请人{place}",
        "address": f"示例区演示东路{place}号",
        "business_scope": "社区服务、便民服务",
        "activity_area": "示例区",
        "capital": "50000",
    }
    return desk.draft(FilingKind.ESTABLISH, proposal)


def _established(desk: Counter) -> Story:
    yield 50
    filing = _new(desk, "云帆", 1)
    desk.accept(filing)
    yield 35
    desk.review(filing, "符合成立条件，建议准予登记。")
    yield 30
    filing_actions.approve(
        **desk.decision(filing, "民办非企业单位登记管理暂行条例/11", "符合成立条件"),
        code=compose(Kind.PRIVATE_NON_ENTERPRISE, REGION, 990_001),
        issued={
            "registration_authority": AUTHORITY,
            "certificate_no": "演民证字第9901号",
            "certificate_from": desk.on,
            "certificate_until": desk.on.replace(day=1, year=desk.on.year + 4),
        },
    )


def _denied(desk: Counter) -> Story:
    yield 40
    filing = _new(desk, "海棠", 2)
    desk.accept(filing)
    yield 30
    desk.review(filing, "本区已有业务范围相同的组织，建议不予登记。", favourable=False)
    yield 25
    reason = "同一行政区域内已有业务范围相同的组织，没有必要成立"
    filing_actions.deny(**desk.decision(filing, "民办非企业单位登记管理暂行条例/11", reason))


def _awaited(desk: Counter) -> Story:
    yield 30
    desk.accept(_new(desk, "星河", 3))


def _refused(desk: Counter) -> Story:
    yield 8
    filing = _new(desk, "听雨", 4)
    desk.submit(filing)
    yield 7
    reason = "活动地域跨区，应向市级登记管理机关申请"
    filing_actions.refuse_acceptance(filing_id=filing.pk, by=desk.bureau["dengji"], on=desk.on, reason=reason)
