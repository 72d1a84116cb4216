"""Child processes that must keep running: start in order, restart what died, stop in the opposite order.

Each child leads a process group of its own, so that Ctrl-C reaches only the supervisor, which then stops the others
in order, and so that nothing a child has started outlives it. On Linux a child is told to end when the supervisor is
killed.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from time import monotonic, sleep
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds before a child that died is started again; doubled each time it dies soon after."""
STEADY = 60.0
"""After running this long a child's past failures are forgotten."""
PATIENCE = 30.0
"""Seconds a child has to end when asked to."""
TICK = 0.2
PR_SET_PDEATHSIG = 1
LAST_LINES = 15

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Died(RuntimeError):
    """A child ended and does not come back; the text shows the last lines it wrote."""


def always() -> bool:
    """Need nothing to start, or count as up at once."""
    return True


@dataclass(slots=True)
class Child:
    """One process. ``ready`` prepares its start and tells whether it may be; ``is_up`` tells when it works."""

    name: str
    command: Sequence[str]
    ready: Callable[[], bool] = always
    is_up: Callable[[], bool] = always
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    not_before: float = 0.0

    @property
    def runs(self) -> bool:
        """Tell whether the process is there."""
        return self.process is not None and self.process.poll() is None

    def pause(self) -> float:
        """Count a death and return how long to wait before the next start."""
        steady = self.started and monotonic() - self.started > STEADY
        self.deaths = 1 if steady else self.deaths + 1
        return min(FIRST_PAUSE * 2.0 ** (self.deaths - 1), LONGEST_PAUSE)


@dataclass(slots=True)
class Supervisor:
    """Keeps children running; their output goes to ``logs``, what happens to them is told to ``say``."""

    logs: Path
    directory: Path
    say: Callable[[str], object]
    environment: Mapping[str, str] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)

    def add(self, child: Child, *, within: float = PATIENCE) -> None:
        """Start a child and wait until it is up; raise `Died` where it does not come up in time."""
        self.children.append(child)
        deadline = monotonic() + within
        while not child.ready():
            if monotonic() > deadline:
                raise Died(self.obituary(child))
            sleep(TICK)
        self._start(child)
        while not child.is_up():
            if not child.runs or monotonic() > deadline:
                raise Died(self.obituary(child))
            sleep(TICK)

    def tend(self) -> None:
        """Look after every child once: notice the dead, start them again when their pause is over."""
        for child in self.children:
            if child.process is not None and not child.runs:
                pause = child.pause()
                child.not_before = monotonic() + pause
                code = child.process.returncode
                _end(child.process)
                child.process = None
                self.say(f"{child.name} 意外退出（{code}），{pause:.0f} 秒后重启；日志：{self.log(child)}")
            if child.process is None and monotonic() >= child.not_before and child.ready():
                self._start(child)

    def stop(self) -> None:
        """End all children, the last started first; who does not end in time is killed with all it has started."""
        for child in reversed(self.children):
            if child.process is not None:
                _end(child.process)
        self.children.clear()

    def log(self, child: Child) -> Path:
        """Return the file that keeps what a child writes."""
        return self.logs / f"{child.name}.log"

    def obituary(self, child: Child) -> str:
        """Return what to tell of a child that does not run: where its log is and how it ends."""
        log = self.log(child)
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
        last = "\n".join(f"    {line}" for line in lines[-LAST_LINES:])
        return f"{child.name} 没有正常运行，日志：{log}，最后几行：\n{last}"

    def _start(self, child: Child) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        with self.log(child).open("ab") as log:
            child.process = subprocess.Popen(  # noqa: S603 - our own commands
                child.command,
                cwd=self.directory,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=partial(_end_with, os.getpid()) if _libc else None,  # noqa: PLW1509 - no threads here
            )
        child.started = monotonic()


def _end_with(parent: int) -> None:
    """Ask the kernel, between fork and exec, to end this process when ``parent`` ends."""
    assert _libc is not None  # noqa: S101 - narrows the type
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, wait, and leave nothing of its group behind."""
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
