"""Build the demonstration register of a fictional district."""

from __future__ import annotations

import os
import secrets
from random import Random
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from console.demonstration import aftercare, campaigns, desks, filings, law, people, roster, separation
from registry.models import Event, Organisation

if TYPE_CHECKING:
    from argparse import ArgumentParser

LOGINS_FILE = "demo-logins.txt"


class Command(BaseCommand):
    """Works a fictional history through by the ordinary actions; refuses where there is a register already."""

    help = "建立演示登记簿：虚构的示例区，历史由正常业务操作逐项形成"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organisations", type=int, default=300, help=f"组织数，默认 300，至少 {roster.FEWEST}")
        parser.add_argument("--seed", type=int, default=2022, help="随机种子；相同的种子得到相同的登记簿")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            message = "正式环境不能建立演示登记簿"
            raise CommandError(message)
        if Organisation.objects.exists():
            message = "登记簿中已有组织，演示登记簿只能建在空库中"
            raise CommandError(message)
        if options["organisations"] < roster.FEWEST:
            message = f"演示登记簿至少需要 {roster.FEWEST} 家组织"
            raise CommandError(message)
        password = secrets.token_urlsafe(9)
        self.build(options["organisations"], options["seed"], password)
        self.keep(password)
        self.stdout.write(f"演示登记簿已建立：组织 {Organisation.objects.count()} 家，台账 {Event.objects.count()} 条")

    @transaction.atomic
    def build(self, size: int, seed: int, password: str) -> None:
        """Settle the bureau, enter the register, and work decoupling and both campaigns through."""
        random = Random(seed)  # noqa: S311 - a reproducible history, no secret
        bureau = people.settle(password)
        register = roster.register(size, bureau=bureau, random=random)
        listings = separation.list_all(register, bureau=bureau)
        separation.work(register, listings, bureau=bureau, random=random)
        campaigns.work_2022(register, bureau=bureau, random=random)
        campaigns.work_2026(register, bureau=bureau, random=random, today=timezone.localdate())
        filings.work(register, bureau=bureau, today=timezone.localdate())
        law.work(bureau=bureau, today=timezone.localdate())
        desks.lay_out(register, bureau=bureau, today=timezone.localdate())
        aftercare.work(register, listings, bureau=bureau, today=timezone.localdate())

    def keep(self, password: str) -> None:
        """Write the logins where only the owner of the installation reads them."""
        file = settings.VAR_DIR / LOGINS_FILE
        lines = [f"{username}\t{password}\t{role.label}" for username, (_, role) in people.LOGINS.items()]
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write("\n".join(lines) + "\n")
        self.stdout.write(f"演示登录信息：{file}")
