"""What runs by itself: schedule, tasks, alerts. The only package that imports Celery."""

from django.apps import AppConfig


class WorkerConfig(AppConfig):
    """Scheduled jobs and the alerts they raise."""

    name = "worker"
    verbose_name = "定时任务与提醒"
