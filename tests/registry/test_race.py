"""Eight officers press the same button at once, in four processes, on a database they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories import OrganisationFactory
from tests.racing import count, outcomes, shared_database

if TYPE_CHECKING:
    from pathlib import Path

    from registry.models import User

COUNT = "SELECT count(*) FROM registry_event WHERE organisation_id = {} AND verb = 'organisation.mark_dormant'"


@pytest.mark.django_db(transaction=True)
def test_of_eight_officers_exactly_one_moves_the_organisation(officer: User, tmp_path: Path) -> None:
    body = OrganisationFactory.create(by=officer)
    database = shared_database(tmp_path)
    raced = outcomes("tests.registry.race", body.pk, officer.pk, database=database)
    assert raced == ["moved", *["refused"] * 7]
    assert count(COUNT.format(body.pk), database) == 1
