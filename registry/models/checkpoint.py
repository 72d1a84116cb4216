"""Checkpoints, which fix the whole ledger at one moment, and checks, which say whether it held when somebody looked."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from registry.ledger import Canonical, moment, sealed
from registry.models.final import FinalRow, FinalRows


class Checkpoint(FinalRow):
    """检查点: one hash over the heads of all chains as they stood at a moment, chained to the checkpoint before it.

    ``cuts`` says which records it covers: of the organisations' events those whose row number is no greater than
    ``cuts["organisations"]``, of every other ledger its first so many. From them anyone can compute ``root`` again.
    """

    number = models.PositiveIntegerField("编号", unique=True)
    on = models.DateField("日期", unique=True)
    at = models.DateTimeField("记录时间")
    cuts = models.JSONField("所含记录", encoder=Canonical)
    chains = models.PositiveIntegerField("链数")
    events = models.PositiveBigIntegerField("记录条数")
    root = models.CharField("根摘要", max_length=64)
    previous = models.CharField("上一检查点摘要", max_length=64, blank=True)
    digest = models.CharField("摘要", max_length=64)

    objects = FinalRows["Checkpoint"].as_manager()

    class Meta:
        verbose_name = "检查点"
        verbose_name_plural = "检查点"
        ordering = ("number",)
        constraints = (
            models.CheckConstraint(
                name="checkpoint_first_alone_has_no_previous",
                condition=models.Q(number=1, previous="") | models.Q(number__gt=1) & ~models.Q(previous=""),
            ),
        )

    def __str__(self) -> str:
        """Return number and day."""
        return f"检查点 {self.number}（{self.on}）"

    def record(self) -> dict[str, Any]:
        """Return what is sealed of the row as it stands."""
        return {
            "at": moment(self.at),
            "chains": self.chains,
            "cuts": self.cuts,
            "events": self.events,
            "number": self.number,
            "on": self.on.isoformat(),
            "previous": self.previous,
            "root": self.root,
        }

    def expected_digest(self) -> str:
        """Recompute the digest from the row as it stands."""
        return sealed(self.record())


class LedgerCheck(models.Model):
    """核验: one walk through the whole ledger. One that was cut short keeps how far it came, and can be gone on with."""

    started_at = models.DateTimeField("开始")
    seen_at = models.DateTimeField("最近进展")
    finished_at = models.DateTimeField("结束", null=True, blank=True)
    checkpoint = models.ForeignKey(
        Checkpoint, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所核检查点"
    )
    chains = models.PositiveIntegerField("已核链数", default=0)
    events = models.PositiveBigIntegerField("已核条数", default=0)
    seconds = models.FloatField("用时（秒）", default=0)
    found = models.PositiveIntegerField("不符处数", default=0)
    faults = models.JSONField("不符之处", default=list, encoder=DjangoJSONEncoder)
    position = models.JSONField("进度", default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = "台账核验"
        verbose_name_plural = "台账核验"
        ordering = ("-started_at", "-pk")
        constraints = (
            models.CheckConstraint(
                name="ledger_check_ends_after_start",
                condition=models.Q(finished_at__isnull=True) | models.Q(finished_at__gte=models.F("started_at")),
            ),
        )

    def __str__(self) -> str:
        """Return when it began and what it found."""
        return f"{self.started_at:%Y-%m-%d %H:%M} {self.found}"

    @property
    def holds(self) -> bool:
        """Tell whether it ended and found nothing wrong."""
        return self.finished_at is not None and self.found == 0
