"""The pages say why nothing is opened or decided about a body on hold or exempt, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from cleanup.states import Step, Treatment
from tests.cleanup.test_held_and_exempt import exempt, held
from tests.cleanup.walks import Desk, confirmed_finding
from tests.factories import UserFactory

if TYPE_CHECKING:
    from django.test import Client

    from registry.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("stands_against", "words"), [(held, "须先解除暂缓处理，再立案"), (exempt, "先解除免予排查")])
def test_the_page_for_opening_a_case_says_what_comes_first(
    client: Client, reviewer: User, stands_against: Any, words: str
) -> None:
    finding = confirmed_finding(reviewer)
    stands_against(finding.organisation, reviewer)
    client.force_login(UserFactory.create(role="enforcement", certified=True))
    assert words in client.get(reverse("case_open", args=[finding.pk])).content.decode()


def test_the_case_says_why_nothing_is_decided(client: Client) -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_notice()
    held(desk.body, desk.reviewer, desk.on)
    desk.take(Step.REVIEW, on=desk.later(10))
    client.force_login(desk.director)
    assert "须先解除暂缓处理" in client.get(reverse("case_page", args=[desk.pk])).content.decode()
