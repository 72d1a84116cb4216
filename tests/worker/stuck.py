"""The worker's app with a sweep that writes two small chunks and then hangs: what `kill -9` meets in the middle."""

from __future__ import annotations

from time import sleep
from typing import Any

import django

django.setup()

from cleanup.actions import sweep as sweeping  # noqa: E402 - models exist only after setup
from worker.celery import app  # noqa: E402 - likewise

__all__ = ["app"]

enter = sweeping.enter
written: list[int] = []


def hang_after_two_chunks(batch: Any, ids: list[int]) -> Any:
    if len(written) == 2:
        sleep(600)
    result = enter(batch, ids)
    written.append(len(ids))
    return result


sweeping.CHUNK = 2
sweeping.enter = hang_after_two_chunks
