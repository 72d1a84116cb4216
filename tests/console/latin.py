"""A demonstration register in Latin letters: what is still Chinese on an English page of it, is nobody's data."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection, models

from console.language import CHINESE
from decoupling.models import ChecklistItem
from registry import guards
from registry.models import ImportIssue, ImportRun, LawEffect, LegalBasis, Policy
from worker.models import Alert

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES = {"registry", "cleanup", "decoupling", "worker", "console"}
SHIPPED = (LegalBasis, Policy, ChecklistItem)
"""Rows that are ours, not the bureau's."""

OURS = {
    (Alert, "subject"),
    (ImportRun, "header"),
    (ImportRun, "mapping"),
    (ImportIssue, "field"),
    (ImportIssue, "reason"),
    (ImportIssue, "remedy"),
    (LawEffect, "what"),
    (LawEffect, "before"),
    (LawEffect, "after"),
}
"""Columns that keep sentences of the system, and headers by which a file is read again."""

_RUN = re.compile(f"(?:{CHINESE.pattern})+")


def latin(value: Any) -> Any:
    """Return a value with every run of Chinese in it as some Latin word, always the same one."""
    if isinstance(value, str):
        return _RUN.sub(lambda run: f"W{zlib.crc32(run[0].encode()) % 1_000_000}", value)
    if isinstance(value, list):
        return [latin(each) for each in value]
    if isinstance(value, dict):
        return {key: latin(each) for key, each in value.items()}
    return value


def latinise() -> None:
    """Write every name, reason and fact in the database in Latin letters, the ledger's too."""
    guards.remove(connection)
    for model in apps.get_models():
        if model._meta.app_label in PACKAGES and model not in SHIPPED:
            columns = list(_columns(model))
            rows: models.QuerySet[Any] = models.QuerySet(model)
            for row in rows.values("pk", *columns):
                pk = row.pop("pk")
                changed = {name: told for name, value in row.items() if (told := latin(value)) != value}
                if changed:
                    rows.filter(pk=pk).update(**changed)
    guards.install(connection)


def _columns(model: type[models.Model]) -> Iterator[str]:
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
        if is_text and not field.choices and not field.primary_key and (model, field.name) not in OURS:
            yield field.attname
