"""What the two import commands share: arguments, progress, and how the outcome is told."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from registry.actions.intake import ColumnsMissing, Unreadable
from registry.actions.intake.issues import REFUSED
from registry.models import User

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.actions.intake import Issue, Report

WORDS = {"created": "新增", "updated": "更新", "unchanged": "未变", "warned": "提示", "refused": "未导入"}


def day(text: str) -> date:
    """Read a day given on the command line; raise ArgumentTypeError otherwise."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"日期“{text}”格式不对，应为 YYYY-MM-DD"
        raise argparse.ArgumentTypeError(message) from error


class ImportCommand(BaseCommand):
    """Runs one import and prints what became of the rows."""

    action: Callable[..., Report]

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, who acts, on which day, and whether nothing may be written."""
        parser.add_argument("file", type=Path, help="xlsx、csv 或 tsv 文件")
        parser.add_argument("--dry-run", action="store_true", help="只检查并报告，不写入任何内容")
        parser.add_argument("--by", metavar="USERNAME", help="经办人用户名（默认：系统）")
        parser.add_argument("--on", type=day, metavar="YYYY-MM-DD", help="导入日期（默认：今天）")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django fixes the method's shape
        """Run the import and tell the outcome; a file that cannot be read ends the command."""
        today = timezone.localdate()
        on = options["on"] or today
        if on > today:
            message = f"导入日期 {on} 晚于今天 {today}"
            raise CommandError(message)
        by = _actor(options["by"], dry_run=options["dry_run"])
        bar = tqdm(unit="行", disable=None)
        try:
            with bar:
                report = type(self).action(
                    path=options["file"],
                    by=by,
                    on=on,
                    dry_run=options["dry_run"],
                    tick=lambda done, total: _advance(bar, done, total),
                )
        except (Unreadable, ColumnsMissing) as error:
            raise CommandError(str(error)) from error
        self._tell(report, dry_run=options["dry_run"])

    def _tell(self, report: Report, *, dry_run: bool) -> None:
        counts = " ".join(f"{word} {key}={getattr(report.counts, key)}" for key, word in WORDS.items())
        self.stdout.write(f"{'试运行，未写入：' if dry_run else ''}{counts}")
        for issue in report.issues:
            self.stdout.write(_line(issue))
        if report.more:
            where = f"导入记录 {report.run.pk} 的问题清单" if report.run else "正式导入后的问题清单"
            self.stdout.write(f"另有 {report.more} 条未列出，见{where}")


def _actor(username: str | None, *, dry_run: bool) -> User:
    if username is None:
        system = User.objects.filter(username="system").first()
        return system or (User(username="system") if dry_run else User.objects.system())
    try:
        return User.objects.get(username=username)
    except User.DoesNotExist as error:
        message = f"没有用户“{username}”"
        raise CommandError(message) from error


def _advance(bar: tqdm[Any], done: int, total: int) -> None:
    bar.total = total
    bar.update(done - bar.n)


def _line(issue: Issue) -> str:
    place = f"第 {issue.row} 行" if issue.row else "整个文件"
    mark = "未导入" if issue.severity == REFUSED else "提示"
    field = f"【{issue.field}】" if issue.field else ""
    value = f"（原值：{issue.value[:60]}）" if issue.value and issue.value not in issue.reason else ""
    return f"{mark} {place}{field}{issue.reason}{value}。{issue.remedy}"
