"""Who may open what: every role against every address, and rows that do not exist for those who may not know them."""

from itertools import product

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from cleanup.models import Finding
from console.access import BUNDLES, Permission, access_findings, access_organisations
from console.urls import urlpatterns
from registry.models import Event
from registry.states import Role
from tests.console.doors import DECIDERS, LEADS_BACK, MAY_OPEN, address, patterns
from tests.console.situations import open_finding, user_of
from tests.factories import OrganisationFactory, UnitFactory

pytestmark = pytest.mark.django_db

DECISIONS = ("finding_confirm", "finding_dismiss", "finding_mark_dormant")


def test_the_grid_knows_every_address() -> None:
    assert set(patterns()) == set(MAY_OPEN)


@pytest.mark.parametrize(("role", "name"), list(product(Role, MAY_OPEN)))
def test_a_role_opens_what_it_may_and_nothing_else(role: Role, name: str, client: Client) -> None:
    unit = UnitFactory.create()
    finding = open_finding(supervising_unit=unit)
    client.force_login(user_of(role, unit=unit))
    response = client.get(address(name, finding))
    opened = 302 if name in LEADS_BACK else 200
    assert response.status_code == (opened if role in MAY_OPEN[name] else 403)
    if role not in MAY_OPEN[name]:
        assert "没有权限" in response.content.decode()
        assert role.label in response.content.decode()


@pytest.mark.parametrize(("role", "name"), list(product(sorted(set(Role) - DECIDERS), DECISIONS)))
def test_a_post_without_permission_changes_nothing(role: Role, name: str, client: Client) -> None:
    unit = UnitFactory.create()
    finding = open_finding(supervising_unit=unit)
    events = Event.objects.count()
    client.force_login(user_of(role, unit=unit))
    assert client.post(address(name, finding), {"reason": "经核查属实"}).status_code == 403
    assert Event.objects.count() == events


@pytest.mark.parametrize("name", MAY_OPEN)
def test_a_stranger_is_sent_to_the_door_and_back(name: str, client: Client) -> None:
    wanted = address(name, open_finding())
    response = client.get(wanted)
    assert response.status_code == 302
    assert response["Location"] == f"{reverse('sign_in')}?next={wanted}"


def test_every_role_has_a_bundle_and_every_permission_opens_an_address() -> None:
    assert set(BUNDLES) == set(Role)
    used = {each.callback.permission for each in urlpatterns if hasattr(each.callback, "permission")}
    assert used | {Permission.VIEW_FIGURES} == set(Permission)  # figures are a part of the dashboard


def test_a_supervising_unit_sees_its_own_and_guessing_an_address_finds_nothing(client: Client) -> None:
    own_unit, other_unit = UnitFactory.create(), UnitFactory.create()
    own = open_finding(supervising_unit=own_unit, name="虚构区本单位协会")
    other = OrganisationFactory.create(supervising_unit=other_unit, name="虚构区别家协会")
    other_finding = Finding.objects.create(
        campaign=own.campaign, organisation=other, criteria="A", found_on=own.found_on
    )
    user = user_of(Role.SUPERVISING_UNIT, unit=own_unit)
    assert list(access_organisations(user)) == [own.organisation]
    assert list(access_findings(user)) == [own]
    client.force_login(user)
    for name in ("organisation_list", "finding_list"):
        page = client.get(reverse(name)).content.decode()
        assert "虚构区本单位协会" in page
        assert "虚构区别家协会" not in page
        assert other_unit.name not in page
    assert client.get(address("organisation_page", other_finding)).status_code == 404
    assert client.get(address("finding_page", other_finding)).status_code == 404
    dashboard = client.get(reverse("dashboard")).content.decode()
    assert "纳入" not in dashboard
    assert "脱钩率" not in dashboard


def test_a_supervising_user_without_a_unit_sees_nothing(client: Client) -> None:
    finding = open_finding()
    user = user_of(Role.SUPERVISING_UNIT)
    assert finding.organisation.supervising_unit is None
    assert not access_organisations(user).exists()
    assert not access_findings(user).exists()


def test_pages_are_kept_out_of_caches(client: Client) -> None:
    client.force_login(user_of(Role.REGISTRATION))
    assert "no-store" in client.get(reverse("dashboard"))["Cache-Control"]


def test_the_admin_is_the_only_other_door() -> None:
    others = {str(each.pattern) for each in get_resolver().url_patterns if str(each.pattern) != ""}
    assert others == {"admin/"}
