"""Documents are issued once, numbered without gaps, archived, and void only before they are sent."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from cleanup.actions import notice as notices
from cleanup.models import Notice, NoticeSeries
from cleanup.queries import notice_values
from cleanup.queries.progress import read
from cleanup.rules import Refused
from cleanup.states import DocumentKind, Step, Treatment
from registry import paper
from registry.models import Event, JobRun, Policy, StoredFile
from registry.queries.verification import faults
from registry.states import Role
from tests.cleanup.walks import Desk
from tests.constraints import refused_by
from tests.factories import UserFactory

if TYPE_CHECKING:
    from cleanup.queries.progress import Progress

pytestmark = pytest.mark.django_db

FACTS = {"source": "整治行动排查", "facts": "连续两个年度未参加年度检查。"}


@pytest.fixture(autouse=True)
def _own_words() -> None:
    Policy.objects.filter(key="notice.prefix").update(value="虚民社")
    Policy.objects.filter(key="notice.contact").update(value="虚构路1号，000-0000000")


@pytest.fixture
def desk() -> Desk:
    return Desk(
        Treatment.REVOKE, registration_authority="虚构区民政局", address="虚构路2号", legal_representative="某某"
    )


def progress(desk: Desk) -> Progress:
    case = desk.case
    return read(case, case.finding, case.finding.organisation)


def issued(desk: Desk, kind: str = DocumentKind.FILING_APPROVAL, **how: Any) -> Notice:
    entered = how.pop("entered", FACTS)
    return notices.issue(case_id=desk.pk, kind=kind, entered=entered, by=desk.officer, on=how.pop("on", desk.on), **how)


def test_a_document_is_numbered_frozen_archived_and_told(desk: Desk) -> None:
    notice = issued(desk)
    assert str(notice) == "行政处罚立案审批表 虚民社立〔2022〕1号"
    assert (notice.addressee, notice.address, notice.bureau) == (desk.body.name, "虚构路2号", "虚构区民政局")
    with notice.pdf.file.open() as file:
        content = file.read()
    assert hashlib.sha256(content).hexdigest() == notice.pdf.sha256
    assert content == paper.pdf(notices.as_paper(Notice.objects.get()))
    event = Event.objects.get(verb="notice.issue")
    assert event.facts["notice"]["file"]["sha256"] == notice.pdf.sha256
    assert event.facts["notice"]["document_no"] == "虚民社立〔2022〕1号"
    assert [each for each in faults() if each.code == desk.body.code] == []  # the law book was altered on purpose


def test_the_text_stays_as_it_was_when_the_register_moves_on(desk: Desk) -> None:
    notice = issued(desk)
    before = paper.pdf(notices.as_paper(notice))
    type(desk.body).objects.filter(pk=desk.body.pk).update(address="虚构路3号")
    assert paper.pdf(notices.as_paper(Notice.objects.get())) == before


def test_a_series_has_neither_gaps_nor_doubles(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Desk(
        Treatment.REVOKE, registration_authority="虚构区民政局", address="虚构路4号", legal_representative="某某"
    )
    assert issued(desk).number == 1
    with pytest.raises(Refused):
        issued(other, entered={"source": "举报"})
    with monkeypatch.context() as broken:
        broken.setattr(notices, "record", _fails)
        with pytest.raises(RuntimeError, match="on purpose"):
            issued(other)
    assert StoredFile.objects.filter(organisation=other.body).count() == 0
    assert issued(other).number == 2
    assert NoticeSeries.objects.get(word="虚民社立", year=2022).last == 2
    third = Desk(
        Treatment.REVOKE,
        opened_on=date(2023, 1, 5),
        registration_authority="虚构区民政局",
        address="虚构路5号",
        legal_representative="某某",
    )
    assert issued(third).document_no == "虚民社立〔2023〕1号"


def _fails(*_: object, **__: object) -> None:
    raise RuntimeError("on purpose")


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ({"kind": DocumentKind.RECTIFICATION_ORDER, "entered": {}}, "R-350"),
        ({"entered": {"source": "  ", "facts": "事实"}}, "R-351"),
        ({"on": date(2022, 6, 5)}, "R-352"),
        ({"on": date(2027, 1, 1)}, "R-352"),
    ],
)
def test_what_may_not_be_issued_is_refused(how: dict[str, Any], rule: str, desk: Desk) -> None:
    with pytest.raises(Refused, match=rule):
        issued(desk, **how)
    assert not Notice.objects.exists()
    assert not NoticeSeries.objects.filter(last__gt=0).exists()


@pytest.mark.parametrize("key", ["notice.prefix", "notice.contact"])
def test_without_the_bureaus_own_words_nothing_is_issued(key: str, desk: Desk) -> None:
    desk.to_notice()
    Policy.objects.filter(key=key).update(value=notice_values.UNSET)
    with pytest.raises(Refused, match="R-351"):
        issued(desk, DocumentKind.PRIOR_NOTICE, entered={"facts": "事实"})


def test_a_second_one_waits_until_the_first_is_void(desk: Desk) -> None:
    first = issued(desk)
    with pytest.raises(Refused, match="R-353"):
        issued(desk)
    with pytest.raises(notices.IssuedMeanwhile) as told:
        issued(desk, seen=1)
    assert told.value.notice == first
    with pytest.raises(Refused, match="R-355"):
        notices.void(notice_id=first.pk, by=desk.officer, on=desk.on, reason=" ")
    notices.void(notice_id=first.pk, by=desk.officer, on=desk.on, reason="住所有误")
    with pytest.raises(Refused, match="R-354"):
        notices.void(notice_id=first.pk, by=desk.officer, on=desk.on, reason="住所有误")
    second = issued(desk, seen=2)
    assert (second.round, second.number) == (2, 2)
    assert Event.objects.filter(verb="notice.void").count() == 1


def test_minutes_may_stand_side_by_side(desk: Desk) -> None:
    desk.take(Step.FILE)
    said = {"time": "9时", "place": "虚构路2号", "person": "看门人", "content": "两年无人办公"}
    assert [issued(desk, DocumentKind.INQUIRY_RECORD, entered=said).round for _ in range(2)] == [1, 2]


def test_what_was_sent_is_not_void_any_more(desk: Desk) -> None:
    desk.take(Step.FILE)
    desk.take(Step.INQUIRE, on=desk.later(1))
    desk.take(Step.REPORT, on=desk.later(1))
    desk.take(Step.DISCUSS)
    notice = issued(desk, DocumentKind.PRIOR_NOTICE, entered={"facts": "事实"})
    desk.take(Step.NOTIFY, document_no=notice.document_no)
    desk.serve(Step.NOTIFY)
    with pytest.raises(Refused, match="R-354"):
        notices.void(notice_id=notice.pk, by=desk.officer, on=desk.on, reason="有误")


def test_fields_start_from_what_was_said_before(desk: Desk) -> None:
    desk.take(Step.FILE, content="涉嫌未参加年检")
    assert notice_values.proposed(progress(desk), DocumentKind.PRIOR_NOTICE) == {"facts": "涉嫌未参加年检"}
    issued(desk)
    assert notice_values.proposed(progress(desk), DocumentKind.PRIOR_NOTICE) == {"facts": FACTS["facts"]}
    given = notice_values.given(progress(desk), on=desk.on)
    assert given["penalty_basis"] == "《社会团体登记管理条例》第三十条第一款第三项"
    assert (given["response_days"], given["announcement_days"]) == ("5", "30")


def test_every_constraint_of_documents_holds(desk: Desk) -> None:
    notice = issued(desk)
    own = Notice.objects.filter(pk=notice.pk)
    for name, columns in (
        ("notice_kind_known", {"kind": "poster"}),
        ("notice_number_whole", {"number": None}),
        ("notice_number_whole", {"word": ""}),
        ("notice_void_with_reason", {"voided_on": desk.on}),
        ("notice_void_with_reason", {"void_reason": "有误"}),
    ):
        with refused_by(Notice, name):
            own.update(**columns)
    notices.void(notice_id=notice.pk, by=desk.officer, on=desk.on, reason="有误")
    again = issued(desk)
    for name, columns in (
        ("notice_once_per_kind_and_round", {"round": 1}),
        ("notice_number_once", {"number": 1}),
    ):
        with refused_by(Notice, name):
            Notice.objects.filter(pk=again.pk).update(**columns)
    run = JobRun.objects.create(job="notices", slot="1", as_of=desk.on, started_at=again.made_at)
    own.update(run=run)
    with refused_by(Notice, "notice_once_per_run"):
        Notice.objects.filter(pk=again.pk).update(run=run)
    with refused_by(NoticeSeries, "notice_series_once_a_year"):
        NoticeSeries.objects.create(word="虚民社立", year=2022)


# --- when, and by whom ----------------------------------------------------------------------------------------------


def test_a_document_waits_for_the_steps_before_its_own(desk: Desk) -> None:
    for kind in (
        DocumentKind.PRIOR_NOTICE,
        DocumentKind.DECISION,
        DocumentKind.SERVICE_RECEIPT,
        DocumentKind.ANNOUNCEMENT,
    ):
        with pytest.raises(Refused, match="R-396"):
            issued(desk, kind)
    desk.to_decision()
    assert issued(desk, DocumentKind.DECISION, entered={"facts": "事实", "heard": "无"}).number == 1


def test_a_stranger_to_the_case_makes_none_nor_one_without_certificate_or_recused(desk: Desk) -> None:
    stranger = UserFactory.create(role=Role.ENFORCEMENT, certified=True)
    told: dict[str, Any] = {"case_id": desk.pk, "kind": DocumentKind.FILING_APPROVAL, "entered": FACTS, "on": desk.on}
    with pytest.raises(Refused, match="R-397"):
        notices.issue(by=stranger, **told)
    officer = type(stranger).objects.filter(pk=desk.officer.pk)
    valid_until = desk.officer.certificate_until
    officer.update(certificate_until=date(2022, 5, 1))
    with pytest.raises(Refused, match="R-397"):
        notices.issue(by=officer.get(), **told)
    officer.update(certificate_until=valid_until)
    desk.take(Step.FILE)
    desk.take(Step.RECUSE, person=desk.reviewer.pk)
    with pytest.raises(Refused, match="R-397"):
        notices.issue(by=desk.reviewer, **told)
    assert notices.issue(by=desk.host, **told).made_by == desk.host


def test_a_decision_to_take_the_certificate_rests_on_the_law_on_charities(desk: Desk) -> None:
    charity = Desk(
        Treatment.REVOKE_LICENCE, is_charity=True, registration_authority="虚构区民政局", legal_representative="某某",
        address="虚构路3号",
    )  # fmt: skip
    notice = issued(charity)
    assert dict(notice.rows)["拟适用的规定"] == "《中华人民共和国慈善法》第一百零九条"
    assert dict(issued(desk).rows)["拟适用的规定"] != "《中华人民共和国慈善法》第一百零九条"


def test_the_ways_to_contest_are_told_as_policy_has_them(desk: Desk) -> None:
    Policy.objects.filter(key="penalty.reconsideration_days").update(value=90)
    desk.to_decision()
    notice = issued(desk, DocumentKind.DECISION, entered={"facts": "事实", "heard": "无"})
    assert "自收到本决定书之日起90日内" in "".join(notice.paragraphs)


def test_a_character_without_glyph_is_named_and_takes_no_number(desk: Desk) -> None:
    with pytest.raises(notices.CannotBePrinted, match="字库中没有“𠮷”"):
        issued(desk, entered={**FACTS, "facts": "法定代表人某𠮷失联。"})
    assert not NoticeSeries.objects.filter(last__gt=0).exists()
    assert issued(desk, entered={**FACTS, "facts": "失联\x01。\t"}).rows[2][1] == "失联。"
