"""The ledger: one append-only row per thing that happened to an organisation, chained by digests."""

from typing import Any

from django.conf import settings
from django.db import models

from registry.ledger import Canonical, digest
from registry.models.organisation import Organisation
from registry.models.run import JobRun
from registry.states import State


class EventIsFinal(TypeError):
    """Somebody tried to change or delete an event."""


class Events(models.QuerySet["Event"]):
    """Sets of events: they are read and appended, nothing else."""

    def update(self, **fields: Any) -> int:
        """Refuse; the database refuses too."""
        raise EventIsFinal(next(iter(fields), "event"))

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse; the database refuses too."""
        message = "event"
        raise EventIsFinal(message)


class Event(models.Model):
    """Something that happened to an organisation: what, when with legal effect, when recorded, by whom, why."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField("序号")
    verb = models.CharField("事项", max_length=60)
    on = models.DateField("生效日期")
    at = models.DateTimeField("记录时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    state = models.CharField("之后状态", max_length=20, choices=State)
    reason = models.TextField("理由", blank=True)
    basis = models.CharField("依据", max_length=200, blank=True)
    facts = models.JSONField("事实", default=dict, encoder=Canonical)
    run = models.ForeignKey(JobRun, models.PROTECT, null=True, blank=True, related_name="events")
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    objects = Events.as_manager()

    class Meta:
        verbose_name = "台账记录"
        verbose_name_plural = "台账记录"
        ordering = ("organisation", "seq")
        indexes = (models.Index(fields=("verb", "on"), name="event_verb_on"),)
        constraints = (
            models.UniqueConstraint(fields=("organisation", "seq"), name="event_once_per_place"),
            models.CheckConstraint(name="event_seq_from_one", condition=models.Q(seq__gte=1)),
        )

    def __str__(self) -> str:
        """Return place and verb."""
        return f"{self.organisation_id}#{self.seq} {self.verb}"

    def expected_digest(self, chain: Any) -> str:
        """Recompute the digest from the row as it stands, for the organisation whose ``uid`` is ``chain``."""
        return digest(
            chain=chain,
            seq=self.seq,
            verb=self.verb,
            on=self.on,
            at=self.at,
            by=self.by_id,
            state=self.state,
            reason=self.reason,
            basis=self.basis,
            facts=self.facts,
            run=self.run_id,
            previous=self.previous,
        )
