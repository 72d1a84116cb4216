"""Documents reach the body as law allows, once, by their officer, and only paper proves it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from cleanup.actions import service as services
from cleanup.rules import Refused
from cleanup.states import Step, Treatment
from tests.cleanup.walks import Desk
from tests.registry.documents import document

pytestmark = pytest.mark.django_db


@pytest.fixture
def notified(db: None) -> Desk:
    desk = Desk(Treatment.REVOKE)
    desk.take(Step.FILE)
    desk.take(Step.INQUIRE)
    desk.take(Step.REPORT, serious=False)
    desk.take(Step.NOTIFY)
    return desk


@pytest.mark.parametrize(("how", "code"), [
    ({"method": "electronic"}, "R-273"),
    ({"method": "announcement", "address": "虚构日报"}, "R-274"),
    ({"method": "announcement", "address": "虚构日报", "reason": "不愿意寄"}, "R-274"),
    ({"method": "announcement", "reason": "下落不明"}, "R-275"),
])  # fmt: skip
def test_a_document_is_sent_only_as_law_allows(notified: Desk, how: dict[str, str], code: str) -> None:
    with pytest.raises(Refused, match=code):
        notified.send(Step.NOTIFY, **how)


def test_a_document_is_sent_once_by_its_officer_when_it_is_there(notified: Desk) -> None:
    with pytest.raises(Refused, match="R-270"):
        notified.send(Step.INQUIRE)
    with pytest.raises(Refused, match="R-276"):
        notified.send(Step.NOTIFY, by=notified.mate)
    notified.on -= timedelta(days=1)
    with pytest.raises(Refused, match="R-272"):
        notified.send(Step.NOTIFY)
    notified.on += timedelta(days=1)
    sent = notified.send(Step.NOTIFY)
    assert (sent.recipient, sent.address, sent.round) == (notified.body.name, "虚构区测试路1号", 1)
    with pytest.raises(Refused, match="R-271"):
        notified.send(Step.NOTIFY)
    notified.prove(sent)
    with pytest.raises(Refused, match="R-271"):
        notified.send(Step.NOTIFY)


def test_nobody_recused_or_without_a_certificate_serves_nor_in_a_suspended_case(notified: Desk) -> None:
    sent = notified.send(Step.NOTIFY)
    how = {"service_id": sent.pk, "failure": "退件", "by": notified.officer}
    notified.take(Step.SUSPEND)
    for act in (lambda: notified.prove(sent), lambda: services.fail(on=notified.on, **how)):
        with pytest.raises(Refused, match="R-441"):
            act()
    notified.take(Step.RESUME)
    notified.officer.certificate_until = notified.on - timedelta(days=1)
    with pytest.raises(Refused, match="R-239"):
        notified.prove(sent)
    notified.officer.certificate_until = notified.on
    notified.take(Step.RECUSE, person=notified.officer.pk)
    for act in (lambda: notified.prove(sent), lambda: services.fail(on=notified.on, **how)):
        with pytest.raises(Refused, match="R-240"):
            act()


def test_another_documents_failure_is_no_reason_to_announce_this_one(notified: Desk) -> None:
    returned = notified.send(Step.NOTIFY, method="electronic", consent_no="确认书1号")
    services.fail(service_id=returned.pk, failure="邮箱已满", by=notified.officer, on=notified.on)
    announced = {"method": "announcement", "address": "虚构日报", "reason": "没有送到"}
    with pytest.raises(Refused, match="R-274"):
        notified.send(Step.NOTIFY, **announced)
    returned = notified.send(Step.NOTIFY)
    services.fail(service_id=returned.pk, failure="无人", by=notified.officer, on=notified.on)
    notified.take(Step.NOTIFY)
    with pytest.raises(Refused, match="R-274"):
        notified.send(Step.NOTIFY, **announced)


@pytest.mark.parametrize(("how", "code"), [
    ({"proof": " "}, "R-278"),
    ({"content": None}, "R-278"),
    ({"served_on": date(2022, 6, 5)}, "R-279"),
    ({"served_on": date(2022, 6, 7)}, "R-279"),
])  # fmt: skip
def test_service_is_proved_by_paper_and_in_order(notified: Desk, how: dict[str, Any], code: str) -> None:
    sent = notified.send(Step.NOTIFY)
    with pytest.raises(Refused, match=code):
        notified.prove(sent, **how)


def test_a_service_ends_once(notified: Desk) -> None:
    sent = notified.send(Step.NOTIFY)
    fail = {"service_id": sent.pk, "by": notified.officer, "on": notified.on}
    with pytest.raises(Refused, match="R-281"):
        services.fail(failure=" ", **fail)
    services.fail(failure="退件", **fail)
    for again in (lambda: services.fail(failure="退件", **fail), lambda: notified.prove(sent)):
        with pytest.raises(Refused, match="R-277"):
            again()


def test_a_file_that_is_no_document_proves_nothing(notified: Desk) -> None:
    sent = notified.send(Step.NOTIFY)
    with pytest.raises(ValueError, match="无法识别"):
        notified.prove(sent, content=document(b"MZ"), file_name="回证.pdf")
    sent.refresh_from_db()
    assert sent.is_under_way
