"""The import desk below its pages: what is kept of a file, its columns, the trial, the import, and going on after a stop."""

from __future__ import annotations

import stat
import zipfile
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from registry.actions.intake import Unreadable, desk, import_register, register, run
from registry.models import Event, ImportIssue, ImportRun, Organisation, User
from registry.queries.verification import faults
from tests.registry.files import code_of, register_row, write_rows

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
STRANGE = "机构代码证,单位全称,备用\n{},虚构区测试协会1,x\n"


def file_of(text: str | bytes, name: str = "名册.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


def received(by: User, *rows: dict[str, object], folder: Path) -> ImportRun:
    content = file_of(write_rows(folder / "rows.csv", *rows).read_bytes())
    return desk.upload(what="register", file_name="名册.csv", content=content, by=by, on=TODAY)


def tried(by: User, *rows: dict[str, object], folder: Path) -> ImportRun:
    kept = received(by, *rows, folder=folder)
    mapping = {column.name: column.field for column in desk.columns_seen(kept)}
    queued = desk.try_out(import_id=kept.pk, mapping=mapping, by=by, on=TODAY)
    desk.perform(import_id=queued.pk, attempt=queued.attempt)
    return ImportRun.objects.get(pk=kept.pk)


def started(by: User, *rows: dict[str, object], folder: Path) -> ImportRun:
    return desk.start(import_id=tried(by, *rows, folder=folder).pk, by=by, on=TODAY)


def stored() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def counts(kept: ImportRun) -> tuple[int, ...]:
    kept.refresh_from_db()
    return kept.created, kept.updated, kept.unchanged, kept.refused, kept.rows_done


# --- receiving ----------------------------------------------------------------------------------------


def test_a_file_is_kept_under_a_random_name_that_only_we_can_read(officer: User, tmp_path: Path) -> None:
    text = write_rows(tmp_path / "a.csv", register_row(1)).read_bytes()
    name = "../../etc/\u202epasswd<b>.CSV"
    kept = [desk.upload(what="register", file_name=name, content=file_of(text), by=officer, on=TODAY) for _ in "ab"]
    assert kept[0].file_name == "../../etc/passwd<b>.CSV"
    assert {path.parent for path in stored()} == {Path(settings.MEDIA_ROOT) / "imports"}
    assert len({path.stem for path in stored()}) == 2
    assert {path.suffix for path in stored()} == {".csv"}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in stored())
    assert kept[0].outcome == ImportRun.Stage.UPLOADED
    assert not Organisation.objects.exists()


def bomb() -> bytes:
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (8 << 20))
    return whole.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "a.csv", "是空的"),
        (b"\x00\x01\x02" * 100, "a.csv", "不是文本表格"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 100, "a.xlsx", "旧版 Excel"),
        (b"PK\x03\x04" + b"0" * 100, "a.xlsx", "已损坏"),
        (b"a,b\n1,2\n", "a.pdf", "不支持“.pdf”"),
        (b"a,b\n1,2\n", "csv", "不支持“csv”"),
        ("只有一列\n1\n".encode(), "a.csv", "找不到表头"),
        (",".join(f"列{n}" for n in range(201)).encode() + b"\n1,2\n", "a.csv", "超过上限 200 列"),
        (bomb(), "a.xlsx", "解压后有"),
    ],
)
def test_what_cannot_be_a_table_is_refused_and_not_kept(
    content: bytes, name: str, reason: str, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.tables.UNPACKED", 4 << 20)
    with pytest.raises(Unreadable, match=reason):
        desk.upload(what="register", file_name=name, content=file_of(content), by=officer, on=TODAY)
    assert stored() == []
    assert not ImportRun.objects.exists()


def test_a_file_that_is_too_long_is_refused(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "LARGEST", 3)
    with pytest.raises(Unreadable, match="超过上限"):
        desk.upload(what="register", file_name="a.csv", content=file_of("a,b,c\n"), by=officer, on=TODAY)


# --- columns ------------------------------------------------------------------------------------------


def test_columns_nobody_knows_can_be_named_by_the_officer(officer: User) -> None:
    content = file_of(STRANGE.format(code_of(1)))
    kept = desk.upload(what="register", file_name="a.csv", content=content, by=officer, on=TODAY)
    seen = desk.columns_seen(kept)
    assert [(column.name, column.field, column.samples) for column in seen] == [
        ("机构代码证", "", (code_of(1),)),
        ("单位全称", "", ("虚构区测试协会1",)),
        ("备用", "", ("x",)),
    ]
    assert desk.faults_of(kept, {"机构代码证": "code", "单位全称": "code"}) == [
        "“统一社会信用代码”对应了不止一列，只能对应一列",
        "缺少必需的“名称”，请指明是哪一列",
    ]
    mapping = {"机构代码证": "code", "单位全称": "name", "备用": ""}
    queued = desk.try_out(import_id=kept.pk, mapping=mapping, by=officer, on=TODAY)
    desk.perform(import_id=kept.pk, attempt=queued.attempt)
    queued = desk.start(import_id=kept.pk, by=officer, on=TODAY)
    desk.perform(import_id=kept.pk, attempt=queued.attempt)
    assert Organisation.objects.get().name == "虚构区测试协会1"
    assert "无法识别" not in "".join(kept.issues.values_list("reason", flat=True))


def test_a_trial_without_an_indispensable_column_does_not_start(officer: User, tmp_path: Path) -> None:
    kept = received(officer, register_row(1), folder=tmp_path)
    with pytest.raises(desk.NotStartable, match="缺少必需的“统一社会信用代码”"):
        desk.try_out(import_id=kept.pk, mapping={"名称": "name"}, by=officer, on=TODAY)


def test_a_mapping_overrules_the_heading_and_may_leave_a_column_out(officer: User, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a.csv", register_row(1, 地址="甲", 通讯处="乙", 法人="丙"))
    mapping = {"名称": "name", "统一社会信用代码": "code", "地址": "", "通讯处": "address", "法人": ""}
    import_register(path=path, by=officer, on=TODAY, mapping=mapping)
    body = Organisation.objects.get()
    assert (body.address, body.legal_representative) == ("乙", "")


# --- trial and import ---------------------------------------------------------------------------------


def test_a_trial_tells_what_the_import_then_does_and_writes_nothing(officer: User, tmp_path: Path) -> None:
    rows = (register_row(1), register_row(2, 状态="?"), register_row(3, 注册资金="8"))
    kept = tried(officer, *rows, folder=tmp_path)
    assert (kept.outcome, kept.is_trial, counts(kept)) == ("done", True, (2, 0, 0, 1, 3))
    told = list(kept.issues.values_list("row", "reason"))
    assert (Organisation.objects.count(), Event.objects.count()) == (0, 0)
    queued = desk.start(import_id=kept.pk, by=officer, on=TODAY)
    assert not queued.issues.exists()
    report = desk.perform(import_id=kept.pk, attempt=queued.attempt)
    assert report is not None
    assert report.run == kept
    assert counts(kept) == (2, 0, 0, 1, 3)
    assert kept.is_imported
    assert list(kept.issues.values_list("row", "reason")) == told
    assert Event.objects.filter(by=officer, on=TODAY).count() == Organisation.objects.count() == 2
    assert list(faults()) == []


def test_an_import_needs_a_trial_first_and_is_done_once(officer: User, tmp_path: Path) -> None:
    kept = received(officer, register_row(1), folder=tmp_path)
    with pytest.raises(desk.NotStartable, match="请先试运行"):
        desk.start(import_id=kept.pk, by=officer, on=TODAY)
    with pytest.raises(desk.NotStartable, match="不需要重新开始"):
        desk.resume(import_id=kept.pk, by=officer, on=TODAY)
    queued = started(officer, register_row(1), folder=tmp_path)
    with pytest.raises(desk.NotStartable, match="正在导入，没有再次启动"):
        desk.start(import_id=queued.pk, by=officer, on=TODAY)
    for _ in range(2):
        desk.perform(import_id=queued.pk, attempt=queued.attempt)
    assert Event.objects.count() == 1
    for verb in (desk.start, desk.resume):
        with pytest.raises(desk.NotStartable, match="已经导入"):
            verb(import_id=queued.pk, by=officer, on=TODAY)


def test_what_a_command_imported_cannot_be_started_again(officer: User, tmp_path: Path) -> None:
    report = import_register(path=write_rows(tmp_path / "a.csv", register_row(1)), by=officer, on=TODAY)
    assert report.run
    assert report.run.header == ["名称", "统一社会信用代码", "状态"]
    with pytest.raises(desk.NotStartable, match="由命令导入"):
        desk.resume(import_id=report.run.pk, by=officer, on=TODAY)


def test_what_stands_still_for_too_long_may_be_started_again_and_the_old_message_is_not_heard(
    officer: User, tmp_path: Path
) -> None:
    queued = started(officer, register_row(1), folder=tmp_path)
    ImportRun.objects.update(moved_at=timezone.now() - timedelta(minutes=2))
    again = desk.resume(import_id=queued.pk, by=officer, on=TODAY)
    assert desk.perform(import_id=queued.pk, attempt=queued.attempt) is None
    assert not Organisation.objects.exists()
    assert desk.perform(import_id=again.pk, attempt=again.attempt) is not None
    assert Organisation.objects.count() == 1


def test_what_could_not_be_handed_over_says_so_and_is_started_again(officer: User, tmp_path: Path) -> None:
    queued = started(officer, register_row(1), folder=tmp_path)
    desk.put_back(run=queued, reason="消息服务连接不上")
    queued.refresh_from_db()
    assert (queued.outcome, queued.error) == ("failed", "消息服务连接不上")
    again = desk.resume(import_id=queued.pk, by=officer, on=TODAY)
    assert (again.outcome, again.is_trial, again.error) == ("queued", False, "")


# --- stopped half-way ---------------------------------------------------------------------------------


@pytest.fixture
def dies(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let the import end at its second chunk of three rows; the returned function heals it."""
    monkeypatch.setattr(run, "CHUNK", 3)
    write, done = register._write, []

    def dying(job: run.Job, plan: register._Plan) -> None:
        write(job, plan)
        done.append(plan)
        if len(done) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(register, "_write", dying)
    return lambda: monkeypatch.setattr(register, "_write", write)


def test_stopped_half_way_it_goes_on_there_and_the_counts_are_those_of_one_run(
    officer: User, tmp_path: Path, dies: Callable[[], None]
) -> None:
    rows = [register_row(number) for number in range(1, 8)]
    rows[5] = register_row(1, 名称="虚构区第二次协会")
    queued = started(officer, *rows, folder=tmp_path)
    with pytest.raises(KeyboardInterrupt):
        desk.perform(import_id=queued.pk, attempt=queued.attempt)
    assert counts(queued) == (3, 0, 0, 0, 3)
    assert (queued.outcome, Event.objects.count()) == ("failed", 3)
    assert "可以继续导入" in queued.error
    with pytest.raises(desk.NotStartable, match="列的对应不能再改"):
        desk.try_out(import_id=queued.pk, mapping=queued.mapping, by=officer, on=TODAY)
    dies()
    again = desk.resume(import_id=queued.pk, by=officer, on=TODAY)
    desk.perform(import_id=again.pk, attempt=again.attempt)
    assert counts(queued) == (6, 0, 0, 1, 7)
    assert queued.issues.get(severity="refused").reason == "代码与第 2 行重复"
    assert queued.issues.filter(row=0).count() == len({issue.reason for issue in queued.issues.filter(row=0)})
    assert list(faults()) == []


def test_delivered_again_after_a_kill_the_same_message_finishes_it(
    officer: User, tmp_path: Path, dies: Callable[[], None]
) -> None:
    queued = started(officer, *(register_row(number) for number in range(1, 8)), folder=tmp_path)
    with pytest.raises(KeyboardInterrupt):
        desk.perform(import_id=queued.pk, attempt=queued.attempt)
    ImportRun.objects.update(outcome="running")
    dies()
    desk.perform(import_id=queued.pk, attempt=queued.attempt)
    assert counts(queued) == (7, 0, 0, 0, 7)


def test_of_two_workers_at_one_file_the_slower_writes_nothing(
    officer: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued = started(officer, register_row(1), register_row(2), folder=tmp_path)
    settle, first = run._settle, []

    def overtaken(*how: Any) -> Any:
        if not first:
            first.append(how)
            desk.perform(import_id=queued.pk, attempt=queued.attempt)
        return settle(*how)

    monkeypatch.setattr(run, "_settle", overtaken)
    with pytest.raises(run.Overtaken):
        desk.perform(import_id=queued.pk, attempt=queued.attempt)
    assert counts(queued) == (2, 0, 0, 0, 2)
    assert queued.outcome == "done"
    assert Event.objects.count() == 2


def test_a_file_that_is_no_longer_what_was_uploaded_is_not_imported(officer: User, tmp_path: Path) -> None:
    queued = started(officer, register_row(1), folder=tmp_path)
    write_rows(Path(queued.file.path), register_row(2))
    with pytest.raises(Unreadable, match="与上传时不一致"):
        desk.perform(import_id=queued.pk, attempt=queued.attempt)
    queued.refresh_from_db()
    assert (queued.outcome, queued.error) == ("failed", "存放的文件与上传时不一致，请重新上传")
    assert not Organisation.objects.exists()


def test_a_file_that_is_gone_says_so(officer: User, tmp_path: Path) -> None:
    queued = started(officer, register_row(1), folder=tmp_path)
    Path(queued.file.path).unlink()
    with pytest.raises(Unreadable):
        desk.perform(import_id=queued.pk, attempt=queued.attempt)
    queued.refresh_from_db()
    assert "找不到文件" in queued.error
    assert not ImportIssue.objects.exists()
