"""The error desk: a refused row is corrected on its page, set aside, or taken home as a file and brought back."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from registry.actions.intake import desk, import_register
from registry.models import Event, ImportRun, Organisation, User
from registry.states import Role
from tests.console.situations import user_of
from tests.registry.files import code_of, register_row, write_rows

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpResponse
    from django.test import Client

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
NAME, CODE, STATE = "cell-0", "cell-1", "cell-2"


@pytest.fixture
def registrar() -> User:
    return user_of(Role.REGISTRATION, display_name="测试登记员")


@pytest.fixture
def signed_in(client: Client, registrar: User) -> Client:
    client.force_login(registrar)
    return client


@pytest.fixture
def run(registrar: User, tmp_path: Path) -> ImportRun:
    """An import of one good row and three bad ones."""
    rows = (
        register_row(1),
        register_row(2, 状态="?"),
        register_row(3, 统一社会信用代码="12345"),
        register_row(4, 名称="=cmd()", 状态="?"),
    )
    taken = import_register(path=write_rows(tmp_path / "名册.csv", *rows), by=registrar, on=TODAY).run
    assert taken
    return taken


def post(client: Client, what: str, run: ImportRun, row: int, **fields: str) -> HttpResponse:
    return client.post(reverse(f"import_row_{what}", args=[run.pk, row]), fields)


def right(number: int) -> dict[str, str]:
    return {NAME: f"虚构区测试协会{number}", CODE: code_of(number), STATE: "正常"}


def test_one_of_three_bad_rows_is_fixed_and_is_in_the_register_with_its_event(
    signed_in: Client, run: ImportRun, registrar: User
) -> None:
    page = signed_in.get(reverse("import_row", args=[run.pk, 3])).content.decode()
    assert "登记状态无法识别" in page
    assert 'value="?"' in page
    assert 'aria-invalid="true"' in page
    response = post(signed_in, "retry", run, 3, **right(2))
    assert response["Location"] == f"{reverse('import_page', args=[run.pk])}?stage=open"
    page = signed_in.get(response["Location"]).content.decode()
    assert "第 3 行已更正并导入：新增。" in page
    assert "2 行待处理" in page
    event = Event.objects.get(organisation__code=code_of(2))
    assert (event.verb, event.by, event.on) == ("organisation.register", registrar, timezone.localdate())
    assert event.facts["import"]["row"] == 3
    history = signed_in.get(reverse("organisation_page", args=[code_of(2)])).content.decode()
    assert "更正后导入“名册.csv”第 3 行" in history
    page = signed_in.get(reverse("import_row", args=[run.pk, 3])).content.decode()
    assert "已更正导入" in page
    assert "测试登记员" in page
    assert reverse("import_row_retry", args=[run.pk, 3]) not in page


def test_a_row_that_is_still_wrong_says_why_and_keeps_the_text(signed_in: Client, run: ImportRun) -> None:
    response = post(signed_in, "retry", run, 4, **{**right(3), CODE: "54321", NAME: "我写的名称"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "仍未导入，原因如下：" in page
    assert 'value="54321"' in page
    assert 'value="我写的名称"' in page
    assert 'id="id_cell-1_error"' in page
    assert run.issues.filter(resolution="").count() == run.issues.count()


def test_the_second_officer_reads_who_came_first_and_keeps_the_text(
    signed_in: Client, run: ImportRun, client: Client
) -> None:
    post(signed_in, "retry", run, 3, **right(2))
    client.force_login(user_of(Role.REGISTRATION))
    for what, fields in (("retry", right(2)), ("drop", {"note": "重复的行"})):
        response = post(client, what, run, 3, **fields)
        assert response.status_code == 409
        assert "该行已由“测试登记员”于" in response.content.decode()
    assert Event.objects.filter(organisation__code=code_of(2)).count() == 1


def test_a_row_is_set_aside_with_a_reason(signed_in: Client, run: ImportRun) -> None:
    response = post(signed_in, "drop", run, 3, note=" ")
    assert response.status_code == 422
    assert "请写明不再导入的理由" in response.content.decode()
    assert post(signed_in, "drop", run, 3, note="不属于本区").status_code == 302
    assert "不属于本区" in signed_in.get(reverse("import_row", args=[run.pk, 3])).content.decode()


def test_a_code_that_is_on_the_register_is_pointed_out(signed_in: Client, registrar: User, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a.csv", register_row(1), register_row(1, 名称="虚构区另一名称"))
    taken = import_register(path=path, by=registrar, on=TODAY).run
    assert taken
    page = signed_in.get(reverse("import_row", args=[taken.pk, 3])).content.decode()
    assert "该代码已在登记册中，导入该行将按变更登记事项处理" in page
    assert reverse("organisation_page", args=[code_of(1)]) in page


@pytest.mark.parametrize("row", [2, 99, 10**30])
def test_a_row_that_was_not_refused_has_no_page(row: int, signed_in: Client, run: ImportRun) -> None:
    assert signed_in.get(reverse("import_row", args=[run.pk, row])).status_code == 404
    assert post(signed_in, "retry", run, row).status_code == 404


def test_a_trial_shows_its_rows_and_lets_nobody_correct_them(signed_in: Client, run: ImportRun) -> None:
    ImportRun.objects.update(is_trial=True)
    page = signed_in.get(reverse("import_row", args=[run.pk, 3])).content.decode()
    assert "正式导入完毕以后才能逐行更正" in page
    response = post(signed_in, "retry", run, 3, **right(2))
    assert response.status_code == 409
    assert not Organisation.objects.filter(code=code_of(2)).exists()


def test_who_may_only_look_sees_the_row_as_text(client: Client, run: ImportRun) -> None:
    client.force_login(user_of(Role.AUDITOR))
    page = client.get(reverse("import_row", args=[run.pk, 3])).content.decode()
    assert "您的角色可以查看，不能更正。" in page
    assert "<textarea" not in page
    for what in ("retry", "drop"):
        assert post(client, what, run, 3, **right(2), note="x").status_code == 403
    assert run.issues.exclude(resolution="").count() == 0


# --- as a file ----------------------------------------------------------------------------------------


def downloaded(client: Client, run: ImportRun, form: str) -> bytes:
    response = client.get(reverse("import_refused", args=[run.pk, form]))
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]  # a file is streamed


def test_the_refused_rows_come_as_text_without_formulas(signed_in: Client, run: ImportRun) -> None:
    rows = list(csv.reader(io.StringIO(downloaded(signed_in, run, "csv").decode("utf-8-sig"))))
    assert rows[0] == ["名称", "统一社会信用代码", "状态", "原行号", "未导入原因", "处理办法"]
    assert [row[3] for row in rows[1:]] == ["3", "4", "5"]
    assert rows[3][0] == "'=cmd()"
    assert rows[1][4] == "【登记状态】登记状态无法识别"


def test_corrected_in_a_spreadsheet_the_refused_rows_can_be_imported_again(
    signed_in: Client, run: ImportRun, registrar: User, tmp_path: Path
) -> None:
    content = downloaded(signed_in, run, "xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert book[1] == ["名称", "统一社会信用代码", "状态", "原行号", "未导入原因", "处理办法"]
    assert book[4][0] == "=cmd()"
    again = desk.upload(
        what="register", file_name="再次.xlsx", content=SimpleUploadedFile("a.xlsx", content), by=registrar, on=TODAY
    )
    columns = {column.name: column.field for column in desk.columns_seen(again)}
    assert columns == {
        "名称": "name",
        "统一社会信用代码": "code",
        "状态": "status",
        "原行号": "",
        "未导入原因": "",
        "处理办法": "",
    }
    queued = desk.try_out(import_id=again.pk, mapping=columns, by=registrar, on=TODAY)
    desk.perform(import_id=again.pk, attempt=queued.attempt)
    again.refresh_from_db()
    assert (again.refused, again.rows_done) == (3, 3)


def test_a_column_an_officer_had_to_name_goes_out_under_our_name(
    signed_in: Client, registrar: User, tmp_path: Path
) -> None:
    path = write_rows(tmp_path / "a.csv", {"代码证": "1", "全称": "虚构", "本金（万元）": "8"})
    mapping = {"代码证": "code", "全称": "name", "本金（万元）": "capital"}
    taken = import_register(path=path, by=registrar, on=TODAY, mapping=mapping).run
    assert taken
    rows = list(csv.reader(io.StringIO(downloaded(signed_in, taken, "csv").decode("utf-8-sig"))))
    assert rows[0][:3] == ["统一社会信用代码", "名称", "注册资金（万元）"]


def test_there_are_no_other_forms(signed_in: Client, run: ImportRun) -> None:
    assert signed_in.get(reverse("import_refused", args=[run.pk, "exe"])).status_code == 404
