"""A checkpoint that was made and is gone is named, the newest too, and still once another stands in its place."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from registry.actions import checkpoint
from registry.models import Checkpoint
from registry.queries.verification import CHECKPOINTS, faults
from tests.factories import OrganisationFactory
from tests.worker.test_tasks import delivered
from worker import tasks

if TYPE_CHECKING:
    from registry.models import User

pytestmark = pytest.mark.django_db

FIRST, SECOND, THIRD = "2022-06-01", "2022-06-02", "2022-06-03"


@pytest.fixture
def made(officer: User, without_guards: None) -> None:
    """Make two checkpoints as the worker does, the triggers out of the way."""
    OrganisationFactory.create(by=officer)
    for day in (FIRST, SECOND):
        delivered(tasks.make_checkpoint, day, on=day)


def delete_newest() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM registry_checkpoint WHERE number = 2")


def named() -> list[tuple[int, str]]:
    return [(each.seq, each.message) for each in faults() if each.code == CHECKPOINTS]


GONE = (2, f"{SECOND} 建立的检查点已被删除或者替换（摘要见任务运行）")


@pytest.mark.usefixtures("made")
def test_the_newest_checkpoint_is_missed() -> None:
    assert named() == []
    delete_newest()
    assert named() == [GONE]


@pytest.mark.usefixtures("made")
def test_another_in_its_place_hides_nothing() -> None:
    delete_newest()
    OrganisationFactory.create()
    delivered(tasks.make_checkpoint, "again", on=THIRD)
    assert Checkpoint.objects.latest("number").number == 2
    assert named() == [GONE]


@pytest.mark.usefixtures("made")
def test_nor_does_one_made_anew_for_the_same_day() -> None:
    delete_newest()
    OrganisationFactory.create()
    checkpoint.make(on=date.fromisoformat(SECOND))
    assert named() == [GONE]
