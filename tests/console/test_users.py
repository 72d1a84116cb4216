"""People: accounts are managed, shown and told; a password is seen once; wrong ones close an account for a while."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.accounts import certificate_state, new_password
from registry.models import StaffEvent, User
from registry.states import Role
from tests.console.situations import user_of
from tests.factories import UnitFactory, UserFactory

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

REASON = "岗位调整"
OLD = "qiu-tian-de-feng-7"
NEW = "dong-tian-de-xue-9"


@pytest.fixture
def administrator() -> User:
    return user_of(Role.ADMINISTRATOR, username="guanliyuan", display_name="测试管理员")


@pytest.fixture
def signed_in(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


@pytest.fixture
def person() -> User:
    user = UserFactory.create(username="xiaowang", display_name="小王")
    user.set_password(OLD)
    user.save()
    return user


def post(client: Client, verb: str, person: User, **given: object) -> tuple[int, str]:
    """Post a form as the page shows it now, with what is given."""
    sent = {"version": StaffEvent.objects.filter(subject=person).count(), "reason": REASON, **given}
    told = {f"{verb}-{name}": "" if value is None else value for name, value in sent.items()}
    response = client.post(reverse(f"user_{verb}", args=[person.pk]), told)
    return response.status_code, response.content.decode()


def seen_password(page: str) -> str:
    found = re.search(r"<code>([^<]+)</code>", page)
    assert found, page
    return found[1]


def test_an_account_is_opened_and_its_password_shown_once(signed_in: Client, administrator: User) -> None:
    given = {"username": "xinren", "display_name": "新人", "role": Role.ENFORCEMENT, "unit": "", "reason": "新录用"}
    page = signed_in.post(reverse("user_add"), given).content.decode()
    user = User.objects.get(username="xinren")
    password = seen_password(page)
    assert user.check_password(password)
    assert user.has_given_password
    event = StaffEvent.objects.get(subject=user)
    assert (event.verb, event.by, event.reason) == ("user.add", administrator, "新录用")
    again = signed_in.post(reverse("user_add"), given)
    assert again.status_code == 422
    assert "用户名“xinren”已被使用。" in again.content.decode()
    for name in ("user_page", "staff_log"):
        shown = signed_in.get(reverse(name, args=[user.pk] if name == "user_page" else []))
        assert password not in shown.content.decode()


def test_a_new_account_obeys_the_rules_and_keeps_what_was_written(signed_in: Client) -> None:
    given = {
        "username": "xinren",
        "display_name": "新人",
        "role": Role.SUPERVISING_UNIT,
        "unit": "",
        "reason": "新录用",
    }
    response = signed_in.post(reverse("user_add"), given)
    assert response.status_code == 422
    assert "R-113" in response.content.decode()
    assert 'value="新人"' in response.content.decode()
    assert not User.objects.filter(username="xinren").exists()


def test_a_name_somebody_has_is_refused_with_whose_it_is(signed_in: Client, person: User) -> None:
    given = {"username": "xiaowang2", "display_name": "小王", "role": Role.CLERK, "unit": "", "reason": "新录用"}
    response = signed_in.post(reverse("user_add"), given)
    assert response.status_code == 422
    assert "账户“小王（xiaowang）”已用此姓名" in response.content.decode()


def test_a_certificate_somebody_has_is_refused_with_whose_it_is(signed_in: Client, person: User) -> None:
    UserFactory.create(username="li", display_name="小李", certificate_no="虚9号", certificate_until="2031-01-01")
    status, page = post(signed_in, "certificate", person, certificate_no="虚9号", certificate_until="2031-01-01")
    assert status == 422
    assert "该执法证号已登记在账户“小李（li）”" in page


def test_a_role_is_changed_with_a_reason_and_told(signed_in: Client, person: User) -> None:
    assert post(signed_in, "role", person, role=Role.REVIEWER)[0] == 302
    person.refresh_from_db()
    assert person.role == Role.REVIEWER
    for page in (reverse("user_page", args=[person.pk]), reverse("staff_log")):
        shown = signed_in.get(page).content.decode()
        assert "登记人员 → 审核人" in shown
        assert REASON in shown


def test_a_unit_is_told_by_name(signed_in: Client, person: User) -> None:
    unit = UnitFactory.create(name="测试区教育局")
    assert post(signed_in, "role", person, role=Role.SUPERVISING_UNIT, unit=unit.pk)[0] == 302
    assert "本局 → 测试区教育局" in signed_in.get(reverse("staff_log")).content.decode()


def test_without_a_reason_the_rule_answers_and_nothing_changes(signed_in: Client, person: User) -> None:
    status, page = post(signed_in, "role", person, role=Role.REVIEWER, reason=" ")
    assert status == 422
    assert "R-19" in page
    assert not StaffEvent.objects.exists()


def test_a_certificate_is_entered_renewed_and_taken_back(signed_in: Client, person: User) -> None:
    until = timezone.localdate() + timedelta(days=900)
    number = "虚执法证第7号"
    assert post(signed_in, "certificate", person, certificate_no=number, certificate_until=until)[0] == 302
    assert number in signed_in.get(reverse("user_list")).content.decode()
    status, page = post(signed_in, "certificate", person, certificate_no="", certificate_until=until)
    assert status == 422
    assert "R-114" in page
    assert post(signed_in, "certificate", person, certificate_no="", certificate_until=None)[0] == 302
    person.refresh_from_db()
    assert (person.certificate_no, person.certificate_until) == ("", None)


def test_a_closed_account_is_out_at_once_and_can_be_reopened(signed_in: Client, person: User) -> None:
    theirs = Client()
    theirs.force_login(person)
    assert theirs.get(reverse("profile")).status_code == 200
    assert post(signed_in, "deactivate", person)[0] == 302
    assert theirs.get(reverse("profile")).status_code == 302
    assert "已停用" in signed_in.get(reverse("user_list")).content.decode()
    assert post(signed_in, "reactivate", person)[0] == 302
    person.refresh_from_db()
    assert person.is_active


def test_a_reset_password_is_shown_once_and_ends_sessions(signed_in: Client, person: User) -> None:
    theirs = Client()
    theirs.force_login(person)
    sent = {"password-version": 0, "password-reason": "本人忘记"}
    wanted = reverse("user_password", args=[person.pk])
    response = signed_in.post(wanted, sent)
    assert "no-store" in response["Cache-Control"]
    password = seen_password(response.content.decode())
    person.refresh_from_db()
    assert person.check_password(password)
    assert theirs.get(reverse("profile")).status_code == 302
    again = signed_in.post(wanted, sent)
    assert again.status_code == 409
    assert "<code>" not in again.content.decode()
    assert StaffEvent.objects.filter(verb="user.reset_password").count() == 1


def test_the_second_administrator_reads_who_came_first_and_keeps_the_text(
    signed_in: Client, administrator: User, person: User
) -> None:
    other = user_of(Role.ADMINISTRATOR, display_name="另一管理员")
    theirs = Client()
    theirs.force_login(other)
    assert post(theirs, "role", person, role=Role.DIRECTOR)[0] == 302
    status, page = post(signed_in, "role", person, role=Role.CLERK, version=0)
    assert status == 409
    assert "该账户已由“另一管理员”于" in page
    assert f'value="{REASON}"' in page
    assert 'name="role-version" value="1"' in page
    person.refresh_from_db()
    assert person.role == Role.DIRECTOR


def test_two_administrators_close_an_account_and_the_second_is_told(signed_in: Client, person: User) -> None:
    theirs = Client()
    theirs.force_login(user_of(Role.ADMINISTRATOR, display_name="另一管理员"))
    assert post(theirs, "deactivate", person)[0] == 302
    status, page = post(signed_in, "deactivate", person, version=0)
    assert status == 409
    assert "该账户已由“另一管理员”于" in page
    assert f"<dd>{REASON}</dd>" in page
    assert StaffEvent.objects.count() == 1


def test_nobody_is_offered_to_change_their_own_account(signed_in: Client, administrator: User) -> None:
    page = signed_in.get(reverse("user_page", args=[administrator.pk])).content.decode()
    assert "R-112" in page
    assert "<details" not in page
    assert post(signed_in, "role", administrator, role=Role.DIRECTOR)[0] == 422


def test_the_account_of_the_scheduled_jobs_does_not_exist_for_anybody(signed_in: Client) -> None:
    system = User.objects.system()
    assert signed_in.get(reverse("user_page", args=[system.pk])).status_code == 404
    assert post(signed_in, "reactivate", system)[0] == 404
    assert "系统定时任务" not in signed_in.get(reverse("user_list")).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=xiaow", True),
        ("q=小王", True),
        ("role=registration", True),
        ("role=auditor", False),
        ("state=closed", False),
    ],
)
def test_people_are_searched_and_filtered(query: str, found: bool, signed_in: Client, person: User) -> None:
    page = signed_in.get(f"{reverse('user_list')}?{query}").content.decode()
    assert ("小王" in re.sub(r"<input[^>]*>", "", page)) is found


def test_lists_ask_the_database_as_often_for_one_row_as_for_thirty(
    signed_in: Client, person: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    unit = UnitFactory.create()
    post(signed_in, "role", person, role=Role.SUPERVISING_UNIT, unit=unit.pk)
    for name, count in (("user_list", 4), ("staff_log", 4)):
        with django_assert_num_queries(count):
            signed_in.get(reverse(name))
    for each in range(30):
        user = UserFactory.create(username=f"u{each}")
        post(signed_in, "role", user, role=Role.SUPERVISING_UNIT, unit=UnitFactory.create().pk)
    for name, count in (("user_list", 4), ("staff_log", 4)):
        with django_assert_num_queries(count):
            signed_in.get(reverse(name))


def test_one_changes_ones_own_password_and_stays_signed_in_here_only(client: Client, person: User) -> None:
    elsewhere = Client()
    for each in (client, elsewhere):
        each.post(reverse("sign_in"), {"username": "xiaowang", "password": OLD})
    given = {"old_password": OLD, "new_password1": NEW, "new_password2": NEW}
    response = client.post(reverse("own_password"), given)
    assert response["Location"] == reverse("profile")
    assert "密码已修改" in client.get(reverse("profile")).content.decode()
    assert elsewhere.get(reverse("profile")).status_code == 302
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert StaffEvent.objects.get().verb == "user.change_password"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"old_password": "wrong", "new_password1": NEW, "new_password2": NEW}, "原密码不正确"),
        ({"old_password": OLD, "new_password1": NEW, "new_password2": NEW + "x"}, "两次输入的新密码不一致"),
        ({"old_password": OLD, "new_password1": "12345678", "new_password2": "12345678"}, "密码"),
        ({"old_password": OLD, "new_password1": "", "new_password2": ""}, "请填写“新密码”"),
    ],
)
def test_a_new_password_that_will_not_do_is_refused_in_words(
    given: dict[str, str], sentence: str, client: Client, person: User
) -> None:
    client.force_login(person)
    response = client.post(reverse("own_password"), given)
    assert response.status_code == 422
    assert sentence in re.sub(r"<label.*?</label>", "", response.content.decode(), flags=re.DOTALL)
    assert not StaffEvent.objects.exists()


@pytest.mark.parametrize(
    ("days", "state", "sentence"),
    [(-1, "expired", "不能再承办行政处罚案件"), (30, "expiring", "请提前换证"), (400, "valid", ""), (None, "", "")],
)
def test_a_certificate_that_ends_is_told_in_time(days: int | None, state: str, sentence: str, client: Client) -> None:
    today = timezone.localdate()
    until = None if days is None else today + timedelta(days=days)
    officer = user_of(Role.ENFORCEMENT, certificate_no="虚1号" if until else "", certificate_until=until)
    assert certificate_state(officer, on=today) == state
    client.force_login(officer)
    page = client.get(reverse("profile")).content.decode()
    assert ("执法证已于" in page or "执法证将于" in page) is bool(sentence)
    assert sentence in page


def test_a_password_somebody_else_set_opens_nothing_until_it_is_changed(signed_in: Client, person: User) -> None:
    sent = {"password-version": 0, "password-reason": "本人忘记"}
    given = seen_password(signed_in.post(reverse("user_password", args=[person.pk]), sent).content.decode())
    theirs, own = Client(), reverse("own_password")
    theirs.post(reverse("sign_in"), {"username": "xiaowang", "password": given})
    for address in (
        reverse("dashboard"),
        reverse("profile"),
        reverse("organisation_list"),
        "/admin/",
        "/people/?kept=x",
    ):
        assert theirs.get(address)["Location"].startswith(own), address
    assert theirs.post(reverse("saved_view_save"), {"name": "x"})["Location"] == own
    page = theirs.get(own).content.decode()
    assert "先改为自己的密码" in page
    assert "主导航" not in page
    same = {"old_password": given, "new_password1": given, "new_password2": given}
    assert "新密码与原密码相同" in theirs.post(own, same).content.decode()
    changed = theirs.post(own, {"old_password": given, "new_password1": NEW, "new_password2": NEW})
    assert changed["Location"] == reverse("dashboard")
    assert theirs.get(reverse("dashboard")).status_code == 200
    assert "先改为自己的密码" not in theirs.get(own).content.decode()
    person.refresh_from_db()
    assert not person.has_given_password


def test_who_must_change_the_password_may_sign_out_and_read_the_page_in_english(client: Client, person: User) -> None:
    User.objects.filter(pk=person.pk).update(has_given_password=True)
    client.force_login(person)
    assert client.post(reverse("set_language"), {"language": "en", "next": "/"})["Location"] == "/"
    assert client.post(reverse("sign_out"))["Location"] == reverse("sign_in")


def test_five_wrong_passwords_close_the_account_until_it_is_reset(
    client: Client, signed_in: Client, person: User
) -> None:
    stranger = Client()
    door = reverse("sign_in")
    answers = [stranger.post(door, {"username": "xiaowang", "password": f"wrong{n}"}) for n in range(5)]
    assert [each.status_code for each in answers] == [200, 200, 200, 200, 429]
    assert "账户暂时锁定" in answers[-1].content.decode()
    assert stranger.post(door, {"username": "xiaowang", "password": OLD}).status_code == 429
    other = UserFactory.create(username="other")
    other.set_password(OLD)
    other.save()
    assert stranger.post(door, {"username": "other", "password": OLD}).status_code == 302
    page = signed_in.post(
        reverse("user_password", args=[person.pk]), {"password-version": 0, "password-reason": "本人忘记"}
    ).content.decode()
    fresh = {"username": "xiaowang", "password": seen_password(page)}
    assert Client().post(door, fresh).status_code == 302


def test_the_matrix_of_roles_shows_what_the_code_holds(client: Client) -> None:
    client.force_login(user_of(Role.CLERK))
    page = client.get(reverse("role_matrix")).content.decode()
    for role in set(Role) - {Role.SYSTEM}:
        assert f">{role.label}</th>" in page
    row = page[page.index("管理人员账户") :].partition("</tr>")[0]
    assert row.count("✓") == 1
    assert "定时任务" not in page


def test_passwords_made_here_are_long_and_never_the_same() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"([a-z2-9]{4}-){3}[a-z2-9]{4}", each) for each in made)
