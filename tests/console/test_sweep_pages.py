"""Sweeps on pages: what one came to, one that stopped, and what the director decides."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from cleanup.actions import campaign as campaigns
from cleanup.actions import exclusion
from cleanup.actions.sweep import sweep
from cleanup.models import Finding, Sweep
from registry.models import Event, Policy, User
from registry.states import Role
from tests.cleanup.situations import running_campaign, unreached
from tests.console.forms import forms_of
from tests.console.situations import open_finding, user_of
from tests.factories import OrganisationFactory, UserFactory

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

pytestmark = pytest.mark.django_db
SWEPT = date(2022, 6, 1)


@pytest.fixture
def director(client: Client) -> User:
    user = user_of(Role.DIRECTOR)
    client.force_login(user)
    return user


def stopped() -> Sweep:
    """Return a sweep the breaker has stopped for its jump."""
    by = UserFactory.create()
    campaign = running_campaign()
    Policy.objects.filter(key__startswith="sweep.jump").update(value=0)
    unreached(OrganisationFactory.create(name="虚构区突变协会"), by=by)
    sweep(campaign_id=campaign.pk, as_of=SWEPT, by=by)
    return Sweep.objects.get(campaign=campaign)


def decide(client: Client, there: Sweep, verb: str, **told: Any) -> HttpResponse:
    address = reverse(f"sweep_{verb}", args=[there.pk])
    page = client.get(reverse("sweep_page", args=[there.pk])).content.decode()
    return client.post(address, {**forms_of(page, to=address, at="")[-1].hidden, **told})


def test_a_sweep_shows_its_figures_whom_it_moved_and_whom_it_left_out(client: Client, director: User) -> None:
    exempt = OrganisationFactory.create(name="虚构区托管协会")
    told = {"document_no": "虚民〔2022〕3号", "by": director, "on": date(2022, 3, 1), "reason": "政府托管"}
    exclusion.exempt(organisation_id=exempt.pk, **told)
    finding = open_finding()
    there = Sweep.objects.get(run=finding.run)
    page = client.get(reverse("sweep_page", args=[there.pk]))
    assert finding.organisation.name in page.content.decode()
    assert {each["value"]: each["count"] for each in page.context["tabs"]} == {
        "entered": 1, "left": 0, "met": 0, "left_out": 1,
    }  # fmt: skip
    out = client.get(reverse("sweep_page", args=[there.pk]), {"stage": "left_out"}).content.decode()
    assert "虚构区托管协会" in out
    assert "免予排查（虚民〔2022〕3号）：政府托管" in out
    listed = client.get(reverse("sweep_list"), {"campaign": there.campaign.code}).content.decode()
    assert "符合 1，新发现 1，变动 0，撤回 0" in listed


def test_a_stopped_sweep_says_why_and_is_released_by_the_director_with_a_reason(client: Client, director: User) -> None:
    there = stopped()
    page = client.get(reverse("sweep_page", args=[there.pk])).content.decode()
    for words in ("自动停止：结果突变", "没有写入任何线索", "虚构区突变协会", "已停止，待放行"):
        assert words in page, words
    assert "的排查已经停止" in client.get(reverse("campaign_page", args=[there.campaign_id])).content.decode()
    assert decide(client, there, "release", reason="").status_code == 422
    assert decide(client, there, "release", reason="已核对，属实").status_code == 302
    there.refresh_from_db()
    assert (there.released_by, there.release_reason) == (director, "已核对，属实")
    assert "已放行，待重新排查" in client.get(reverse("sweep_page", args=[there.pk])).content.decode()


def test_a_whole_sweep_is_undone_only_while_the_campaign_is_paused(client: Client, director: User) -> None:
    finding = open_finding()
    there = Sweep.objects.get(run=finding.run)
    refused = decide(client, there, "undo", reason="数据有误")
    assert refused.status_code == 422
    assert "R-214" in refused.content.decode()
    campaigns.pause(campaign_id=there.campaign_id, by=director, on=timezone.localdate(), reason="数据有误")
    assert decide(client, there, "undo", reason="数据有误").status_code == 302
    assert Finding.objects.get(pk=finding.pk).state == "withdrawn"
    assert Event.objects.filter(verb="finding.undo", by=director).count() == 1
    page = client.get(reverse("sweep_page", args=[there.pk])).content.decode()
    assert "撤销整次排查：数据有误" in page
    assert "没有可以办理的事项" in page


def test_others_see_who_decides(client: Client) -> None:
    there = stopped()
    client.force_login(user_of(Role.CLERK))
    page = client.get(reverse("sweep_page", args=[there.pk])).content.decode()
    assert "由负责人办理" in page


def test_no_sweep_yet(client: Client, director: User) -> None:
    assert "还没有排查过" in client.get(reverse("sweep_list")).content.decode()
