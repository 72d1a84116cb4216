"""The door: signing in and out, error pages, and headers that keep foreign code out."""

import re

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.defaults import bad_request, server_error

from registry.models import User
from registry.states import Role
from tests.console.situations import open_finding, user_of

pytestmark = pytest.mark.django_db

INLINE = re.compile(
    r"<script(?! src=\"[^\"]+\" (?:defer|type=\"module\")></script>)|<style|\sstyle=|\son[a-z]+=|javascript:",
    re.IGNORECASE,
)


@pytest.fixture
def known() -> User:
    user = user_of(Role.REGISTRATION, username="zhangsan")
    user.set_password("long-and-secret")
    user.save()
    return user


def test_the_right_password_opens_the_dashboard(known: User, client: Client) -> None:
    response = client.post(reverse("sign_in"), {"username": "zhangsan", "password": "long-and-secret"})
    assert response.status_code == 302
    assert response["Location"] == reverse("dashboard")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"username": "zhangsan", "password": "wrong"}, "用户名或者密码不正确"),
        ({"username": "nobody", "password": "wrong"}, "用户名或者密码不正确"),
        ({"username": "", "password": ""}, "请输入密码"),
    ],
)
def test_a_failed_sign_in_says_so_in_chinese(given: dict[str, str], sentence: str, known: User, client: Client) -> None:
    response = client.post(reverse("sign_in"), given, headers={"accept-language": "en"})
    assert response.status_code == 200
    assert sentence in response.content.decode()


def test_after_signing_in_one_goes_where_one_wanted_but_never_to_a_foreign_site(known: User, client: Client) -> None:
    given = {"username": "zhangsan", "password": "long-and-secret"}
    wanted = reverse("finding_list")
    assert client.post(reverse("sign_in"), {**given, "next": wanted})["Location"] == wanted
    client.logout()
    away = client.post(reverse("sign_in"), {**given, "next": "https://example.org/"})
    assert away["Location"] == reverse("dashboard")


def test_signing_out_is_a_post(known: User, client: Client) -> None:
    client.force_login(known)
    assert client.get(reverse("sign_out")).status_code == 405
    assert client.post(reverse("sign_out"))["Location"] == reverse("sign_in")
    assert client.get(reverse("dashboard")).status_code == 302


def test_a_form_without_its_token_is_refused_in_words(known: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(reverse("sign_in"), {"username": "zhangsan", "password": "long-and-secret"})
    assert response.status_code == 403
    assert "页面已过期" in response.content.decode()


def test_error_pages_speak_chinese(known: User, client: Client, rf: RequestFactory) -> None:
    assert "没有找到" in client.get("/nowhere/").content.decode()
    client.force_login(known)
    assert client.get("/nowhere/").status_code == 404
    assert "系统出错" in server_error(rf.get("/")).content.decode()
    assert "请求无法识别" in bad_request(rf.get("/"), ValueError()).content.decode()


def test_no_page_carries_code_or_style_of_its_own(known: User, client: Client) -> None:
    finding = open_finding()
    assert not INLINE.search(client.get(reverse("sign_in")).content.decode())
    client.force_login(known)
    for address in (
        reverse("dashboard"),
        reverse("organisation_list"),
        reverse("organisation_page", args=[finding.organisation.code]),
        reverse("finding_list"),
        reverse("finding_page", args=[finding.pk]),
        reverse("alert_list"),
        "/nowhere/",
    ):
        response = client.get(address)
        policy = response["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert not INLINE.search(response.content.decode()), address
