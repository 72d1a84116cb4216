"""The rules of the lifecycle. Plain Python: facts in, verdict out; no database, no clock, no user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class DormancyFacts:
    """What a body is confirmed a zombie on: a confirmed finding of a running campaign, or a reviewer's reason."""

    on_hold: bool
    confirmed_finding: bool = False
    campaign_running: bool = False
    reviewer_reason: str = ""


@rule("R-01", basis="内部控制/暂缓")
def not_on_hold(facts: DormancyFacts, _on: date) -> bool:
    """未处于暂缓处理期间。"""
    return not facts.on_hold


@rule("R-02", basis="民发〔2021〕63号")
def has_confirmed_finding_or_reviewer(facts: DormancyFacts, _on: date) -> bool:
    """有进行中整治行动的已确认线索，或者审核人写明的理由。"""
    return (facts.confirmed_finding and facts.campaign_running) or bool(facts.reviewer_reason.strip())


MARK_DORMANT = (not_on_hold, has_confirmed_finding_or_reviewer)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactivationFacts:
    """The grounds a body became dormant on, and how each was cured: ``{"A": "已补报2021年度年报", …}``."""

    grounds: frozenset[str]
    cured: dict[str, str]


@rule("R-03", basis="民发〔2021〕63号")
def every_ground_cured(facts: ReactivationFacts, _on: date) -> bool:
    """认定为僵尸型的每一种情形都已消除，并逐项写明。"""
    return bool(facts.cured) and all(facts.cured.get(ground, "").strip() for ground in facts.grounds)


REACTIVATE = (every_ground_cured,)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecouplingFacts:
    """State of an association's separation; ``open_items`` are codes of blocking items neither done nor n/a."""

    is_industry_association: bool
    in_scope: bool
    open_items: tuple[str, ...]
    na_without_reason: tuple[str, ...]
    signers: frozenset[int]
    party_body_set: bool
    approval_no: str


@rule("R-04", basis="中办发〔2015〕39号/二")
def is_in_scope_association(facts: DecouplingFacts, _on: date) -> bool:
    """属于列入脱钩名单的行业协会商会。"""
    return facts.is_industry_association and facts.in_scope


@rule("R-05", basis="中办发〔2015〕39号/三")
def all_items_settled(facts: DecouplingFacts, _on: date) -> bool:
    """五分离各适用事项均已完成，或者写明理由不适用。"""
    return not facts.open_items and not facts.na_without_reason


@rule("R-06", basis="内部控制/双人")
def two_different_signers(facts: DecouplingFacts, _on: date) -> bool:
    """验收由两名不同人员签字。"""
    return len(facts.signers) >= 2  # noqa: PLR2004 - 双人 is two


@rule("R-07", basis="发改体改〔2019〕1063号")
def party_body_is_set(facts: DecouplingFacts, _on: date) -> bool:
    """已明确党建工作机构。"""
    return facts.party_body_set


@rule("R-08", basis="发改体改〔2019〕1063号")
def plan_is_approved(facts: DecouplingFacts, _on: date) -> bool:
    """脱钩实施方案已经批复，有批复文号。"""
    return bool(facts.approval_no.strip())


COMPLETE_DECOUPLING = (
    is_in_scope_association,
    all_items_settled,
    two_different_signers,
    party_body_is_set,
    plan_is_approved,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidFacts:
    """Why a completed decoupling was none; ``officers`` are who proposed to void it and who decided so."""

    was_decoupled: bool
    document_no: str
    officers: frozenset[int]


@rule("R-300", basis="中办发〔2015〕39号/三")
def wrong_acceptance_is_documented(facts: VoidFacts, _on: date) -> bool:
    """登记簿载明已完成脱钩，有更正文书文号，由两名不同人员提请和决定。"""
    return facts.was_decoupled and bool(facts.document_no.strip()) and len(facts.officers) >= 2  # noqa: PLR2004 - 双人 is two


VOID_DECOUPLING = (wrong_acceptance_is_documented,)


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationFacts:
    """Documents of a voluntary 注销; ``has_supervising_unit`` tells whether consent is due at all.

    ``pending`` counts the applications for something else that have been received and not decided.
    """

    resolution_on: date | None
    has_supervising_unit: bool
    consent_no: str
    liquidation_report_on: date | None
    pending: int = 0


@rule("R-09", basis="社会团体登记管理条例/19；民办非企业单位登记管理暂行条例/16；基金会管理条例/16")
def has_resolution(facts: CancellationFacts, on: date) -> bool:
    """有内部决议（会员（代表）大会或者理事会），且决议在先。"""
    return facts.resolution_on is not None and facts.resolution_on <= on


@rule("R-10", basis="社会团体登记管理条例/21；民办非企业单位登记管理暂行条例/17；基金会管理条例/18")
def supervising_unit_consents(facts: CancellationFacts, _on: date) -> bool:
    """有业务主管单位的，业务主管单位已审查同意。"""
    return not facts.has_supervising_unit or bool(facts.consent_no.strip())


@rule("R-11", basis="社会团体登记管理条例/20；民办非企业单位登记管理暂行条例/16；基金会管理条例/18")
def liquidation_is_reported(facts: CancellationFacts, on: date) -> bool:
    """清算已完成并有清算报告书。"""
    return facts.liquidation_report_on is not None and facts.liquidation_report_on <= on


@rule("R-132", basis="内部控制/在办")
def no_application_is_pending(facts: CancellationFacts | MergerFacts, _on: date) -> bool:
    """没有其他在办的登记申请；有的，先作出决定或者由申请人撤回。"""
    return facts.pending == 0


CANCEL = (has_resolution, supervising_unit_consents, liquidation_is_reported, no_application_is_pending)


@dataclass(frozen=True, slots=True, kw_only=True)
class PenaltyFacts:
    """A penalty decision: its number, the day it was made, the day its service was proved."""

    decision_no: str
    decided_on: date | None
    served_on: date | None
    is_charity: bool


@rule("R-12", basis="行政处罚法/57")
def decision_was_made(facts: PenaltyFacts, on: date) -> bool:
    """处罚决定已经作出，有决定书文号。"""
    return bool(facts.decision_no.strip()) and facts.decided_on is not None and facts.decided_on <= on


@rule("R-13", basis="行政处罚法/61")
def decision_was_served(facts: PenaltyFacts, on: date) -> bool:
    """处罚决定书已经送达并有送达证明。"""
    return facts.served_on is not None and facts.decided_on is not None and facts.decided_on <= facts.served_on <= on


@rule("R-14", basis="慈善法/109")
def is_a_charity(facts: PenaltyFacts, _on: date) -> bool:
    """吊销登记证书只适用于慈善组织。"""
    return facts.is_charity


REVOKE = (decision_was_made, decision_was_served)
REVOKE_LICENCE = (decision_was_made, decision_was_served, is_a_charity)


@dataclass(frozen=True, slots=True, kw_only=True)
class MergerFacts:
    """The other body of a merger and the resolution behind it; ``pending`` counts undecided applications."""

    successor_exists: bool
    successor_is_itself: bool
    same_kind: bool
    resolution_on: date | None
    pending: int = 0


@rule("R-15", basis="社会团体登记管理条例/19；民办非企业单位登记管理暂行条例/16")
def successor_is_on_the_register(facts: MergerFacts, on: date) -> bool:
    """写明合并后的组织，该组织在册且不是本组织，合并决议在先。"""
    return (
        facts.successor_exists
        and not facts.successor_is_itself
        and facts.resolution_on is not None
        and facts.resolution_on <= on
    )


@rule("R-133", basis="内部控制/合并")
def successor_is_of_the_same_kind(facts: MergerFacts, _on: date) -> bool:
    """合并后的组织与本组织类型相同：社会团体、民办非企业单位和基金会之间不合并。"""
    return facts.same_kind or not facts.successor_exists


MERGE = (successor_is_on_the_register, successor_is_of_the_same_kind, no_application_is_pending)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinstatementFacts:
    """Why an exit is undone; ``officers`` are the proposer and the approver."""

    ground: str
    document_no: str
    officers: frozenset[int]


@rule("R-16", basis="行政处罚法/48")
def annulment_is_documented(facts: ReinstatementFacts, _on: date) -> bool:
    """有撤销原决定的复议决定、判决或者更正文书文号，并写明事由。"""
    return bool(facts.document_no.strip()) and bool(facts.ground.strip())


@rule("R-17", basis="内部控制/双人")
def two_officers_reinstate(facts: ReinstatementFacts, _on: date) -> bool:
    """由两名不同人员办理。"""
    return len(facts.officers) >= 2  # noqa: PLR2004 - 双人 is two


REINSTATE = (annulment_is_documented, two_officers_reinstate)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiquidationFacts:
    """The end of the legal person after 撤销 or 吊销."""

    is_revoked_not_cancelled: bool
    deregistered_on: date | None
    liquidation_report_on: date | None


@rule("R-18", basis="民法典/72")
def liquidation_after_revocation(facts: LiquidationFacts, on: date) -> bool:
    """组织已被撤销或者吊销，清算在此之后结束并有清算报告书。"""
    return (
        facts.is_revoked_not_cancelled
        and facts.deregistered_on is not None
        and facts.liquidation_report_on is not None
        and facts.deregistered_on <= facts.liquidation_report_on <= on
    )


CONCLUDE_LIQUIDATION = (liquidation_after_revocation,)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveFacts:
    """What every move of the register must bring, whichever it is."""

    reason: str
    established_on: date | None
    last_event_on: date | None
    today: date


@rule("R-19", basis="内部控制/理由")
def has_a_reason(facts: MoveFacts, _on: date) -> bool:
    """写明理由。"""
    return bool(facts.reason.strip())


@rule("R-20", basis="内部控制/日期")
def is_not_in_the_future(facts: MoveFacts, on: date) -> bool:
    """生效日期不晚于今天。"""
    return on <= facts.today


@rule("R-21", basis="内部控制/日期")
def keeps_the_order(facts: MoveFacts, on: date) -> bool:
    """生效日期不早于成立日期，也不早于该组织上一次状态变动。"""
    return (facts.established_on is None or facts.established_on <= on) and (
        facts.last_event_on is None or facts.last_event_on <= on
    )


MOVE = (has_a_reason, is_not_in_the_future, keeps_the_order)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldFacts:
    """Where a body stands when it is to be held or released."""

    existing: bool
    held: bool


@rule("R-118", basis="内部控制/暂缓")
def is_on_the_register(facts: HoldFacts, _on: date) -> bool:
    """组织在册，没有退出。"""
    return facts.existing


@rule("R-119", basis="内部控制/暂缓")
def is_not_held_yet(facts: HoldFacts, _on: date) -> bool:
    """目前没有暂缓处理。"""
    return not facts.held


@rule("R-120", basis="内部控制/暂缓")
def is_held(facts: HoldFacts, _on: date) -> bool:
    """目前正在暂缓处理。"""
    return facts.held


HOLD = (is_on_the_register, is_not_held_yet)
RELEASE = (is_held,)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """An attempt to reach a body."""

    failed: bool
    proof: str


@rule("R-126", basis="民发〔2021〕63号/D")
def failure_is_proved(facts: ContactFacts, _on: date) -> bool:
    """无法联系的，写明凭证（退信、通话记录、走访照片等）。"""
    return not facts.failed or bool(facts.proof.strip())


RECORD_CONTACT = (failure_is_proved,)
