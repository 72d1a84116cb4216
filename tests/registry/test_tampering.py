"""Somebody with all rights on the database, the triggers out of the way: every kind of tampering is found and named."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction

from registry import guards
from registry.actions import checkpoint
from registry.actions import organisation as verbs
from registry.actions import user as users
from registry.ledger import Canonical
from registry.models import Checkpoint, Event, Organisation, StaffEvent, User
from registry.queries.verification import faults
from registry.states import Role
from tests.factories import OrganisationFactory

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

FIRST, SECOND = date(2022, 3, 1), date(2022, 3, 2)


def sql(statement: str, *told: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, told)


def write(row: Event | StaffEvent | Checkpoint | Organisation, **columns: Any) -> None:
    """Write columns of a row as nobody else can: past model and queryset."""
    for name, value in columns.items():
        field = row._meta.get_field(name)
        told = Canonical().encode(value) if field.get_internal_type() == "JSONField" else value
        sql(f'UPDATE {row._meta.db_table} SET "{field.column}" = %s WHERE id = %s', told, row.pk)


@pytest.fixture
def bodies(officer: User) -> list[Organisation]:
    """Make three bodies, the first two with three records each, all of them covered by two checkpoints."""
    made = sorted((OrganisationFactory.create() for _ in range(3)), key=lambda body: body.code)
    for number in range(3):
        users.add_user(
            username=f"somebody{number}",
            display_name=f"某人{number}",
            role=Role.CLERK,
            password="a-long-enough-one",
            by=officer,
            on=FIRST,
            reason="新进",
        )
    for body in made[:2]:
        verbs.hold(organisation_id=body.pk, by=officer, on=FIRST, reason="诉讼中")
        verbs.release(organisation_id=body.pk, by=officer, on=FIRST, reason="诉讼结束")
    checkpoint.make(on=FIRST)
    checkpoint.make(on=SECOND)
    assert list(faults()) == []
    return made


def found() -> list[str]:
    """Return what verification finds, but for the guards that are out of the way."""
    return [str(fault) for fault in faults() if "触发器" not in str(fault)]


def events(body: Organisation) -> list[Event]:
    return list(body.events.order_by("seq"))


def reseal(*bodies: Organisation) -> None:
    """Make the chains hold again by themselves, as somebody would who knows the recipe."""
    for body in bodies:
        previous = ""
        for place, event in enumerate(events(body), start=1):
            event.seq, event.previous = place, previous
            previous = event.expected_digest(body.uid)
            write(event, seq=event.seq, previous=event.previous, digest=previous)
        write(body, event_count=place, event_head=previous)


def update(one: Organisation, _other: Organisation) -> None:
    write(events(one)[1], reason="另一理由")


def delete(one: Organisation, _other: Organisation) -> None:
    sql("DELETE FROM registry_event WHERE id = %s", events(one)[1].pk)


def insert_in_the_middle(one: Organisation, _other: Organisation) -> None:
    _, second, third = events(one)
    write(third, seq=4)
    columns = [field.column for field in Event._meta.concrete_fields if field.column not in {"id", "seq"}]
    names = ", ".join(f'"{column}"' for column in columns)
    sql(
        f"INSERT INTO registry_event (id, seq, {names}) SELECT %s, 3, {names} FROM registry_event WHERE id = %s",
        Event.objects.latest("pk").pk + 1,
        second.pk,
    )


def reorder(one: Organisation, _other: Organisation) -> None:
    _, second, third = events(one)
    write(second, seq=99)
    write(third, seq=2)
    write(second, seq=3)


def truncate_the_tail(one: Organisation, _other: Organisation) -> None:
    _, _, third = events(one)
    sql("DELETE FROM registry_event WHERE id = %s", third.pk)


def swap_rows(one: Organisation, other: Organisation) -> None:
    mine, theirs = events(one)[1], events(other)[1]
    write(mine, seq=99)
    write(theirs, organisation=one.pk)
    write(mine, organisation=other.pk, seq=2)


TAMPERINGS: list[tuple[Callable[[Organisation, Organisation], None], str, str]] = [
    (update, "{0} 第 2 条：内容被改动（organisation.hold，2022-03-01），摘要不符", "{roots}"),
    (delete, "{0} 第 3 条：序号不连续，此处应为第 2 条", "{roots}"),
    (insert_in_the_middle, "{0} 第 3 条：与上一条不衔接（上一条摘要不符）", "{roots}"),
    (reorder, "{0} 第 2 条：与上一条不衔接（上一条摘要不符）", "{roots}"),
    (truncate_the_tail, "{0} 第 2 条：链尾与登记表不符：登记表记 3 条，台账有 2 条", "{0} 第 2 条：登记表与台账不符"),
    (swap_rows, "{1} 第 2 条：内容被改动（organisation.hold，2022-03-01），摘要不符", "{roots}"),
]
"""What is done, how it is named, and how when the chains were sealed anew afterwards."""


@pytest.mark.parametrize(
    ("tamper", "named", "named_resealed"), TAMPERINGS, ids=[each.__name__ for each, _, _ in TAMPERINGS]
)
@pytest.mark.parametrize("knows_the_recipe", [False, True])
def test_tampering_with_events_is_found_and_named(
    knows_the_recipe: bool,
    tamper: Callable[[Organisation, Organisation], None],
    named: str,
    named_resealed: str,
    bodies: list[Organisation],
    without_guards: None,
) -> None:
    codes = [body.code for body in bodies]
    tamper(*bodies[:2])
    if knows_the_recipe:
        reseal(*bodies[:2])
    told = found()
    roots = [f"检查点 第 {number} 条：根摘要与台账不符" for number in (1, 2)]
    wanted = named_resealed if knows_the_recipe else named
    assert any(fault.startswith(wanted.format(*codes, roots=roots[0])) for fault in told), told
    if knows_the_recipe:
        assert [fault.split("（")[0] for fault in told if fault.startswith("检查点")] == roots
    assert not any(codes[2] in fault for fault in told), "the third body was left alone"


def test_a_chain_erased_without_trace_is_found_by_the_roots(bodies: list[Organisation], without_guards: None) -> None:
    for table, column in (("registry_event", "organisation_id"), ("registry_organisation", "id")):
        sql(f"DELETE FROM {table} WHERE {column} = %s", bodies[2].pk)
    assert [fault.split("（")[0] for fault in found()] == [
        f"检查点 第 {number} 条：根摘要与台账不符" for number in (1, 2)
    ]


def test_two_organisations_whose_whole_chains_changed_places_are_both_named(
    bodies: list[Organisation], without_guards: None
) -> None:
    one, other = bodies[:2]
    for event in (mine := events(one)):
        write(event, seq=event.seq + 100)
    for event in events(other):
        write(event, organisation=one.pk)
    for event in mine:
        write(event, organisation=other.pk, seq=event.seq)
    assert {fault.split(" ")[0] for fault in found()} >= {one.code, other.code}


# --- checkpoints ------------------------------------------------------------------------------------------


def reseal_checkpoints() -> None:
    previous = ""
    for each in Checkpoint.objects.order_by("number"):
        each.previous = previous
        previous = each.expected_digest()
        write(each, previous=each.previous, digest=previous)


@pytest.mark.parametrize(
    ("columns", "named_resealed"),
    [
        ({"root": "0" * 64}, "检查点 第 1 条：根摘要与台账不符（2022-03-01）"),
        ({"chains": 9}, "检查点 第 1 条：根摘要与台账不符（2022-03-01）"),
        ({"events": 9}, "检查点 第 1 条：根摘要与台账不符（2022-03-01）"),
        ({"cuts": {"organisations": 1, "accounts": 0, "law": 0}}, "检查点 第 1 条：根摘要与台账不符（2022-03-01）"),
        ({"cuts": ["organisations"]}, "检查点 第 1 条：内容被改动（2022-03-01），摘要不符"),
    ],
)
@pytest.mark.parametrize("knows_the_recipe", [False, True])
def test_an_altered_checkpoint_is_found_and_named(
    knows_the_recipe: bool,
    columns: dict[str, Any],
    named_resealed: str,
    bodies: list[Organisation],
    without_guards: None,
) -> None:
    write(Checkpoint.objects.get(number=1), **columns)
    if knows_the_recipe:
        reseal_checkpoints()
    named = named_resealed if knows_the_recipe else "检查点 第 1 条：内容被改动（2022-03-01），摘要不符"
    assert [fault[: len(named)] for fault in found()] == [named]


def test_a_checkpoint_taken_out_of_the_row_is_found(bodies: list[Organisation], without_guards: None) -> None:
    sql("DELETE FROM registry_checkpoint WHERE number = 1")
    assert found() == ["检查点 第 2 条：编号不连续，此处应为第 1 号"]


def test_a_checkpoint_that_does_not_join_the_one_before_is_found(
    bodies: list[Organisation], without_guards: None
) -> None:
    second = Checkpoint.objects.get(number=2)
    second.previous = "0" * 64
    write(second, previous=second.previous, digest=second.expected_digest())
    assert found() == ["检查点 第 2 条：与上一检查点不衔接（上一检查点摘要不符）"]


# --- books ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE registry_staffevent SET reason = 'x' WHERE seq = 2", "人员台账 第 2 条：内容被改动"),
        ("DELETE FROM registry_staffevent WHERE seq = 2", "人员台账 第 3 条：序号不连续，此处应为第 2 条"),
        ("DELETE FROM registry_staffevent WHERE seq = 3", "检查点 第 1 条：根摘要与台账不符"),
    ],
)
def test_tampering_with_the_book_of_accounts_is_found_and_named(
    statement: str, named: str, bodies: list[Organisation], without_guards: None
) -> None:
    sql(statement)
    assert any(fault.startswith(named) for fault in found())


# --- what the database itself refuses -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "columns",
    [
        "state = 'dormant', dormant_since = '2022-03-01'",
        "state = 'dormant', dormant_since = '2022-03-01', event_count = event_count + 1",
        "state = 'dormant', dormant_since = '2022-03-01', event_count = event_count + 1, event_head = 'made up'",
    ],
)
def test_a_state_written_by_sql_is_refused(columns: str, bodies: list[Organisation]) -> None:
    with pytest.raises(DatabaseError, match="state is moved only together with its event"), transaction.atomic():
        sql(f"UPDATE registry_organisation SET {columns} WHERE id = %s", bodies[0].pk)


def test_a_guard_that_was_put_back_otherwise_is_named() -> None:
    assert guards.missing(connection) == []
    if connection.vendor == "sqlite":
        sql("DROP TRIGGER event_is_not_updated")
        sql("CREATE TRIGGER event_is_not_updated BEFORE UPDATE ON registry_event BEGIN SELECT 1; END")
        assert guards.missing(connection) == ["event_is_not_updated"]
        return
    sql(
        "CREATE OR REPLACE FUNCTION registry_event_is_final() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RETURN NEW; END $$"
    )
    words = [name for name in guards.NAMES if name.rpartition("_is_not_")[0] in guards.LEDGERS]
    assert guards.missing(connection) == words
    sql("ALTER TABLE registry_organisation DISABLE TRIGGER organisation_state_has_event")
    assert "organisation_state_has_event" in guards.missing(connection)
