"""A supervising unit sees its own bodies and nobody else's, on every page it may open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from registry.models import Event, Organisation
from registry.states import Role
from tests.console.crowd import settled
from tests.console.doors import ARGUMENTS, LEADS_BACK, MAY_OPEN, argument, takes_a_record
from tests.console.situations import open_findings, user_of
from tests.console.test_query_counts import Scene, faces
from tests.factories import UnitFactory

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

OWN, THEIRS = "书法", "象棋"


@pytest.fixture
def scene() -> Scene:
    """Return bodies of one unit with everything about them, beside as many of another unit."""
    own, other = UnitFactory.create(name="虚构区教育局"), UnitFactory.create(name=f"虚构区{THEIRS}局")
    viewer = user_of(Role.SUPERVISING_UNIT, unit=own)
    keys = sorted({argument(name) for name, roles in MAY_OPEN.items() if viewer.role in roles and takes_a_record(name)})
    centres = open_findings(len(keys), supervising_unit=own, name=f"虚构区{OWN}协会")
    others = open_findings(len(keys), campaign=centres[0].campaign, supervising_unit=other, name=f"虚构区{THEIRS}协会")
    about = {key: ARGUMENTS[key](finding) for key, finding in zip(keys, centres, strict=True)}
    for key, finding in zip(keys, others, strict=True):
        ARGUMENTS[key](finding)
    settled([*centres, *others], {Role.SUPERVISING_UNIT: viewer}, user_of(Role.REGISTRATION))
    return Scene(centres, {Role.SUPERVISING_UNIT: viewer}, about)


def test_no_page_of_a_supervising_unit_tells_of_another_units_bodies(scene: Scene, client: Client) -> None:
    client.force_login(scene.viewers[Role.SUPERVISING_UNIT])
    theirs = list(Organisation.objects.filter(name__contains=THEIRS).values_list("code", flat=True))
    assert Event.objects.filter(organisation__code__in=theirs).count() > len(theirs)
    seen, told = set(), {}
    for face, at, _role in faces(scene):
        page = b"".join(client.get(at)).decode(errors="replace")
        seen.add(face.partition(" ")[0])
        told[face] = [word for word in (THEIRS, *theirs) if word in page]
    assert {face: words for face, words in told.items() if words} == {}
    assert seen == {name for name, roles in MAY_OPEN.items() if Role.SUPERVISING_UNIT in roles} - LEADS_BACK


def test_naming_another_units_body_in_a_search_finds_nothing(scene: Scene, client: Client) -> None:
    client.force_login(scene.viewers[Role.SUPERVISING_UNIT])
    body = Organisation.objects.filter(name__contains=THEIRS).order_by("pk")[0]
    for at in (
        "/organisations/",
        "/findings/",
        "/cases/",
        "/filings/",
        "/search/",
        "/organisations/as-of/",
        "/findings/as-of/",
    ):
        for asked in (THEIRS, body.code, body.legal_representative or THEIRS):
            page = client.get(at, {"q": asked}, follow=True)
            assert page.status_code == 200
            assert body.name not in page.content.decode(), (at, asked)
