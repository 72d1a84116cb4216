"""Which past day a page shows: the filter of the register as it stood then, and the words of the banner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cleanup.models import Campaign
from cleanup.queries.past import findings_as_of, place_of
from cleanup.states import EVER_STARTED
from console.filters import CRITERIA, INCLUDED, STAGES, offer
from console.work_forms import DayField
from registry.queries.as_of import known_on
from registry.queries.search import searched
from registry.states import Kind, State

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet
    from django.http import QueryDict

    from cleanup.models import Finding
    from registry.models import Organisation


class DayForm(forms.Form):
    """A day that has been."""

    on = DayField(_("截至"))

    def clean_on(self) -> date:
        """Take today where no day is given; refuse one nobody has lived through."""
        on: date | None = self.cleaned_data["on"]
        today = timezone.localdate()
        if on and on > today:
            raise ValidationError(gettext("日期不能晚于今天"))
        return on or today

    @property
    def day(self) -> date:
        """Return the day asked for, today where it makes no sense."""
        self.is_valid()
        found: date = self.cleaned_data.get("on") or timezone.localdate()
        return found


class PastFilter(DayForm):
    """Search and filters of the register as it stood on a day."""

    q = forms.CharField(label=_("搜索"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("类型"), required=False, choices=[("", _("全部")), *Kind.choices])
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *State.choices])

    def but_state(self, rows: QuerySet[Organisation]) -> QuerySet[Organisation]:
        """Return the bodies known on that day, of the kind they then had.

        The search finds a body by any name it ever bore and by its present representative: those of the day are among
        the names.
        """
        self.is_valid()
        return known_on(
            searched(rows, self.cleaned_data.get("q", "")), self.day, kind=self.cleaned_data.get("kind", "")
        )

    def rows(self, rows: QuerySet[Organisation]) -> QuerySet[Organisation]:
        """Return what all filters leave."""
        self.is_valid()
        asked = {name: self.cleaned_data.get(name, "") for name in ("state", "kind")}
        return known_on(searched(rows, self.cleaned_data.get("q", "")), self.day, **asked)

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything but the day is asked for."""
        return bool(filters_of(self))


class FindingPastFilter(DayForm):
    """Search and filters of the findings as they stood on a day."""

    q = forms.CharField(label=_("搜索"), required=False, max_length=100)
    campaign = forms.ModelChoiceField(
        label=_("整治行动"), required=False, queryset=Campaign.objects.none(), to_field_name="code"
    )
    stage = forms.ChoiceField(
        label=_("办理情况"),
        required=False,
        choices=[
            ("", _("全部")),
            ("included", _("已纳入")),
            *((key, label) for key, (label, _condition) in STAGES.items()),
        ],
    )
    criterion = forms.ChoiceField(label=_("情形"), required=False, choices=[("", _("不限")), *CRITERIA])

    def __init__(self, data: QueryDict) -> None:
        """Offer every campaign that was ever started."""
        super().__init__(data)
        offer(self, "campaign", Campaign.objects.filter(state__in=EVER_STARTED))

    def but_stage(self, reach: QuerySet[Organisation]) -> list[tuple[Finding, str]]:
        """Return the findings on bodies within ``reach`` that every filter but the stage leaves, each with its stage.

        As in the register, the search finds a body by any name it ever bore.
        """
        self.is_valid()
        asked = self.cleaned_data
        among = searched(reach, asked["q"]) if asked.get("q") else reach
        found = findings_as_of(self.day, among=among, campaign=asked.get("campaign"))
        letter = asked.get("criterion") or ""
        return [(each, place_of(each, self.day)) for each in found if letter in each.criteria]

    def wants(self, stage: str) -> bool:
        """Tell whether a stage is asked for."""
        self.is_valid()
        asked = self.cleaned_data.get("stage")
        return not asked or stage == asked or (asked == "included" and stage in INCLUDED)

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything but the day is asked for."""
        return bool(filters_of(self))


def filters_of(form: DayForm) -> dict[str, str]:
    """Return what the address of the present list understands too."""
    form.is_valid()
    return {name: form.data[name] for name, value in form.cleaned_data.items() if value and name != "on"}
