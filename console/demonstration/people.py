"""The fictional bureau: its departments and the people who sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from decoupling.states import Responsible
from registry.actions import user as user_actions
from registry.models import Unit, User
from registry.states import Role

DEPARTMENTS = (
    "教育局",
    "农业农村委员会",
    "工业和信息化局",
    "商务局",
    "文化和旅游局",
    "卫生健康委员会",
    "体育局",
    "住房和建设委员会",
)
PARTY_BODY = "示例区委社会工作部（演示）"
FUNCTIONS: dict[Responsible, tuple[str, str]] = {
    Responsible.STAFFING: ("示例区委编办（演示）", "bianban"),
    Responsible.FINANCE: ("示例区财政局（演示）", "caizheng"),
    Responsible.PREMISES: ("示例区机关事务管理局（演示）", "jiguan"),
    Responsible.ORGANISATION: ("示例区委组织部（演示）", "zuzhi"),
    Responsible.HUMAN_RESOURCES: ("示例区人力资源和社会保障局（演示）", "renshe"),
    Responsible.PARTY: (PARTY_BODY, "dangjian"),
    Responsible.FOREIGN: ("示例区外事办公室（演示）", "waiban"),
}
"""The departments that answer for parts of a separation, each with the login of its contact."""

ADMINISTRATOR = "guanli"
LOGINS = {
    "dengji": ("登记员甲", Role.REGISTRATION),
    "dengji2": ("登记员乙", Role.REGISTRATION),
    "zhifa": ("执法员丙", Role.ENFORCEMENT),
    "zhifa2": ("执法员丁", Role.ENFORCEMENT),
    "shenhe": ("审核员戊", Role.REVIEWER),
    "fuzeren": ("负责人己", Role.DIRECTOR),
    "tongji": ("统计员庚", Role.CLERK),
    "shenji": ("审计员辛", Role.AUDITOR),
    "zhuguan": ("主管单位联络员壬", Role.SUPERVISING_UNIT),
    "guanli": ("管理员癸", Role.ADMINISTRATOR),
    **{login: (f"会签联络员（{each.label}）", Role.DEPARTMENT) for each, (_, login) in FUNCTIONS.items()},
}
SETTLED_ON = date(2021, 12, 1)
CERTIFICATES = {"zhifa": "示执法证第0001号", "zhifa2": "示执法证第0002号"}
CERTIFIED_UNTIL = date(2031, 11, 30)


@dataclass(frozen=True, slots=True)
class Bureau:
    """Everybody and every department of the demonstration."""

    users: dict[str, User]
    departments: tuple[Unit, ...]
    party_body: Unit
    functions: dict[Responsible, Unit]

    def of_unit(self, unit: Unit | None) -> User | None:
        """Return who signs for a unit, None where nobody of it signs in."""
        return next((user for user in self.users.values() if unit is not None and user.unit_id == unit.pk), None)

    def __getitem__(self, username: str) -> User:
        """Return the user who signs in with ``username``."""
        return self.users[username]


def settle(password: str) -> Bureau:
    """Create departments and users; everybody signs in with ``password``, the administrator opens the accounts."""
    departments = tuple(Unit.objects.create(name=f"示例区{name}（演示）") for name in DEPARTMENTS)
    functions = {each: Unit.objects.create(name=name) for each, (name, _) in FUNCTIONS.items()}
    party_body = functions[Responsible.PARTY]
    units = {login: functions[each] for each, (_, login) in FUNCTIONS.items()} | {"zhuguan": departments[0]}
    display_name, role = LOGINS[ADMINISTRATOR]
    administrator = User.objects.create_user(ADMINISTRATOR, password=password, display_name=display_name, role=role)
    how: dict[str, Any] = {"by": administrator, "on": SETTLED_ON}
    users = {ADMINISTRATOR: administrator}
    for username, (display_name, role) in LOGINS.items():
        if username == ADMINISTRATOR:
            continue
        users[username] = user_actions.add_user(
            username=username, display_name=display_name, role=role, password=password,
            unit=units.get(username), reason="演示人员到岗", **how,
        )  # fmt: skip
    for username, certificate_no in CERTIFICATES.items():
        user_actions.set_certificate(
            user_id=users[username].pk, certificate_no=certificate_no, certificate_until=CERTIFIED_UNTIL,
            reason="核发执法证", **how,
        )  # fmt: skip
        users[username].refresh_from_db()
    user_actions.set_qualification(
        user_id=users["shenhe"].pk, legal_qualification_no="示法职第0001号", reason="核发法律职业资格证书", **how
    )
    users["shenhe"].refresh_from_db()
    User.objects.update(has_given_password=False)  # everybody may try every login, again and again
    return Bureau(users, departments, party_body, functions)
