"""The tables of the worker."""

from worker.models.alert import Alert

__all__ = ["Alert"]
