"""Export the progress of decoupling as of a day."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from decoupling.exports import export_decoupling, paragraph
from registry.exports import Unwritable, folder
from registry.management.arguments import day

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Writes decoupling.xlsx, decoupling.csv, report.docx and manifest.json."""

    help = "导出行业协会商会脱钩进展：汇总、名单、报告段落和清单文件"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", type=day, required=True, help="截至日期")
        parser.add_argument("--out", type=Path, required=True, help="输出文件夹")

    def handle(self, *args: Any, **options: Any) -> None:
        as_of, out = options["as_of"], options["out"]
        today = timezone.localdate()
        if as_of > today:
            message = f"截至日期 {as_of} 晚于今天 {today}，尚无可统计的数据"
            raise CommandError(message)
        try:
            with folder(out) as directory:
                figures, files = export_decoupling(as_of=as_of, directory=directory)
        except Unwritable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(paragraph(figures, as_of=as_of))
        for file in files:
            self.stdout.write(f"  {out / file.name}")
