"""What runs by itself: the Celery app, its schedule, its tasks, the alerts."""
