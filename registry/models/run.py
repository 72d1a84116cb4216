"""Runs: scheduled jobs and imports, each a row with what it did."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from registry.states import Outcome


class JobRun(models.Model):
    """One run of a job for one slot. The unique pair (job, slot) makes two workers unable to run the same one."""

    job = models.CharField("任务", max_length=60)
    slot = models.CharField("批次", max_length=60)
    owner = models.CharField("执行者", max_length=100, blank=True)
    as_of = models.DateField("数据日期")
    started_at = models.DateTimeField("开始")
    touched_at = models.DateTimeField("最近进展", null=True, blank=True)
    finished_at = models.DateTimeField("结束", null=True, blank=True)
    outcome = models.CharField("结果", max_length=20, choices=Outcome, default=Outcome.RUNNING)
    attempts = models.PositiveSmallIntegerField("次数", default=1)
    counts = models.JSONField("计数", default=dict, encoder=DjangoJSONEncoder)
    error = models.TextField("错误", blank=True)

    class Meta:
        verbose_name = "任务运行"
        verbose_name_plural = "任务运行"
        ordering = ("-started_at", "-pk")
        constraints = (models.UniqueConstraint(fields=("job", "slot"), name="job_run_once_per_slot"),)

    def __str__(self) -> str:
        """Return job and slot."""
        return f"{self.job} {self.slot}"
