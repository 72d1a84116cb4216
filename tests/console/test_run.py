"""`manage.py run`: one pass through real processes, then the console; nothing remains when it ends."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from console.management import summary
from console.management.commands import run
from registry.actions import run as runs
from tests.cleanup.situations import TODAY
from tests.registry.test_race import count, shared_database
from tests.worker.conftest import eventually
from tests.worker.situations import campaign_with_zombies, found
from worker import broker, dispatch
from worker import supervisor as supervising
from worker.supervisor import Child, Supervisor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper

    from registry.models import User


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(folder: Path, settings: SettingsWrapper, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Run the command on a small register in ``folder`` and the test's database."""
    environment = {**os.environ, "VAR_DIR": str(folder), "DATABASE_URL": shared_database(folder)}
    environment |= {"REDIS_URL": "", "BROKER_URL": "", "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "manage.py", "run", *options]
    process = subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
        eventually(lambda: not left_of(folder) and not broker.answers(folder))


def left_of(folder: Path) -> list[str]:
    """Return the processes of the installation in ``folder`` that are still there."""
    listed = subprocess.run(["ps", "-eww", "-o", "stat=,pid=,args=", "e"], capture_output=True, text=True, check=True)
    mark = f"VAR_DIR={folder} "
    return [line for line in listed.stdout.splitlines() if mark in f"{line} " and not line.startswith("Z")]


def until(process: subprocess.Popen[str], words: str) -> str:
    """Return what the process prints up to a line with ``words``."""
    told = ""
    assert process.stdout
    for line in process.stdout:
        told += line
        if words in line:
            return told
    raise AssertionError(told)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_once_does_the_main_job_prints_it_and_leaves_nothing_running(
    officer: User, tmp_path: Path, settings: SettingsWrapper
) -> None:
    campaign_with_zombies(3, by=officer)
    with running(tmp_path, settings, "--once") as process:
        told = process.communicate(timeout=90)[0]
        assert process.returncode == 0, told
        assert (left_of(tmp_path), broker.answers(tmp_path)) == ([], False)
        done = "SELECT count(*) FROM registry_jobrun WHERE outcome = 'done' AND owner <> ''"
        assert count(done, f"sqlite:///{tmp_path / 'shared.sqlite3'}") == 6
    assert "符合情形 3，新进入 3，退出 0" in told
    assert "纳入 0 家 = 已完成 0 + 办理中 0 + 未启动 0；另有待核实线索 3 条" in told
    printed = [line.strip() for line in told.splitlines() if line.strip().startswith(str(tmp_path / "exports"))]
    assert len(printed) == 4 * 3
    assert {path.rpartition("/")[2] for path in printed} >= {"progress.xlsx", "decoupling.csv", "manifest.json"}


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_it_serves_until_it_is_asked_to_stop(officer: User, tmp_path: Path, settings: SettingsWrapper) -> None:
    campaign_with_zombies(1, by=officer)
    port = free_port()
    with running(tmp_path, settings, "--port", str(port)) as process:
        assert f"http://127.0.0.1:{port}/" in until(process, "清册已启动")
        with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as browser:
            browser.request("GET", "/sign-in/")
            assert browser.getresponse().status == 200
        assert len(left_of(tmp_path)) >= 5
        process.send_signal(signal.SIGTERM)
        assert "正在停止" in until(process, "正在停止")
        assert process.wait(60) == 0
        assert (left_of(tmp_path), broker.answers(tmp_path)) == ([], False)


@pytest.mark.services
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
@pytest.mark.django_db(transaction=True)
def test_killed_it_leaves_nothing_running(officer: User, tmp_path: Path, settings: SettingsWrapper) -> None:
    campaign_with_zombies(1, by=officer)
    with running(tmp_path, settings, "--once") as process:
        until(process, "后台任务")
        assert broker.answers(tmp_path)
        process.kill()
        process.wait()
        eventually(lambda: not left_of(tmp_path) and not broker.answers(tmp_path))


def test_a_port_in_use_is_said_before_anything_starts(tmp_path: Path, settings: SettingsWrapper) -> None:
    settings.VAR_DIR = tmp_path
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"不能在 127.0.0.1:{port} 提供服务.*--port"):
            call_command("run", port=port)
    assert not (tmp_path / "log").exists()
    assert not (tmp_path / "qingce.sqlite3").exists()


def test_a_second_run_on_the_same_files_is_refused(tmp_path: Path, settings: SettingsWrapper) -> None:
    settings.VAR_DIR = tmp_path
    with (tmp_path / "run.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match="已经在运行"):
            call_command("run", once=True, stdout=StringIO())


@pytest.mark.django_db
def test_figures_are_drawn_for_the_last_day_of_a_campaign_or_today(officer: User) -> None:
    found(2, by=officer)
    assert [(campaign.code, str(day)) for campaign, day in summary.days_of_campaigns(today=TODAY)] == [
        ("2022", "2022-12-31")
    ]
    told = list(summary.lines(today=TODAY))
    assert "    纳入 0 家 = 已完成 0 + 办理中 0 + 未启动 0；另有待核实线索 2 条" in told
    assert "    应脱钩 0 家 = 已脱钩 0 + 注销 0 + 撤销 0 + 合并 0 + 未脱钩 0" in told
    assert told[-1].endswith("decoupling-2026-11-24/report.docx")


def asked() -> dispatch.Asked:
    """Return a sweep that was asked for just now."""
    return dispatch.Asked(frozenset({("sweep", "2022 2022-06-01")}), timezone.now())


@pytest.mark.django_db
def test_a_run_that_fails_ends_the_command_with_its_error(tmp_path: Path) -> None:
    waiting = asked()
    claimed = runs.claim(job="sweep", slot="2022 2022-06-01", as_of=TODAY, owner="message")
    assert claimed is not None
    runs.fail(run=claimed, error="Refused: R-50 整治行动正在进行")
    with pytest.raises(CommandError, match="任务“sweep 2022 2022-06-01”失败：Refused: R-50"):
        run.Command().await_(waiting, Supervisor(tmp_path, tmp_path, print))


@pytest.mark.django_db
def test_a_worker_that_keeps_dying_ends_the_command_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "FIRST_PAUSE", 0)
    supervisor = Supervisor(tmp_path / "log", tmp_path, print)
    supervisor.add(Child("worker", (sys.executable, "-c", "raise SystemExit('连不上数据库')")))
    with pytest.raises(CommandError, match=r"worker 没有正常运行(.|\n)*连不上数据库"):
        run.Command().await_(asked(), supervisor)
    supervisor.stop()


@pytest.mark.django_db
def test_a_worker_that_never_answers_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "PATIENCE", 0)
    with pytest.raises(CommandError, match="后台任务在 0 秒内没有完成"):
        run.Command().await_(asked(), Supervisor(tmp_path, tmp_path, print))


@pytest.mark.django_db
def test_without_a_broker_the_command_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def away(*, on: date) -> dispatch.Asked:
        message = "消息服务（Redis）连接不上"
        raise dispatch.BrokerUnreachable(message)

    monkeypatch.setattr(run, "NIGHTLY", (("排查", away),))
    with pytest.raises(CommandError, match="连接不上"):
        run.Command(stdout=StringIO()).work(Supervisor(tmp_path, tmp_path, print))
