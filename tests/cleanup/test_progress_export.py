from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from tests.cleanup.situations import running_campaign

pytestmark = pytest.mark.django_db


def export(out: Path, as_of: str) -> None:
    call_command("export_progress", "--campaign", "2022", "--as-of", as_of, "--out", str(out))


@pytest.fixture(autouse=True)
def _campaign() -> None:
    running_campaign("2022")


@time_machine.travel("2026-11-24T09:00:00+08:00", tick=False)
def test_a_day_to_come_has_no_progress(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="截至日期 2026-11-25 晚于今天 2026-11-24"):
        export(tmp_path / "out", "2026-11-25")
    assert not (tmp_path / "out").exists()


def test_progress_is_not_written_over_a_file(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(CommandError, match="不能写入文件夹"):
        export(tmp_path / "out", "2022-12-31")
