"""Load the items a county adds to the checklist of the five separations from a TOML file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from decoupling.actions.checklist import load_items
from decoupling.checklist import NoChecklist

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Enters local items, all of a file or nothing, and prints what became of them."""

    help = "载入本地增加的脱钩事项（TOML，格式见 docs/import.md）；--dry-run 只检查"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="TOML 文件")
        parser.add_argument("--dry-run", action="store_true", help="只检查并报告，不写入任何内容")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_items(path=options["file"], dry_run=options["dry_run"])
        except NoChecklist as reason:
            raise CommandError(str(reason)) from reason
        for words, codes in (("新增", loaded.added), ("更正", loaded.changed), ("未变", loaded.unchanged)):
            self.stdout.write(f"{words} {len(codes)}：{'、'.join(codes) or '无'}")
