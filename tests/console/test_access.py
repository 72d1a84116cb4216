"""Who may open what: every role against every address, and rows that do not exist for those who may not know them."""

from collections.abc import Iterable

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.converters import get_converters

from cleanup.models import Finding
from console.access import BUNDLES, Permission, access_findings, access_organisations
from console.readonly import no_writes
from console.urls import urlpatterns
from registry.models import Unit
from registry.states import Role
from tests.console.doors import LEADS_BACK, MAY_OPEN, address, methods, patterns, posts, takes_a_record
from tests.console.situations import open_finding, open_findings, user_of
from tests.factories import OrganisationFactory, UnitFactory

pytestmark = pytest.mark.django_db

ROLES = sorted(Role)
SECTIONS = sorted({name.partition("_")[0] for name in MAY_OPEN})
POSTS = posts()
ANSWERS = {200, 302, 404, 409, 422}
"""What an officer who may act is answered who sends nothing: never a refusal of the role, never a crash."""

NOWHERE = {"code": "51120119MJ0000000X", "int": "99999999999999999999", "slug": "csv", "str": "no.such"}
"""What stands in an address of nothing; the number is longer than a database can count."""

Statuses = dict[tuple[str, Role], int]


@pytest.fixture
def unit() -> Unit:
    return UnitFactory.create()


@pytest.fixture
def seats(unit: Unit) -> dict[Role, Client]:
    """Return a browser for each role, in which somebody of that role has signed in."""
    found = {role: Client() for role in ROLES}
    for role, client in found.items():
        client.force_login(user_of(role, unit=unit))
    return found


def places(names: Iterable[str], unit: Unit) -> dict[str, str]:
    """Return addresses by name, each with a body of ``unit`` of its own behind it."""
    listed = list(names)
    return dict(zip(listed, map(address, listed, open_findings(len(listed), supervising_unit=unit)), strict=True))


def of_section(section: str, names: Iterable[str]) -> list[str]:
    """Return the names of one section of the console."""
    return [name for name in names if name.partition("_")[0] == section]


def nowhere(name: str) -> str:
    """Return the address of this name with nothing behind it."""
    kinds = {converter.__class__: kind for kind, converter in get_converters().items()}
    converters = patterns()[name].pattern.converters
    return reverse(name, kwargs={part: NOWHERE[kinds[each.__class__]] for part, each in converters.items()})


def test_the_grid_knows_every_address() -> None:
    assert set(patterns()) == set(MAY_OPEN)


def test_every_address_says_how_it_may_be_asked() -> None:
    assert {frozenset({"GET", "HEAD"}), frozenset({"GET", "HEAD", "POST"})} == {methods(name) for name in MAY_OPEN}
    assert set(POSTS) >= LEADS_BACK


@pytest.mark.parametrize("section", SECTIONS)
def test_a_role_opens_what_it_may_and_nothing_else(section: str, seats: dict[Role, Client], unit: Unit) -> None:
    statuses, expected = Statuses(), Statuses()
    for name, wanted in places(of_section(section, MAY_OPEN), unit).items():
        for role, client in seats.items():
            response = client.get(wanted)
            page = b"".join(response).decode(errors="replace")
            statuses[name, role] = response.status_code
            expected[name, role] = (302 if name in LEADS_BACK else 200) if role in MAY_OPEN[name] else 403
            if role not in MAY_OPEN[name]:
                assert "没有权限" in page, (name, role)
                assert role.label in page, (name, role)
    assert statuses == expected


@pytest.mark.parametrize("section", SECTIONS)
def test_a_post_without_permission_is_refused_and_writes_nothing(
    section: str, seats: dict[Role, Client], unit: Unit
) -> None:
    statuses = Statuses()
    for name, wanted in places(of_section(section, POSTS), unit).items():
        with no_writes():
            for role in set(Role) - MAY_OPEN[name]:
                answer = seats[role].post(wanted, {"reason": "经核查属实", "on": "2022-06-02"})
                statuses[name, role] = answer.status_code
    assert statuses == dict.fromkeys(statuses, 403)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_post_of_nothing_is_answered_to_everybody_who_may_act(
    section: str, seats: dict[Role, Client], unit: Unit
) -> None:
    statuses = Statuses()
    for name, wanted in places(of_section(section, POSTS), unit).items():
        for role in MAY_OPEN[name]:
            with transaction.atomic():
                statuses[name, role] = seats[role].post(wanted).status_code
                transaction.set_rollback(True)
    assert {each: status for each, status in statuses.items() if status not in ANSWERS} == {}


def test_a_post_from_elsewhere_is_refused(unit: Unit) -> None:
    statuses = {}
    for name, wanted in places(POSTS, unit).items():
        client = Client(enforce_csrf_checks=True)
        client.force_login(user_of(min(MAY_OPEN[name])))
        with no_writes():
            statuses[name] = client.post(wanted).status_code
    assert statuses == dict.fromkeys(POSTS, 403)


def test_a_stranger_is_sent_to_the_door_and_back(client: Client, unit: Unit) -> None:
    for name, wanted in places(MAY_OPEN, unit).items():
        with no_writes():
            answers = [client.get(wanted), client.post(wanted)] if name in POSTS else [client.get(wanted)]
        door = (302, f"{reverse('sign_in')}?next={wanted}")
        assert {(each.status_code, each["Location"]) for each in answers} == {door}, name


def test_what_belongs_to_another_unit_does_not_exist(client: Client, unit: Unit) -> None:
    client.force_login(user_of(Role.SUPERVISING_UNIT, unit=UnitFactory.create()))
    statuses, expected = {}, {}
    for name, wanted in places(filter(takes_a_record, MAY_OPEN), unit).items():
        sends = [client.get] * (name not in LEADS_BACK) + [client.post] * (name in POSTS)
        with no_writes():
            statuses[name] = {send(wanted).status_code for send in sends}
        expected[name] = {404 if Role.SUPERVISING_UNIT in MAY_OPEN[name] else 403}
    assert statuses == expected


def test_what_is_not_there_is_not_found(seats: dict[Role, Client]) -> None:
    statuses, expected = Statuses(), Statuses()
    for name in filter(takes_a_record, MAY_OPEN):
        for role in MAY_OPEN[name]:
            sends = [seats[role].get] * (name not in LEADS_BACK) + [seats[role].post] * (name in POSTS)
            with no_writes():
                found = {send(nowhere(name)).status_code for send in sends}
            statuses[name, role], expected[name, role] = max(found), 404
    assert statuses == expected


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
