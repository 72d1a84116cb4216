"""Paging by keys, bars that add up, and pages that cannot write."""

import itertools

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from console.access import OfficerRequest, Permission, needs
from console.figures import bar
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
