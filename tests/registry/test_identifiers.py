import csv
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.identifiers import InvalidCode, compose, doubts_about, region_name, validate_uscc
from registry.states import Kind

VECTORS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "uscc_vectors_a.csv"
GOOD = compose(Kind.ASSOCIATION, "120119", 7)
FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})


@pytest.mark.skipif(not VECTORS.exists(), reason="the shared folder with real codes is not beside this checkout")
def test_every_real_code_is_judged_as_expected() -> None:
    with VECTORS.open(encoding="utf-8") as file:
        vectors = list(csv.DictReader(file))
    judged = {}
    for vector in vectors:
        try:
            judged[vector["uscc"]] = "valid" if validate_uscc(vector["uscc"]) == vector["uscc"] else "changed"
        except InvalidCode as reason:
            judged[vector["uscc"]] = "invalid_checksum" if "校验位不符" in str(reason) else str(reason)
    assert judged == {vector["uscc"]: vector["outer_check_expected"] for vector in vectors}
    assert len(vectors) == 312


@pytest.mark.skipif(not VECTORS.exists(), reason="the shared folder with real codes is not beside this checkout")
def test_real_codes_of_social_organisations_raise_no_doubt_about_their_prefix() -> None:
    with VECTORS.open(encoding="utf-8") as file:
        vectors = list(csv.DictReader(file))
    doubted = {v["prefix"] for v in vectors if any("应为 51、52 或 53" in doubt for doubt in doubts_about(v["uscc"]))}
    assert doubted == {v["prefix"] for v in vectors} - {"51", "52", "53"}


@pytest.mark.parametrize(
    "written", [GOOD.lower(), f" {GOOD} ", f"{GOOD[:8]}-{GOOD[8:]}", GOOD.translate(FULL_WIDTH), f"\ufeff{GOOD}\t"]
)
def test_a_code_is_understood_however_it_is_written(written: str) -> None:
    assert validate_uscc(written) == GOOD


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "为空"),
        ("  ", "为空"),
        (GOOD[:-1], "应为 18 位，现为 17 位"),
        (GOOD + "0", "应为 18 位，现为 19 位"),
        ("O" + GOOD[1:], "不允许的字符：O"),
        (GOOD[:10] + "社" + GOOD[11:], "不允许的字符：社"),
        (GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1"), f"末位应为 {GOOD[-1]}"),
        (GOOD[:2] + "A" + GOOD[3:], "行政区划数字代码"),
    ],
)
def test_a_wrong_code_is_refused_with_its_reason(written: str, reason: str) -> None:
    with pytest.raises(InvalidCode, match=reason):
        validate_uscc(written)


@given(st.text(max_size=30))
def test_any_text_is_a_code_or_refused(written: str) -> None:
    with suppress(InvalidCode):
        assert len(validate_uscc(written)) == 18


def test_one_wrong_character_is_always_noticed() -> None:
    for place in (0, 1, *range(2, 17)):
        for wrong in "0123456789":
            if wrong != GOOD[place]:
                with pytest.raises(InvalidCode):
                    validate_uscc(GOOD[:place] + wrong + GOOD[place + 1 :])


@pytest.mark.parametrize(
    ("region", "name"),
    [
        ("120119", "天津市蓟州区"),
        ("100000", "国家"),
        ("330113", "浙江省临平区"),
        ("999999", None),
    ],
)
def test_a_region_has_its_name(region: str, name: str | None) -> None:
    assert region_name(region) == name


def test_a_region_given_up_is_named_and_doubted() -> None:
    code = compose(Kind.FOUNDATION, "110228", 1)
    assert region_name("110228") is not None
    assert [doubt for doubt in doubts_about(code) if "已停用" in doubt]


def test_a_code_that_belongs_to_another_kind_is_doubted_not_refused() -> None:
    assert doubts_about(GOOD, kind=Kind.ASSOCIATION) == []
    assert doubts_about(GOOD, kind=Kind.FOUNDATION) == ["代码以 51 开头（社会团体），与类型“基金会”不一致"]
