import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from registry.actions import organisation as verbs
from registry.actions.intake import Report, Unreadable, import_register, register, run
from registry.models import Event, ImportIssue, ImportRun, Organisation, Unit, User
from registry.queries.verification import faults
from tests.registry.files import counts_of, register_row, write_rows

pytestmark = pytest.mark.django_db

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "foundations_2017_a.tsv"
TODAY = date(2026, 11, 24)

Import = Callable[..., Report]


@pytest.fixture
def take(tmp_path: Path, officer: User) -> Import:
    """Import rows as a file, by an officer, today."""

    def importing(*rows: dict[str, object], dry_run: bool = False) -> Report:
        path = write_rows(tmp_path / "名册.csv", *rows)
        return import_register(path=path, by=officer, on=TODAY, dry_run=dry_run)

    return importing


def _tables() -> list[int]:
    return [model.objects.count() for model in (Organisation, Event, Unit, ImportRun, ImportIssue, User)]


def test_a_dry_run_tells_the_same_and_writes_nothing(take: Import) -> None:
    take(register_row(1))
    rows = (register_row(1, 住所="新址"), register_row(2, 业务主管单位="虚构区教育局"), register_row(3, 状态="?"))
    before = _tables()
    dry = take(*rows, dry_run=True)
    assert _tables() == before
    assert dry.run is None
    wet = take(*rows)
    assert (wet.counts, wet.issues) == (dry.counts, dry.issues)
    assert counts_of(wet) == (1, 1, 0, 1)


def test_the_run_keeps_file_digest_counts_and_issues(take: Import, officer: User) -> None:
    report = take(register_row(1), register_row(2, 注册资金="8"), register_row(3, 状态="?"))
    kept = ImportRun.objects.get()
    assert report.run == kept
    assert (kept.what, kept.file_name, kept.by, kept.on, kept.outcome) == (
        "register",
        "名册.csv",
        officer,
        TODAY,
        "done",
    )
    assert (kept.created, kept.updated, kept.unchanged, kept.warned, kept.refused) == (2, 0, 0, 1, 1)
    assert len(kept.sha256) == 64
    assert kept.finished_at is not None
    assert kept.issues.filter(row__gt=0).count() == 2


def test_an_import_killed_half_way_is_simply_started_again(take: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [register_row(number) for number in range(1, 8)]
    monkeypatch.setattr(run, "CHUNK", 3)
    write = register._write
    done = []

    def dying(job: run.Job, plan: register._Plan) -> None:
        write(job, plan)
        done.append(plan)
        if len(done) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(register, "_write", dying)
    with pytest.raises(KeyboardInterrupt):
        take(*rows)
    assert Organisation.objects.count() == Event.objects.count() == 3
    assert ImportRun.objects.get().outcome == "failed"
    monkeypatch.setattr(register, "_write", write)
    assert counts_of(take(*rows)) == (4, 0, 3, 0)
    assert list(faults()) == []


def test_when_an_event_cannot_be_written_nothing_of_the_chunk_is_in(
    take: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise DatabaseError("no event today")

    monkeypatch.setattr(Event.objects, "bulk_create", broken)
    with pytest.raises(DatabaseError):
        take(register_row(1), register_row(2))
    assert not Organisation.objects.exists()


def test_a_row_another_officer_saved_meanwhile_is_looked_at_again(
    take: Import, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(register_row(1, 住所="甲"))
    amend = verbs.amend
    calls: list[object] = []

    def late(**told: object) -> Event | None:
        if not calls:
            calls.append(told)
            raise verbs.Stale(Organisation.objects.get())
        return amend(**told)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(verbs, "amend", late)
    assert counts_of(take(register_row(1, 住所="乙"))) == (0, 1, 0, 0)
    assert Organisation.objects.get().address == "乙"


def test_queries_do_not_grow_with_rows(tmp_path: Path, officer: User) -> None:
    counts = []
    for first, last in ((1, 3), (10, 60)):
        path = write_rows(tmp_path / "a.csv", *(register_row(number) for number in range(first, last)))
        with CaptureQueriesContext(connection) as queries:
            import_register(path=path, by=officer, on=TODAY)
        counts.append(len([query for query in queries if "INSERT" not in query["sql"]]))
    assert counts[0] == counts[1]


def _command(*arguments: object, name: str = "import_register") -> str:
    out = io.StringIO()
    call_command(name, *map(str, arguments), stdout=out)
    return out.getvalue()


def test_the_command_prints_counts_and_issues(tmp_path: Path, officer: User) -> None:
    path = write_rows(tmp_path / "a.csv", register_row(1), register_row(2, 注册资金="8"), register_row(3, 状态="?"))
    told = _command(path, "--by", officer.username, "--on", "2022-01-01")
    assert "新增 created=2 更新 updated=0 未变 unchanged=0 提示 warned=1 未导入 refused=1" in told
    assert "提示 第 3 行【注册资金】“8”没有写明金额单位（元还是万元），未采用。" in told
    assert "未导入 第 4 行【登记状态】登记状态无法识别（原值：?）。请改为" in told
    assert Event.objects.filter(by=officer, on=date(2022, 1, 1)).count() == 2


def test_without_an_actor_the_command_acts_as_the_system(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a.csv", register_row(1))
    before = _tables()
    _command(path, "--dry-run")
    assert _tables() == before
    _command(path)
    assert Event.objects.get().by == User.objects.system()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--by", "nobody"), "没有用户“nobody”"),
        (("--on", "2022-13-01"), "应为 YYYY-MM-DD"),
        (("--on", "2999-01-01"), "晚于今天"),
    ],
)
def test_wrong_options_end_the_command_with_a_reason(tmp_path: Path, arguments: tuple[str, ...], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        _command(write_rows(tmp_path / "a.csv", register_row(1)), *arguments)


def test_an_unreadable_file_ends_the_command_with_a_reason(tmp_path: Path, officer: User) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\x00\x01\x02")
    with pytest.raises(CommandError, match="不是文本表格"):
        _command(path)
    with pytest.raises(Unreadable):
        import_register(path=path, by=officer, on=TODAY)
    assert not ImportRun.objects.exists()


def test_issues_beyond_the_limit_are_counted_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.actions.intake.issues.KEPT", 10)
    path = write_rows(tmp_path / "a.csv", *(register_row(number, 状态="?") for number in range(30)))
    told = _command(path)
    kept = ImportRun.objects.get()
    assert kept.issues.count() > 30
    assert f"另有 {kept.issues.count() - 10} 条未列出，见导入记录 {kept.pk} 的问题清单" in told


@pytest.mark.skipif(not REAL.exists(), reason="the shared folder with real rows is not beside this checkout")
def test_the_real_foundations_are_all_accounted_for() -> None:
    first = _command(REAL)
    kept = ImportRun.objects.get()
    assert kept.created + kept.refused == 147
    assert Organisation.objects.count() == kept.created
    assert kept.issues.filter(row=0, field="法定代表人").count() == 1
    assert all(issue.reason and issue.remedy for issue in kept.issues.all())
    assert f"created={kept.created}" in first
    assert not Organisation.objects.filter(
        established_on__in=[date(1899, 12, 30), date(1900, 1, 1), date(1970, 1, 1)]
    ).exists()
    assert Organisation.objects.get(code="531000005000185302").capital == Decimal("8000000.00")
    assert Organisation.objects.get(code="53150000082168789G").capital is None
    assert Organisation.objects.get(code="53110000MJ0177809L").certificate_until == date(2022, 7, 10)
    second = _command(REAL)
    assert f"created=0 更新 updated=0 未变 unchanged={kept.created} " in second
    assert f"refused={kept.refused}" in second
    assert list(faults()) == []
