"""Say what a proposed change of the law changes, and what it would move, or has moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django_fsm import TransitionNotAllowed

from registry.models import LawProposal
from registry.queries.law_changes import changes_of
from registry.queries.law_proposals import Effect, is_wide
from registry.rules import Refused
from worker.actions import law
from worker.management.told import change_lines, effect_lines, reach_line

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Reads what the proposal keeps; with ``--refresh`` it is judged anew first."""

    help = "列出法规政策变动的内容和影响范围；--refresh 先按今天的登记情况重新核定"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", type=int, help="法规政策变动的编号")
        parser.add_argument("--refresh", action="store_true", help="重新核定影响范围（尚未决定的）")
        parser.add_argument("--all", action="store_true", help="逐项列出全部影响")

    def handle(self, *args: Any, **options: Any) -> None:
        proposal = LawProposal.objects.filter(pk=options["number"]).first()
        if proposal is None:
            message = f"没有法规政策变动第{options['number']}号"
            raise CommandError(message)
        if options["refresh"]:
            proposal = self.refreshed(proposal)
        self.stdout.write(f"{proposal}（{proposal.get_state_display()}）：{proposal.reason}")
        self.stdout.writelines(f"{line}\n" for line in change_lines(changes_of(proposal.changes.all())))
        reach = reach_line(proposal.bodies, proposal.existing, proposal.limit, is_wide=is_wide(proposal))
        rows = proposal.effects.order_by("place").values_list("organisation", "subject", "what", "before", "after")
        effects = [Effect(*row) for row in rows.iterator(chunk_size=1000)]
        self.stdout.writelines(f"{line}\n" for line in (reach, *effect_lines(effects, everything=options["all"])))

    def refreshed(self, proposal: LawProposal) -> LawProposal:
        """Judge an undecided proposal anew."""
        try:
            return law.preview(proposal_id=proposal.pk, on=timezone.localdate())
        except TransitionNotAllowed as error:
            message = f"{proposal}已经决定，影响范围不再变动"
            raise CommandError(message) from error
        except Refused as error:
            raise CommandError(str(error)) from error
