"""Imports: the run, and every row that could not be taken or was taken with a doubt."""

from django.conf import settings
from django.db import models

from registry.states import Outcome


class ImportRun(models.Model):
    """One import of one file."""

    class What(models.TextChoices):
        """What the file holds."""

        REGISTER = "register", "登记名册"
        REPORTS = "reports", "年度报告"

    what = models.CharField("内容", max_length=20, choices=What)
    file_name = models.CharField("文件", max_length=255)
    sha256 = models.CharField("文件摘要", max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    on = models.DateField("日期")
    started_at = models.DateTimeField("开始", auto_now_add=True)
    finished_at = models.DateTimeField("结束", null=True, blank=True)
    outcome = models.CharField("结果", max_length=20, choices=Outcome, default=Outcome.RUNNING)
    created = models.PositiveIntegerField("新增", default=0)
    updated = models.PositiveIntegerField("更新", default=0)
    unchanged = models.PositiveIntegerField("未变", default=0)
    warned = models.PositiveIntegerField("有提示", default=0)
    refused = models.PositiveIntegerField("未导入", default=0)

    class Meta:
        verbose_name = "导入"
        verbose_name_plural = "导入"
        ordering = ("-started_at", "-pk")

    def __str__(self) -> str:
        """Return the file's name."""
        return self.file_name


class ImportIssue(models.Model):
    """A refused row, or a doubt about a row that was taken; ``row`` is the line in the file, 0 for the whole file."""

    class Severity(models.TextChoices):
        """Whether the row stayed out or went in."""

        REFUSED = "refused", "未导入"
        WARNING = "warning", "已导入，请核对"

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="issues")
    row = models.PositiveIntegerField("行号")
    severity = models.CharField("程度", max_length=20, choices=Severity)
    field = models.CharField("字段", max_length=50, blank=True)
    value = models.TextField("原值", blank=True)
    reason = models.TextField("原因")
    remedy = models.TextField("处理办法")
    cells = models.JSONField("整行", default=dict)
    resolved_at = models.DateTimeField("已处理", null=True, blank=True)

    class Meta:
        verbose_name = "导入问题"
        verbose_name_plural = "导入问题"
        ordering = ("run", "row", "pk")

    def __str__(self) -> str:
        """Return row and reason."""
        return f"第{self.row}行 {self.reason}"
