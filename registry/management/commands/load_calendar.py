"""Load a year's holidays from a file, or only say what that would move."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry.actions.calendar import LARGEST, load_year, preview
from registry.calendar import NotACalendar
from registry.models import User
from registry.rules import Refused
from registry.states import Role

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from registry.queries.deadlines import Recount


class Command(BaseCommand):
    """Loads one year; each running deadline it touches is counted anew in the same transaction."""

    help = "载入一年的节假日安排（holiday-cn 的 JSON 格式）；--dry-run 只预览哪些期限会变动"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="JSON 文件，如 2027.json")
        parser.add_argument("--source", required=True, help="公布该年安排的文件名称或者文号")
        parser.add_argument("--by", metavar="USERNAME", help="载入人用户名，须是管理员（不写入时可省略）")
        parser.add_argument("--dry-run", action="store_true", help="只预览，不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        file, source, today = options["file"], options["source"], timezone.localdate()
        content = self.read(file)
        try:
            if options["dry_run"]:
                shown = preview(content=content, source=source, on=today)
                self.tell(shown.announced.year, shown.changes, "将载入（未写入）")
                for rule in shown.broken:
                    self.stderr.write(f"不能载入：{rule}")
                return
            by = self.administrator(options["by"])
            loaded = load_year(content=content, file_name=file.name, source=source, by=by, on=today)
        except (NotACalendar, Refused) as error:
            raise CommandError(str(error)) from error
        self.tell(loaded.event.subject_id, loaded.changes, "已载入")

    def read(self, file: Path) -> bytes:
        """Return what the file holds; one too long to be a year of holidays is not read."""
        try:
            if file.stat().st_size > LARGEST:
                message = f"“{file}”太大，不是一年的节假日安排"
                raise CommandError(message)
            return file.read_bytes()
        except OSError as error:
            message = f"不能读取“{file}”：{error.strerror}"
            raise CommandError(message) from error

    def administrator(self, username: str | None) -> User:
        """Return who loads."""
        by = User.objects.filter(username=username or "", is_active=True, role=Role.ADMINISTRATOR).first()
        if by is None:
            message = "请用 --by 写明载入人，须是在用的管理员账户"
            raise CommandError(message)
        return by

    def tell(self, year: int, changes: Any, done: str) -> None:
        """Print the year and each deadline that changes."""
        moved = [each for each in changes if each.is_moved]
        self.stdout.write(
            f"{year}年节假日安排{done}：期限变动 {len(moved)} 件，仅解除暂定 {len(changes) - len(moved)} 件"
        )
        for each in moved:
            self.stdout.write(self.line(each))

    def line(self, change: Recount) -> str:
        """Return one moved deadline."""
        return f"  {change.deadline.book.label} {change.deadline.subject}：{change.old.on} → {change.new.on}"
