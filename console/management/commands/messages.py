"""Collect the texts to be translated, and compile their English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from console.management import catalogue

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Brings the catalogue up to date with the code; with ``--check`` only says whether it is."""

    help = "收集界面文字，编译英文译文；列出尚未翻译的文字"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="只检查译文是否齐全、编译文件是否最新，不写文件")

    def handle(self, *_: Any, check: bool, **options: Any) -> None:
        files = catalogue.files()
        completed = catalogue.completed(files[0])
        stale = [
            (path, content)
            for path, content in zip(files, catalogue.written(completed), strict=True)
            if not path.exists() or path.read_bytes() != content
        ]
        faults = catalogue.faults(completed)
        if check and (stale or faults):
            untranslated = "".join(f"\n  {each}" for each in faults)
            message = f"译文不是最新的，请运行 make messages、翻译后提交。{untranslated}"
            raise CommandError(message)
        for path, content in stale:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            self.stdout.write(path.name)
        for each in faults:
            self.stdout.write(f"未翻译：{each}")
