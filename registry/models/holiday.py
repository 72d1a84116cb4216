"""Years of holidays an administrator has loaded, and the ledger that tells who loaded what."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from registry.calendar import AnnouncedYear, Day
from registry.models.chain import ChainRow
from registry.models.final import FinalRows


class HolidayYear(models.Model):
    """节假日安排 of one year, as loaded last. ``days`` are in the form of the file: ``[{"name", "date", "isOffDay"}, …]``."""

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    days = models.JSONField("放假和调休")
    source = models.CharField("公布文件", max_length=200)
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        verbose_name = "节假日安排"
        verbose_name_plural = "节假日安排"
        ordering = ("-year",)
        constraints = (models.CheckConstraint(name="holiday_year_has_source", condition=~Q(source="")),)

    def __str__(self) -> str:
        """Return the year."""
        return f"{self.year}年节假日安排"

    def told(self) -> dict[str, object]:
        """Return the row as its ledger writes it."""
        return {name: getattr(self, name) for name in ("year", "days", "source", "file_name", "sha256")}

    def announced(self) -> AnnouncedYear:
        """Return the days as the calendar takes them."""
        days = (Day(date.fromisoformat(each["date"]), each["name"], each["isOffDay"]) for each in self.days)
        return AnnouncedYear(self.year, tuple(days))


class CalendarEvent(ChainRow):
    """A year that was loaded; ``facts["year"]`` is the whole of it as it then stood."""

    CHAIN = "calendar"

    subject = models.ForeignKey(HolidayYear, models.PROTECT, related_name="events", verbose_name="节假日安排")

    objects = FinalRows["CalendarEvent"].as_manager()

    class Meta(ChainRow.Meta):
        verbose_name = "日历台账记录"
        verbose_name_plural = "日历台账记录"
        constraints = (
            models.CheckConstraint(name="calendar_event_seq_from_one", condition=Q(seq__gte=1)),
            models.CheckConstraint(name="calendar_event_has_reason", condition=~Q(reason="")),
        )
