"""Two officers, two sweeps, one register: exactly one of them wins, and the ledger holds."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django_fsm import TransitionNotAllowed

from cleanup.actions import finding as findings
from cleanup.actions.sweep import SweptElsewhere, sweep
from cleanup.models import Finding, Sweep
from registry.models import Event, User
from registry.queries.verification import faults
from registry.states import Role
from tests.cleanup.situations import filer, running_campaign
from tests.factories import OrganisationFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2022, 6, 1)


def together(verb: Callable[[], object], times: int) -> Counter[str]:
    """Call ``verb`` from several threads at the same moment; return how the calls ended."""
    barrier = Barrier(times)

    def call(_: int) -> str:
        barrier.wait()
        try:
            verb()
        except (TransitionNotAllowed, SweptElsewhere):
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(times) as pool:
        return Counter(pool.map(call, range(times)))


def test_of_six_confirmations_at_once_one_counts() -> None:
    officer = UserFactory.create(role=Role.REGISTRATION)
    filer(2020, 2021, by=officer)
    campaign = running_campaign()
    OrganisationFactory.create()
    sweep(campaign_id=campaign.pk, as_of=ON, by=officer)
    finding = Finding.objects.get()
    ended = together(lambda: findings.confirm(finding_id=finding.pk, by=officer, on=ON, reason="属实"), 6)
    assert ended == Counter(refused=5, done=1)
    assert Event.objects.filter(verb="finding.confirm").count() == 1
    assert list(faults()) == []


def test_sweeps_at_once_enter_each_body_once() -> None:
    officer = UserFactory.create(role=Role.REGISTRATION)
    filer(2020, 2021, by=officer)
    campaign = running_campaign()
    for _ in range(20):
        OrganisationFactory.create()
    system = User.objects.system()
    ended = together(lambda: sweep(campaign_id=campaign.pk, as_of=ON, by=system), 3)
    assert ended["done"] >= 1
    assert ended.total() == 3
    assert not Sweep.objects.filter(under_way=True).exists()
    assert Finding.objects.count() == Event.objects.filter(verb="finding.open").count() == 20
    assert list(faults()) == []
