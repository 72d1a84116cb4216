"""The embedded broker: where it listens, who may enter, what it keeps."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from redis import Redis

from tests.worker.conftest import served
from worker import broker
from worker.celery import app
from worker.tasks import close_alerts

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

LONG = "档案" * 30


def test_a_short_folder_keeps_the_socket_beside_the_data() -> None:
    assert broker.socket_path(Path("/srv/qingce/var")) == Path("/srv/qingce/var/broker/b.sock")


@pytest.mark.parametrize("name", [LONG, "a" * 90, "two words", "100%", "a?b#c"])
def test_a_folder_no_address_can_hold_gets_a_short_private_one(name: str) -> None:
    path = broker.socket_path(Path("/srv") / name)
    assert len(os.fsencode(path)) < broker.LONGEST
    assert path.parent.parent == Path(os.environ.get("TMPDIR", "/tmp"))  # noqa: S108 - where temporary folders lie
    assert path != broker.socket_path(Path("/srv") / f"{name}2")
    assert path == broker.socket_path(Path("/srv") / name)


def test_it_starts_and_stops_on_a_socket_only_its_owner_enters(tmp_path: Path) -> None:
    var_dir = tmp_path / LONG
    assert not broker.answers(var_dir)
    with served(var_dir) as server:
        socket = broker.socket_path(var_dir)
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE((var_dir / "broker").stat().st_mode) == 0o700
        with Redis(unix_socket_path=str(socket)) as client:
            assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
            assert client.config_get("appendonly")["appendonly"] == "yes"
            assert client.config_get("port")["port"] == "0"
    assert server.returncode == 0
    assert not broker.answers(var_dir)
    socket.parent.rmdir()


def test_a_folder_of_somebody_else_or_a_link_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "elsewhere"
    target.mkdir()
    var_dir = tmp_path / "linked"
    var_dir.mkdir()
    (var_dir / "broker").symlink_to(target)
    with pytest.raises(broker.NoBroker, match="不属于当前用户"):
        broker.command(var_dir)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    with pytest.raises(broker.NoBroker, match="不属于当前用户"):
        broker.command(tmp_path)


def test_a_folder_open_to_others_is_closed(tmp_path: Path) -> None:
    (tmp_path / "broker").mkdir(mode=0o755)
    broker.command(tmp_path)
    assert stat.S_IMODE((tmp_path / "broker").stat().st_mode) == 0o700


def test_without_a_server_on_the_path_the_packaged_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker.shutil, "which", lambda _: None)
    found = Path(broker.executable())
    assert found.is_file()
    assert os.access(found, os.X_OK)


def test_the_environment_comes_first(settings: SettingsWrapper) -> None:
    assert broker.is_embedded()
    settings.BROKER_URL = "redis://broker:6379/3"
    assert (broker.is_embedded(), broker.url()) == (False, "redis://broker:6379/3")


def test_what_was_queued_survives_the_death_of_the_broker(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        close_alerts.apply_async()
        server.kill()
        server.wait()
    with served(tmp_path), Redis(unix_socket_path=str(broker.socket_path(tmp_path))) as client:
        assert client.llen("celery") == 1


def test_messages_of_a_killed_worker_are_given_back_at_once(served_broker: Redis, tmp_path: Path) -> None:
    close_alerts.apply_async()
    with app.connection_for_read() as taken:
        message = taken.default_channel.basic_get("celery", no_ack=False)
        assert message is not None
        message.channel.qos.append(message, message.delivery_tag)
        assert (served_broker.llen("celery"), served_broker.hlen("unacked")) == (0, 1)
        served_broker.set("unacked_mutex", "held by the dead")
        assert broker.give_back(app, tmp_path)
        assert (served_broker.llen("celery"), served_broker.hlen("unacked")) == (1, 0)
        message.channel.qos._dirty.add(message.delivery_tag)


def test_nothing_is_given_back_where_no_broker_answers(tmp_path: Path) -> None:
    assert not broker.give_back(app, tmp_path)
