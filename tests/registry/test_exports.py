import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from registry.exports import Sheet, Unwritable, folder, write_csv
from tests.factories import UnitFactory


def written(path: Path, *values: object) -> list[str]:
    """Write one column of values and read it back."""
    write_csv(path, Sheet("表", (("值", lambda value: value),), values))
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row[0] if row else "" for row in csv.reader(file)][1:]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", " =", "　＝"])
def test_no_text_in_a_csv_is_a_formula(tmp_path: Path, start: str) -> None:
    assert written(tmp_path / "a.csv", f"{start}1+1") == [f"'{start}1+1"]


@pytest.mark.django_db
def test_a_record_is_made_safe_by_what_it_is_called(tmp_path: Path) -> None:
    unit = UnitFactory.create(name="=HYPERLINK(1)")
    assert written(tmp_path / "a.csv", unit) == ["'=HYPERLINK(1)"]


def test_numbers_and_days_stay_as_they_are(tmp_path: Path) -> None:
    values = (-3, -1.5, Decimal("-0.25"), date(2022, 12, 31), "甲-乙")
    assert written(tmp_path / "a.csv", *values) == ["-3", "-1.5", "-0.25", "2022-12-31", "甲-乙"]


def test_a_place_that_is_no_folder_is_refused_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "文件").write_text("在此", encoding="utf-8")
    with pytest.raises(Unwritable, match="不能写入文件夹"), folder(tmp_path / "文件"):
        pytest.fail("there is nothing to write into")
    assert (tmp_path / "文件").read_text(encoding="utf-8") == "在此"


def half_an_export(out: Path) -> None:
    with folder(out) as directory:
        (directory / "a.csv").write_text("半", encoding="utf-8")
        raise RuntimeError("中断")


def test_what_was_not_finished_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="中断"):
        half_an_export(tmp_path)
    assert list(tmp_path.iterdir()) == []
