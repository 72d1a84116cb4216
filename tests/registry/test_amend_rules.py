"""What a correction may not do, and what an exit waits for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from registry.actions import organisation as verbs
from registry.rulebook import Refused
from registry.states import Kind, State, Supervision
from tests.factories import OrganisationFactory, UserFactory
from tests.registry.applications import brought_to

if TYPE_CHECKING:
    from registry.models import Organisation

pytestmark = pytest.mark.django_db

DAY = date(2022, 6, 1)
PAPERS = {"resolution_on": date(2022, 3, 1), "consent_no": "函1号", "liquidation_report_on": date(2022, 3, 20)}


def refused(body: Organisation, on: date = DAY, **changes: Any) -> list[str]:
    before = body.events.count()
    with pytest.raises(Refused) as caught:
        verbs.amend(organisation_id=body.pk, changes=changes, by=UserFactory.create(), on=on, reason="核对档案")
    assert body.events.count() == before
    return [each.code for each in caught.value.broken]


def test_a_regime_is_not_made_decoupled_by_hand() -> None:
    body = OrganisationFactory.create(supervising_unit=None)
    assert refused(body, supervision=Supervision.DECOUPLED) == ["R-134"]


def test_money_is_not_below_zero() -> None:
    assert refused(OrganisationFactory.create(), capital="-5") == ["R-135"]


def test_nothing_is_amended_before_the_founding() -> None:
    body = OrganisationFactory.create(established_on=date(2009, 1, 14))
    assert refused(body, on=date(1990, 1, 1), address="虚构路2号") == ["R-180"]


def test_a_name_of_another_body_is_taken_until_that_body_has_left() -> None:
    other, body = OrganisationFactory.create(), OrganisationFactory.create()
    assert refused(body, name=other.name) == ["R-181"]
    verbs.cancel(organisation_id=other.pk, by=UserFactory.create(), on=DAY, reason="补录", **PAPERS)
    verbs.amend(organisation_id=body.pk, changes={"name": other.name}, by=UserFactory.create(), on=DAY, reason="核对")
    body.refresh_from_db()
    assert body.name == other.name


@pytest.mark.parametrize("verb", ["cancel", "merge"])
def test_a_body_does_not_leave_over_a_pending_application(verb: str) -> None:
    officer, other = UserFactory.create(), UserFactory.create()
    filing = brought_to("accepted", "amend", by=officer, other=other)
    body = filing.organisation
    assert body is not None
    into = OrganisationFactory.create(kind=body.kind)
    papers = PAPERS if verb == "cancel" else {"successor_id": into.pk, "resolution_on": date(2022, 3, 1)}
    on = date(2022, 12, 1)
    with pytest.raises(Refused) as caught:
        getattr(verbs, verb)(organisation_id=body.pk, by=officer, on=on, reason="补录", **papers)
    assert [each.code for each in caught.value.broken] == ["R-132"]
    body.refresh_from_db()
    assert body.state == State.ACTIVE


def test_bodies_of_two_kinds_do_not_merge() -> None:
    body = OrganisationFactory.create(kind=Kind.ASSOCIATION)
    into = OrganisationFactory.create(kind=Kind.PRIVATE_NON_ENTERPRISE)
    with pytest.raises(Refused) as caught:
        verbs.merge(
            organisation_id=body.pk, by=UserFactory.create(), on=DAY, reason="合并", successor_id=into.pk,
            resolution_on=date(2022, 3, 1),
        )  # fmt: skip
    assert [each.code for each in caught.value.broken] == ["R-133"]
