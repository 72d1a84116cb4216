"""A broker of the tests' own, on a socket under the test's folder; no test reaches the installation's."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest
from redis import Redis

from worker import broker
from worker.celery import REDIS_OPTIONS, app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper


def eventually(holds: Callable[[], object], *, within: float = 20) -> None:
    """Wait until something holds."""
    deadline = monotonic() + within
    while not holds():
        assert monotonic() < deadline, "it never came true"
        sleep(0.1)


@contextmanager
def served(var_dir: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the embedded broker."""
    server = subprocess.Popen(broker.command(var_dir), stdout=subprocess.DEVNULL)
    try:
        eventually(lambda: broker.answers(var_dir))
        yield server
    finally:
        server.terminate()
        server.wait()


def forget_connections() -> None:
    """Let the app connect anew."""
    app._pool = None
    app.amqp._producer_pool = None


@pytest.fixture(autouse=True)
def _own_broker(settings: SettingsWrapper, tmp_path: Path) -> Iterator[None]:
    """Let the app of this process speak to the test's broker, which `served` starts, and to no other."""
    before = {name: app.conf[name] for name in ("broker_url", "broker_transport_options")}
    settings.VAR_DIR, settings.BROKER_URL = tmp_path, ""
    app.conf.update(broker_url=broker.url(), broker_transport_options=REDIS_OPTIONS)
    forget_connections()
    yield
    app.pool.force_close_all()
    app.conf.update(before)
    forget_connections()


@pytest.fixture
def served_broker(tmp_path: Path) -> Iterator[Redis]:
    """Give a client of a running broker."""
    with served(tmp_path), Redis(unix_socket_path=str(broker.socket_path(tmp_path))) as client:
        yield client
