"""Nothing typed is lost when a sign-in or a page expires: it stands in the same form again, and nothing is done by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from console.refilling import Page, refilled
from registry.models import Note, User
from registry.states import Role
from tests.console.situations import user_of
from tests.factories import OrganisationFactory

if TYPE_CHECKING:
    from registry.models import Organisation

pytestmark = pytest.mark.django_db

PASSWORD = "qiu-tian-de-feng-7"
TYPED = "实地走访：人去楼空 <b> & “邻居”证实"


@pytest.fixture
def person() -> User:
    user = user_of(Role.REGISTRATION, username="xiaowang")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def organisation() -> Organisation:
    return OrganisationFactory.create()


def expired(client: Client, action: str, page: str, **sent: object) -> str:
    """Send a form without being signed in; return the page that answers."""
    response = client.post(action, sent, headers={"referer": f"http://testserver{page}"})
    assert response.status_code == 403
    return response.content.decode()


def signed_in(client: Client, door: str, **given: str) -> str:
    """Sign in on the page of the door; return where that leads."""
    kept = re.search(r'name="kept" value="([^"]+)"', door)
    assert kept
    told = {"username": "xiaowang", "password": PASSWORD, "kept": kept[1], **given}
    response = client.post(reverse("sign_in"), told)
    return str(response.headers.get("Location", "")) or response.content.decode()


def test_a_note_typed_too_late_stands_in_its_form_again(
    client: Client, person: User, organisation: Organisation
) -> None:
    page = reverse("organisation_notes", args=[organisation.code])
    door = expired(client, reverse("note_add", args=[organisation.code]), page, subject="", text=TYPED)
    assert "登录已过期，刚才没有提交" in door
    again = signed_in(client, door, password="wrong")
    assert "用户名或者密码不正确" in again
    back = signed_in(client, again)
    assert back.startswith(f"{page}?kept=")
    shown = client.get(back).content.decode()
    assert "实地走访：人去楼空 &lt;b&gt; &amp; “邻居”证实</textarea>" in shown
    assert "您填写的内容已放回这里" in shown
    assert not Note.objects.exists()
    sent = client.post(reverse("note_add", args=[organisation.code]), {"subject": "", "text": TYPED})
    assert sent.status_code == 302
    assert "您填写的内容已放回这里" not in client.get(back).content.decode()


def test_a_form_shown_again_still_knows_which_version_was_seen(
    client: Client, person: User, organisation: Organisation
) -> None:
    """What others changed meanwhile is told, not overwritten."""
    page = reverse("organisation_edit", args=[organisation.code])
    door = expired(client, page, page, version="0", name="改过的名称协会", reason="来函")
    shown = client.get(signed_in(client, door)).content.decode()
    assert re.search(r'name="name" value="改过的名称协会"', shown)
    assert re.search(r'<input type="hidden" name="version" value="0"', shown)


def test_a_way_back_that_leads_on_takes_what_was_typed_along(client: Client, person: User) -> None:
    organisation = OrganisationFactory.create()
    action = reverse("note_add", args=[organisation.code])
    back = signed_in(client, expired(client, action, action, subject="", text=TYPED))
    shown = client.get(back, follow=True).content.decode()
    assert "邻居”证实</textarea>" in shown


def test_where_the_form_is_gone_the_text_is_shown_to_copy(
    client: Client, person: User, organisation: Organisation
) -> None:
    door = expired(client, "/organisations/bulk/", reverse("dashboard"), reason=TYPED)
    shown = client.get(signed_in(client, door)).content.decode()
    assert "可以复制" in shown
    assert "人去楼空 &lt;b&gt;" in shown


def test_files_and_passwords_are_not_kept(client: Client, person: User, organisation: Organisation) -> None:
    page = reverse("organisation_page", args=[organisation.code])
    action = reverse("organisation_file_document", args=[organisation.code])
    scan = SimpleUploadedFile("笔录.pdf", b"%PDF-1.7")
    door = expired(client, action, action, content=scan, title="走访笔录", old_password=PASSWORD)
    shown = client.get(signed_in(client, door)).content.decode()
    assert "文件“笔录.pdf”不能保留，请重新选择。" in shown
    assert PASSWORD not in str(dict(client.session))
    own = reverse("own_password")
    stranger = Client()
    given = {"old_password": PASSWORD, "new_password1": "x y", "new_password2": "x y"}
    assert stranger.post(own, given, headers={"referer": f"http://testserver{page}"}).status_code == 302


@pytest.mark.parametrize("referer", ["", "https://example.org/", "http://testserver.example.org/"])
def test_only_what_our_own_pages_sent_is_kept(referer: str, client: Client, organisation: Organisation) -> None:
    action = reverse("note_add", args=[organisation.code])
    assert client.post(action, {"text": TYPED}, headers={"referer": referer}).status_code == 302


def test_what_was_forged_is_not_taken_up(client: Client, person: User) -> None:
    given = {"username": "xiaowang", "password": PASSWORD, "kept": "eyJhIjoxfQ:1tAbcd:forged"}
    assert client.post(reverse("sign_in"), given)["Location"] == reverse("dashboard")


def test_a_page_whose_token_is_old_shows_the_text_and_leads_back_to_the_form(
    person: User, organisation: Organisation
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person)
    page = reverse("organisation_notes", args=[organisation.code])
    sent = {"subject": "", "text": TYPED}
    action = reverse("note_add", args=[organisation.code])
    response = strict.post(action, sent, headers={"referer": f"http://testserver{page}"})
    told = response.content.decode()
    assert response.status_code == 403
    assert "人去楼空 &lt;b&gt;" in told
    back = re.search(r'class="button main" href="([^"]+)"', told)
    assert back
    assert "邻居”证实</textarea>" in strict.get(back[1]).content.decode()
    assert not Note.objects.exists()


def test_a_stranger_whose_token_is_old_signs_in_and_goes_on(person: User, organisation: Organisation) -> None:
    strict = Client(enforce_csrf_checks=True)
    page = reverse("organisation_notes", args=[organisation.code])
    action = reverse("note_add", args=[organisation.code])
    response = strict.post(action, {"text": TYPED}, headers={"referer": f"http://testserver{page}"})
    assert "登录已过期，刚才没有提交" in response.content.decode()
    strict.force_login(person)
    kept = re.search(r'name="kept" value="([^"]+)"', response.content.decode())
    assert kept
    second = strict.post(reverse("sign_in"), {"username": "xiaowang", "password": PASSWORD, "kept": kept[1]})
    assert second.status_code == 302
    assert second["Location"].startswith(f"{page}?kept=")


FORM = """<!doctype html><main id="main"><details class="a"><summary>办</summary>
<form method="post" action="/a/"><input name="csrfmiddlewaretoken" type="hidden" value="T"><input name="n" value="1">
<input type="hidden" name="pk" value="{pk}"><input type="checkbox" name="c" value="x" checked><input type="radio" name="r"
value="u"><input type="file" name="f"><select name="s"><option value="" selected>-</option><option value="b">B &amp; b</option>
</select><textarea name="t">
old &#x27;text&#x27;</textarea></form></details>
<input name="away" form="k"><form method="post" id="k" action="/k/"><textarea name="t"></textarea></form></main>"""


def test_a_page_taken_apart_is_the_same_page() -> None:
    assert "".join(Page(FORM, path="/").pieces) == FORM


def test_every_kind_of_field_is_filled_in_again() -> None:
    values = {
        "csrfmiddlewaretoken": ["old"],
        "n": ['"2"'],
        "c": [],
        "r": ["u"],
        "s": ["b"],
        "t": ["新\n文"],
        "f": ["x"],
    }
    page = refilled(FORM, path="/", action="/a/", values=values, note="<p>note</p>", otherwise="")
    assert '<details open class="a">' in page
    assert '<form method="post" action="/a/"><p>note</p>' in page
    assert 'value="T"' in page
    assert 'name="n" value="&quot;2&quot;"' in page
    assert 'name="c" value="x">' in page
    assert 'name="r" value="u" checked>' in page
    assert '<option value="">-' in page
    assert '<option value="b" selected>' in page
    assert "\n新\n文</textarea></form></details>" in page
    assert '<input type="file" name="f">' in page


def test_a_field_outside_its_form_belongs_to_it_all_the_same() -> None:
    page = refilled(FORM, path="/", action="/k/", values={"away": ["外"]}, note="", otherwise="")
    assert '<input name="away" form="k" value="外">' in page


def test_of_several_forms_that_send_to_one_place_the_right_one_is_filled() -> None:
    two = FORM.replace("{pk}", "1") + FORM.replace("{pk}", "2")
    page = refilled(two, path="/", action="/a/", values={"pk": ["2"], "n": ["zwei"]}, note="", otherwise="")
    assert page.index('value="zwei"') > page.index('value="2"') - 200
    assert page.count('value="zwei"') == 1
    assert page.index('value="zwei"') > len(FORM) - 10
