"""Papers that leave the house or go into its files: a text set as PDF/A and filled into a Word template.

A paper's text is settled before it comes here; nothing in it is read as markup or as a formula. The same `Paper` always
gives the same PDF, byte for byte, so that a stored digest can be checked against a document set anew.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
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

_one_at_a_time = Lock()


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
    """Return ``paper`` as PDF/A-2b with its typefaces inside."""
    moment = datetime.combine(paper.on, time(), tzinfo=UTC)
    with _one_at_a_time:
        made = _compiler().compile(
            sys_inputs={"paper": json.dumps(_plain(paper), ensure_ascii=False)},
            format="pdf",
            pdf_standards=["a-2b"],
            timestamp=int(moment.timestamp()),
        )
    return cast("bytes", made)


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
