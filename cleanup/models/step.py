"""What was done in a case, step by step, and how its documents reached the body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from cleanup import rules
from cleanup.models.case import Case
from cleanup.states import DocumentKind, ServiceMethod, Step
from registry.models import Event, StoredFile
from registry.models.final import FinalRow, FinalRows

if TYPE_CHECKING:
    from datetime import date


class CaseStep(FinalRow):
    """A step taken in a case, written once. ``facts`` is what was stated, ``people`` who acted, as they stood that day.

    ``turn`` counts a step that may be taken again in the same round, so that no other is ever taken twice.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps", verbose_name="个案")
    seq = models.PositiveIntegerField("序号")
    round = models.PositiveSmallIntegerField("轮次")
    turn = models.PositiveSmallIntegerField("第几次", default=1)
    step = models.CharField("步骤", max_length=20, choices=Step)
    on = models.DateField("办理日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="共同办理人"
    )
    document_no = models.CharField("文号", max_length=100, blank=True)
    facts = models.JSONField("事实", default=dict, encoder=DjangoJSONEncoder)
    people = models.JSONField("办理人员", default=list, encoder=DjangoJSONEncoder)
    event = models.OneToOneField(Event, models.PROTECT, related_name="case_step", verbose_name="台账记录")

    objects = FinalRows["CaseStep"].as_manager()

    class Meta:
        verbose_name = "个案步骤"
        verbose_name_plural = "个案步骤"
        ordering = ("case", "seq")
        constraints = (
            models.CheckConstraint(name="case_step_known", condition=Q(step__in=Step.values)),
            models.UniqueConstraint(fields=("case", "seq"), name="case_step_once_per_place"),
            models.UniqueConstraint(fields=("case", "round", "step", "turn"), name="case_step_once_per_turn"),
            models.CheckConstraint(
                name="case_step_counts_from_one", condition=Q(seq__gte=1, round__gte=1, turn__gte=1)
            ),
            models.CheckConstraint(
                name="case_step_second_is_another", condition=Q(second__isnull=True) | ~Q(second=F("by"))
            ),
        )

    def __str__(self) -> str:
        """Return case, place and step."""
        return f"{self.case_id}#{self.seq} {self.step}"


class StepFile(FinalRow):
    """A scan, photograph or signed record kept with a step; what it is says the stored file."""

    step = models.ForeignKey(CaseStep, models.PROTECT, related_name="files", verbose_name="步骤")
    stored = models.OneToOneField(StoredFile, models.PROTECT, related_name="step_file", verbose_name="存档文件")
    on = models.DateField("存入日期")

    objects = FinalRows["StepFile"].as_manager()

    class Meta:
        verbose_name = "步骤材料"
        verbose_name_plural = "步骤材料"
        ordering = ("step", "pk")

    def __str__(self) -> str:
        """Return what it is."""
        return str(self.stored)


class Service(models.Model):
    """送达 of one document by one method; unique for case, kind and round, so that nothing is sent twice.

    ``recipient`` and ``address`` are as they stood when it was sent. ``served_on`` is the day it is proved to have
    arrived: by whoever signed, or, for an announcement, by its period being over.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="services", verbose_name="个案")
    step = models.ForeignKey(CaseStep, models.PROTECT, related_name="services", verbose_name="步骤")
    kind = models.CharField("文书", max_length=30, choices=DocumentKind)
    round = models.PositiveSmallIntegerField("第几次送达")
    document_no = models.CharField("文号", max_length=100)
    method = models.CharField("送达方式", max_length=20, choices=ServiceMethod)
    recipient = models.CharField("受送达人", max_length=200)
    address = models.CharField("送达地址或者公告渠道", max_length=300)
    reason = models.TextField("采用公告送达的原因", blank=True)
    consent_no = models.CharField("电子送达确认书", max_length=100, blank=True)
    tracking_no = models.CharField("邮件号", max_length=100, blank=True)
    sent_on = models.DateField("发出日期")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="送达人")
    served_on = models.DateField("送达日期", null=True, blank=True)
    proof = models.CharField("送达证明", max_length=300, blank=True)
    proof_file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="送达证明文件"
    )
    failed_on = models.DateField("未能送达日期", null=True, blank=True)
    failure = models.CharField("未能送达的情况", max_length=300, blank=True)

    class Meta:
        verbose_name = "送达"
        verbose_name_plural = "送达"
        ordering = ("case", "sent_on", "pk")
        constraints = (
            models.CheckConstraint(name="service_kind_known", condition=Q(kind__in=DocumentKind.values)),
            models.CheckConstraint(name="service_method_known", condition=Q(method__in=ServiceMethod.values)),
            models.UniqueConstraint(fields=("case", "kind", "round"), name="service_once_per_kind_and_round"),
            models.UniqueConstraint(
                fields=("step",),
                condition=Q(failed_on__isnull=True),
                name="service_one_that_has_not_failed",
            ),
            models.CheckConstraint(
                name="service_served_with_proof",
                condition=Q(served_on__isnull=True, proof="")
                | Q(served_on__isnull=False, served_on__gte=F("sent_on"), failed_on__isnull=True) & ~Q(proof=""),
            ),
            models.CheckConstraint(
                name="service_failed_for_a_reason",
                condition=Q(failed_on__isnull=True, failure="")
                | Q(failed_on__isnull=False, failed_on__gte=F("sent_on")) & ~Q(failure=""),
            ),
            models.CheckConstraint(
                name="service_announcement_has_reason",
                condition=~Q(method=ServiceMethod.ANNOUNCEMENT) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="service_electronic_has_consent",
                condition=~Q(method=ServiceMethod.ELECTRONIC) | ~Q(consent_no=""),
            ),
            models.CheckConstraint(name="service_goes_somewhere", condition=~Q(address="")),
        )

    def __str__(self) -> str:
        """Return kind, round and method."""
        return f"{self.kind} {self.round} {self.method}"

    @property
    def is_under_way(self) -> bool:
        """Tell whether it is neither proved nor failed."""
        return self.served_on is None and self.failed_on is None

    def prove(self, *, facts: rules.ProofFacts, on: date) -> None:
        """Record that it has arrived, with the proof."""
        rules.require(rules.PROVE_SERVICE, facts, on=on)
        self.served_on, self.proof = facts.served_on, facts.proof

    def fail(self, *, facts: rules.ProofFacts, on: date) -> None:
        """Record that it has not arrived: returned, refused without a witness, moved away."""
        rules.require(rules.FAIL_SERVICE, facts, on=on)
        self.failed_on, self.failure = on, facts.failure
