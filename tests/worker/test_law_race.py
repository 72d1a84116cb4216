"""Eight reviewers approve the same change of the law at once, in four processes, on a database they share."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from registry.queries.verification import faults
from tests.factories import OrganisationFactory
from tests.racing import count, outcomes, shared_database
from tests.registry.law import new_value
from worker.actions import law

if TYPE_CHECKING:
    from pathlib import Path

    from registry.models import User


@pytest.mark.django_db(transaction=True)
def test_of_eight_reviewers_exactly_one_approves(officer: User, reviewer: User, tmp_path: Path) -> None:
    for _ in range(2):
        OrganisationFactory.create(by=officer)
    for _ in range(18):
        OrganisationFactory.create(by=officer, kind="private_non_enterprise")
    proposal = law.propose(changes=new_value(value="07-31"), by=officer, on=date(2022, 7, 1), reason="延期通知")
    assert proposal.bodies == 2
    database = shared_database(tmp_path)
    raced = outcomes("tests.worker.race_law", proposal.pk, reviewer.pk, database=database)
    assert raced == ["approved", *["refused"] * 7]
    assert count("SELECT count(*) FROM registry_event WHERE verb = 'law.recalculate'", database) == 2
    assert count("SELECT count(*) FROM registry_lawevent WHERE verb = 'law.approve'", database) == 1
    assert count("SELECT count(*) FROM registry_policy WHERE year = 2021", database) == 1
    assert list(faults()) == []
