"""The documents of a case as they were issued: numbered, frozen, archived."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from cleanup.models.case import Case
from cleanup.states import DocumentKind
from registry.models import JobRun, StoredFile


class NoticeSeries(models.Model):
    """The last number given in one series of one year. Whoever takes the next one holds the row until it is written."""

    word = models.CharField("代字", max_length=50)
    year = models.PositiveSmallIntegerField("年度")
    last = models.PositiveIntegerField("最后编号", default=0)

    class Meta:
        verbose_name = "文号序列"
        verbose_name_plural = "文号序列"
        ordering = ("year", "word")
        constraints = (models.UniqueConstraint(fields=("word", "year"), name="notice_series_once_a_year"),)

    def __str__(self) -> str:
        """Return the last number given."""
        return f"{self.word}〔{self.year}〕{self.last}号"


class Notice(models.Model):
    """A document of a case as it was issued.

    ``values`` is what was put into its places and ``rows`` and ``paragraphs`` the text that came of it, with addressee
    and address as they stood that day. The PDF is the archived document; its digest stands in the ledger. A wrong one
    is declared void, keeps its number and stays in the file.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="notices", verbose_name="个案")
    kind = models.CharField("文书", max_length=30, choices=DocumentKind)
    round = models.PositiveSmallIntegerField("第几份")
    word = models.CharField("代字", max_length=50, blank=True)
    year = models.PositiveSmallIntegerField("年度", null=True, blank=True)
    number = models.PositiveIntegerField("编号", null=True, blank=True)
    on = models.DateField("文书日期")
    bureau = models.CharField("发文机关", max_length=100)
    addressee = models.CharField("受文单位", max_length=200)
    address = models.CharField("住所", max_length=300, blank=True)
    values = models.JSONField("填写内容", default=dict, encoder=DjangoJSONEncoder)
    rows = models.JSONField("表格", default=list, encoder=DjangoJSONEncoder)
    paragraphs = models.JSONField("正文", default=list, encoder=DjangoJSONEncoder)
    pdf = models.OneToOneField(StoredFile, models.PROTECT, related_name="+", verbose_name="存档文件")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="制作人")
    made_at = models.DateTimeField("制作时间", auto_now_add=True)
    run = models.ForeignKey(
        JobRun, models.PROTECT, null=True, blank=True, related_name="notices", verbose_name="批量制作"
    )
    voided_on = models.DateField("作废日期", null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="作废人"
    )
    void_reason = models.CharField("作废理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "文书"
        verbose_name_plural = "文书"
        ordering = ("case", "on", "pk")
        constraints = (
            models.CheckConstraint(name="notice_kind_known", condition=Q(kind__in=DocumentKind.values)),
            models.UniqueConstraint(fields=("case", "kind", "round"), name="notice_once_per_kind_and_round"),
            models.UniqueConstraint(fields=("word", "year", "number"), name="notice_number_once"),
            models.UniqueConstraint(fields=("run", "case"), name="notice_once_per_run"),
            models.CheckConstraint(
                name="notice_number_whole",
                condition=Q(word="", year__isnull=True, number__isnull=True)
                | ~Q(word="") & Q(year__isnull=False, number__isnull=False, number__gte=1),
            ),
            models.CheckConstraint(
                name="notice_void_with_reason",
                condition=Q(voided_on__isnull=True, voided_by__isnull=True, void_reason="")
                | Q(voided_on__isnull=False, voided_by__isnull=False, voided_on__gte=F("on")) & ~Q(void_reason=""),
            ),
        )

    def __str__(self) -> str:
        """Return title and number."""
        return f"{self.get_kind_display()} {self.document_no}".strip()

    @property
    def document_no(self) -> str:
        """Return the number as it is printed, blank where the kind has none."""
        return f"{self.word}〔{self.year}〕{self.number}号" if self.number else ""
