"""Papers that leave the house or go into its files: a text set as PDF/A and filled into a Word template.

A paper's text is settled before it comes here; nothing in it is read as markup or as a formula. The same `Paper` always
gives the same PDF, byte for byte, so that a stored digest can be checked against a document set anew.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, time
from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, cast

import typst
from docxtpl.listing import Listing
from docxtpl.template import DocxTemplate
from pylopdf_fonts_zh_cn import sans_path

if TYPE_CHECKING:
    from datetime import date

FOLDER = Path(__file__).parent / "data" / "paper"
LAYOUTS = ("letter", "form", "record")

STAND_IN = "〓"
"""What typesetters put where a character is missing from the case."""

_one_at_a_time = Lock()
_WITHOUT_GLYPH = re.compile(r'the text `"(?P<text>.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


class Unprintable(ValueError):
    """A paper holds a character no typeface of the archive has; ``characters`` are those that were met first."""

    def __init__(self, characters: str) -> None:
        """Keep them, so that whoever asked can say where they stand."""
        self.characters = characters
        super().__init__(f"no typeface has {characters!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document ready to be set.

    ``letter`` addresses a body and leaves place for the seal; ``form`` is a table to be signed; ``record`` is minutes
    with their heading as ``rows``. ``signs`` are the places for signatures of the last two.
    """

    layout: str
    bureau: str
    title: str
    document_no: str
    addressee: str
    rows: tuple[tuple[str, str], ...]
    paragraphs: tuple[str, ...]
    signs: tuple[str, ...]
    copies: str
    on: date


def pdf(paper: Paper) -> bytes:
    """Return ``paper`` as PDF/A-2b with its typefaces inside; raise `Unprintable` where they lack a character."""
    moment = datetime.combine(paper.on, time(), tzinfo=UTC)
    try:
        with _one_at_a_time:
            made = _compiler().compile(
                sys_inputs={"paper": json.dumps(_plain(paper), ensure_ascii=False)},
                format="pdf",
                pdf_standards=["a-2b"],
                timestamp=int(moment.timestamp()),
            )
    except typst.TypstError as error:
        found = _WITHOUT_GLYPH.search(str(error))
        if found is None:
            raise
        raise Unprintable(_ESCAPED.sub(lambda each: chr(int(each[1], 16)), found["text"])) from error
    return cast("bytes", made)


def pdf_with_stand_ins(paper: Paper) -> bytes:
    """Return ``paper`` as PDF/A-2b, with `STAND_IN` for each character the typefaces lack: for what is no document."""
    while True:
        try:
            return pdf(paper)
        except Unprintable as lacking:
            paper = _without(paper, lacking.characters)


def _without(paper: Paper, characters: str) -> Paper:
    def put(text: str) -> str:
        return "".join(STAND_IN if each in characters else each for each in text)

    return replace(
        paper,
        bureau=put(paper.bureau),
        title=put(paper.title),
        addressee=put(paper.addressee),
        rows=tuple((put(label), put(value)) for label, value in paper.rows),
        paragraphs=tuple(map(put, paper.paragraphs)),
    )


def word(paper: Paper) -> bytes:
    """Return ``paper`` as a Word document, for the bureau to work on; the PDF is what is archived."""
    template = DocxTemplate(FOLDER / f"{paper.layout}.docx")
    told = _plain(paper) | {
        "rows": [(label, Listing(value)) for label, value in paper.rows],
        "paragraphs": [line for each in paper.paragraphs for line in each.splitlines() if line.strip()],
    }
    template.render(told, autoescape=True)
    made = BytesIO()
    template.save(made)
    return made.getvalue()


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(FOLDER / "paper.typ", font_paths=[sans_path().parent], ignore_system_fonts=True)


def _plain(paper: Paper) -> dict[str, object]:
    return asdict(paper) | {"on": f"{paper.on.year}年{paper.on.month}月{paper.on.day}日"}
