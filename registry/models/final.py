"""Rows that are written once: what was said or done stays said or done."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


class IsFinal(TypeError):
    """Somebody tried to change or delete a row that is only ever added."""


class FinalRows(models.QuerySet[M]):
    """Sets of such rows: they are read and added, nothing else."""

    def update(self, **fields: Any) -> int:
        """Refuse."""
        raise IsFinal(next(iter(fields), self.model._meta.label))

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise IsFinal(self.model._meta.label)


class FinalRow(models.Model):
    """A row that is added and then only read."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **how: Any) -> None:
        """Add the row; refuse to write it a second time."""
        if not self._state.adding:
            raise IsFinal(self._meta.label)
        super().save(*args, **how)

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise IsFinal(self._meta.label)
