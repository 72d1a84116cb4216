"""A finding of criterion D without a test of contact: its page says what is missing, and lets a reviewer tell of an earlier test."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from cleanup.actions.sweep import sweep
from cleanup.models import Finding
from registry.states import Role
from tests.cleanup.situations import running_campaign, unreached
from tests.console.situations import user_of
from tests.factories import OrganisationFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def finding(db: None) -> Finding:
    by, body = UserFactory.create(), OrganisationFactory.create()
    unreached(body, by=by, tested=False)
    sweep(campaign_id=running_campaign().pk, as_of=date(2022, 6, 1), by=by)
    return Finding.objects.get(organisation=body)


def test_an_officer_is_told_of_the_test_and_a_reviewer_may_tell_of_an_earlier_one(
    client: Client, finding: Finding
) -> None:
    page, confirm = (reverse(name, args=[finding.pk]) for name in ("finding_page", "finding_confirm"))
    told = {"version": finding.organisation.version, "reason": "属实", "tested_before": "2021年两次挂号信退回"}
    client.force_login(user_of(Role.REGISTRATION))
    shown = client.get(page).content.decode()
    assert "R-435" in shown
    assert 'name="tested_before"' not in shown
    assert client.post(confirm, told).status_code == 422
    client.force_login(user_of(Role.REVIEWER))
    assert 'name="tested_before"' in client.get(page).content.decode()
    assert "R-435" in client.post(confirm, {**told, "tested_before": ""}).content.decode()
    assert client.post(confirm, told).status_code == 302
    assert "此前的联系核查：2021年两次挂号信退回" in client.get(page).content.decode()
