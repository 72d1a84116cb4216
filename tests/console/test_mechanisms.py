"""Paging by keys, bars that add up, and pages that cannot write."""

import itertools
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from console.access import OfficerRequest, Permission, needs
from console.clock import is_near, stands
from console.figures import GROUND, LEFT, RIGHT, TOP, bar, columns
from console.paging import Order, page
from console.readonly import WroteOnGet, no_writes
from registry.models import Organisation, Unit, User
from tests.factories import OrganisationFactory

ORDERS = [Order(("code",)), Order(("name", "code")), Order(("established_on", "pk"), descending=True)]


@pytest.mark.django_db
@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_paging_there_and_back_meets_every_row_once(order: Order) -> None:
    for number in range(11):
        OrganisationFactory.create(name=f"虚构区同名协会{number % 3}")
    everything = list(Organisation.objects.order_by(*order.names()))
    found, there = [], page(Organisation.objects.all(), order, size=4)
    assert there.previous == ""
    found += there.rows
    while there.next:
        there = page(Organisation.objects.all(), order, after=there.next, size=4)
        found += there.rows
    assert found == everything
    back = there
    again = list(there.rows)
    while back.previous:
        back = page(Organisation.objects.all(), order, before=back.previous, size=4)
        again = [*back.rows, *again]
    assert again == everything


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", ["nobody", "\x00", "99999999999999999999999"])
def test_an_unknown_cursor_gives_the_first_page(cursor: str) -> None:
    OrganisationFactory.create()
    for order in ORDERS:
        assert len(page(Organisation.objects.all(), order, after=cursor).rows) == 1
        assert len(page(Organisation.objects.all(), order, before=cursor).rows) == 1


@pytest.mark.django_db
def test_a_cursor_holds_when_its_row_has_left_the_filter() -> None:
    bodies = [OrganisationFactory.create(name=f"虚构区协会{n}") for n in range(4)]
    rest = Organisation.objects.exclude(pk=bodies[1].pk)
    assert page(rest, Order(("code",)), after=bodies[1].code).rows == bodies[2:]


@given(st.lists(st.integers(0, 5000), max_size=6))
def test_the_parts_of_a_bar_fill_it_without_gap(counts: list[int]) -> None:
    parts = bar([("", count, "done", "") for count in counts])
    assert sum(part.width for part in parts) == (1000 if sum(counts) else 0)
    assert all(part.start + part.width == after.start for part, after in itertools.pairwise(parts))


@pytest.mark.django_db
def test_a_page_that_writes_while_being_looked_at_is_stopped(rf: RequestFactory, officer: User) -> None:
    @needs(Permission.VIEW_REGISTER)
    def careless(request: OfficerRequest) -> HttpResponse:
        Unit.objects.create(name="不该有的单位")
        return HttpResponse()

    request = rf.get("/")
    request.user = officer
    with pytest.raises(WroteOnGet), transaction.atomic():
        careless(request)
    post = rf.post("/")
    post.user = officer
    assert careless(post).status_code == 200
    with no_writes():
        assert Unit.objects.count() == 1


@given(st.lists(st.lists(st.integers(0, 5000), min_size=3, max_size=3), max_size=12))
def test_columns_stay_inside_the_drawing_and_keep_their_proportions(groups: list[list[int]]) -> None:
    chart = columns([(str(number), counts) for number, counts in enumerate(groups)], ("doing", "last", "done"))
    assert len(chart.columns) == 3 * len(groups)
    assert len(chart.names) == len(groups)
    assert all(each.x >= LEFT and each.x + each.width <= RIGHT for each in chart.columns)
    assert all(each.y >= TOP and each.y + each.height == GROUND for each in chart.columns)
    assert int(chart.rungs[-1].text) >= max((count for counts in groups for count in counts), default=0)
    tallest = {count: each.height for each, count in zip(chart.columns, itertools.chain(*groups), strict=True)}
    assert sorted(tallest.values()) == [tallest[count] for count in sorted(tallest)]


@pytest.mark.parametrize(
    ("days", "words", "near"),
    [
        (-3, "已逾期3日", True),
        (0, "今日到期", True),
        (1, "还有1日", True),
        (14, "还有14日", True),
        (15, "还有15日", False),
    ],
)
def test_a_deadline_is_told_in_words(days: int, words: str, near: bool) -> None:
    today = date(2026, 11, 24)
    assert stands(today + timedelta(days=days), today) == words
    assert is_near(today + timedelta(days=days), today) == near
