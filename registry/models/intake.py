"""Imports: the run, and every row that could not be taken or was taken with a doubt."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.db.models import Q


def stored_name(_run: ImportRun, file_name: str) -> str:
    """Return a random place for an uploaded file; of the officer's name only a known ending is left."""
    return f"imports/{uuid4().hex}.{file_name.rpartition('.')[2]}"


def private_files() -> FileSystemStorage:
    """Return the storage under ``MEDIA_ROOT`` whose files only the installation's own user reads."""
    return FileSystemStorage(file_permissions_mode=0o600, directory_permissions_mode=0o700)


class ImportRun(models.Model):
    """One import of one file: from a command at once, from the desk by way of a trial and a worker."""

    class What(models.TextChoices):
        """What the file holds."""

        REGISTER = "register", "登记名册"
        REPORTS = "reports", "年度报告"
        LISTINGS = "listings", "脱钩名单"
        ITEMS = "items", "脱钩事项办理情况"

    class Stage(models.TextChoices):
        """How far the trial or the import is."""

        UPLOADED = "uploaded", "待核对列"
        QUEUED = "queued", "排队中"
        RUNNING = "running", "运行中"
        DONE = "done", "完成"
        FAILED = "failed", "失败"
        DISCARDED = "discarded", "已放弃"

    what = models.CharField("内容", max_length=20, choices=What)
    file_name = models.CharField("文件", max_length=255)
    file = models.FileField("存放位置", max_length=100, upload_to=stored_name, storage=private_files, blank=True)
    sha256 = models.CharField("文件摘要", max_length=64)
    header = models.JSONField("表头", default=list, blank=True)
    samples = models.JSONField("前几行", default=list, blank=True)
    mapping = models.JSONField("列的对应", default=dict, blank=True)
    """Column name (`registry.tables.column_names`) → field, blank for a column that stays out."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    on = models.DateField("日期")
    started_at = models.DateTimeField("开始", auto_now_add=True)
    finished_at = models.DateTimeField("结束", null=True, blank=True)
    outcome = models.CharField("结果", max_length=20, choices=Stage, default=Stage.RUNNING)
    is_trial = models.BooleanField("试运行", default=False)
    attempt = models.PositiveIntegerField("第几次", default=0)
    """Raised at every start from the desk: a message of an earlier start finds that it is no longer wanted."""
    moved_at = models.DateTimeField("最近进展", null=True, blank=True)
    rows_done = models.PositiveIntegerField("已处理行数", default=0)
    rows_expected = models.PositiveIntegerField("预计行数", default=0)
    error = models.TextField("错误", blank=True)
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

    @property
    def is_under_way(self) -> bool:
        """Tell whether a worker has it or is about to."""
        return self.outcome in {self.Stage.QUEUED, self.Stage.RUNNING}

    @property
    def is_imported(self) -> bool:
        """Tell whether its rows are in the register."""
        return self.outcome == self.Stage.DONE and not self.is_trial

    @property
    def has_begun(self) -> bool:
        """Tell whether rows of it may be in the register already, so that its columns are settled."""
        return self.is_imported or (not self.is_trial and self.rows_done > 0)


class ImportIssue(models.Model):
    """A refused row, or a doubt about a row that was taken; ``row`` is the line in the file, 0 for the whole file."""

    class Severity(models.TextChoices):
        """Whether the row stayed out or went in."""

        REFUSED = "refused", "未导入"
        WARNING = "warning", "已导入，请核对"

    class Resolution(models.TextChoices):
        """What became of a refused row."""

        IMPORTED = "imported", "已更正导入"
        DROPPED = "dropped", "不再导入"

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="issues")
    row = models.PositiveIntegerField("行号")
    severity = models.CharField("程度", max_length=20, choices=Severity)
    field = models.CharField("字段", max_length=50, blank=True)
    value = models.TextField("原值", blank=True)
    reason = models.TextField("原因")
    remedy = models.TextField("处理办法")
    cells = models.JSONField("整行", default=dict)
    resolution = models.CharField("处理结果", max_length=20, choices=Resolution, blank=True)
    resolved_at = models.DateTimeField("已处理", null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="处理人"
    )
    resolution_note = models.CharField("处理说明", max_length=500, blank=True)

    class Meta:
        verbose_name = "导入问题"
        verbose_name_plural = "导入问题"
        ordering = ("run", "row", "pk")
        constraints = (
            models.CheckConstraint(
                name="import_issue_resolved_wholly",
                condition=Q(resolution="", resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(~Q(resolution=""), resolved_at__isnull=False, resolved_by__isnull=False),
            ),
        )

    def __str__(self) -> str:
        """Return row and reason."""
        return f"第{self.row}行 {self.reason}"
