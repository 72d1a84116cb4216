"""Imports with what is left to do about them, and their refused rows as one table."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from registry.models import ImportIssue, ImportRun
from registry.tables import column_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.db.models import QuerySet

REFUSED = Q(severity=ImportIssue.Severity.REFUSED)
OPEN = REFUSED & Q(resolution="")
CHUNK = 2000


def with_open_rows(rows: QuerySet[ImportRun]) -> QuerySet[Any]:
    """Return imports with ``open_rows``: how many refused rows nobody has dealt with."""
    waiting = (
        ImportIssue.objects.filter(OPEN, run=OuterRef("pk"))
        .order_by()
        .values("run")
        .annotate(rows=Count("row", distinct=True))
        .values("rows")
    )
    return rows.annotate(open_rows=Coalesce(Subquery(waiting, output_field=IntegerField()), 0))


def refused_columns(run: ImportRun) -> list[str]:
    """Return the names of the columns that the open refused rows use, in the file's order; overflow comes last."""
    used: dict[str, None] = {}
    for cells in _open(run).values_list("cells", flat=True).iterator(chunk_size=CHUNK):
        used.update(dict.fromkeys(cells))
    own = [name for name in column_names(run.header) if name in used]
    return own + [name for name in used if name not in own]


def refused_rows(run: ImportRun) -> Iterator[tuple[int, Mapping[str, str], str, str]]:
    """Give each open refused row once: number, cells by column name, all reasons, all remedies."""
    issues = _open(run).order_by("row", "pk").iterator(chunk_size=CHUNK)
    for row, found in groupby(issues, key=attrgetter("row")):
        told = list(found)
        yield (
            row,
            told[0].cells,
            "；".join(dict.fromkeys(f"【{each.field}】{each.reason}" if each.field else each.reason for each in told)),
            "；".join(dict.fromkeys(each.remedy for each in told)),
        )


def _open(run: ImportRun) -> QuerySet[ImportIssue]:
    return run.issues.filter(OPEN)
