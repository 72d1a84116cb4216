"""Deadlines: what is due, of which record, counted from which day on what basis, and what became of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from registry import clockbook, rules
from registry.models.organisation import Organisation
from registry.models.subject import Subject
from registry.periods import Period
from registry.states import Kind, PeriodUnit, SubjectKind

if TYPE_CHECKING:
    from registry.calendar import Calendar
    from registry.models.user import User

RUNNING = Q(met_on__isnull=True, waived_on__isnull=True)
"""Neither met nor waived."""

COUNTING = RUNNING & Q(suspended_on__isnull=True)
"""Running, and not suspended: only such a deadline can fall due."""

ENDED = Q(met_on__isnull=False) | Q(waived_on__isnull=False)


class Deadline(models.Model):
    """期限 of a record of any package. ``kind`` is a key of `clockbook`; screens, alerts and reports read these rows.

    ``due_on`` follows from the other columns by `Period.due` alone. ``policy`` and ``policy_kind`` name the policy the
    length came from, as in force on ``starts_on``; both are empty where an officer named the day. ``pauses`` are the
    suspensions that are over: ``[[from, to], …]``. ``organisation`` is empty only for an application for 成立.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="deadlines", verbose_name="社会组织"
    )
    subject_kind = models.CharField("事项类别", max_length=20, choices=SubjectKind)
    subject_id = models.PositiveBigIntegerField("事项编号")
    kind = models.CharField("期限种类", max_length=60)

    starts_on = models.DateField("起算日")
    unit = models.CharField("计算单位", max_length=20, choices=PeriodUnit)
    length = models.PositiveSmallIntegerField("长度", null=True, blank=True)
    fixed_on = models.DateField("指定日期", null=True, blank=True)
    basis = models.CharField("依据", max_length=100)
    policy = models.CharField("政策参数", max_length=80, blank=True)
    policy_kind = models.CharField("适用类型", max_length=30, choices=Kind, blank=True)
    verified = models.BooleanField("已核实", default=True)
    due_on = models.DateField("期限")
    provisional = models.BooleanField("暂定", default=False)

    pauses = models.JSONField("中止期间", default=list)
    suspended_on = models.DateField("中止日期", null=True, blank=True)
    suspension_reason = models.TextField("中止理由", blank=True)

    extended_on = models.DateField("延期日期", null=True, blank=True)
    extended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批准人"
    )
    extension_length = models.PositiveSmallIntegerField("延长", null=True, blank=True)
    extension_unit = models.CharField("延长单位", max_length=20, choices=PeriodUnit, blank=True)
    extension_basis = models.CharField("延期依据", max_length=100, blank=True)
    extension_document = models.CharField("延期文书或者理由", max_length=500, blank=True)

    met_on = models.DateField("办结日期", null=True, blank=True)
    waived_on = models.DateField("免除日期", null=True, blank=True)
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="免除人"
    )
    waiver_reason = models.TextField("免除理由", blank=True)

    class Meta:
        verbose_name = "期限"
        verbose_name_plural = "期限"
        ordering = ("due_on", "pk")
        indexes = (
            models.Index(fields=("due_on",), condition=RUNNING, name="deadline_running_due"),
            models.Index(fields=("subject_kind", "subject_id"), name="deadline_subject"),
        )
        constraints = (
            models.CheckConstraint(name="deadline_subject_known", condition=Q(subject_kind__in=SubjectKind.values)),
            models.UniqueConstraint(
                fields=("subject_kind", "subject_id", "kind"), condition=RUNNING, name="deadline_one_running"
            ),
            models.CheckConstraint(
                name="deadline_has_length_or_day",
                condition=Q(
                    unit=PeriodUnit.FIXED, length__isnull=True, fixed_on__isnull=False, fixed_on__gte=F("starts_on")
                )
                | Q(
                    unit__in=(PeriodUnit.WORKING_DAYS, PeriodUnit.DAYS, PeriodUnit.MONTHS),
                    length__isnull=False,
                    length__gte=1,
                    fixed_on__isnull=True,
                ),
            ),
            models.CheckConstraint(name="deadline_due_after_start", condition=Q(due_on__gte=F("starts_on"))),
            models.CheckConstraint(name="deadline_has_basis", condition=~Q(basis="")),
            models.CheckConstraint(
                name="deadline_suspended_while_running_for_a_reason",
                condition=Q(suspended_on__isnull=True, suspension_reason="")
                | RUNNING & Q(suspended_on__isnull=False, suspended_on__gte=F("starts_on")) & ~Q(suspension_reason=""),
            ),
            models.CheckConstraint(
                name="deadline_extended_by_somebody_in_writing",
                condition=Q(
                    extended_on__isnull=True,
                    extended_by__isnull=True,
                    extension_length__isnull=True,
                    extension_unit="",
                    extension_basis="",
                    extension_document="",
                )
                | Q(
                    extended_on__isnull=False,
                    extended_on__gte=F("starts_on"),
                    extended_by__isnull=False,
                    extension_length__isnull=False,
                    extension_length__gte=1,
                    extension_unit__in=(PeriodUnit.WORKING_DAYS, PeriodUnit.DAYS, PeriodUnit.MONTHS),
                )
                & ~Q(extension_document="")
                & ~Q(extension_basis=""),
            ),
            models.CheckConstraint(
                name="deadline_met_after_start", condition=Q(met_on__isnull=True) | Q(met_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="deadline_waived_by_somebody_for_a_reason",
                condition=Q(waived_on__isnull=True, waived_by__isnull=True, waiver_reason="")
                | Q(waived_on__isnull=False, waived_on__gte=F("starts_on"), waived_by__isnull=False)
                & ~Q(waiver_reason=""),
            ),
            models.CheckConstraint(
                name="deadline_ends_one_way", condition=Q(met_on__isnull=True) | Q(waived_on__isnull=True)
            ),
        )

    def __str__(self) -> str:
        """Return kind, record and day."""
        return f"{self.kind} {self.subject} {self.due_on}"

    @property
    def subject(self) -> Subject:
        """Return the record the deadline is about."""
        return Subject(SubjectKind(self.subject_kind), self.subject_id)

    @property
    def book(self) -> clockbook.Kind:
        """Return what is known of deadlines of this kind."""
        return clockbook.kind(self.kind)

    @property
    def is_running(self) -> bool:
        """Tell whether it is neither met nor waived."""
        return self.met_on is None and self.waived_on is None

    @property
    def in_working_days(self) -> bool:
        """Tell whether working days are counted."""
        return self.unit == PeriodUnit.WORKING_DAYS

    @property
    def period(self) -> Period:
        """Return what the last day is counted from."""
        return Period(
            starts_on=self.starts_on,
            unit=PeriodUnit(self.unit),
            length=self.length,
            fixed_on=self.fixed_on,
            pauses=tuple((date.fromisoformat(since), date.fromisoformat(until)) for since, until in self.pauses),
            extension=self.extension_length or 0,
            extension_unit=PeriodUnit(self.extension_unit) if self.extension_unit else None,
        )

    @property
    def suspended_days(self) -> int:
        """Return for how many days it has stood still so far, working days where those are counted."""
        return self.period.suspended_days()

    @property
    def pause_unit(self) -> str:
        """Return in Chinese what `suspended_days` counts."""
        return str((PeriodUnit.WORKING_DAYS if self.in_working_days else PeriodUnit.DAYS).label)

    def facts(self, **entered: Any) -> rules.DeadlineFacts:
        """Return what decides what may happen to it; ``entered`` is what the officer says."""
        return rules.DeadlineFacts(
            starts_on=self.starts_on,
            due_on=self.due_on,
            running=self.is_running,
            suspended_on=self.suspended_on,
            last_pause_ended_on=max((until for _, until in self.period.pauses), default=None),
            extended=self.extended_on is not None,
            may_be_extended=bool(self.book.extension),
            may_be_suspended=bool(self.book.suspension),
            may_be_waived=self.book.waivable,
            **entered,
        )

    # --- what may happen to it ----------------------------------------------------------------------------

    def recount(self, calendar: Calendar) -> None:
        """Set the last day from the columns it rests on."""
        due = self.period.due(calendar)
        self.due_on, self.provisional = due.on, due.provisional

    def meet(self, *, on: date) -> None:
        """What was due is done."""
        rules.require(rules.MEET_DEADLINE, self.facts(), on=on)
        self.met_on = on

    def suspend(self, *, on: date, reason: str) -> None:
        """Stop counting, where law says so; the day itself still counts."""
        rules.require(rules.SUSPEND_DEADLINE, self.facts(reason=reason), on=on)
        self.suspended_on, self.suspension_reason = on, reason

    def resume(self, *, on: date) -> None:
        """Go on counting, from the day after."""
        rules.require(rules.RESUME_DEADLINE, self.facts(), on=on)
        self._end_pause(on)

    def extend(self, *, on: date, by: User, length: int, unit: PeriodUnit, basis: str, document: str) -> None:
        """Give it more time, once."""
        rules.require(rules.EXTEND_DEADLINE, self.facts(reason=document), on=on)
        self.extended_on, self.extended_by, self.extension_document = on, by, document
        self.extension_length, self.extension_unit, self.extension_basis = length, unit, basis

    def waive(self, *, on: date, by: User, reason: str) -> None:
        """End it without its being met."""
        rules.require(rules.END_DEADLINE, self.facts(reason=reason), on=on)
        if self.suspended_on is not None:
            self._end_pause(max(on, self.suspended_on))
        self.waived_on, self.waived_by, self.waiver_reason = on, by, reason

    def move(self, *, on: date, starts_on: date | None, fixed_on: date | None) -> None:
        """Count from another first day, or name another last one."""
        rules.require(rules.MOVE_DEADLINE, self.facts(), on=on)
        self.starts_on = starts_on or self.starts_on
        if fixed_on is not None:
            self.unit, self.length, self.policy, self.policy_kind, self.fixed_on = (
                PeriodUnit.FIXED,
                None,
                "",
                "",
                fixed_on,
            )
        asked = rules.StartFacts(starts_on=self.starts_on, fixed_on=self.fixed_on, another_runs=False)
        rules.require(rules.START_DEADLINE, asked, on=on)

    def _end_pause(self, on: date) -> None:
        assert self.suspended_on is not None  # noqa: S101 - the rules have said so
        self.pauses = [*self.pauses, [self.suspended_on.isoformat(), on.isoformat()]]
        self.suspended_on, self.suspension_reason = None, ""
