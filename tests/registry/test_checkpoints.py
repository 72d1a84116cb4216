"""Checkpoints: one a day, chained, covering what is recorded; and checks that go on where they were cut short."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import StringIO
from threading import Event
from time import sleep
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from registry import guards
from registry.actions import check, checkpoint
from registry.actions import organisation as verbs
from registry.actions import user as users
from registry.models import Checkpoint, IsFinal, LedgerCheck, User
from registry.models.chain import ChainRow
from registry.queries import sealed, verification
from registry.queries.books import books
from registry.queries.checkpoints import ORGANISATIONS, heads, latest, proof
from registry.queries.verification import Walk, faults
from registry.states import Role
from tests.constraints import refused_by
from tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db

DAY = date(2022, 3, 1)


def add_account(by: User) -> User:
    return users.add_user(
        username="somebody",
        display_name="某人",
        role=Role.CLERK,
        password="a-long-enough-one",
        by=by,
        on=DAY,
        reason="新进",
    )


def test_every_ledger_that_is_one_chain_is_a_book_and_guarded() -> None:
    ledgers = {model for model in apps.get_models() if issubclass(model, ChainRow)}
    assert {book.model for book in books()} == ledgers
    assert {model._meta.db_table for model in ledgers} <= set(guards.LEDGERS.values())


def test_a_checkpoint_covers_every_chain_and_the_book_of_accounts(officer: User) -> None:
    bodies = [OrganisationFactory.create() for _ in range(3)]
    add_account(officer)
    verbs.hold(organisation_id=bodies[0].pk, by=officer, on=DAY, reason="诉讼中")
    made = checkpoint.make(on=DAY)
    assert (made.number, made.previous, made.chains, made.events) == (1, "", 4, 5)
    assert made.cuts["accounts"] == 1
    assert [each.code for each in heads(made.cuts)] == ["", *sorted(body.code for body in bodies)]
    assert list(faults()) == []


def test_a_day_has_one_checkpoint_and_each_carries_the_one_before(officer: User) -> None:
    body = OrganisationFactory.create()
    first = checkpoint.make(on=DAY)
    assert checkpoint.make(on=DAY) == first
    verbs.hold(organisation_id=body.pk, by=officer, on=DAY, reason="诉讼中")
    second = checkpoint.make(on=DAY + timedelta(days=1))
    assert (second.number, second.previous) == (2, first.digest)
    assert second.root != first.root
    third = checkpoint.make(on=DAY + timedelta(days=2))
    assert (third.root, third.previous) == (second.root, second.digest)
    assert latest() == third
    assert list(faults()) == []


def test_what_is_recorded_later_leaves_an_earlier_checkpoint_as_it_was(officer: User) -> None:
    bodies = [OrganisationFactory.create() for _ in range(5)]
    made = checkpoint.make(on=DAY)
    for body in bodies[::2]:
        verbs.hold(organisation_id=body.pk, by=officer, on=DAY, reason="诉讼中")
    OrganisationFactory.create()
    assert [each.count for each in heads(made.cuts)] == [1] * 5
    assert list(faults()) == []


def test_an_empty_ledger_has_a_checkpoint_too() -> None:
    made = checkpoint.make(on=DAY)
    assert (made.chains, made.events, made.cuts) == (0, 0, {ORGANISATIONS: 0, **{book.chain: 0 for book in books()}})
    assert list(faults()) == []


def test_a_checkpoint_is_written_once() -> None:
    made = checkpoint.make(on=DAY)
    with pytest.raises(IsFinal):
        made.save()
    with pytest.raises(IsFinal):
        Checkpoint.objects.update(root="0" * 64)
    for statement in ("UPDATE registry_checkpoint SET root = 'x'", "DELETE FROM registry_checkpoint"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_body_younger_than_the_checkpoint_has_no_proof_in_it() -> None:
    old = OrganisationFactory.create()
    made = checkpoint.make(on=DAY)
    young = OrganisationFactory.create()
    assert proof(made, young.code) is None
    found = proof(made, old.code)
    assert found is not None
    assert (found[0].code, found[0].count, found[1]) == (old.code, 1, [])


def _copied(**other: object) -> Checkpoint:
    made = checkpoint.make(on=DAY)
    columns = {field.attname: getattr(made, field.attname) for field in Checkpoint._meta.concrete_fields}
    return Checkpoint(**{**columns, "id": None, "number": 2, "on": DAY + timedelta(days=1), "previous": "x", **other})


@pytest.mark.parametrize(
    ("other", "name"),
    [
        ({"number": 0}, "checkpoint_first_alone_has_no_previous"),
        ({"number": 2, "previous": ""}, "checkpoint_first_alone_has_no_previous"),
    ],
)
def test_the_database_refuses_a_checkpoint_that_makes_no_sense(other: dict[str, object], name: str) -> None:
    with refused_by(Checkpoint, name):
        _copied(**other).save()


def test_a_day_cannot_have_two() -> None:
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        _copied(on=DAY).save()


@pytest.mark.django_db(transaction=True)
def test_a_checkpoint_waits_for_whoever_is_writing(officer: User) -> None:
    """Otherwise an event with a lower number could arrive after it, and the checkpoint would seem altered."""
    slow, quick = OrganisationFactory.create(by=officer), OrganisationFactory.create(by=officer)
    writing = Event()

    def hold_slowly() -> None:
        try:
            with transaction.atomic():
                verbs.hold(organisation_id=slow.pk, by=officer, on=DAY, reason="诉讼中")
                writing.set()
                sleep(0.5)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(hold_slowly)
        assert writing.wait(10)
        made = checkpoint.make(on=DAY)
        writer.result()
    verbs.hold(organisation_id=quick.pk, by=officer, on=DAY, reason="诉讼中")
    assert made.events == 3
    assert list(faults()) == []


# --- checks -----------------------------------------------------------------------------------------------


def test_a_check_keeps_what_it_went_through(officer: User) -> None:
    OrganisationFactory.create()
    add_account(officer)
    made = checkpoint.make(on=DAY)
    done = check.verify()
    assert done.holds
    assert (done.chains, done.events, done.found, done.checkpoint, done.position) == (1, 2, 0, made, {})


def test_a_check_that_found_something_does_not_hold(without_guards: None) -> None:
    body = OrganisationFactory.create()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registry_event SET reason = 'x'")
    done = check.verify()
    assert not done.holds
    assert done.finished_at
    assert any(body.code in fault for fault in done.faults)


def test_a_check_cannot_end_before_it_began() -> None:
    now = timezone.now()
    with refused_by(LedgerCheck, "ledger_check_ends_after_start"):
        LedgerCheck.objects.create(started_at=now, seen_at=now, finished_at=now - timedelta(seconds=1))


@pytest.fixture
def interrupted(officer: User, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Cut a check of five chains, with a checkpoint of three of them, short after the second; return all codes."""
    add_account(officer)
    for _ in range(3):
        OrganisationFactory.create()
    checkpoint.make(on=DAY)
    bodies = [OrganisationFactory.create() for _ in range(2)]
    monkeypatch.setattr(check, "SAVES_EVERY", -1.0)
    monkeypatch.setattr(sealed, "SLICE", 4)
    planted, real = [], verification._plant

    def until_the_second(*told: Any) -> None:
        if len(planted) == 2:
            raise KeyboardInterrupt
        planted.append(real(*told))

    with monkeypatch.context() as patch:
        patch.setattr(verification, "_plant", until_the_second)
        with pytest.raises(KeyboardInterrupt):
            check.verify()
    LedgerCheck.objects.update(seen_at=timezone.now() - check.STILL_WALKING)
    return sorted(body.code for body in type(bodies[0]).objects.all())


def test_a_check_cut_short_is_gone_on_with(interrupted: list[str]) -> None:
    kept = check.cut_short()
    assert kept is not None
    assert (kept.chains, kept.events, kept.position["after"]) == (2, 3, interrupted[1])
    done = check.verify()
    assert done.pk == kept.pk
    assert done.holds
    assert (done.chains, done.events) == (5, 6)
    assert LedgerCheck.objects.count() == 1


def test_a_fresh_check_starts_from_the_first_chain(interrupted: list[str]) -> None:
    done = check.verify(fresh=True)
    assert (done.chains, done.events, LedgerCheck.objects.count()) == (5, 6, 2)


def test_a_check_gone_on_with_still_compares_the_roots(interrupted: list[str], without_guards: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_event SET digest = %s WHERE organisation_id IN "
            "(SELECT id FROM registry_organisation WHERE code = %s)",
            ["f" * 64, interrupted[2]],
        )
    found = check.verify().faults
    assert any(fault.startswith("检查点 第 1 条：根摘要与台账不符") for fault in found)


def test_a_checkpoint_made_meanwhile_is_left_to_the_next_check(interrupted: list[str]) -> None:
    first = latest()
    checkpoint.make(on=DAY + timedelta(days=1))
    done = check.verify()
    assert done.holds
    assert done.checkpoint == first


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"seen_at": timedelta()}, "somebody is walking"),
        ({"started_at": timedelta(days=1, seconds=1)}, "it is too old"),
    ],
)
def test_a_check_under_way_or_too_old_is_not_gone_on_with(
    interrupted: list[str], columns: dict[str, timedelta], why: str
) -> None:
    LedgerCheck.objects.update(**{name: timezone.now() - ago for name, ago in columns.items()})
    assert check.cut_short() is None, why


def test_the_command_says_that_it_goes_on_and_what_it_compared(interrupted: list[str]) -> None:
    told = StringIO()
    call_command("verify_ledger", stdout=told)
    assert "接着" in told.getvalue()
    assert "已核验 3 条" in told.getvalue()
    assert "台账核验通过：6 条记录，5 条组织链" in told.getvalue()
    assert f"根摘要 {latest().root}" in told.getvalue()  # type: ignore[union-attr]  # the fixture made one


def test_a_chain_somebody_adds_to_while_it_is_read_is_not_called_broken(
    officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = OrganisationFactory.create()
    real, added = sealed._events, []

    def late(wanted: object) -> object:
        if not added:
            added.append(verbs.hold(organisation_id=body.pk, by=officer, on=DAY, reason="诉讼中"))
        return real(wanted)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(sealed, "_events", late)
    assert list(Walk().faults()) == []
    assert added


def test_chains_are_read_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "SLICE", 2)
    codes = sorted(OrganisationFactory.create().code for _ in range(5))
    assert [chain.code for chain in sealed.chains()] == codes
    assert [[chain.code for chain in each] for each in sealed.slices(after=codes[1])] == [codes[2:4], codes[4:]]
