"""An import with three bad rows in a real browser, one of which is fixed in the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from registry.models import Event, ImportRun, Organisation, User
from registry.states import Role
from tests.browser.test_walk import PASSWORD, in_order, sign_in
from tests.console.situations import user_of
from tests.registry.files import code_of, register_row, write_rows
from worker import dispatch, tasks

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def registrar(transactional_db: None) -> User:
    user = user_of(Role.REGISTRATION, username="jingbanren", display_name="测试经办人")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[ImportRun]:
    """Let the worker's messages wait until the test delivers them."""
    waiting: list[ImportRun] = []
    monkeypatch.setattr(dispatch, "imports", lambda *, run: waiting.append(run))
    return waiting


def deliver(waiting: list[ImportRun]) -> None:
    run = waiting.pop()
    tasks.import_file.apply(kwargs={"import_id": run.pk, "attempt": run.attempt}, throw=True)


def test_import_with_three_bad_rows_and_fix_one_in_the_desk(
    page: Page, live_server: LiveServer, registrar: User, asked: list[ImportRun], tmp_path: Path
) -> None:
    file = write_rows(
        tmp_path / "名册.csv",
        register_row(1, 通讯处="虚构区测试路1号"),
        register_row(2, 状态="?"),
        register_row(3, 统一社会信用代码="12345"),
        register_row(4, 名称=""),
    )
    sign_in(page, live_server)
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="导入").click()
    in_order(page)
    page.get_by_role("link", name="上传文件").click()
    in_order(page)
    page.get_by_label("文件", exact=True).set_input_files(file)
    page.get_by_role("button", name="上传并核对列").click()

    expect(page.get_by_text("有 1 列不导入。")).to_be_visible()
    in_order(page)
    page.get_by_label("通讯处").select_option("住所")
    page.get_by_role("button", name="试运行").click()
    expect(page.get_by_role("heading", name="等待试运行")).to_be_visible()
    in_order(page)
    deliver(asked)
    expect(page.get_by_text("这是试运行的结果，登记册没有变动。")).to_be_visible()
    expect(page.get_by_text("共 4 行 = 新增 1 + 更新 0 + 未变 0 + 未导入 3")).to_be_visible()
    in_order(page)
    assert not Organisation.objects.exists()

    page.get_by_role("button", name="正式导入").click()
    expect(page.get_by_role("heading", name="等待导入")).to_be_visible()
    deliver(asked)
    expect(page.get_by_text("3 行待处理")).to_be_visible()
    in_order(page)
    assert Organisation.objects.get().address == "虚构区测试路1号"

    page.get_by_role("link", name="更正 第 4 行").click()
    in_order(page)
    code = page.get_by_label("统一社会信用代码")
    expect(code).to_have_value("12345")
    code.fill("54321")
    page.get_by_role("button", name="更正并导入该行").click()
    expect(page.get_by_role("alert")).to_contain_text("仍未导入，原因如下：")
    expect(code).to_have_value("54321")
    in_order(page)
    code.fill(code_of(3))
    page.get_by_role("button", name="更正并导入该行").click()
    expect(page.get_by_role("status")).to_contain_text("第 4 行已更正并导入：新增。")
    expect(page.get_by_text("2 行待处理")).to_be_visible()
    in_order(page)

    page.goto(live_server.url + reverse("organisation_page", args=[code_of(3)]))
    expect(page.get_by_text("更正后导入“名册.csv”第 4 行")).to_be_visible()
    assert Event.objects.filter(organisation__code=code_of(3), by=registrar).count() == 1
