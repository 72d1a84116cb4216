"""Notes: working material on an organisation or on one of its records, for colleagues, not for the ledger."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from registry.models.final import FinalRow, FinalRows
from registry.models.organisation import Organisation
from registry.models.subject import Subject
from registry.states import SubjectKind


class Note(FinalRow):
    """备注, written once; ``mentions`` are the colleagues it calls by name."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="notes", verbose_name="社会组织")
    subject_kind = models.CharField("所涉记录", max_length=20, choices=SubjectKind, blank=True)
    subject_id = models.PositiveBigIntegerField("所涉记录编号", null=True, blank=True)
    text = models.TextField("内容")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="记录人")
    at = models.DateTimeField("记录时间")
    mentions = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="mentioned_in", blank=True, verbose_name="提及"
    )

    objects = FinalRows["Note"].as_manager()

    class Meta:
        verbose_name = "备注"
        verbose_name_plural = "备注"
        ordering = ("-at", "-pk")
        indexes = (models.Index(fields=("subject_kind", "subject_id"), name="note_subject"),)
        constraints = (
            models.CheckConstraint(
                name="note_subject_whole",
                condition=Q(subject_kind="", subject_id__isnull=True)
                | Q(subject_kind__in=SubjectKind.values, subject_id__isnull=False),
            ),
            models.CheckConstraint(name="note_has_text", condition=~Q(text="")),
        )

    def __str__(self) -> str:
        """Return the beginning of the text."""
        return self.text[:50]

    @property
    def subject(self) -> Subject | None:
        """Return the record the note is about, None for the organisation itself."""
        return None if self.subject_id is None else Subject(SubjectKind(self.subject_kind), self.subject_id)
