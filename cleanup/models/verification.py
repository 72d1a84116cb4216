"""How a flag is verified: the test whether a body can be reached, and the opinions asked of those in charge of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cleanup.models.finding import Finding
from cleanup.states import Asked, Reached, Stance
from registry.models import ContactAttempt, Organisation, StoredFile, Unit
from registry.states import Channel, ContactOutcome


class ContactTest(models.Model):
    """联系核查: tracked letters to the registered address, twice and apart, calls and visits, and what came of them."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="contact_tests", verbose_name="社会组织"
    )
    begun_on = models.DateField("开始日期")
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    verdict = models.CharField("结论", max_length=20, choices=Reached, blank=True)
    ended_on = models.DateField("结束日期", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结束人"
    )
    end_reason = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = "联系核查"
        verbose_name_plural = "联系核查"
        ordering = ("-begun_on", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("organisation",), condition=Q(ended_on__isnull=True), name="contact_test_one_open"
            ),
            models.CheckConstraint(
                name="contact_test_ended_wholly",
                condition=Q(ended_on__isnull=True, ended_by__isnull=True, verdict="")
                | Q(ended_on__isnull=False, ended_on__gte=F("begun_on"), ended_by__isnull=False)
                & Q(verdict__in=Reached.values),
            ),
        )

    def __str__(self) -> str:
        """Return organisation and day."""
        return f"{self.organisation_id} {self.begun_on}"


class ContactTry(models.Model):
    """One attempt of a test. ``target`` is where it went, as the register stood; ``attempt`` the evidence it became."""

    test = models.ForeignKey(ContactTest, models.PROTECT, related_name="tries", verbose_name="联系核查")
    channel = models.CharField("方式", max_length=20, choices=Channel)
    target = models.CharField("联系地址或号码", max_length=300)
    made_on = models.DateField("日期")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    tracking_no = models.CharField("挂号单号", max_length=60, blank=True)
    outcome = models.CharField("结果", max_length=20, choices=ContactOutcome, default=ContactOutcome.PENDING)
    known_on = models.DateField("得知日期", null=True, blank=True)
    proof_file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="凭证文件"
    )
    attempt = models.OneToOneField(
        ContactAttempt, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="联系记录"
    )

    class Meta:
        verbose_name = "联系"
        verbose_name_plural = "联系"
        ordering = ("made_on", "pk")
        constraints = (
            models.CheckConstraint(
                name="contact_try_letter_is_tracked", condition=~Q(channel=Channel.LETTER) | ~Q(tracking_no="")
            ),
            models.CheckConstraint(
                name="contact_try_known_becomes_evidence",
                condition=Q(outcome=ContactOutcome.PENDING, known_on__isnull=True, attempt__isnull=True)
                | Q(known_on__isnull=False, known_on__gte=F("made_on"), attempt__isnull=False)
                & ~Q(outcome=ContactOutcome.PENDING),
            ),
        )

    def __str__(self) -> str:
        """Return channel and day."""
        return f"{self.channel} {self.made_on}"


class OpinionRequest(models.Model):
    """征求意见: a finding put before the supervising unit, the Party body or the industry regulator of its body."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="opinions", verbose_name="线索")
    asked = models.CharField("对象", max_length=20, choices=Asked)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    document_no = models.CharField("征求意见函文号", max_length=100)
    question = models.TextField("征求的事项")
    asked_on = models.DateField("发出日期")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    stance = models.CharField("意见", max_length=20, choices=Stance, blank=True)
    answer = models.TextField("意见内容", blank=True)
    answer_no = models.CharField("复函文号", max_length=100, blank=True)
    ended_on = models.DateField("复函日期", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="录入人"
    )
    answer_file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复函"
    )

    class Meta:
        verbose_name = "征求意见"
        verbose_name_plural = "征求意见"
        ordering = ("asked_on", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("finding", "asked"), condition=Q(ended_on__isnull=True), name="opinion_one_open"
            ),
            models.CheckConstraint(name="opinion_asked_on_a_document", condition=~Q(document_no="") & ~Q(question="")),
            models.CheckConstraint(
                name="opinion_ended_wholly",
                condition=Q(ended_on__isnull=True, ended_by__isnull=True, stance="", answer="")
                | Q(ended_on__isnull=False, ended_on__gte=F("asked_on"), ended_by__isnull=False)
                & Q(stance__in=Stance.values)
                & ~Q(answer=""),
            ),
        )

    def __str__(self) -> str:
        """Return unit and document."""
        return f"{self.unit_id} {self.document_no}"
