"""Assignments: who carries a finding or a filing, and who carried it before."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from registry.models.organisation import Organisation
from registry.models.subject import Subject
from registry.states import ASSIGNABLE, SubjectKind


class Assignment(models.Model):
    """分派, a row of history; the one not returned is in force, and a record without one is unassigned."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="assignments", verbose_name="社会组织")
    subject_kind = models.CharField("事项类别", max_length=20, choices=SubjectKind)
    subject_id = models.PositiveBigIntegerField("事项编号")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments", verbose_name="承办人"
    )
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="分派人")
    assigned_on = models.DateField("分派日期")
    note = models.TextField("说明", blank=True)
    returned_on = models.DateField("退回或改派日期", null=True, blank=True)
    return_note = models.TextField("退回或改派说明", blank=True)

    class Meta:
        verbose_name = "分派"
        verbose_name_plural = "分派"
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=("assignee",), condition=Q(returned_on__isnull=True), name="assignment_open_of_user"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("subject_kind", "subject_id"),
                condition=Q(returned_on__isnull=True),
                name="assignment_one_in_force",
            ),
            models.CheckConstraint(name="assignment_subject_known", condition=Q(subject_kind__in=ASSIGNABLE)),
            models.CheckConstraint(
                name="assignment_returned_has_note",
                condition=Q(returned_on__isnull=True, return_note="")
                | Q(returned_on__isnull=False) & ~Q(return_note=""),
            ),
            models.CheckConstraint(
                name="assignment_returned_after_start",
                condition=Q(returned_on__isnull=True) | Q(returned_on__gte=F("assigned_on")),
            ),
        )

    def __str__(self) -> str:
        """Return subject and assignee."""
        return f"{self.subject} {self.assignee_id}"

    @property
    def subject(self) -> Subject:
        """Return the record that is carried."""
        return Subject(SubjectKind(self.subject_kind), self.subject_id)
