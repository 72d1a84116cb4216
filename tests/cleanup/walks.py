"""A desk at which the tests walk a case through its steps: the people the law wants, and plausible statements."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from cleanup.actions import case as cases
from cleanup.actions import finding as findings
from cleanup.actions import service as services
from cleanup.actions import step as steps
from cleanup.actions.sweep import sweep
from cleanup.models import Campaign, Case, CaseStep, Finding, Service
from cleanup.rules import OWN_NUMBERS
from cleanup.states import Attendance, Manner, Opinion, ResolutionManner, ServiceMethod, Step, Treatment
from registry.states import Kind, Role
from tests.cleanup.situations import filer, running_campaign
from tests.factories import OrganisationFactory, UserFactory
from tests.registry.documents import document

if TYPE_CHECKING:
    from registry.models import User

SWEPT, CONFIRMED = date(2022, 6, 1), date(2022, 6, 6)

STATED: dict[Step, dict[str, Any]] = {
    Step.FILE: {"document_no": "虚民社立〔2022〕1号", "content": "连续两个年度未参加年度检查"},
    Step.INQUIRE: {"manner": Manner.RECORDS, "content": "调取登记档案和年报系统记录", "shown": True},
    Step.REPORT: {"content": "违法事实清楚，建议撤销登记", "serious": True},
    Step.DISCUSS: {"attendees": "负责人三名", "content": "同意拟处罚意见"},
    Step.NOTIFY: {"document_no": "虚民社罚告〔2022〕1号", "content": "拟撤销登记", "rights": True},
    Step.STATE: {"content": "请求从轻", "reply": "不采纳：没有新的事实"},
    Step.WAIVE_RIGHTS: {"content": "书面声明放弃"},
    Step.REQUEST_HEARING: {"content": "书面要求听证"},
    Step.CALL_HEARING: {"document_no": "虚民社听通〔2022〕1号", "place": "三楼会议室"},
    Step.HEAR: {"attendance": Attendance.ATTENDED, "content": "双方陈述、质证", "signed": True},
    Step.REVIEW: {"verdict": Opinion.AGREED, "content": "程序合法，适用依据正确"},
    Step.EXTEND: {"reason": "案情复杂"},
    Step.DECIDE: {"document_no": "虚民社罚决〔2022〕1号", "content": "撤销登记", "remedies": True},
    Step.PUBLISH: {"outlet": "虚构区政府网站"},
    Step.COLLECT: {"items": "证书正本一本、副本一本，印章两枚", "complete": True},
    Step.FORM_GROUP: {"content": "理事长任组长，主管单位指导"},
    Step.CALL_CREDITORS: {"outlet": "虚构日报"},
    Step.LIQUIDATE: {"content": "无债权债务，无剩余财产"},
    Step.DISSOLVE: {"reason": "清算结束"},
    Step.ARCHIVE: {"content": "执行完毕"},
    Step.CONTEST: {"remedy": "lawsuit", "authority": "虚构区人民法院", "document_no": "（2022）虚行初1号"},
    Step.UPHOLD: {"document_no": "（2022）虚行初1号", "content": "驳回诉讼请求"},
    Step.PROPOSE_ANNUL: {"document_no": "（2022）虚行终1号", "content": "判决撤销处罚决定，建议恢复登记"},
    Step.ANNUL: {"reason": "判决撤销处罚决定"},
    Step.UNPUBLISH: {"outlet": "虚构区政府网站，注明判决"},
    Step.ORDER: {"document_no": "虚民社责改〔2022〕1号", "content": "未报年报", "measures": "补报两个年度的年报"},
    Step.PLAN: {"mode": "correct", "measures": "一个月内补报", "responsible": "秘书长"},
    Step.PROLONG: {"reason": "换届会议推迟"},
    Step.PASS: {"reason": "各种情形均已消除"},
    Step.FAIL: {"reason": "逾期没有补报"},
    Step.GUIDE: {"document_no": "虚民社注引〔2022〕1号", "content": "已无人员和业务"},
    Step.RESOLVE: {"manner": ResolutionManner.MEMBERS},
    Step.CONSENT: {"document_no": "虚主批〔2022〕1号"},
    Step.APPLY: {"content": "申请书、清算报告各一份"},
    Step.CANCEL: {"document_no": "虚民社注〔2022〕1号", "reason": "符合注销条件"},
    Step.AGREE: {"content": "债权债务由合并后的组织承继"},
    Step.MERGE: {"document_no": "虚民社变〔2022〕1号", "reason": "合并协议生效"},
    Step.SUSPEND: {"reason": "等待另案结果"},
    Step.RESUME: {"reason": "另案已经审结"},
    Step.OBJECT: {"content": "利害关系人对线索提出异议", "reply": "经核查不成立"},
    Step.SWITCH: {"reason": "该组织愿意自行解散"},
    Step.DROP: {"reason": "立案之后已补报"},
    Step.RECUSE: {"granted": True, "reason": "与当事人有亲属关系"},
}
"""What each step states where a test does not say otherwise; days and persons come from the test or the desk."""

BY = {
    **dict.fromkeys((Step.FILE, Step.DISCUSS, Step.EXTEND, Step.DECIDE, Step.ARCHIVE, Step.ANNUL), "director"),
    **dict.fromkeys((Step.RECUSE, Step.DROP), "director"),
    **dict.fromkeys((Step.REVIEW, Step.PASS, Step.FAIL, Step.PROLONG, Step.CANCEL, Step.MERGE), "reviewer"),
    **dict.fromkeys((Step.DISSOLVE, Step.SUSPEND, Step.RESUME, Step.SWITCH), "reviewer"),
    Step.HEAR: "host",
}
"""Who takes a step, typed from the law; the officer takes every other one."""

BROUGHT_IN = {Step.STATE, Step.REQUEST_HEARING}
TWO = {Step.INQUIRE, Step.REPORT, Step.COLLECT}


def confirmed_finding(by: User, *, kind: str = Kind.ASSOCIATION, dormant: bool = True, **columns: Any) -> Finding:
    """Return a confirmed finding of criterion A on a body that is dormant unless told otherwise."""
    filer(2020, 2021, by=by, kind=kind)
    campaign = Campaign.objects.filter(code="2022").first() or running_campaign()
    body = OrganisationFactory.create(kind=kind, **columns)
    sweep(campaign_id=campaign.pk, as_of=SWEPT, by=by)
    finding = Finding.objects.get(organisation=body, campaign=campaign)
    findings.confirm(finding_id=finding.pk, by=by, on=CONFIRMED, reason="属实")
    if dormant:
        findings.mark_dormant(finding_id=finding.pk, by=by, on=CONFIRMED, reason="属实")
    return Finding.objects.get(pk=finding.pk)


class Desk:
    """The people who work a case, and the case itself as it stands in the database."""

    def __init__(
        self, treatment: str, *, opened_on: date = CONFIRMED, due_on: date | None = None, **columns: Any
    ) -> None:
        """Open a case of ``treatment`` on a new finding."""
        self.officer = UserFactory.create(role=Role.ENFORCEMENT, certified=True)
        self.mate = UserFactory.create(role=Role.ENFORCEMENT, certified=True)
        self.reviewer = UserFactory.create(role=Role.REVIEWER, legal_qualification_no="虚法职第1号")
        self.host = UserFactory.create(role=Role.REVIEWER)
        self.director = UserFactory.create(role=Role.DIRECTOR)
        self.finding = confirmed_finding(UserFactory.create(), **columns)
        told: dict[str, Any] = {"treatment": treatment, "officer": self.officer, "due_on": due_on}
        case = cases.open_case(finding_id=self.finding.pk, by=self.officer, on=opened_on, **told)
        self.pk = case.pk
        self.on = opened_on

    @property
    def case(self) -> Case:
        """Return the case as it stands."""
        return Case.objects.get(pk=self.pk)

    @property
    def body(self) -> Any:
        """Return the organisation as it stands."""
        return self.case.finding.organisation

    def later(self, days: int) -> date:
        """Move on by so many days and return the day."""
        self.on += timedelta(days=days)
        return self.on

    def take(self, step: Step, *, on: date | None = None, by: User | None = None, **entered: Any) -> CaseStep:
        """Take a step, on the desk's day unless told otherwise, by whom the law wants."""
        self.on = on or self.on
        stated = {**STATED.get(step, {}), **({"second": self.mate.pk} if step in TWO and self._is_penal else {})}
        if step in OWN_NUMBERS:
            stated["document_no"] = stated["document_no"].replace("〕1号", f"〕{self.place}号")
        if step in BROUGHT_IN:
            stated["received_on"] = self.on
        who = by or getattr(self, BY.get(step, "officer"))
        return steps.take(case_id=self.pk, step=step, by=who, on=self.on, entered={**stated, **entered})

    @property
    def place(self) -> int:
        """Return which case of the bureau it is, for the numbers of its documents."""
        return Case.objects.filter(pk__lte=self.pk).count()

    @property
    def _is_penal(self) -> bool:
        return self.case.treatment in {Treatment.REVOKE, Treatment.REVOKE_LICENCE}

    def send(self, step: Step, *, method: str = ServiceMethod.IN_PERSON, by: User | None = None, **how: Any) -> Service:
        """Send the document of the latest step of that kind."""
        made = CaseStep.objects.filter(case=self.pk, step=step).order_by("-seq")[0]
        return services.send(step_id=made.pk, method=method, by=by or self.officer, on=self.on, **how)

    def prove(self, service: Service, *, served_on: date | None = None, **how: Any) -> Service:
        """Prove a service on the desk's day."""
        given = {"proof": "送达回证", "content": document(), "file_name": "回证.pdf", "by": self.officer, **how}
        return services.prove(service_id=service.pk, served_on=served_on or self.on, on=self.on, **given)

    def serve(self, step: Step, **how: Any) -> Service:
        """Send and prove on the desk's day."""
        return self.prove(self.send(step, **how))

    # --- longer ways ---------------------------------------------------------------------------------

    def to_notice(self) -> None:
        """Walk a penalty up to the served prior notice, on the third to the fifth day."""
        self.take(Step.FILE)
        self.take(Step.INQUIRE, on=self.later(1))
        self.take(Step.REPORT, on=self.later(1))
        self.take(Step.DISCUSS)
        self.take(Step.NOTIFY)
        self.serve(Step.NOTIFY)

    def to_decision(self) -> None:
        """Walk a penalty without a hearing up to the decision."""
        self.to_notice()
        self.take(Step.REVIEW, on=self.later(10))
        self.take(Step.DECIDE, on=self.later(1))

    def to_effect(self) -> None:
        """Walk a penalty without a hearing up to its effect."""
        self.to_decision()
        self.serve(Step.DECIDE)

    def annulled(self, *, on: date | None = None) -> None:
        """Annul a contested decision: the officer proposes, the director decides."""
        self.take(Step.PROPOSE_ANNUL, on=on)
        self.take(Step.ANNUL)

    def liquidated(self) -> None:
        """Walk a liquidation through."""
        self.take(Step.FORM_GROUP, formed_on=self.on)
        self.take(Step.CALL_CREDITORS, on=self.later(5), announced_on=self.on)
        self.take(Step.LIQUIDATE, on=self.later(50), liquidation_report_on=self.on)
