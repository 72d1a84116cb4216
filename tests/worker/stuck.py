"""The worker's app as `kill -9` meets it: a sweep hangs after two chunks, a batch in its third case, the document issued."""

from __future__ import annotations

from time import sleep
from typing import Any

import django

django.setup()

from cleanup.actions import batch as batches  # noqa: E402 - models exist only after setup
from cleanup.actions import sweep as sweeping  # noqa: E402 - likewise
from cleanup.states import BatchDeed  # noqa: E402 - likewise
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

issue = batches.DEEDS[BatchDeed.NOTICE]
issued: list[str] = []


def hang_in_the_third(*about: Any) -> str:
    issued.append(issue(*about))
    if len(issued) == 3:
        sleep(600)
    return issued[-1]


batches.DEEDS = {**batches.DEEDS, BatchDeed.NOTICE: hang_in_the_third}
