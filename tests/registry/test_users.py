"""Accounts: every verb leaves its row, the rows hold together, nothing changes behind their back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from registry.actions import user as users
from registry.models import IsFinal, StaffEvent, User
from registry.queries.verification import ACCOUNTS, faults
from registry.rules import Refused
from registry.states import Role
from tests.constraints import refused_by
from tests.factories import OrganisationFactory, UnitFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

ON = date(2026, 3, 2)
PASSWORD = "dengji-2026-xiaonan"


@pytest.fixture
def administrator() -> User:
    return UserFactory.create(role=Role.ADMINISTRATOR)


def opened(by: User, username: str = "xinren", **columns: Any) -> User:
    how = {"display_name": "新人", "role": Role.REGISTRATION, "password": PASSWORD, "reason": "新录用", **columns}
    return users.add_user(username=username, by=by, on=ON, **how)


def change(user: User, by: User) -> dict[str, Callable[[], object]]:
    """Return every verb on an account that there is, ready to be carried out."""
    how: dict[str, Any] = {"user_id": user.pk, "by": by, "on": ON, "reason": "工作需要"}
    return {
        "user.change_role": lambda: users.change_role(role=Role.ENFORCEMENT, **how),
        "user.set_certificate": lambda: users.set_certificate(
            certificate_no="虚执法证第1号", certificate_until=date(2030, 1, 1), **how
        ),
        "user.set_qualification": lambda: users.set_qualification(legal_qualification_no="虚法职第1号", **how),
        "user.reset_password": lambda: users.reset_password(password=PASSWORD + "-2", **how),
        "user.deactivate": lambda: users.deactivate(**how),
        "user.reactivate": lambda: users.reactivate(**how),
    }


def tamper(sql: str, *args: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, args)


def account_faults() -> list[str]:
    return [fault.message for fault in faults() if fault.code == ACCOUNTS]


def test_every_verb_leaves_one_row_and_the_chain_holds(administrator: User) -> None:
    user = opened(administrator)
    assert user.check_password(PASSWORD)
    for verb in change(user, administrator).values():
        verb()
    told = list(StaffEvent.objects.filter(subject=user).values_list("seq", "verb", "by"))
    assert told == [
        (1, "user.add", administrator.pk),
        *((seq, verb, administrator.pk) for seq, verb in enumerate(change(user, administrator), start=2)),
    ]
    assert StaffEvent.objects.get(seq=2).facts["changes"] == {"role": ["registration", "enforcement"]}
    assert StaffEvent.objects.get(seq=3).facts["account"]["certificate_until"] == "2030-01-01"
    assert list(faults()) == []
    call_command("verify_ledger", "--quiet")


def test_no_row_tells_anything_of_a_password(administrator: User) -> None:
    user = opened(administrator)
    change(user, administrator)["user.reset_password"]()
    user = User.objects.get(pk=user.pk)
    assert user.check_password(PASSWORD + "-2")
    written = " ".join(str(event.facts) for event in StaffEvent.objects.all())
    assert PASSWORD not in written
    assert user.password not in written


def test_what_changes_nothing_leaves_no_row(administrator: User) -> None:
    user = opened(administrator)
    how: dict[str, Any] = {"user_id": user.pk, "by": administrator, "on": ON, "reason": "核对"}
    assert users.change_role(role=Role.REGISTRATION, **how) is None
    assert users.set_certificate(certificate_no="", certificate_until=None, **how) is None
    assert users.set_qualification(legal_qualification_no=" ", **how) is None
    assert users.reactivate(**how) is None
    assert StaffEvent.objects.count() == 1


@pytest.mark.parametrize("verb", ["user.change_role", "user.set_certificate", "user.reset_password", "user.deactivate"])
def test_nobody_changes_their_own_account(administrator: User, verb: str) -> None:
    with pytest.raises(Refused, match="R-112"):
        change(administrator, administrator)[verb]()
    assert StaffEvent.objects.count() == 0


def test_every_change_has_a_reason_and_is_not_ahead_of_today(administrator: User) -> None:
    user = opened(administrator)
    with pytest.raises(Refused, match="R-19"):
        users.deactivate(user_id=user.pk, by=administrator, on=ON, reason=" ")
    with pytest.raises(Refused, match="R-20"):
        users.deactivate(user_id=user.pk, by=administrator, on=date(2999, 1, 1), reason="离职")
    assert User.objects.get(pk=user.pk).is_active


def test_only_people_of_a_supervising_unit_have_a_unit(administrator: User) -> None:
    with pytest.raises(Refused, match="R-113"):
        opened(administrator, role=Role.SUPERVISING_UNIT)
    with pytest.raises(Refused, match="R-113"):
        opened(administrator, unit=UnitFactory.create())
    unit = UnitFactory.create()
    assert opened(administrator, role=Role.SUPERVISING_UNIT, unit=unit).unit == unit


def test_people_are_told_apart_by_name(administrator: User) -> None:
    first = opened(administrator, "zhang", display_name="张三")
    users.deactivate(user_id=first.pk, by=administrator, on=ON, reason="离职")
    with pytest.raises(Refused, match=r"R-183.*账户“张三（zhang）”已用此姓名"):
        opened(administrator, "zhang2", display_name=" 张三 ")
    with pytest.raises(Refused, match="R-183"):
        opened(administrator, "zhang2", display_name=str(User.objects.system()))
    assert str(opened(administrator, "zhang2", display_name="张三（执法队）")) == "张三（执法队）"
    users.reactivate(user_id=first.pk, by=administrator, on=ON, reason="返聘")


@pytest.mark.parametrize(("number", "until", "fits"), [
    ("虚执法证第1号", ON, True),
    ("虚执法证第1号", date(2026, 3, 1), False),
    ("虚执法证第1号", None, False),
    ("", date(2030, 1, 1), False),
])  # fmt: skip
def test_a_certificate_is_entered_whole_and_valid(
    administrator: User, number: str, until: date | None, fits: bool
) -> None:
    user = opened(administrator)
    how: dict[str, Any] = {"user_id": user.pk, "by": administrator, "on": ON, "reason": "核发"}
    if fits:
        users.set_certificate(certificate_no=number, certificate_until=until, **how)
        assert list(User.objects.certified(on=ON)) == [user]
    else:
        with pytest.raises(Refused, match="R-114"):
            users.set_certificate(certificate_no=number, certificate_until=until, **how)


def test_a_certificate_is_one_persons(administrator: User) -> None:
    first = UserFactory.create(username="zhang", display_name="张三", certified=True)
    second = opened(administrator)
    with pytest.raises(Refused, match=r"R-182.*已登记在账户“张三（zhang）”"):
        users.set_certificate(
            user_id=second.pk, certificate_no=f" {first.certificate_no} ", certificate_until=date(2031, 1, 1),
            by=administrator, on=ON, reason="核发",
        )  # fmt: skip
    users.set_certificate(
        user_id=first.pk, certificate_no=first.certificate_no, certificate_until=date(2032, 1, 1),
        by=administrator, on=ON, reason="换证",
    )  # fmt: skip


def test_a_certificate_is_taken_back_by_emptying_both(administrator: User) -> None:
    user = opened(administrator)
    change(user, administrator)["user.set_certificate"]()
    users.set_certificate(
        user_id=user.pk, certificate_no="", certificate_until=None, by=administrator, on=ON, reason="调离执法岗位"
    )
    assert not User.objects.certified(on=ON).exists()


def test_a_weak_password_opens_no_account(administrator: User) -> None:
    with pytest.raises(ValidationError):
        opened(administrator, password="12345678")
    assert not User.objects.filter(username="xinren").exists()
    assert StaffEvent.objects.count() == 0


def test_a_username_is_taken_once(administrator: User) -> None:
    opened(administrator)
    with pytest.raises(IntegrityError), transaction.atomic():
        opened(administrator, display_name="另一新人")


def test_the_account_of_scheduled_jobs_is_out_of_reach(administrator: User) -> None:
    system = User.objects.system()
    with pytest.raises(User.DoesNotExist):
        users.reactivate(user_id=system.pk, by=administrator, on=ON, reason="启用")


def test_the_first_superuser_is_an_administrator() -> None:
    assert User.objects.create_superuser("diyige", password=PASSWORD).role == Role.ADMINISTRATOR


@pytest.mark.parametrize("verb", ["user.add", "user.change_role", "user.set_certificate", "user.deactivate"])
def test_when_the_row_cannot_be_written_nothing_changed(
    administrator: User, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = UserFactory.create()
    before = list(User.objects.order_by("pk").values_list())

    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(StaffEvent, "save", broken)
    act = {"user.add": lambda: opened(administrator), **change(user, administrator)}[verb]
    with pytest.raises(DatabaseError), transaction.atomic():
        act()
    assert list(User.objects.order_by("pk").values_list()) == before


# --- the rows are final ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement", ["UPDATE registry_staffevent SET reason = 'x'", "DELETE FROM registry_staffevent"]
)
def test_the_database_refuses_to_change_them(administrator: User, statement: str) -> None:
    opened(administrator)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        tamper(statement)


def test_the_database_refuses_to_replace_them(administrator: User) -> None:
    opened(administrator)
    columns = ", ".join(f'"{f.column}"' for f in StaffEvent._meta.concrete_fields)
    statement = (
        f"INSERT OR REPLACE INTO registry_staffevent ({columns}) SELECT {columns} FROM registry_staffevent"
        if connection.vendor == "sqlite"
        else "TRUNCATE registry_staffevent"
    )
    if connection.vendor == "postgresql":
        tamper("SET CONSTRAINTS ALL IMMEDIATE")  # what is still to be checked would refuse before the trigger does
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        tamper(statement)


def test_the_program_refuses_to_change_them(administrator: User) -> None:
    opened(administrator)
    event = StaffEvent.objects.get()
    for refused in (
        lambda: StaffEvent.objects.update(reason="x"),
        lambda: StaffEvent.objects.all().delete(),
        event.save,
        event.delete,
    ):
        with pytest.raises(IsFinal):
            refused()


@pytest.mark.parametrize(("statement", "message"), [
    ("UPDATE registry_staffevent SET reason = 'x' WHERE seq = 1", "内容被改动（user.add，2026-03-02），摘要不符"),
    ("UPDATE registry_staffevent SET previous = 'x' WHERE seq = 2", "与上一条不衔接（上一条摘要不符）"),
    ("DELETE FROM registry_staffevent WHERE seq = 1", "序号不连续，此处应为第 1 条"),
    ("DELETE FROM registry_staffevent WHERE seq = 2", "“新人”的账户与最后一条记录不符：role"),
])  # fmt: skip
def test_an_altered_row_is_found(administrator: User, without_guards: None, statement: str, message: str) -> None:
    change(opened(administrator), administrator)["user.change_role"]()
    tamper(statement)
    assert message in account_faults()


def test_an_account_changed_behind_the_ledgers_back_is_found(administrator: User) -> None:
    user = opened(administrator)
    User.objects.filter(pk=user.pk).update(role=Role.REVIEWER, is_superuser=True)
    assert account_faults() == ["“新人”的账户与最后一条记录不符：is_superuser、role"]
    OrganisationFactory.create()
    with pytest.raises(CommandError, match="不通过"):
        call_command("verify_ledger", "--quiet")


# --- constraints -------------------------------------------------------------------------------------


@pytest.mark.parametrize("breach", [{"certificate_no": ""}, {"certificate_until": None}])
def test_a_certificate_is_whole_in_the_database(breach: dict[str, Any]) -> None:
    user = UserFactory.create(certified=True)
    with refused_by(User, "user_certificate_whole"):
        User.objects.filter(pk=user.pk).update(**breach)


def test_a_certificate_stands_once_in_the_database() -> None:
    first, second = UserFactory.create(certified=True), UserFactory.create(certified=True)
    with refused_by(User, "user_certificate_once"):
        User.objects.filter(pk=second.pk).update(certificate_no=first.certificate_no)


@pytest.mark.parametrize(("name", "breach"), [
    ("staff_event_seq_from_one", {"seq": 0}),
    ("staff_event_has_reason", {"reason": ""}),
])  # fmt: skip
def test_a_row_has_a_place_and_a_reason(administrator: User, name: str, breach: dict[str, Any]) -> None:
    opened(administrator)
    event = StaffEvent.objects.get()
    values = {field.attname: getattr(event, field.attname) for field in StaffEvent._meta.concrete_fields}
    with refused_by(StaffEvent, name):
        StaffEvent.objects.bulk_create([StaffEvent(**{**values, "id": None, "seq": 2, **breach})])
