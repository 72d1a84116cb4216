"""Recompute the whole ledger and name whatever does not hold."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from registry.actions.check import cut_short, verify
from registry.models import Event
from registry.queries.books import books
from worker.queries.retold import RETOLD

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from registry.models import LedgerCheck


class Command(BaseCommand):
    """Exits non-zero, naming the first bad records, when a chain, a checkpoint or a record beside them is broken or a guard is missing."""

    help = "核验台账：重新计算每条链和每个检查点，与各项数据逐列比对，指出不符之处；上次中断的，从中断处继续"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--fresh", action="store_true", help="从头核验，不接着上次中断的核验")
        parser.add_argument("--export", type=Path, metavar="FILE", help="核验通过后把整本台账导出到这个文件")
        parser.add_argument("--quiet", action="store_true", help="不显示进度")

    def handle(self, *args: Any, **options: Any) -> None:
        earlier = None if options["fresh"] else cut_short()
        if earlier:
            when = timezone.localtime(earlier.started_at)
            self.stdout.write(
                f"接着 {when:%Y-%m-%d %H:%M} 中断的核验，已核验 {earlier.events} 条（--fresh 可从头核验）"
            )
        total = Event.objects.count() + sum(book.count() for book in books())
        hidden = options["quiet"] or not sys.stderr.isatty()
        done = earlier.events if earlier else 0
        with tqdm(total=total, initial=done, unit="条", desc="核验台账", disable=hidden) as bar:
            check = verify(retold=RETOLD, fresh=options["fresh"], tick=bar.update)
        if not check.holds:
            for fault in check.faults:
                self.stderr.write(fault)
            message = f"台账核验不通过：发现 {check.found} 处不符（以上列出前 {len(check.faults)} 处）"
            raise CommandError(message)
        self.stdout.write(_told(check))
        if options["export"]:
            call_command("export_ledger", str(options["export"]), quiet=options["quiet"], stdout=self.stdout)


def _told(check: LedgerCheck) -> str:
    speed = f"，每秒 {check.events / check.seconds:,.0f} 条" if check.seconds >= 1 else ""
    point = check.checkpoint
    anchored = f"检查点 {point.number} 个，最新为 {point.on}，根摘要 {point.root}" if point else "还没有检查点"
    return (
        f"台账核验通过：{check.events} 条记录，{check.chains} 条组织链，用时 {check.seconds:.1f} 秒{speed}；{anchored}"
    )
