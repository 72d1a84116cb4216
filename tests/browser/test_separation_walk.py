"""The board of decoupling, and one association from the list to acceptance, as those see it who take the steps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from console.decoupling_forms import QUESTIONS
from decoupling import checklist
from decoupling.actions import batch as batches
from decoupling.models import ChecklistItem, Listing
from registry.models import Organisation, Unit
from registry.states import Role, State
from tests.browser.seats import PASSWORD
from tests.console.situations import user_of
from tests.decoupling.situations import APPROVAL, association, listed
from tests.factories import UnitFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.models import User
    from tests.browser.seats import Seat

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAME = "虚构区茶叶行业协会"


def somebody(username: str, role: Role, unit: Unit | None = None) -> User:
    user = user_of(role, username=username, **({"unit": unit} if unit else {}))
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def body(transactional_db: None) -> Organisation:
    """Return an association nobody has placed, with a checklist of two items and everybody who takes a step."""
    ChecklistItem.objects.all().delete()
    for columns in checklist.read():
        if columns["code"] in {"A1", "C1"}:
            ChecklistItem.objects.create(**columns)
    unit, finance = UnitFactory.create(name="虚构区商务局"), UnitFactory.create(name="虚构区财政局")
    today = timezone.localdate()
    by = UserFactory.create()
    batches.open_batch(
        number=1, title="第一批", document_no="虚1号", decided_on=today - timedelta(days=90), by=by,
        done_due_on=today + timedelta(days=90),
    )  # fmt: skip
    batches.appoint(responsible="finance", unit=finance, by=by, on=today - timedelta(days=90))
    for username, role, of in (
        ("dengji", Role.REGISTRATION, None),
        ("shenhe", Role.REVIEWER, None),
        ("fuze", Role.DIRECTOR, None),
        ("shangwu", Role.SUPERVISING_UNIT, unit),
        ("caizheng", Role.DEPARTMENT, finance),
    ):
        somebody(username, role, of)
    listed(association(name="虚构区丝绸行业协会"))
    return association(name=NAME, supervising_unit=unit)


def test_one_association_goes_from_the_list_to_acceptance(seats: Callable[[], Seat], body: Organisation) -> None:
    registrar, reviewer, director, unit, finance = (seats() for _ in range(5))
    people = ("dengji", "shenhe", "fuze", "shangwu", "caizheng")
    for seat, username in zip((registrar, reviewer, director, unit, finance), people, strict=True):
        seat.sign_in(username)
    at = reverse("decoupling_page", args=[body.code])

    registrar.open(reverse("decoupling_place", args=[body.code]))
    registrar.page.get_by_role("radio", name=registrar.say("拟脱钩"), exact=True).check()
    for answer, evidence, _question in QUESTIONS:
        registrar.page.locator(f"[name={answer}]").set_checked(True)
        registrar.page.locator(f"[name={evidence}]").fill("会员名册、登记证书")
    registrar.field("名单文号").fill("虚名单1号")
    done(registrar, "列入脱钩名单")

    deed(registrar, at, "报送方案", 来文文号="虚商函1号")
    deed(reviewer, at, "批复方案", 批复文号=APPROVAL["approval_no"])
    for code in ("A1", "C1"):
        registrar.open(reverse("decoupling_item_settle", args=[body.code, code]))
        registrar.field("证明材料").fill(f"{code} 书面材料")
        done(registrar, f"{code} 办结事项", is_whole=False)

    finance.open(at)
    expect(finance.page.get_by_role("heading", level=2)).to_have_count(2)
    for seat in (unit, finance):
        seat.open(at)
        seat.link("会签").click()
        expect(seat.field("评定结果")).to_be_visible()
        seat.field("评定结果").fill("经评定，已经分离")
        done(seat, "会签", is_whole=False)

    for seat, capacity in ((reviewer, "民政局"), (director, "联合工作组办公室")):
        deed(seat, at, "验收签字", 签字人所在单位或者身份=capacity)
    deed(registrar, at, "办理验收", 验收结论="五分离均已完成，验收合格")

    registrar.open(reverse("decoupling_list"))
    row = registrar.page.get_by_role("row").filter(has_text=NAME)
    expect(row).to_contain_text(registrar.say("已脱钩"))
    expect(row.locator(".cell-signed").first).to_be_visible()
    assert Organisation.objects.get(pk=body.pk).state == State.DECOUPLED
    assert Listing.objects.get(organisation=body).signatures.count() == 2


def deed(seat: Seat, at: str, name: str, **texts: str) -> None:
    """Take a step from the page of the association: the link, the texts, the button; then be back with the good news."""
    seat.open(at)
    seat.link(name).click()
    expect(seat.page.get_by_role("heading", level=1)).to_have_text(seat.say(name))
    seat.in_order()
    for label, text in texts.items():
        seat.field(label).fill(text)
    done(seat, name)


def done(seat: Seat, name: str, *, is_whole: bool = True) -> None:
    """Send the form that is open, and read that it was done."""
    seat.page.locator("main form button[type=submit]").last.click()
    said = seat.say("已办理：%(what)s", what=seat.say(name)) if is_whole else ""
    expect(seat.page.get_by_role("status").first).to_contain_text(said)
    seat.in_order()
