"""Seven cases from their first document to their last: papers, deadlines, events and figures right at each step.

What is refused, step by step, stands in `test_step_refusals`; here each way also meets what it must not do.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from cleanup import rules
from cleanup.actions import notice as notices
from cleanup.actions import service as services
from cleanup.models import Notice, Service
from cleanup.notices import forms
from cleanup.queries.figures import funnel
from cleanup.rules import Refused
from cleanup.states import DocumentKind, ServiceMethod, Step, Treatment
from registry import paper
from registry.models import Deadline, Event, Policy
from registry.queries.stored_files import is_intact
from registry.queries.verification import faults
from tests.cleanup.situations import report
from tests.cleanup.walks import Desk
from tests.factories import OrganisationFactory, UnitFactory, UserFactory
from tests.replay import differences

pytestmark = pytest.mark.django_db

D = DocumentKind
WRITTEN = {
    "source": "整治行动排查",
    "facts": "连续两个年度未参加年度检查。",
    "time": "9时",
    "place": "三楼会议室",
    "person": "某某，理事长",
    "content": "问和答",
    "host": "某某，社会组织管理科",
    "opinion": "同意",
    "heard": "没有陈述、申辩。",
    "served_document": "行政处罚决定书",
    "method": "直接送达",
    "reason": "邮寄退回，去向不明",
    "measures": "补报年报",
    "deadline": "2022年7月15日",
    "items": "证书正本一本、副本一本，印章两枚",
    "not_collected": "无",
    "decided": "处罚决定书文号和日期",
    "carried_out": "执行完毕",
}
"""What an officer writes into the fields of the documents."""


class Papered(Desk):
    """A desk at which every document a step knows is issued before the step is taken, and the step bears its number."""

    def __init__(self, treatment: str, **columns: Any) -> None:
        """Open a case on a body the documents can name."""
        columns = {
            "registration_authority": "虚构区民政局",
            "address": "虚构路2号",
            "legal_representative": "某某",
            "certificate_no": "虚社证字第001号",
        } | columns
        super().__init__(treatment, **columns)
        self.first_on = self.on

    def issue(self, kind: str) -> Notice:
        """Issue a document on the desk's day."""
        entered = {each.name: WRITTEN[each.name] for each in forms()[kind].fields}
        return notices.issue(case_id=self.pk, kind=kind, entered=entered, by=self.officer, on=self.on)

    def take(self, step: Step, *, on: date | None = None, **how: Any) -> Any:
        """Issue the step's documents, then take it under the number of the first."""
        self.on = on or self.on
        leg = rules.leg_of(self.case.treatment, step)
        wanted = (
            []
            if leg is None
            else [each for each in leg.documents if each not in (D.SERVICE_RECEIPT, D.VOID_ANNOUNCEMENT)]
        )
        issued = [self.issue(each) for each in wanted if not self.standing(each)]
        if issued and issued[0].document_no and leg is not None and "document_no" in leg.names:
            how.setdefault("document_no", issued[0].document_no)
        return super().take(step, **how)

    def standing(self, kind: str) -> bool:
        """Tell whether the case has a document of the kind already, of which it may have one."""
        return Notice.objects.filter(case=self.pk, kind=kind, voided_on=None).exists()

    def serve(self, step: Step, **how: Any) -> Service:
        """Hand over the step's document with its receipt."""
        self.issue(D.SERVICE_RECEIPT)
        return super().serve(step, **how)

    # --- what is right at each step ----------------------------------------------------------------------

    def stands(self, **wanted: int) -> None:
        """Assert the body's place in the figures on the desk's day, and that the identity holds."""
        found = funnel(self.finding.campaign, as_of=self.on)
        places = {
            name: getattr(found, name) for name in ("completed", "in_progress", "not_started") if getattr(found, name)
        }
        assert places == wanted
        assert found.included == found.completed + found.in_progress + found.not_started

    def runs(self) -> set[str]:
        """Return the kinds of deadlines of the case that run."""
        rows = Deadline.objects.filter(subject_kind="case", subject_id=self.pk, met_on=None, waived_on=None)
        return set(rows.values_list("kind", flat=True))

    def is_whole(self, *kinds: str) -> None:
        """Assert that exactly these documents are on file, whole, and that every event stands in an unbroken chain."""
        issued = list(Notice.objects.filter(case=self.pk).order_by("pk"))
        assert [each.kind for each in issued if each.kind != D.SERVICE_RECEIPT] == list(kinds)
        assert all(is_intact(each.pdf) for each in issued)
        assert all(paper.pdf(notices.as_paper(each)).startswith(b"%PDF-") for each in issued[-1:])
        assert Event.objects.filter(verb="notice.issue", facts__case__id=self.pk).count() == len(issued)
        assert differences([self.body.pk]) == []
        assert [each for each in faults() if each.code == self.body.code] == []  # the law book was set on purpose


@pytest.fixture(autouse=True)
def _own_words() -> None:
    Policy.objects.filter(key="notice.prefix").update(value="虚民社")
    Policy.objects.filter(key="notice.contact").update(value="虚构路1号，000-0000000")


AFTER_A_DECISION = {"penalty.publication", "remedy.reconsideration", "remedy.lawsuit"}


def followed_up(desk: Papered) -> None:
    """Walk what follows a penalty to the end of the legal person."""
    desk.take(Step.PUBLISH, on=desk.later(2))
    assert "penalty.publication" not in desk.runs()
    desk.take(Step.COLLECT, on=desk.later(3))
    desk.liquidated()
    desk.take(Step.DISSOLVE, on=desk.later(3))
    assert desk.body.cancelled_on == desk.on
    desk.take(Step.ARCHIVE)
    assert (desk.case.state, desk.case.archived_on) == ("closed", desk.on)
    desk.stands(completed=1)


def test_revocation_with_a_hearing_to_the_end_of_the_legal_person() -> None:
    desk = Papered(Treatment.REVOKE)
    desk.stands(in_progress=1)
    desk.take(Step.FILE)
    with pytest.raises(Refused, match="R-238"):
        super(Papered, desk).take(Step.INQUIRE, second=None)
    desk.take(Step.INQUIRE, on=desk.later(1))
    desk.take(Step.REPORT, on=desk.later(1))
    desk.take(Step.DISCUSS)
    desk.take(Step.NOTIFY)
    desk.serve(Step.NOTIFY)
    assert desk.runs() == {"case.decision", "hearing.request"}
    with pytest.raises(Refused, match="R-246"):
        super(Papered, desk).take(Step.REVIEW)
    desk.take(Step.REQUEST_HEARING, on=date(2022, 6, 15))
    assert desk.runs() == {"case.decision"}
    desk.take(Step.CALL_HEARING, hearing_on=date(2022, 6, 28), host=desk.host.pk)
    desk.serve(Step.CALL_HEARING)
    desk.take(Step.HEAR, on=date(2022, 6, 28))
    desk.take(Step.REVIEW, on=date(2022, 6, 30))
    desk.take(Step.DECIDE, on=date(2022, 7, 4))
    decision = Notice.objects.get(kind=D.DECISION)
    assert desk.case.steps.get(step=Step.DECIDE).document_no == decision.document_no == "虚民社罚决〔2022〕1号"
    desk.on = date(2022, 7, 6)
    desk.stands(in_progress=1)
    desk.serve(Step.DECIDE)
    desk.stands(completed=1)
    assert desk.runs() == AFTER_A_DECISION
    assert Event.objects.get(verb="organisation.revoke").facts["documents"]["decision_no"] == decision.document_no
    with pytest.raises(Refused, match="R-354"):
        notices.void(notice_id=decision.pk, by=desk.officer, on=desk.on, reason="有误")
    followed_up(desk)
    assert desk.runs() == set()
    desk.is_whole(
        D.FILING_APPROVAL, D.INQUIRY_RECORD, D.INSPECTION_RECORD, D.DISCUSSION_RECORD, D.PRIOR_NOTICE,
        D.HEARING_NOTICE, D.HEARING_RECORD, D.LEGAL_REVIEW, D.DECISION, D.SEIZURE_RECORD, D.CLOSING_REPORT,
    )  # fmt: skip
    prefixes = [each.word for each in Notice.objects.filter(case=desk.pk).exclude(word="").order_by("pk")]
    assert prefixes == ["虚民社立", "虚民社罚告", "虚民社听通", "虚民社罚决", "虚民社结"]


def test_a_decision_by_announcement_counts_from_the_end_of_its_period() -> None:
    desk = Papered(Treatment.REVOKE)
    desk.to_decision()
    returned = desk.send(Step.DECIDE, method=ServiceMethod.POST, tracking_no="XA1")
    services.fail(service_id=returned.pk, failure="退件：查无此人", by=desk.officer, on=desk.later(5))
    public = desk.issue(D.ANNOUNCEMENT)
    assert "30日" in public.paragraphs[-1]
    announced = desk.send(Step.DECIDE, method="announcement", address="虚构日报", reason="邮寄退回，去向不明")
    period = Deadline.objects.get(subject_kind="notice", subject_id=announced.pk)
    assert (desk.on, period.due_on) == (date(2022, 6, 24), date(2022, 7, 25))  # the thirtieth day is a Sunday
    desk.on = period.due_on
    with pytest.raises(Refused, match="R-280"):
        desk.prove(announced)
    desk.stands(in_progress=1)
    desk.on = period.due_on + timedelta(days=1)
    desk.prove(announced)
    desk.stands(completed=1)
    assert Service.objects.get(pk=announced.pk).served_on == period.due_on
    followed_up(desk)


def test_a_decision_annulled_in_court_brings_the_body_back_into_the_figures() -> None:
    desk = Papered(Treatment.REVOKE)
    desk.to_effect()
    desk.stands(completed=1)
    desk.take(Step.PUBLISH, on=desk.later(1))
    with pytest.raises(Refused, match="R-232"):
        desk.take(Step.PROPOSE_ANNUL)
    desk.take(Step.CONTEST, on=desk.later(30))
    with pytest.raises(Refused, match="R-232"):
        desk.take(Step.ANNUL, on=desk.later(60))
    desk.annulled()
    assert (desk.body.state, desk.case.state, desk.case.round) == ("dormant", "open", 2)
    assert desk.runs() == {"penalty.withdrawal"}
    desk.stands(in_progress=1)
    desk.take(Step.UNPUBLISH, on=desk.later(1))
    assert desk.runs() == set()
    assert Event.objects.get(verb="organisation.reinstate").facts["case"]["step"] == "annul"
    assert funnel(desk.finding.campaign, as_of=desk.on - timedelta(days=70)).completed == 1


def test_a_rectification_that_succeeds_and_its_order() -> None:
    desk = Papered(Treatment.RECTIFY)
    with pytest.raises(Refused, match="R-232"):
        desk.take(Step.PLAN)
    desk.take(Step.ORDER, due_on=date(2022, 7, 15))
    desk.serve(Step.ORDER)
    assert desk.runs() == {"rectification"}
    assert (
        "不符合《社会团体登记管理条例》第二十八条的规定" in Notice.objects.get(kind=D.RECTIFICATION_ORDER).paragraphs[1]
    )
    desk.take(Step.PLAN, on=desk.later(3))
    for year in (2020, 2021):
        report(desk.body, year, desk.on, by=desk.officer)
    with pytest.raises(Refused, match="R-235"):
        desk.take(Step.PASS, cured={"A": "已补报"}, by=UserFactory.create(certified=True))
    desk.stands(in_progress=1)
    desk.take(Step.PASS, on=desk.later(20), cured={"A": "已补报"})
    desk.stands(completed=1)
    assert (desk.body.state, desk.case.outcome, desk.runs()) == ("active", "rectified", set())
    desk.is_whole(D.RECTIFICATION_ORDER)


def test_a_rectification_that_fails_becomes_a_penalty_under_its_own_papers() -> None:
    desk = Papered(Treatment.RECTIFY)
    desk.take(Step.ORDER, due_on=date(2022, 7, 15))
    desk.serve(Step.ORDER)
    with pytest.raises(Refused, match="R-257"):
        desk.take(Step.FAIL, on=date(2022, 7, 15), treatment=Treatment.REVOKE)
    desk.take(Step.FAIL, on=date(2022, 7, 18), treatment=Treatment.REVOKE)
    with pytest.raises(Refused, match="R-350"):
        desk.issue(D.RECTIFICATION_ORDER)
    desk.to_effect()
    desk.stands(completed=1)
    assert funnel(desk.finding.campaign, as_of=desk.on).completed_by["revoked"] == 1
    followed_up(desk)


def test_a_guided_cancellation_with_every_paper() -> None:
    desk = Papered(Treatment.CANCEL, supervising_unit=UnitFactory.create())
    desk.take(Step.GUIDE)
    desk.serve(Step.GUIDE)
    desk.take(Step.RESOLVE, on=desk.later(20), resolution_on=desk.on)
    desk.liquidated()
    assert desk.runs() == {"cancellation.application"}
    with pytest.raises(Refused, match="R-260"):
        desk.take(Step.APPLY, on=desk.later(4))
    desk.take(Step.CONSENT, consented_on=desk.on)
    desk.take(Step.APPLY, on=desk.later(1))
    assert desk.runs() == {"filing.decision"}
    with pytest.raises(Refused, match="R-235"):
        desk.take(Step.CANCEL, by=desk.officer)
    desk.stands(in_progress=1)
    desk.take(Step.CANCEL, on=desk.later(3))
    desk.stands(completed=1)
    assert (desk.body.exit_kind, desk.body.cancelled_on) == ("cancelled", desk.on)
    desk.take(Step.COLLECT, on=desk.later(1))
    desk.take(Step.PUBLISH)
    desk.take(Step.ARCHIVE)
    desk.is_whole(D.CANCELLATION_GUIDE, D.SEIZURE_RECORD, D.CLOSING_REPORT)
    assert desk.runs() == set()


def test_a_merger_names_its_successor_on_every_paper() -> None:
    desk = Papered(Treatment.MERGE)
    successor = OrganisationFactory.create()
    desk.take(Step.AGREE, resolution_on=desk.on, successor=successor.pk)
    desk.stands(in_progress=1)
    desk.take(Step.MERGE, on=desk.later(10))
    desk.stands(completed=1)
    assert (desk.body.exit_kind, desk.body.successor) == ("merged", successor)
    desk.take(Step.COLLECT, on=desk.later(1), complete=False, void_no=desk.issue(D.VOID_ANNOUNCEMENT).document_no)
    desk.take(Step.PUBLISH)
    desk.take(Step.ARCHIVE)
    assert "依法办理合并更名" in Notice.objects.get(kind=D.VOID_ANNOUNCEMENT).paragraphs[0]
    desk.is_whole(D.VOID_ANNOUNCEMENT, D.SEIZURE_RECORD, D.CLOSING_REPORT)
