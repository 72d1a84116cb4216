"""Write the ledger, or one organisation's part of it, into a file that can be verified without this program."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from registry.exports import Unwritable, write_ledger
from registry.models import Event, Organisation
from registry.queries import ledger_lines

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Writes lines of JSON; ``verify_export.py`` checks them with nothing but Python."""

    help = "导出台账（整本，或者一家组织及其证明），供离线核验；文件名以 .gz 结尾则压缩"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="写入的文件，如 ledger.jsonl")
        parser.add_argument("--organisation", metavar="CODE", help="只导出这家组织（统一社会信用代码）")
        parser.add_argument("--quiet", action="store_true", help="不显示进度")

    def handle(self, *args: Any, **options: Any) -> None:
        path, code = options["file"], options["organisation"]
        hidden = options["quiet"] or not sys.stderr.isatty()
        with tqdm(total=Event.objects.count(), unit="条", desc="导出台账", disable=hidden or bool(code)) as bar:
            lines = ledger_lines.of_one(_organisation(code)) if code else ledger_lines.whole(tick=bar.update)
            try:
                count = write_ledger(path, lines)
            except Unwritable as error:
                raise CommandError(str(error)) from error
        script = Path("registry") / "verify_export.py"
        self.stdout.write(f"已写入 {path}（{count} 行）。离线核验：python3 {script} {path}")


def _organisation(code: str) -> Organisation:
    found = Organisation.objects.filter(code=code).first()
    if found is None:
        message = f"登记名册中没有代码为 {code} 的组织"
        raise CommandError(message)
    return found
