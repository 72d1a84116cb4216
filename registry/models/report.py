"""What a body shows of its life: annual reports, activities, attempts to reach it."""

from django.db import models
from django.db.models import Q

from registry.models.organisation import Organisation
from registry.states import Channel, Conclusion, ContactOutcome


class AnnualReport(models.Model):
    """The annual inspection (or, for charities, report) an organisation filed for one year."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="annual_reports")
    year = models.PositiveSmallIntegerField("年度")
    filed_on = models.DateField("报送日期")
    supervisor_opinion = models.CharField("业务主管单位意见", max_length=200, blank=True)
    conclusion = models.CharField("结论", max_length=30, choices=Conclusion, default=Conclusion.PENDING)

    class Meta:
        verbose_name = "年度报告"
        verbose_name_plural = "年度报告"
        ordering = ("organisation", "year")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "year"), name="annual_report_once_per_year"),
            models.CheckConstraint(name="annual_report_year_sane", condition=Q(year__gte=1950, year__lte=2200)),
        )

    def __str__(self) -> str:
        """Return organisation and year."""
        return f"{self.organisation_id} {self.year}"


class Activity(models.Model):
    """Something the organisation did for the outside world, with the source the bureau knows it from."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="activities")
    held_on = models.DateField("日期")
    title = models.CharField("活动", max_length=200)
    source = models.CharField("来源", max_length=200, blank=True)

    class Meta:
        verbose_name = "活动"
        verbose_name_plural = "活动"
        ordering = ("organisation", "held_on")
        indexes = (models.Index(fields=("organisation", "held_on"), name="activity_organisation_day"),)

    def __str__(self) -> str:
        """Return day and title."""
        return f"{self.held_on} {self.title}"


class ActivitySurvey(models.Model):
    """A look the bureau took into a body's activities up to a day: only then does none on file mean none."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="activity_surveys")
    until = models.DateField("核查至")

    class Meta:
        verbose_name = "活动情况核查"
        verbose_name_plural = "活动情况核查"
        ordering = ("organisation", "until")
        indexes = (models.Index(fields=("organisation", "until"), name="survey_organisation_day"),)

    def __str__(self) -> str:
        """Return organisation and day."""
        return f"{self.organisation_id} {self.until}"


class ContactAttempt(models.Model):
    """One attempt to reach a body; the address or number used is a snapshot."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="contact_attempts")
    channel = models.CharField("方式", max_length=20, choices=Channel)
    target = models.CharField("联系地址或号码", max_length=300)
    tried_on = models.DateField("日期")
    outcome = models.CharField("结果", max_length=20, choices=ContactOutcome, default=ContactOutcome.PENDING)
    proof = models.CharField("凭证", max_length=200, blank=True)

    class Meta:
        verbose_name = "联系记录"
        verbose_name_plural = "联系记录"
        ordering = ("organisation", "tried_on")
        indexes = (models.Index(fields=("organisation", "tried_on"), name="contact_organisation_day"),)
        constraints = (
            models.CheckConstraint(
                name="contact_failed_has_proof", condition=~Q(outcome=ContactOutcome.FAILED) | ~Q(proof="")
            ),
        )

    def __str__(self) -> str:
        """Return day, channel and outcome."""
        return f"{self.tried_on} {self.channel} {self.outcome}"
