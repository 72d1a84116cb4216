"""The board of a campaign and one thing in many cases, from ticking them to what came of each."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from cleanup.actions import batch as batches
from cleanup.actions import notice as notices
from cleanup.models import Case, CaseBatch, CaseStep
from cleanup.states import DocumentKind, Step, Treatment
from registry.actions import organisation as organisations
from registry.models import Event, Organisation, Policy
from registry.states import Role
from tests.cleanup.walks import Desk, confirmed_finding
from tests.console.situations import user_of
from tests.factories import UnitFactory, UserFactory
from worker import dispatch, tasks

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

BOARD, NEW = "/cases/board/", "/cases/batches/new/"


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the worker be as quick as the page."""

    def at_once(*, batch: CaseBatch) -> None:
        tasks.case_batch.apply(kwargs={"batch_id": batch.pk, "from_later": True}, task_id="message-1", throw=True)

    monkeypatch.setattr(dispatch, "cases", at_once)


def three() -> list[Desk]:
    desks = [Desk(Treatment.CANCEL) for _ in range(3)]
    Case.objects.update(officer=desks[0].officer)
    return desks


def test_every_body_stands_on_the_board_with_what_is_done_about_it(client: Client) -> None:
    done, open_one = Desk(Treatment.REVOKE), Desk(Treatment.CANCEL)
    done.to_effect()
    waiting, left = (confirmed_finding(UserFactory.create()) for _ in range(2))
    papers: dict[str, Any] = {"resolution_on": done.on, "consent_no": "", "liquidation_report_on": done.on}
    body, reviewer = left.organisation, user_of(Role.REVIEWER)
    organisations.cancel(organisation_id=body.pk, by=reviewer, on=done.on, reason="自行解散", **papers)
    client.force_login(open_one.officer)
    shown = client.get(BOARD).content.decode()
    for text in (open_one.body.name, str(open_one.officer), "注销指引", waiting.organisation.name, "未启动"):
        assert text in shown
    assert "纳入 4 家，已销号 2 家" in shown
    cleared = client.get(BOARD, {"stage": "completed"}).content.decode()
    assert "✓ 撤销" in cleared
    assert "✓ 注销" in cleared
    assert body.name in cleared
    assert body.name not in client.get(BOARD, {"stage": "not_started"}).content.decode()
    rows = csv.DictReader(StringIO(client.get(f"{BOARD}export/", {"form": "csv"}).getvalue().decode("utf-8-sig")))
    [told] = [each for each in rows if each["名称"] == body.name]
    assert (told["进度"], told["办理结果"], told["销号日期"]) == ("已退出登记", "注销", done.on.isoformat())
    assert open_one.body.name not in cleared


def test_the_board_is_filtered_by_officer_treatment_and_deadline(client: Client) -> None:
    desk = Desk(Treatment.REVOKE)
    desk.take(Step.FILE)
    other = Desk(Treatment.CANCEL)
    client.force_login(desk.officer)

    def names(**asked: Any) -> set[str]:
        shown = client.get(BOARD, {"campaign": "2022", **asked}).content.decode()
        return {each.body.name for each in (desk, other) if each.body.name in shown}

    assert names() == {desk.body.name, other.body.name}
    assert names(treatment="revoke") == names(officer=desk.officer.pk) == {desk.body.name}
    assert names(due="late") == {desk.body.name}
    assert names(stage="not_started") == set()


def test_the_board_is_taken_away_as_a_file(client: Client) -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_effect()
    client.force_login(user_of(Role.CLERK))
    answer = client.get(f"{BOARD}export/", {"form": "csv", "campaign": "2022"})
    row = next(csv.DictReader(StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert (row["名称"], row["办理结果"], row["下一步"]) == (desk.body.name, "撤销", "公开")
    assert (row["销号日期"], row["承办人"]) == (desk.case.closed_on.isoformat(), str(desk.officer))
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(f"{BOARD}export/", {"campaign": "2022"}).getvalue()))
    assert "逐个销号台账" in str(book.get_sheet_by_index(0).to_python()[0][0])
    assert client.get(f"{BOARD}export/", {"form": "exe"}).status_code == 404


def test_a_supervising_unit_sees_its_own_bodies_alone(client: Client) -> None:
    unit = UnitFactory.create()
    own, foreign = (confirmed_finding(UserFactory.create()) for _ in range(2))
    Organisation.objects.filter(pk=own.organisation_id).update(supervising_unit=unit)
    client.force_login(user_of(Role.SUPERVISING_UNIT, unit=unit))
    shown = client.get(BOARD).content.decode()
    assert own.organisation.name in shown
    assert foreign.organisation.name not in shown


@pytest.mark.usefixtures("worker")
def test_ticked_cases_take_a_step_together_and_each_says_what_came_of_it(client: Client) -> None:
    desks = three()
    client.force_login(desks[0].officer)
    asked = {"deed": "step", "what": "guide", "case": [each.pk for each in desks]}
    shown = client.get(NEW, asked).content.decode()
    assert all(each.body.name in shown for each in desks)
    assert "用各案已制作文书的文号" in shown
    Policy.objects.filter(key="notice.prefix").update(value="虚民社")
    Policy.objects.filter(key="notice.contact").update(value="虚构路1号")
    Organisation.objects.update(registration_authority="虚构区民政局")
    for each in desks:
        guide = {"kind": DocumentKind.CANCELLATION_GUIDE, "entered": {"facts": "已无人员和业务"}}
        notices.issue(case_id=each.pk, by=desks[0].officer, on=each.on, **guide)
    desks[1].take(Step.GUIDE, by=desks[0].officer)
    told = {**asked, "on": desks[0].on, "content": "已无人员"}
    answer = client.post(NEW, told)
    batch = CaseBatch.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("case_batch", args=[batch.pk]))
    page = client.get(answer.url).content.decode()
    assert "批量办理步骤：注销指引" in page
    assert "R-233" in page
    assert CaseStep.objects.filter(step=Step.GUIDE).count() == 3
    assert batches.counts(batch) == {"waiting": 0, "done": 2, "refused": 1}


def test_cases_that_differ_are_not_dealt_with_together(client: Client) -> None:
    desks = [Desk(Treatment.CANCEL), Desk(Treatment.RECTIFY)]
    client.force_login(desks[0].officer)
    asked = {"deed": "step", "what": "guide", "case": [each.pk for each in desks]}
    assert "处置方式不同" in client.get(NEW, asked).content.decode()
    client.post(NEW, {**asked, "content": "x"})
    assert not CaseBatch.objects.exists()
    nobody = client.get(NEW, {"case": ["x", "9" * 30, "1\x00"]}).content.decode()
    assert "还没有选择个案" in nobody


def test_without_a_broker_what_was_asked_for_is_kept_and_asked_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(Treatment.CANCEL)
    client.force_login(desk.officer)
    calls: list[CaseBatch] = []

    def away(*, batch: CaseBatch) -> None:
        calls.append(batch)
        raise dispatch.BrokerUnreachable

    monkeypatch.setattr(dispatch, "cases", away)
    told = {"deed": "step", "what": "guide", "case": [desk.pk], "on": desk.on, "content": "x", "document_no": "1"}
    answer = client.post(NEW, told, follow=True)
    assert "还没有开始" in answer.content.decode()
    batch = CaseBatch.objects.get()
    client.post(reverse("case_batch_resume", args=[batch.pk]))
    assert calls == [batch, batch]
    for message in ("message-1", "message-1", "message-2"):
        tasks.case_batch.apply(kwargs={"batch_id": batch.pk}, task_id=message, throw=True)
    assert Event.objects.filter(verb="case.guide").count() == 1
