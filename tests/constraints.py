"""Breaking one named constraint on purpose."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connection, models, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def refused_by(model: type[models.Model], name: str) -> Iterator[None]:
    """Assert that the database refuses what happens inside, and because of the constraint ``name`` of ``model``."""
    constraint = next(each for each in model._meta.constraints if each.name == name)
    sign = name
    if connection.vendor == "sqlite" and isinstance(constraint, models.UniqueConstraint):
        # SQLite names the columns of a broken unique key, not the key.
        columns = [model._meta.get_field(field).column for field in constraint.fields]
        sign = "failed: " + ", ".join(f"{model._meta.db_table}.{column}" for column in columns)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        yield
    assert sign in str(caught.value)
