"""Documents people hand in: kept under random names outside everything a web server shows, and never changed."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from registry.files import FileKind
from registry.models.final import FinalRow, FinalRows
from registry.models.intake import private_files
from registry.models.organisation import Organisation


def random_name(stored: StoredFile, _file_name: str) -> str:
    """Return a random place for a document; of the name it came with nothing is left."""
    return f"documents/{uuid4().hex}{FileKind[stored.kind.upper()].endings[0]}"


class StoredFile(FinalRow):
    """存档文件. ``file_name`` is what the sender called it and is only shown; ``sha256`` is that of its bytes."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="stored_files", verbose_name="社会组织")
    title = models.CharField("名称", max_length=200)
    file_name = models.CharField("文件名", max_length=255)
    kind = models.CharField("类型", max_length=10, choices=[(each.word, each.label) for each in FileKind])
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("文件摘要", max_length=64)
    file = models.FileField("存放位置", max_length=100, upload_to=random_name, storage=private_files)
    kept_at = models.DateTimeField("存档时间")
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="存档人")

    objects = FinalRows["StoredFile"].as_manager()

    class Meta:
        verbose_name = "存档文件"
        verbose_name_plural = "存档文件"
        ordering = ("-kept_at", "-pk")
        constraints = (
            models.CheckConstraint(
                name="stored_file_kind_known", condition=Q(kind__in=[each.word for each in FileKind])
            ),
            models.CheckConstraint(name="stored_file_has_title_and_digest", condition=~Q(title="") & ~Q(sha256="")),
        )

    def __str__(self) -> str:
        """Return what it is."""
        return self.title

    @property
    def is_withdrawn(self) -> bool:
        """Tell whether it was marked as handed in by mistake."""
        return hasattr(self, "withdrawal")

    @property
    def media_type(self) -> str:
        """Return the type a browser is told, found by the content when it was kept."""
        return FileKind[self.kind.upper()].media_type


class FileWithdrawal(FinalRow):
    """文件作废: a document handed in by mistake stays where it is and is marked, with the reason."""

    stored = models.OneToOneField(StoredFile, models.PROTECT, related_name="withdrawal", verbose_name="存档文件")
    on = models.DateField("作废日期")
    reason = models.TextField("理由")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")

    objects = FinalRows["FileWithdrawal"].as_manager()

    class Meta:
        verbose_name = "文件作废"
        verbose_name_plural = "文件作废"
        constraints = (models.CheckConstraint(name="file_withdrawal_has_reason", condition=~Q(reason="")),)

    def __str__(self) -> str:
        """Return the reason."""
        return self.reason[:50]
