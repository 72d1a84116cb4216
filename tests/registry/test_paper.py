"""Papers: set as PDF, filled into Word; what is data stays data."""

from __future__ import annotations

import subprocess
from datetime import date
from io import BytesIO
from shutil import which
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from docx import Document

from registry import paper
from registry.paper import LAYOUTS, Paper

if TYPE_CHECKING:
    from pathlib import Path

TRAPS = '*x* #read("/etc/passwd") {{ 7*6 }} {% raise %} <b>甲</b> & \\ $1$ @ref'


def made(layout: str = "letter", **other: object) -> Paper:
    columns = {
        "bureau": "虚构区民政局",
        "title": "行政处罚事先告知书",
        "document_no": "虚民社罚告〔2026〕1号",
        "addressee": "虚构区羽毛球协会",
        "rows": (("当事人", "虚构区羽毛球协会\n住所：虚构路1号"),),
        "paragraphs": (TRAPS, "第一行\n第二行"),
        "signs": ("承办人（两名）",),
        "copies": "",
        "on": date(2026, 11, 28),
    }
    return Paper(layout=layout, **{**columns, **other})  # type: ignore[arg-type]  # columns of a paper


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_paper_is_the_same_pdf(layout: str) -> None:
    first, second = paper.pdf(made(layout)), paper.pdf(made(layout))
    assert first.startswith(b"%PDF-")
    assert first == second
    assert paper.pdf(made(layout, document_no="虚民社罚告〔2026〕2号")) != first


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_pdf_says_it_is_an_archive_copy_and_carries_its_typefaces(layout: str) -> None:
    content = paper.pdf(made(layout))
    assert b"pdfaid" in content
    assert b"NotoSerifSC" in content


@pytest.mark.skipif(which("pdftotext") is None, reason="no pdftotext on PATH (Debian's poppler-utils)")
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_pdf_shows_what_was_written_and_reads_nothing_else(layout: str, tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(paper.pdf(made(layout)))
    text = subprocess.run(
        ["pdftotext", "-layout", "paper.pdf", "-"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    flat = "".join(text.split())
    assert "".join(TRAPS.split()) in flat
    assert "root:" not in flat
    assert "虚民社罚告〔2026〕1号" in flat


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_word_document_shows_what_was_written(layout: str) -> None:
    document = Document(BytesIO(paper.word(made(layout))))
    said = [each.text for each in document.paragraphs]
    assert "行政处罚事先告知书" in said
    assert TRAPS in said
    assert [each for each in said if each in {"第一行", "第二行"}] == ["第一行", "第二行"]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert ("虚构区羽毛球协会\n住所：虚构路1号" in cells) == (layout != "letter")
    assert not any("{%" in each or "{{ " in each for each in cells)


def test_the_templates_name_nobody() -> None:
    for layout in LAYOUTS:
        with ZipFile(paper.FOLDER / f"{layout}.docx") as book:
            properties = book.read("docProps/core.xml").decode()
        assert "<dc:creator></dc:creator>" in properties or "<dc:creator/>" in properties
