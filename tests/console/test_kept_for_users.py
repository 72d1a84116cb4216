"""What users keep for themselves: saved views of lists, and where they have been."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from console import recents, saved
from console.models import RecentRecord, SavedView
from registry.states import Role
from tests.constraints import refused_by
from tests.factories import OrganisationFactory, UnitFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client
    from time_machine import TimeMachineFixture

    from registry.models import User

pytestmark = pytest.mark.django_db


def keep(owner: User, name: str = "待核实", path: str = "/findings/", query: str = "stage=pending") -> SavedView:
    return saved.save_view(owner=owner, name=name, path=path, query=query)


def test_a_view_opens_the_list_it_was_saved_from(officer: User, client: Client) -> None:
    view = keep(officer, query="stage=pending&criterion=A&after=12&before=3")
    assert view.link == f"{reverse('finding_list')}?stage=pending&criterion=A"
    client.force_login(officer)
    assert client.get(view.link).status_code == 200


def test_saving_under_a_taken_name_replaces_that_view_of_ones_own(officer: User, reviewer: User) -> None:
    keep(officer)
    keep(reviewer)
    keep(officer, name=" 待核实 ", path="/organisations/", query="")
    assert [view.link for view in saved.saved_views(officer)] == ["/organisations/"]
    assert [view.link for view in saved.saved_views(reviewer)] == ["/findings/?stage=pending"]


@pytest.mark.parametrize("path", ["", "//else.example/", "https://else.example/", "/", "/sign-out/", "/nowhere/"])
def test_only_lists_of_the_console_are_saved(officer: User, path: str) -> None:
    with pytest.raises(ValidationError):
        keep(officer, path=path)
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("how", [{"name": " "}, {"name": "长" * 51}, {"query": "q=" + "x" * 2000}])
def test_a_view_has_a_name_and_fits(officer: User, how: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        keep(officer, **how)


def test_only_the_owner_forgets_a_view(officer: User, reviewer: User) -> None:
    view = keep(officer)
    with pytest.raises(SavedView.DoesNotExist):
        saved.forget_view(owner=reviewer, view_id=view.pk)
    saved.forget_view(owner=officer, view_id=view.pk)
    assert not SavedView.objects.exists()


def test_a_name_is_used_once_by_each_owner(officer: User) -> None:
    keep(officer)
    with refused_by(SavedView, "saved_view_once_per_name"):
        SavedView.objects.bulk_create([SavedView(owner=officer, name="待核实", path="/findings/")])


@pytest.mark.parametrize("breach", [{"name": ""}, {"path": ""}])
def test_a_view_is_whole_in_the_database(officer: User, breach: dict[str, str]) -> None:
    view = keep(officer)
    with refused_by(SavedView, "saved_view_has_name_and_path"):
        SavedView.objects.filter(pk=view.pk).update(**breach)


# --- recent records ----------------------------------------------------------------------------------


def seen(user: User) -> list[int]:
    return [row.organisation_id for row in recents.recent_records(user)]


def test_the_latest_is_first_and_each_body_stands_once(officer: User, time_machine: TimeMachineFixture) -> None:
    first, second = (OrganisationFactory.create().pk for _ in range(2))
    for minute, pk in enumerate((first, second, first)):
        time_machine.move_to(timezone.now() + timedelta(minutes=minute))
        recents.remember(user=officer, organisation_id=pk)
    assert seen(officer) == [first, second]


def test_only_the_latest_twenty_are_kept_for_each(officer: User, reviewer: User) -> None:
    bodies = [OrganisationFactory.create().pk for _ in range(recents.KEPT + 3)]
    recents.remember(user=reviewer, organisation_id=bodies[0])
    for pk in bodies:
        recents.remember(user=officer, organisation_id=pk)
    assert seen(officer) == bodies[:2:-1]
    assert RecentRecord.objects.filter(user=officer).count() == recents.KEPT
    assert seen(reviewer) == bodies[:1]


def test_looking_at_a_page_is_remembered_and_only_where_it_was_shown(officer: User, client: Client) -> None:
    body = OrganisationFactory.create()
    client.force_login(officer)
    client.get(reverse("organisation_page", kwargs={"code": body.code}))
    assert client.get(reverse("organisation_page", kwargs={"code": "5" * 18})).status_code == 404
    client.get(reverse("organisation_list"))
    assert seen(officer) == [body.pk]


def test_what_is_out_of_reach_by_now_is_left_out() -> None:
    unit = UnitFactory.create()
    person = UserFactory.create(role=Role.SUPERVISING_UNIT, unit=unit)
    body = OrganisationFactory.create(supervising_unit=unit)
    recents.remember(user=person, organisation_id=body.pk)
    recents.remember(user=person, organisation_id=OrganisationFactory.create().pk)
    assert seen(person) == [body.pk]


def test_a_body_stands_once_in_the_database(officer: User) -> None:
    body = OrganisationFactory.create()
    rows = [RecentRecord(user=officer, organisation=body, seen_at=timezone.now()) for _ in range(2)]
    with refused_by(RecentRecord, "recent_record_once_per_body"):
        RecentRecord.objects.bulk_create(rows)
