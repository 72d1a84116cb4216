"""Recompute the whole ledger and name whatever does not hold."""

from __future__ import annotations

import sys
from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from registry.models import Event, LawEvent, StaffEvent
from registry.queries.verification import faults

if TYPE_CHECKING:
    from argparse import ArgumentParser

SHOWN = 50


class Command(BaseCommand):
    """Exits non-zero, naming the first bad events, when any chain is broken or a guard is missing."""

    help = "核验台账：重新计算每个组织的事件链，指出第一处不符"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="不显示进度")

    def handle(self, *args: Any, **options: Any) -> None:
        started, total = monotonic(), sum(each.objects.count() for each in (Event, StaffEvent, LawEvent))
        hidden = options["quiet"] or not sys.stderr.isatty()
        with tqdm(total=total, unit="条", desc="核验台账", disable=hidden) as bar:
            found = faults(tick=bar.update)
            shown = list(islice(found, SHOWN))
            more = sum(1 for _ in found)
        seconds = monotonic() - started
        if shown:
            for fault in shown:
                self.stderr.write(str(fault))
            message = f"台账核验不通过：发现 {len(shown) + more} 处不符（以上列出前 {len(shown)} 处）"
            raise CommandError(message)
        self.stdout.write(f"台账核验通过：{total} 条事件，用时 {seconds:.1f} 秒")
