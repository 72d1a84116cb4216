"""The import desk's pages: a file goes from upload by way of its columns and a trial into the register."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from console import uploads
from registry.actions.intake import desk
from registry.models import ImportIssue, ImportRun, Organisation, User
from registry.states import Role
from tests.console.situations import user_of
from tests.registry.files import code_of, register_row, write_rows
from worker import dispatch, tasks

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

pytestmark = pytest.mark.django_db


@pytest.fixture
def registrar() -> User:
    return user_of(Role.REGISTRATION, display_name="测试登记员")


@pytest.fixture
def signed_in(client: Client, registrar: User) -> Client:
    client.force_login(registrar)
    return client


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is handed to the worker be done at once."""

    def at_once(*, run: ImportRun) -> None:
        tasks.import_file.apply(kwargs={"import_id": run.pk, "attempt": run.attempt}, throw=True)

    monkeypatch.setattr(dispatch, "imports", at_once)


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(**_: object) -> None:
        raise dispatch.BrokerUnreachable

    monkeypatch.setattr(dispatch, "imports", unreachable)


def sheet(*rows: dict[str, object], folder: Path, name: str = "名册.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, write_rows(folder / "rows.csv", *rows).read_bytes())


def uploaded(client: Client, file: SimpleUploadedFile, what: str = "register") -> ImportRun:
    response = client.post(reverse("import_new"), {"what": what, "file": file})
    assert response.status_code == 302, response.content.decode()
    return ImportRun.objects.latest("pk")


def columns_of(run: ImportRun) -> dict[str, str]:
    """Return what the form sends when nothing in it is touched."""
    return {f"column-{n}": column.field for n, column in enumerate(desk.columns_seen(run))}


def shown(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


# --- from file to register ----------------------------------------------------------------------------


@pytest.mark.usefixtures("worker")
def test_a_file_goes_from_upload_to_the_register(signed_in: Client, registrar: User, tmp_path: Path) -> None:
    assert "上传第一个文件" in shown(signed_in, "import_list")
    run = uploaded(signed_in, sheet(register_row(1), register_row(2, 状态="?"), folder=tmp_path))
    page = shown(signed_in, "import_columns", run.pk)
    assert "各列均已认出" in page
    assert code_of(1) in page
    response = signed_in.post(reverse("import_columns", args=[run.pk]), columns_of(run), follow=True)
    page = response.content.decode()
    assert "这是试运行的结果，登记册没有变动。" in page
    assert "共 2 行 = 新增 1 + 更新 0 + 未变 0 + 未导入 1" in page
    assert not Organisation.objects.exists()
    page = signed_in.post(reverse("import_start", args=[run.pk]), follow=True).content.decode()
    assert "已导入" in page
    assert "1 行待处理" in page
    assert Organisation.objects.get().events.get().by == registrar
    page = shown(signed_in, "import_list")
    assert "待处理 1" in page
    assert "名册.csv" in page


@pytest.mark.usefixtures("worker")
def test_unknown_columns_are_shown_with_what_is_missing_and_can_be_named(signed_in: Client) -> None:
    text = f"机构代码证,单位全称\n{code_of(1)},虚构区测试协会1\n"
    run = uploaded(signed_in, SimpleUploadedFile("a.csv", text.encode()))
    page = shown(signed_in, "import_columns", run.pk)
    assert "缺少必需的“统一社会信用代码”，请指明是哪一列" in page
    response = signed_in.post(reverse("import_columns", args=[run.pk]), {"column-0": "code", "column-1": "code"})
    assert response.status_code == 422
    assert "“统一社会信用代码”对应了不止一列" in response.content.decode()
    assert '<option value="code" selected>' in response.content.decode()
    response = signed_in.post(reverse("import_columns", args=[run.pk]), {"column-0": "code", "column-1": "password"})
    assert response.status_code == 422
    assert "请从列表中选择" in response.content.decode()
    signed_in.post(reverse("import_columns", args=[run.pk]), {"column-0": "code", "column-1": "name"})
    signed_in.post(reverse("import_start", args=[run.pk]))
    assert Organisation.objects.get().name == "虚构区测试协会1"


@pytest.mark.usefixtures("worker")
def test_reports_are_imported_the_same_way(signed_in: Client, tmp_path: Path) -> None:
    row = {"统一社会信用代码": code_of(1), "年度": "2024", "报送日期": "2025-01-01"}
    run = uploaded(signed_in, sheet(row, folder=tmp_path), "reports")
    page = signed_in.post(reverse("import_columns", args=[run.pk]), columns_of(run), follow=True).content.decode()
    assert "登记册中没有该代码的组织" in page
    assert "年度报告" in page


# --- bad files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "a.csv", "是空的"),
        (b"\x00\x01\x02", "a.csv", "不是文本表格"),
        (b"PK\x03\x04", "a.xlsx", "已损坏"),
        (b"a,b\n", "<b>.exe", "不支持“.exe”"),
        ("只有一列\n".encode(), "a.csv", "找不到表头"),
        ("统一社会信用代码,名称\n".encode(), "a.csv", "只有表头，没有数据行"),
    ],
)
def test_a_bad_file_is_refused_beside_the_field(content: bytes, name: str, reason: str, signed_in: Client) -> None:
    file = SimpleUploadedFile(name, content)
    response = signed_in.post(reverse("import_new"), {"what": "register", "file": file})
    page = response.content.decode()
    assert response.status_code == 422
    assert reason in page
    assert "upload." not in page
    assert 'id="id_file_error"' in page
    assert not ImportRun.objects.exists()


def test_without_a_file_or_its_kind_the_form_says_so(signed_in: Client) -> None:
    response = signed_in.post(reverse("import_new"), {"what": "everything"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "请选择要导入的文件" in page
    assert "请选择文件内容" in page


def test_a_file_that_is_too_long_is_not_even_kept_on_its_way(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 1000)
    monkeypatch.setattr(desk, "LARGEST", 1000)
    rows = [register_row(number) for number in range(50)]
    response = signed_in.post(reverse("import_new"), {"what": "register", "file": sheet(*rows, folder=tmp_path)})
    assert response.status_code == 422
    assert "文件超过上限" in response.content.decode()
    assert not ImportRun.objects.exists()


@pytest.mark.usefixtures("worker")
def test_whatever_a_file_says_is_shown_as_text(signed_in: Client, tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    row = {**register_row(1, 状态=evil), evil: evil}
    run = uploaded(signed_in, sheet(row, folder=tmp_path, name="<img src=x>.csv"))
    pages = [shown(signed_in, "import_columns", run.pk)]
    signed_in.post(reverse("import_columns", args=[run.pk]), columns_of(run))
    pages += [shown(signed_in, "import_page", run.pk), shown(signed_in, "import_row", run.pk, 2)]
    pages.append(shown(signed_in, "import_list"))
    for page in pages:
        assert "<img src=x>" not in page
        assert evil not in page
        assert "&lt;img src=x&gt;.csv" in page


# --- on the way ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_broker")
def test_with_the_broker_away_the_file_is_kept_and_can_be_started_again(
    signed_in: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = uploaded(signed_in, sheet(register_row(1), folder=tmp_path))
    response = signed_in.post(reverse("import_columns", args=[run.pk]), columns_of(run), follow=True)
    page = response.content.decode()
    assert "消息服务（Redis）连接不上，没有开始。" in page
    assert reverse("import_resume", args=[run.pk]) in page
    monkeypatch.setattr(dispatch, "imports", lambda *, run: desk.perform(import_id=run.pk, attempt=run.attempt))
    page = signed_in.post(reverse("import_resume", args=[run.pk]), follow=True).content.decode()
    assert "已试运行，待导入" in page


def test_the_page_shows_progress_and_looks_again_by_itself(
    signed_in: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "imports", lambda **_: None)
    run = uploaded(signed_in, sheet(register_row(1), folder=tmp_path))
    page = signed_in.post(reverse("import_columns", args=[run.pk]), columns_of(run), follow=True).content.decode()
    assert "等待后台处理" in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    ImportRun.objects.update(outcome="running", rows_done=500, rows_expected=1200)
    page = shown(signed_in, "import_page", run.pk)
    assert "已处理 500 行，共约 1200 行" in page
    assert '<progress max="1200" value="500"' in page
    assert "重新开始" not in page
    ImportRun.objects.update(moved_at="2026-01-01T00:00Z")
    assert "已有一段时间没有进展" in shown(signed_in, "import_page", run.pk)
    assert signed_in.get(reverse("import_columns", args=[run.pk])).status_code == 302


@pytest.mark.usefixtures("worker")
def test_a_file_that_is_not_imported_is_given_up(
    signed_in: Client, tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    run = uploaded(signed_in, sheet(register_row(1), register_row(2, 状态="?"), folder=tmp_path))
    assert "约 2 行" in shown(signed_in, "import_columns", run.pk)
    signed_in.post(reverse("import_columns", args=[run.pk]), columns_of(run))
    page = shown(signed_in, "import_page", run.pk)
    assert "存放的文件和试运行的结果将被删除" in page
    kept = Path(ImportRun.objects.get(pk=run.pk).file.path)
    assert kept.exists()
    with django_capture_on_commit_callbacks(execute=True):
        page = signed_in.post(reverse("import_discard", args=[run.pk]), {"seen": "1"}, follow=True).content.decode()
    assert "该文件已放弃，没有导入" in page
    assert "确认放弃" not in page
    assert not kept.exists()
    assert not ImportIssue.objects.exists()
    again = signed_in.post(reverse("import_start", args=[run.pk]), follow=True).content.decode()
    assert "“测试登记员”已放弃该文件" in again
    assert "已放弃" in shown(signed_in, "import_list")
    assert not Organisation.objects.exists()


@pytest.mark.usefixtures("worker")
def test_an_imported_file_is_not_given_up(signed_in: Client, tmp_path: Path) -> None:
    run = uploaded(signed_in, sheet(register_row(1), folder=tmp_path))
    signed_in.post(reverse("import_columns", args=[run.pk]), columns_of(run))
    signed_in.post(reverse("import_start", args=[run.pk]))
    assert "放弃该文件" not in shown(signed_in, "import_page", run.pk)
    page = signed_in.post(reverse("import_discard", args=[run.pk]), follow=True).content.decode()
    assert "该文件已经导入" in page
    assert ImportRun.objects.get(pk=run.pk).is_imported


def test_a_double_click_starts_it_once(signed_in: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(dispatch, "imports", lambda *, run: asked.append(run.attempt))
    run = uploaded(signed_in, sheet(register_row(1), folder=tmp_path))
    ImportRun.objects.update(outcome="done", is_trial=True, attempt=1)
    signed_in.post(reverse("import_start", args=[run.pk]))
    page = signed_in.post(reverse("import_start", args=[run.pk]), follow=True).content.decode()
    assert "该文件正在导入，没有再次启动" in page
    assert asked == [2]


# --- lists --------------------------------------------------------------------------------------------


def test_the_history_asks_the_database_as_often_for_one_row_as_for_thirty(
    signed_in: Client, registrar: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def add(count: int) -> None:
        for _ in range(count):
            run = ImportRun.objects.create(
                what="register", file_name="a.csv", by=registrar, on="2026-11-24", outcome="done"
            )
            ImportIssue.objects.create(run=run, row=2, severity="refused", reason="x", remedy="y")

    add(1)
    signed_in.get(reverse("import_list"))
    with django_assert_num_queries(3) as one:
        signed_in.get(reverse("import_list"))
    add(30)
    with django_assert_num_queries(len(one.captured_queries)):
        page = signed_in.get(reverse("import_list")).context["page"]
    assert (len(page.rows), bool(page.next)) == (30, True)


def test_the_issues_ask_the_database_as_often_for_one_row_as_for_thirty(
    signed_in: Client, registrar: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    run = ImportRun.objects.create(
        what="register", file_name="a.csv", by=registrar, on="2026-11-24", outcome="done", rows_done=1
    )
    address = reverse("import_page", args=[run.pk])

    def add(first: int, last: int) -> None:
        for row in range(first, last):
            ImportIssue.objects.create(run=run, row=row, severity="refused", reason="登记状态无法识别", remedy="y")

    add(2, 3)
    signed_in.get(address)
    with django_assert_num_queries(5) as one:
        signed_in.get(address)
    add(3, 32)
    with django_assert_num_queries(len(one.captured_queries)):
        assert len(signed_in.get(address).context["page"].rows) == 30


def test_issues_are_found_by_part_field_and_row(signed_in: Client, registrar: User) -> None:
    run = ImportRun.objects.create(
        what="register", file_name="a.csv", by=registrar, on="2026-11-24", outcome="done", rows_done=9
    )
    kinds = (("refused", "登记状态", "甲"), ("refused", "名称", "乙"), ("warning", "住所", "丙"))
    for row, (severity, field, reason) in enumerate(kinds, start=2):
        ImportIssue.objects.create(run=run, row=row, severity=severity, field=field, reason=reason, remedy="y")
    ImportIssue.objects.filter(row=3).update(
        resolution="dropped", resolved_at="2026-11-24T08:00Z", resolved_by=registrar
    )

    def rows(**query: str) -> list[int]:
        return [issue.row for issue in signed_in.get(reverse("import_page", args=[run.pk]), query).context["page"].rows]

    assert rows() == [2, 3, 4]
    assert (rows(stage="open"), rows(stage="settled"), rows(stage="warnings")) == ([2], [3], [4])
    assert (rows(field="名称"), rows(q="丙"), rows(q="2"), rows(stage="open", q="乙")) == ([3], [4], [2], [])
    tabs = {tab["value"]: tab["count"] for tab in signed_in.get(reverse("import_page", args=[run.pk])).context["tabs"]}
    assert tabs == {"": 3, "open": 1, "settled": 1, "warnings": 1}


def test_an_auditor_reads_and_cannot_act(client: Client, registrar: User, tmp_path: Path) -> None:
    run = desk.upload(
        what="register",
        file_name="a.csv",
        content=sheet(register_row(1), folder=tmp_path),
        by=registrar,
        on=registrar.date_joined.date(),
    )
    client.force_login(user_of(Role.AUDITOR))
    assert "上传文件" not in shown(client, "import_list")
    assert reverse("import_columns", args=[run.pk]) not in shown(client, "import_page", run.pk)
    for name in ("import_columns", "import_start", "import_resume"):
        assert client.post(reverse(name, args=[run.pk])).status_code == 403
    assert ImportRun.objects.get().attempt == 0
