"""The texts of the documents: complete, consistent, and never filled twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cleanup.notices import SHIPPED, Form, fill, forms, ground
from cleanup.rules import REVOCABLE
from cleanup.states import Criterion
from registry.states import Kind

if TYPE_CHECKING:
    from pathlib import Path

FORM = Form(kind="a", title="告知书", layout="letter", paragraphs=("经查，{facts}", "依据{basis}的规定。"))


def test_places_are_filled_and_what_is_missing_is_named() -> None:
    filled = fill(FORM, {"facts": " 门牌处无人办公 ", "basis": "  "})
    assert filled.paragraphs == ("经查，门牌处无人办公", "依据＿＿＿＿的规定。")
    assert filled.missing == ("basis",)


def test_what_is_put_in_is_not_filled_again() -> None:
    assert fill(FORM, {"facts": "{basis} {0} {", "basis": "甲"}).paragraphs[0] == "经查，{basis} {0} {"


def test_every_document_is_known_once_and_speaks_of_the_procedure() -> None:
    shipped = forms()
    assert len(shipped) >= 16
    assert all(form.places for form in shipped.values())
    assert {"prior_notice", "hearing_notice", "legal_review", "decision", "service_receipt"} <= shipped.keys()


def test_every_ground_for_revocation_has_its_articles() -> None:
    for kind in Kind:
        for criterion in Criterion:
            assert (ground(kind, criterion) is not None) == (criterion in REVOCABLE[kind]), (kind, criterion)
    assert ground(Kind.ASSOCIATION, "DBA") == ground(Kind.ASSOCIATION, "B")
    assert ground(Kind.PRIVATE_NON_ENTERPRISE, "BCD") is None


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('layout = "letter"', 'layout = "poster"'), "unknown layout poster"),
        (('kind = "prior_notice"', 'kind = "filing_approval"'), "repeated filing_approval"),
        (('word = "罚告"', 'word = "立"'), "repeated word 立"),
        (('{ name = "source"', '{ name = "sources"'), "fields without place"),
        (('from = "filing_approval"', 'from = "decision"'), "repeats a document that does not come before"),
    ],
)
def test_a_broken_file_is_named(change: tuple[str, str], complaint: str, tmp_path: Path) -> None:
    file = tmp_path / "notices.toml"
    file.write_text(SHIPPED.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=complaint):
        forms(file)
