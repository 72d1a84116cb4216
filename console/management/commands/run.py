"""Run the whole system on one machine: broker, worker, beat and web, and the main job once."""

from __future__ import annotations

import fcntl
import signal
import socket
import sys
from contextlib import contextmanager
from functools import partial
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from console.management import summary
from console.management.commands.demo import LOGINS_FILE
from registry.models import Organisation
from worker import broker, dispatch, processes
from worker.supervisor import TICK, Child, Died, Supervisor

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator

PATIENCE = 600
"""Seconds the worker may take for one pass over the register."""
INTERRUPTED = 128 + signal.SIGINT
NIGHTLY = (
    ("排查进行中的整治行动", dispatch.sweeps),
    ("核对期限和新线索，生成提醒", dispatch.alerts),
    ("建立台账检查点", dispatch.checkpoint),
    ("核验台账", dispatch.check),
)
"""What the worker does for a day, each in words, in this order."""
DEATHS = 3
"""So often may a process die before the main job gives up on it."""


class Command(BaseCommand):
    """Prepares the installation, does the main job once through a real worker, reports, then serves until stopped."""

    help = "运行清册：准备数据库，经后台任务完整执行一遍主要工作并打印结果，然后提供网页服务；--once 打印后即停止"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="打印结果后停止，不提供网页服务")
        parser.add_argument("--host", default="127.0.0.1", help="网页服务地址，默认 127.0.0.1")
        parser.add_argument("--port", type=int, default=8000, help="网页服务端口，默认 8000")

    def handle(self, *args: Any, **options: Any) -> None:
        once, host, port = options["once"], options["host"], options["port"]
        if not once:
            _require_free(host, port)
        supervisor = Supervisor(
            logs=settings.VAR_DIR / "log",
            directory=settings.BASE_DIR,
            say=self.say,
            environment={"DJANGO_SETTINGS_MODULE": "config.settings", "VAR_DIR": str(settings.VAR_DIR)},
        )
        with _alone(), _stopped_by_signals(supervisor, code=INTERRUPTED if once else 0):
            self.prepare()
            self.start(supervisor)
            self.work(supervisor)
            if not once:
                self.serve(supervisor, host, port)

    def say(self, line: str) -> None:
        """Print a line now, whoever reads."""
        self.stdout.write(line)
        self.stdout.flush()

    def prepare(self) -> None:
        """Bring database and static files up to date; where nothing is registered yet, build the demonstration."""
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        if not Organisation.objects.exists() and not settings.PRODUCTION:
            self.say("登记簿为空，正在建立演示登记簿（虚构的示例区）……")
            call_command("demo", stdout=self.stdout)

    def start(self, supervisor: Supervisor) -> None:
        """Start the broker, where none is given, and the worker."""
        try:
            if broker.is_embedded():
                supervisor.add(processes.broker_server())
            supervisor.add(processes.task_worker())
        except (broker.NoBroker, Died) as error:
            raise CommandError(str(error)) from error

    def work(self, supervisor: Supervisor) -> None:
        """Do by the worker what it does every night: sweep, alert, prove the ledger; then export and report."""
        today = timezone.localdate()
        for what, ask in NIGHTLY:
            self.say(f"后台任务：{what}（{today}）……")
            try:
                asked = ask(on=today)
            except dispatch.BrokerUnreachable as error:
                raise CommandError(str(error)) from error
            self.await_(asked, supervisor)
        for line in summary.lines(today=today):
            self.say(line)

    def await_(self, asked: dispatch.Asked, supervisor: Supervisor) -> None:
        """Wait until the worker has done what was asked, keeping it alive; end with what went wrong where it cannot."""
        deadline = monotonic() + PATIENCE
        while not asked.is_done():
            supervisor.tend()
            for run in asked.failed():
                message = f"任务“{run}”失败：{run.error}"
                raise CommandError(message)
            for child in supervisor.children:
                if child.deaths >= DEATHS:
                    raise CommandError(supervisor.obituary(child))
            if monotonic() > deadline:
                logs = "\n".join(supervisor.obituary(child) for child in supervisor.children)
                message = f"后台任务在 {PATIENCE} 秒内没有完成，请查看日志\n{logs}"
                raise CommandError(message)
            sleep(TICK)
        for run in asked.runs():
            self.say(summary.told(run))

    def serve(self, supervisor: Supervisor, host: str, port: int) -> None:
        """Start beat and the web server, say where and how to sign in, and keep everything running until stopped."""
        try:
            supervisor.add(processes.beat())
            supervisor.add(_web(host, port))
        except Died as error:
            raise CommandError(str(error)) from error
        self.say(f"清册已启动：http://{host}:{port}/ （按 Ctrl+C 停止）")
        self.tell_logins()
        while True:
            supervisor.tend()
            sleep(TICK)

    def tell_logins(self) -> None:
        """Print the demonstration's logins, where there are any."""
        file = settings.VAR_DIR / LOGINS_FILE
        if settings.PRODUCTION or not file.exists():
            return
        self.say(f"演示登录（保存在 {file}）：")
        for line in file.read_text(encoding="utf-8").splitlines():
            self.say("  " + "  ".join(line.split("\t")))


def _web(host: str, port: int) -> Child:
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"{host}:{port}"]
    how = ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--graceful-timeout", "10"]
    return Child("web", [*command, *how, "--no-control-socket"], is_up=partial(_answers, host, port))


def _answers(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        return probe.connect_ex((host, port)) == 0


def _require_free(host: str, port: int) -> None:
    """End the command where the port is taken, before anything is started."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        message = f"不能在 {host}:{port} 提供服务（{error}）；请用 --port 换一个端口，或者停止占用它的程序"
        raise CommandError(message) from error


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the installation's lock: two runs would share one broker's files."""
    with (settings.VAR_DIR / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"{settings.VAR_DIR} 中的清册已经在运行，请先停止它"
            raise CommandError(message) from error
        yield


@contextmanager
def _stopped_by_signals(supervisor: Supervisor, *, code: int) -> Iterator[None]:
    """Stop all processes at the end, however it comes; once stopping, further signals wait for it."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {each: signal.signal(each, signal.default_int_handler) for each in signals}
    try:
        yield
    except KeyboardInterrupt:
        supervisor.say("正在停止……")
        raise SystemExit(code) from None
    finally:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        supervisor.stop()
        for each, handler in before.items():
            signal.signal(each, handler)
