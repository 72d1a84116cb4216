"""Propose what a law file changes, or only say what it would move."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry import lawbook, rules
from registry.models import User
from registry.queries.law_changes import at_fault, drafted
from registry.queries.law_proposals import change
from registry.states import Role
from worker.actions import law
from worker.management.told import change_lines, effect_lines, reach_line

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence
    from datetime import date

    from registry.queries.law_changes import Change

PROPOSERS = (Role.REGISTRATION, Role.REVIEWER, Role.DIRECTOR)
"""Roles that propose changes of the law, as on the screen."""


class Command(BaseCommand):
    """Reads one file and makes one proposal of it; another officer approves it on the screen."""

    help = (
        "把法规文件（TOML）作为一件变动提出，列明影响范围；--dry-run 只核对和预览，不写入。批准由另一名人员在页面上办理"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="TOML 文件，格式见“载入法规文件”页面")
        parser.add_argument("--by", metavar="USERNAME", help="提出人用户名（不写入时可省略）")
        parser.add_argument("--reason", default="", help="理由：依据哪份通知、为什么变动（不写入时可省略）")
        parser.add_argument("--dry-run", action="store_true", help="只核对和预览，不写入")
        parser.add_argument("--all", action="store_true", help="逐项列出全部影响")

    def handle(self, *args: Any, **options: Any) -> None:
        file, today, is_trial = options["file"], timezone.localdate(), options["dry_run"]
        changes = self.changes(file)
        self.stdout.writelines(f"{line}\n" for line in change_lines(changes))
        self.require(changes, reason=options["reason"] or ("…" if is_trial else ""), on=today)
        if is_trial:
            found = law.judged(changes, on=today)
            self.stdout.write("将提出（未写入）")
            reach = reach_line(len(found.bodies), found.existing, found.limit, is_wide=found.is_wide)
            self.stdout.writelines(
                f"{line}\n" for line in (reach, *effect_lines(found.effects, everything=options["all"]))
            )
            return
        by = self.proposer(options["by"])
        made = law.propose(changes=changes, by=by, on=today, reason=options["reason"], file_name=file.name)
        self.stdout.write(
            f"已提出{made}，影响的组织 {made.bodies} 家；逐项列出：manage.py law_effect {made.pk}。"
            "批准由另一名人员在“法规政策变动”页面办理"
        )

    def changes(self, file: Path) -> list[Change]:
        """Return what the file changes; refuse a file that is none, with every fault of every row."""
        try:
            if file.stat().st_size > lawbook.LARGEST:
                message = f"“{file}”太大，不是法规文件"
                raise CommandError(message)
            return drafted(lawbook.loaded(file.read_bytes()))
        except OSError as error:
            message = f"不能读取“{file}”：{error.strerror}"
            raise CommandError(message) from error
        except lawbook.BadLawFile as bad:
            faults = "\n".join(f"  {fault}" for fault in bad.faults)
            message = f"“{file}”不能载入：\n{faults}"
            raise CommandError(message) from bad

    def require(self, changes: Sequence[Change], *, reason: str, on: date) -> None:
        """Refuse changes that cannot stand, in the rules' words and with the rows at fault."""
        broken = rules.broken(rules.PROPOSE_LAW, change(changes, reason=reason, today=on), on=on)
        if broken:
            told = [
                line for rule, rows in at_fault(broken, changes) for line in (str(rule), *(f"  {row}" for row in rows))
            ]
            raise CommandError("\n".join(["不能提出：", *told]))

    def proposer(self, username: str | None) -> User:
        """Return who proposes."""
        by = User.objects.filter(username=username or "", is_active=True, role__in=PROPOSERS).first()
        if by is None:
            message = f"请用 --by 写明提出人，须是在用账户，角色为{'、'.join(role.label for role in PROPOSERS)}"
            raise CommandError(message)
        return by
