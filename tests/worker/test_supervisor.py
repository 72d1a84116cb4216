"""Children that must keep running: started again when they die, gone when the supervisor goes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from tests.worker.conftest import eventually
from worker import supervisor as supervising
from worker.supervisor import FIRST_PAUSE, LONGEST_PAUSE, Child, Died, Supervisor

if TYPE_CHECKING:
    from collections.abc import Iterator

SLEEPER = (sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)")
PARENT = """
    import subprocess, sys, time
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print(child.pid, flush=True)
    time.sleep(600)
"""


def is_there(pid: int) -> bool:
    """Tell whether a process runs; one that only waits to be reaped does not."""
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(told.strip()) and not told.startswith("Z")


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path / "log", Path.cwd(), said.append)
    yield made
    made.stop()


def test_what_died_is_started_again_after_a_pause_and_said_so(
    supervisor: Supervisor, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    child = Child("sleeper", SLEEPER)
    supervisor.add(child)
    assert child.process
    first = child.process.pid
    child.process.kill()
    child.process.wait()
    supervisor.tend()
    assert not child.runs
    assert said == [f"sleeper 意外退出（-9），1 秒后重启；日志：{supervisor.log(child)}"]
    child.not_before = 0
    supervisor.tend()
    assert child.runs
    assert child.process.pid != first


def test_nothing_is_started_before_what_it_needs(supervisor: Supervisor) -> None:
    ready: list[bool] = []
    child = Child("sleeper", SLEEPER, ready=lambda: bool(ready))
    with pytest.raises(Died):
        supervisor.add(child, within=0)
    supervisor.tend()
    assert not child.runs
    ready.append(True)
    supervisor.tend()
    assert child.runs


def test_the_pause_doubles_up_to_a_limit_and_is_forgotten_by_the_steady() -> None:
    child = Child("sleeper", SLEEPER)
    pauses = [child.pause() for _ in range(8)]
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE
    child.started = supervising.monotonic() - supervising.STEADY - 1
    assert child.pause() == FIRST_PAUSE


def test_a_child_that_does_not_come_up_leaves_its_last_words(supervisor: Supervisor) -> None:
    child = Child("broken", (sys.executable, "-c", "print('\\n' * 30 + '端口被占用')"), is_up=lambda: False)
    with pytest.raises(Died, match="端口被占用") as died:
        supervisor.add(child)
    assert str(supervisor.log(child)) in str(died.value)
    assert len(str(died.value).splitlines()) == supervising.LAST_LINES + 1


def test_children_end_the_last_first_with_all_they_have_started(supervisor: Supervisor) -> None:
    first, second = Child("first", SLEEPER), Child("second", (sys.executable, "-c", dedent(PARENT)))
    for child in (first, second):
        supervisor.add(child, within=5)
    eventually(lambda: supervisor.log(second).read_text().strip())
    grandchild = int(supervisor.log(second).read_text())
    ends: list[int] = []
    processes = [first.process, second.process]
    assert all(is_there(process.pid) for process in processes if process)
    end = supervising._end
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(supervising, "_end", lambda process: (ends.append(process.pid), end(process)))
        supervisor.stop()
    assert ends == [process.pid for process in reversed(processes) if process]
    eventually(lambda: not is_there(grandchild))
    supervisor.stop()


def test_who_does_not_end_in_time_is_killed(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "PATIENCE", 0.3)
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
    child = Child("stubborn", (sys.executable, "-c", stubborn))
    supervisor.add(child)
    process = child.process
    assert process
    eventually(lambda: supervisor.log(child).read_text().strip())
    supervisor.stop()
    assert process.returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_when_the_supervisor_is_killed_its_children_end(tmp_path: Path) -> None:
    script = f"""
        import os, sys
        from pathlib import Path
        from worker.supervisor import Child, Supervisor
        child = Child("sleeper", {SLEEPER!r})
        Supervisor(Path({str(tmp_path)!r}), Path.cwd(), print).add(child)
        print(child.process.pid, flush=True)
        os.kill(os.getpid(), 9)
    """
    done = subprocess.run(
        [sys.executable, "-c", dedent(script)],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(settings.BASE_DIR)},
    )
    assert done.returncode == -signal.SIGKILL
    eventually(lambda: not is_there(int(done.stdout)))
