from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from registry import guards
from registry.actions import organisation as verbs
from registry.actions.ledger import Entry, Interrupted, lock_heads, record_many
from registry.models import Event, EventIsFinal, Organisation, StateIsProtected, User
from registry.queries.verification import faults
from tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db


def _tamper(sql: str, *args: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, args)


def test_every_verb_appends_one_event_and_the_chain_holds(officer: User) -> None:
    organisation = OrganisationFactory.create()
    verbs.amend(
        organisation_id=organisation.pk, changes={"address": "新址"}, by=officer, on=date(2022, 1, 1), reason="迁址"
    )
    verbs.hold(organisation_id=organisation.pk, by=officer, on=date(2022, 1, 2), reason="诉讼中")
    verbs.release(organisation_id=organisation.pk, by=officer, on=date(2022, 1, 3), reason="诉讼结束")
    assert [event.verb for event in organisation.events.all()] == [
        "organisation.register",
        "organisation.amend",
        "organisation.hold",
        "organisation.release",
    ]
    assert organisation.events.get(seq=2).facts["changes"] == {"address": ["虚构区测试路1号", "新址"]}
    assert list(faults()) == []


def test_an_amendment_that_changes_nothing_leaves_no_event(officer: User) -> None:
    organisation = OrganisationFactory.create()
    assert (
        verbs.amend(
            organisation_id=organisation.pk,
            changes={"address": organisation.address},
            by=officer,
            on=date(2022, 1, 1),
            reason="核对",
        )
        is None
    )
    assert organisation.events.count() == 1


def test_a_former_name_is_kept(officer: User) -> None:
    organisation = OrganisationFactory.create(name="虚构区旧名协会")
    verbs.amend(
        organisation_id=organisation.pk,
        changes={"name": "虚构区新名协会"},
        by=officer,
        on=date(2022, 1, 1),
        reason="更名",
    )
    assert [former.name for former in organisation.former_names.all()] == ["虚构区旧名协会"]


def test_an_older_version_is_refused_as_stale(officer: User) -> None:
    organisation = OrganisationFactory.create()
    verbs.amend(
        organisation_id=organisation.pk,
        changes={"address": "甲"},
        by=officer,
        on=date(2022, 1, 1),
        reason="甲",
        version=organisation.version,
    )
    with pytest.raises(verbs.Stale, match="已被他人修改"):
        verbs.amend(
            organisation_id=organisation.pk,
            changes={"address": "乙"},
            by=officer,
            on=date(2022, 1, 1),
            reason="乙",
            version=organisation.version,
        )
    organisation = Organisation.objects.get(pk=organisation.pk)
    assert organisation.address == "甲"


def test_batches_append_like_single_actions(officer: User) -> None:
    bodies = [OrganisationFactory.create() for _ in range(5)]
    record_many(
        [Entry(organisation_id=body.pk, verb="test.batch", facts={"n": 1}) for body in bodies],
        on=date(2022, 1, 1),
        by=officer,
    )
    assert list(faults()) == []
    assert Event.objects.filter(verb="test.batch", seq=2).count() == 5


def test_a_batch_appends_several_events_of_one_organisation_in_their_order(officer: User) -> None:
    first, second = OrganisationFactory.create(), OrganisationFactory.create()
    entries = [
        Entry(organisation_id=body.pk, verb="test.batch", facts={"n": n}) for n in range(3) for body in (second, first)
    ]
    record_many(entries, on=date(2022, 1, 1), by=officer)
    for body in (first, second):
        version = body.version
        body.refresh_from_db()
        assert (body.event_count, body.version) == (4, version + 3)
        assert [event.facts["n"] for event in body.events.filter(verb="test.batch").order_by("seq")] == [0, 1, 2]
    assert list(faults()) == []


def test_a_batch_is_refused_whose_heads_have_moved_meanwhile(officer: User) -> None:
    bodies = [OrganisationFactory.create() for _ in range(3)]
    heads = lock_heads(body.pk for body in bodies)
    heads[bodies[0].pk] = heads[bodies[0].pk]._replace(events=5)
    entries = [Entry(organisation_id=body.pk, verb="test.batch") for body in bodies]
    with pytest.raises(Interrupted, match="1 of 3 heads"), transaction.atomic():
        record_many(entries, on=date(2022, 1, 1), by=officer, heads=heads)
    assert not Event.objects.filter(verb="test.batch").exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE registry_event SET reason = 'x'",
        "DELETE FROM registry_event",
    ],
)
def test_the_database_refuses_to_change_events(statement: str) -> None:
    OrganisationFactory.create()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        _tamper(statement)


def test_sqlite_insert_or_replace_is_refused() -> None:
    if connection.vendor != "sqlite":
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            _tamper("TRUNCATE registry_event CASCADE")
        return
    event = OrganisationFactory.create().events.get()
    columns = ", ".join(f'"{f.column}"' for f in Event._meta.concrete_fields)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        _tamper(
            f"INSERT OR REPLACE INTO registry_event ({columns}) SELECT {columns} FROM registry_event WHERE id = %s",
            event.pk,
        )


def test_the_orm_refuses_to_change_events() -> None:
    OrganisationFactory.create()
    with pytest.raises(EventIsFinal):
        Event.objects.update(reason="x")
    with pytest.raises(EventIsFinal):
        Event.objects.all().delete()


def test_state_is_not_written_without_its_event() -> None:
    organisation = OrganisationFactory.create()
    with pytest.raises(StateIsProtected):
        Organisation.objects.update(state="dormant")
    with pytest.raises(StateIsProtected):
        Organisation.objects.bulk_update([organisation], ["state"])
    with pytest.raises(DatabaseError, match="only together with its event"), transaction.atomic():
        _tamper("UPDATE registry_organisation SET state = 'dormant', dormant_since = '2022-01-01'")
    with pytest.raises(AttributeError):
        organisation.state = "dormant"


def test_organisations_are_never_deleted() -> None:
    organisation = OrganisationFactory.create()
    with pytest.raises(StateIsProtected):
        organisation.delete()
    with pytest.raises(StateIsProtected):
        Organisation.objects.all().delete()


def test_an_organisation_enters_with_its_first_event_and_never_leaves_the_table() -> None:
    body = OrganisationFactory.create()
    stranger = Organisation(code="51120119MJ9999994K", name="虚构区无台账协会", kind="association")
    with pytest.raises(DatabaseError, match="enters once, with its first event"), transaction.atomic():
        Organisation.objects.bulk_create([stranger])
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        _tamper("DELETE FROM registry_organisation WHERE id = %s", body.pk)
    if connection.vendor == "sqlite":
        columns = ", ".join(f'"{f.column}"' for f in Organisation._meta.concrete_fields)
        sql = f"INSERT OR REPLACE INTO registry_organisation ({columns}) SELECT {columns} FROM registry_organisation"
        with pytest.raises(DatabaseError, match="enters once"), transaction.atomic():
            _tamper(sql)


def test_a_column_changed_without_an_event_is_found_and_named() -> None:
    body = OrganisationFactory.create()
    Organisation.objects.filter(pk=body.pk).update(name="篡改", address="")
    assert [str(fault) for fault in faults()] == [
        f"{body.code} 第 1 条：登记表与台账不符，未经台账改动：名称、住所"
    ]  # fmt: skip


def test_a_deleted_organisation_is_named_and_its_neighbours_are_not(without_guards: None) -> None:
    first, second, _ = (OrganisationFactory.create() for _ in range(3))
    for gone in (second, first):
        told = [str(fault) for fault in _faults_without(gone)]
        assert told == [f"台账中编号 {gone.pk} 的组织已不在登记表中"]


def _faults_without(gone: Organisation) -> list[object]:
    """Return what verification finds where ``gone`` is missing from the table, and put it back."""
    rows = Organisation.objects.exclude(pk=gone.pk)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Organisation, "objects", rows)
        return [fault for fault in faults() if "触发器" not in str(fault)]


def test_an_altered_event_is_found_and_named(without_guards: None) -> None:
    organisation = OrganisationFactory.create()
    _tamper("UPDATE registry_event SET reason = 'x' WHERE organisation_id = %s", organisation.pk)
    messages = [str(fault) for fault in faults() if fault.code]
    assert messages == [f"{organisation.code} 第 1 条：内容被改动（organisation.register，2010-05-06），摘要不符"]


def test_a_truncated_chain_is_found(officer: User, without_guards: None) -> None:
    organisation = OrganisationFactory.create()
    verbs.hold(organisation_id=organisation.pk, by=officer, on=date(2022, 1, 2), reason="诉讼中")
    _tamper("DELETE FROM registry_event WHERE organisation_id = %s AND seq = 2", organisation.pk)
    assert ["链尾与登记表不符" in str(fault) for fault in faults() if fault.code] == [True]


def test_a_missing_guard_is_reported(without_guards: None) -> None:
    assert [fault.message for fault in faults()] == [f"数据库缺少防篡改触发器 {name}" for name in guards.NAMES]


def test_all_guards_stand_after_all_migrations() -> None:
    assert guards.missing(connection) == []


def test_when_the_event_cannot_be_written_nothing_moves(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    organisation = OrganisationFactory.create()

    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError("no event today")

    monkeypatch.setattr(Event, "save", broken)
    with pytest.raises(DatabaseError), transaction.atomic():
        verbs.mark_dormant(
            organisation_id=organisation.pk, by=officer, on=date(2022, 1, 1), reason="审核", reviewer_reason="长期停摆"
        )
    assert Organisation.objects.get(pk=organisation.pk).state == "active"
