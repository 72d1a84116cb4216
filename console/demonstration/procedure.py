"""Cases of the demonstration walked through their steps by the people the law wants, backwards from the day they ended."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile

from cleanup.actions import service as service_actions
from cleanup.actions import step as step_actions
from cleanup.states import Manner, Opinion, RectificationMode, ResolutionManner, ServiceMethod, Step

if TYPE_CHECKING:
    from cleanup.models import Case, CaseStep
    from console.demonstration.people import Bureau
    from console.demonstration.roster import Body

RECEIPT = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
"""What stands for a scanned receipt of service."""


class Procedure:
    """One case and the people who work it; days are told as so many before it ended."""

    def __init__(self, case: Case, body: Body, bureau: Bureau, ended_on: date) -> None:
        """Walk ``case`` of ``body`` towards ``ended_on``."""
        self.case, self.body, self.bureau, self.ended_on = case, body, bureau, ended_on

    def number(self, word: str) -> str:
        """Return a number in the series of ``word``."""
        return f"示民社{word}〔{self.case.opened_on.year}〕{self.body.serial}号"

    def day(self, before: int) -> date:
        """Return the day so many days before the case ended."""
        return self.ended_on - timedelta(days=before)

    def take(self, step: Step, before: int, *, who: str = "zhifa", **entered: Any) -> CaseStep:
        """Take a step."""
        return step_actions.take(
            case_id=self.case.pk, step=step, by=self.bureau[who], on=self.day(before), entered=entered
        )

    def serve(self, step: CaseStep, before: int) -> None:
        """Hand over the document of ``step`` and keep the receipt."""
        how: dict[str, Any] = {"by": self.bureau["zhifa"], "on": self.day(before)}
        service = service_actions.send(step_id=step.pk, method=ServiceMethod.IN_PERSON, **how)
        service_actions.prove(
            service_id=service.pk, served_on=how["on"], proof="送达回证", content=ContentFile(RECEIPT),
            file_name="送达回证.pdf", **how,
        )  # fmt: skip

    # --- the ways ------------------------------------------------------------------------------------

    def noticed(self) -> None:
        """Walk a penalty up to the served prior notice."""
        second: dict[str, Any] = {"second": self.bureau["zhifa2"].pk}
        self.take(
            Step.FILE, 36, who="fuzeren", document_no=self.number("立"), content="连续两个年度未按规定参加年度检查"
        )
        self.take(
            Step.INQUIRE,
            33,
            **second,
            manner=Manner.RECORDS,
            shown=True,
            content="调取登记档案、年报系统记录和信用信息",
        )
        self.take(Step.REPORT, 30, **second, serious=True, content="事实清楚、证据确凿，建议撤销登记")
        self.take(Step.DISCUSS, 28, who="fuzeren", attendees="局负责人三名", content="同意拟作撤销登记的意见")
        notice = self.take(
            Step.NOTIFY,
            26,
            document_no=self.number("罚告"),
            content="拟撤销登记；事实、理由、依据见告知书",
            rights=True,
        )
        self.serve(notice, 25)

    def revoked(self) -> None:
        """Walk a penalty to its effect and what follows at once."""
        self.noticed()
        self.take(Step.REVIEW, 8, who="shenhe", verdict=Opinion.AGREED, content="程序合法，证据充分，适用依据正确")
        decision = self.take(
            Step.DECIDE, 5, who="fuzeren", document_no=self.number("罚"), content="撤销登记", remedies=True
        )
        self.serve(decision, 0)

    def published(self) -> None:
        """Publish a decision that has taken effect, and collect certificate and seals."""
        self.take(Step.PUBLISH, -5, outlet="示例区政府网站行政处罚公示")
        self.take(
            Step.COLLECT,
            -7,
            second=self.bureau["zhifa2"].pk,
            items="登记证书正本、副本各一本",
            void_no=self.number("公废"),
        )

    def guided(self) -> None:
        """Begin a guided cancellation."""
        self.take(Step.GUIDE, 71, document_no=self.number("注引"), content="已无人员和业务，具备注销条件")

    def cancelled(self) -> None:
        """Walk a guided cancellation to its end."""
        self.guided()
        self.take(Step.RESOLVE, 70, manner=ResolutionManner.MEMBERS, resolution_on=self.day(70))
        self.take(Step.FORM_GROUP, 69, formed_on=self.day(69), content="理事长任组长，业务主管单位指导")
        self.take(Step.CALL_CREDITORS, 66, announced_on=self.day(66), outlet="示例日报（演示）")
        self.take(Step.LIQUIDATE, 8, liquidation_report_on=self.day(8), content="无债权债务，无剩余财产")
        if self.case.finding.organisation.supervising_unit_id:
            self.take(Step.CONSENT, 8, document_no=self.number("主批"), consented_on=self.day(8))
        self.take(Step.APPLY, 7, content="申请书、审查文件、清算报告")
        self.take(Step.CANCEL, 0, who="shenhe", document_no=self.number("注"), reason="处置完毕")

    def ordered(self, *, before: int = 40, due_on: date | None = None) -> None:
        """Order a rectification and take in its plan."""
        order = self.take(
            Step.ORDER, before, document_no=self.number("责改"), content="见线索所列情形", measures="逐项消除",
            due_on=due_on or self.day(-10),
        )  # fmt: skip
        self.serve(order, before)
        self.take(
            Step.PLAN, before - 5, mode=RectificationMode.CORRECT, measures="一个月内逐项整改", responsible="秘书长"
        )

    def passed(self, cured: dict[str, str]) -> None:
        """Accept a rectification."""
        self.take(Step.PASS, 0, who="shenhe", cured=cured, reason="处置完毕")

    def merged(self, into: Body) -> None:
        """Walk a merger to its end."""
        self.take(Step.AGREE, 30, resolution_on=self.day(30), successor=into.pk, content="债权债务由合并后的组织承继")
        if self.case.finding.organisation.supervising_unit_id:
            self.take(Step.CONSENT, 20, document_no=self.number("主批"), consented_on=self.day(20))
        self.take(Step.MERGE, 0, who="shenhe", document_no=self.number("变"), reason="处置完毕")
