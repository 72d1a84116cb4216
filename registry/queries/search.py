"""Looking for organisations by what officers type."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from registry.grams import FORMER_NAME, ORGANISATION, MayHold
from registry.initials import is_initials
from registry.models import FormerName

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from registry.models import Organisation

FEW = 200
"""So many former names with a word are asked for by their bodies; of more, each body is asked for its former names."""


def searched(rows: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
    """Return rows in which every word of ``text`` occurs: in name, former name, code or legal representative.

    One character is enough; a code may be given in full-width characters and in any case. Latin letters are also looked
    for among the first letters of the name: cyxh finds 茶叶协会. Each word costs a query of the former names beforehand.
    """
    for word in text.split():
        typed = unicodedata.normalize("NFKC", word)
        found = _holds("name", word) | _holds("code", typed.upper()) | _holds("legal_representative", word)
        if is_initials(typed):
            found |= _holds("name_initials", typed.lower())
        may_hold = MayHold(ORGANISATION, word, typed.upper(), typed.lower())
        rows = rows.filter(found & Q(may_hold) | _formerly(word))
    return rows


def _holds(column: str, word: str) -> Q:
    """Return the condition that ``column`` holds ``word``, to stand beside `MayHold`.

    PostgreSQL estimates how many rows either lets through and multiplies, as if the two did not ask the same; of a
    position it estimates next to nothing. Otherwise it takes common words for rare ones and reads far too much.
    """
    if connection.vendor == "postgresql":
        return Q(GreaterThan(StrIndex(column, Value(word)), 0))
    return Q(**{f"{column}__contains": word})


def _formerly(word: str) -> Q:
    """Return the condition that a body had a name with ``word``: by few ids where the database can use them."""
    names = FormerName.objects.filter(_holds("name", word), MayHold(FORMER_NAME, word))
    bodies = list(names.order_by().values_list("organisation_id", flat=True)[: FEW + 1])
    if len(bodies) > FEW:
        return Q(Exists(names.filter(organisation=OuterRef("pk"))))
    return Q(pk__in=set(bodies))
