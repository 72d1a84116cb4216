"""A sweep as it was run, and who met what in an evaluation that wrote no findings."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from cleanup.models.campaign import Campaign
from cleanup.states import Evaluation, LeftOut, StopCause
from registry.models import JobRun, Organisation
from registry.states import Outcome


class Sweep(models.Model):
    """排查. How its run ended stands in ``run``; ``under_way`` is what keeps two from running at once.

    ``asked`` is what each kind of body was asked and ``read_up_to`` the last event surely seen: the next one starts
    from there. ``baseline`` is how many findings were to be expected, ``moved`` how many it would write or withdraw.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="sweeps", verbose_name="整治行动")
    run = models.OneToOneField(JobRun, models.PROTECT, related_name="sweep", verbose_name="任务运行")
    evaluation = models.CharField("方式", max_length=20, choices=Evaluation, default=Evaluation.FULL)
    under_way = models.BooleanField("正在进行", default=True)
    asked = models.JSONField("口径", default=dict, encoder=DjangoJSONEncoder)
    read_up_to = models.BigIntegerField("台账读至", null=True, blank=True)
    baseline = models.PositiveIntegerField("预期线索", null=True, blank=True)
    moved = models.PositiveIntegerField("变动线索", default=0)
    stopped_because = models.CharField("停止原因", max_length=20, choices=StopCause, blank=True)
    stop_note = models.CharField("停止说明", max_length=300, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="放行人"
    )
    released_at = models.DateTimeField("放行时间", null=True, blank=True)
    release_reason = models.TextField("放行理由", blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤销人"
    )
    undone_on = models.DateField("撤销日期", null=True, blank=True)
    undo_reason = models.TextField("撤销理由", blank=True)

    class Meta:
        verbose_name = "排查"
        verbose_name_plural = "排查"
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(name="sweep_evaluation_known", condition=Q(evaluation__in=Evaluation.values)),
            models.UniqueConstraint(
                fields=("campaign",), condition=Q(under_way=True), name="sweep_one_under_way_per_campaign"
            ),
            models.CheckConstraint(
                name="sweep_stopped_for_a_known_cause", condition=Q(stopped_because__in=("", *StopCause.values))
            ),
            models.CheckConstraint(
                name="sweep_released_wholly",
                condition=Q(released_by__isnull=True, released_at__isnull=True, release_reason="")
                | Q(released_by__isnull=False, released_at__isnull=False)
                & ~Q(release_reason="")
                & ~Q(stopped_because=""),
            ),
            models.CheckConstraint(
                name="sweep_undone_wholly",
                condition=Q(undone_by__isnull=True, undone_on__isnull=True, undo_reason="")
                | Q(undone_by__isnull=False, undone_on__isnull=False, under_way=False) & ~Q(undo_reason=""),
            ),
        )

    def __str__(self) -> str:
        """Return campaign and day."""
        return f"{self.campaign.code} {self.run.as_of}"

    @property
    def is_done(self) -> bool:
        """Tell whether its findings stand: it came to its end and was not undone."""
        return self.run.outcome == Outcome.DONE and self.undone_on is None

    @property
    def waits_for_release(self) -> bool:
        """Tell whether it stopped and nobody has released it."""
        return self.run.outcome == Outcome.STOPPED and self.released_at is None


class Hit(models.Model):
    """A body that met criteria when ``run`` looked; ``left_out`` says why it would get no finding all the same."""

    run = models.ForeignKey(JobRun, models.PROTECT, related_name="hits")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    criteria = models.CharField("情形", max_length=6)
    left_out = models.CharField("不排查", max_length=20, choices=LeftOut, blank=True)

    class Meta:
        verbose_name = "符合情形的组织"
        verbose_name_plural = "符合情形的组织"
        ordering = ("run", "organisation")
        constraints = (
            models.UniqueConstraint(fields=("run", "organisation"), name="hit_once_per_run"),
            models.CheckConstraint(name="hit_has_criteria", condition=~Q(criteria="")),
            models.CheckConstraint(name="hit_left_out_known", condition=Q(left_out__in=("", *LeftOut.values))),
        )

    def __str__(self) -> str:
        """Return organisation and criteria."""
        return f"{self.organisation_id} {self.criteria}"
