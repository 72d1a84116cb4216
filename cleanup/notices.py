"""Reading the documents of the procedure that the system ships with, and filling them. Plain Python, no table, no clock."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry.paper import LAYOUTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SHIPPED = Path(__file__).parent / "data" / "notices.toml"
CHARITY = "charity"
"""Stands in the book of grounds where a kind of body stands otherwise."""

COPIES = "本文书一式两份，一份送达当事人，一份归档。"
CAMPAIGN_NOTICE = "《民政部关于开展“僵尸型”社会组织专项整治行动的通知》（民发〔2021〕63号）"
"""What a rectification rests on where no statute names the criterion."""

SERVED_AS_PENALTY = "依据《中华人民共和国行政处罚法》第六十一条、《中华人民共和国民事诉讼法》第九十五条"
SERVED_OTHERWISE = "参照《中华人民共和国民事诉讼法》第九十五条"
"""What the service of a document by announcement rests on: of a penalty, and of any other document."""
_PLACE = re.compile(r"\{(\w+)\}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
"""What a text pasted from elsewhere may hold and no paper shows; the end of a line is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What an officer enters by hand; ``repeats`` names the kind of an earlier document that may have it already."""

    name: str
    label: str
    long: bool = False
    repeats: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One kind of document as it is written; ``word`` names its number series, blank for one without number.

    ``public`` documents address nobody, those without ``copies`` are not handed over in two.
    """

    kind: str
    title: str
    layout: str
    word: str = ""
    public: bool = False
    copies: bool = True
    fields: tuple[Field, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    paragraphs: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        """Return the names of everything that is filled in, in order of appearance."""
        texts = [*(value for _, value in self.rows), *self.paragraphs]
        return tuple(dict.fromkeys(name for text in texts for name in _PLACE.findall(text)))


@dataclass(frozen=True, slots=True)
class Filled:
    """A document's text with its places filled; ``missing`` are the places nobody has said anything for."""

    rows: tuple[tuple[str, str], ...]
    paragraphs: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a document says was broken, and on what the penalty rests."""

    violated: str
    penalty_basis: str


def fill(form: Form, values: Mapping[str, str]) -> Filled:
    """Return the text of ``form``; a place without value shows as ＿＿＿＿. What is put in is never filled again."""
    given = {name: _CONTROL.sub("", value).strip() for name, value in values.items()}

    def put(text: str) -> str:
        return _PLACE.sub(lambda place: given.get(place[1]) or "＿＿＿＿", text)

    return Filled(
        rows=tuple((label, put(value)) for label, value in form.rows),
        paragraphs=tuple(put(text) for text in form.paragraphs),
        missing=tuple(name for name in form.places if not given.get(name)),
    )


@cache
def forms(path: Path = SHIPPED) -> Mapping[str, Form]:
    """Return the documents of a file by kind, in its order; raise ValueError naming what is wrong."""
    made: dict[str, Form] = {}
    for place, row in enumerate(tomllib.loads(path.read_text(encoding="utf-8")).get("notice", []), start=1):
        form = _form(row)
        _check(form, made, f"notice {place}")
        made[form.kind] = form
    return made


def ground(kind: str, criteria: Iterable[str], *, by_charity_law: bool = False, path: Path = SHIPPED) -> Ground | None:
    """Return what the first of ``criteria`` with a statutory ground says for a body of ``kind``, or None.

    A charity whose certificate is to be taken answers ``by_charity_law``, whatever its kind; everybody else by the
    regulation of the kind.
    """
    book, answers_as = _grounds(path), CHARITY if by_charity_law else kind
    return next((book[answers_as, letter] for letter in criteria if (answers_as, letter) in book), None)


@cache
def _grounds(path: Path) -> Mapping[tuple[str, str], Ground]:
    rows = tomllib.loads(path.read_text(encoding="utf-8")).get("ground", [])
    return {(row["kind"], row["criterion"]): Ground(row["violated"], row["penalty_basis"]) for row in rows}


def _form(row: dict[str, Any]) -> Form:
    fields = tuple(
        Field(**{"repeats" if k == "from" else k: v for k, v in each.items()}) for each in row.get("fields", ())
    )
    texts = {name: tuple(map(_whole, row.get(name, ()))) for name in ("rows", "paragraphs", "signs")}
    return Form(**{**row, **texts, "fields": fields})


def _whole(each: Any) -> Any:
    return tuple(each) if isinstance(each, list) else each


def _check(form: Form, before: Mapping[str, Form], where: str) -> None:
    entered = {each.name for each in form.fields}
    for wrong, what in (
        (form.layout not in LAYOUTS, f"unknown layout {form.layout}"),
        (form.kind in before, f"repeated {form.kind}"),
        (form.word != "" and form.word in {each.word for each in before.values()}, f"repeated word {form.word}"),
        (not entered <= set(form.places), f"fields without place {sorted(entered - set(form.places))}"),
        (
            any(each.repeats and each.repeats not in before for each in form.fields),
            "repeats a document that does not come before it",
        ),
    ):
        if wrong:
            message = f"{where}: {what}"
            raise ValueError(message)
