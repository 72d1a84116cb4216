"""The facts of an organisation as a form, and the meeting of two officers who change them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.deed_forms import reason_field
from console.language import translated
from console.work_forms import DayField
from registry.ledger import plain
from registry.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import QueryDict

    from console.collisions import Moved

UNITS = ("supervising_unit", "industry_regulator", "party_body")
DAYS = ("established_on", "certificate_from", "certificate_until")

CONSTRAINTS: dict[str, tuple[str, Any]] = {
    "organisation_industry_association_is_association": (
        "is_industry_association",
        _("只有社会团体可以是行业协会商会"),
    ),
    "organisation_decoupled_regime": ("supervision", _("已完成脱钩的，登记体制为“已脱钩”，没有业务主管单位")),
    "organisation_licence_revoked_only_charity": ("is_charity", _("因吊销退出的组织是慈善组织")),
    "organisation_certificate_in_order": ("certificate_until", _("证书有效期止不早于有效期起")),
    "organisation_exit_after_establishment": ("established_on", _("成立日期不晚于退出日期")),
}
"""What the database would refuse, in words and beside the field to correct."""


class OrganisationForm(forms.ModelForm):  # type: ignore[type-arg]  # Django takes no argument here when it runs
    """Every fact an officer may correct. Code, kind and state are not among them: the machine and the law move those."""

    on = DayField(_("生效日期"))
    reason = reason_field()
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Organisation
        fields = (
            "name",
            "legal_representative",
            "address",
            "activity_area",
            "business_scope",
            "capital",
            "established_on",
            "supervision",
            "registration_authority",
            "supervising_unit",
            "industry_regulator",
            "party_body",
            "certificate_no",
            "certificate_from",
            "certificate_until",
            "is_industry_association",
            "is_charity",
        )
        widgets: ClassVar = {"business_scope": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, data: Any = None, *, instance: Organisation) -> None:
        """Offer the facts as they stand, and today."""
        self.version_on_file = instance.version
        self.columns = {name: self._attname(name) for name in self.Meta.fields}
        self.on_file = {name: plain(getattr(instance, column)) for name, column in self.columns.items()}
        super().__init__(data, instance=instance, initial={"on": timezone.localdate(), "version": instance.version})
        self.fields["capital"].label = gettext("%(name)s（元）") % {"name": translated(instance.capital_label)}
        for name in UNITS:
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type
            field.empty_label = gettext("无")
        for name in DAYS:
            self.fields[name] = DayField(self.fields[name].label)
        self.fields["name"].error_messages["required"] = gettext("请填写名称")

    def clean_on(self) -> Any:
        """Ask for the day the change takes effect."""
        if not self.cleaned_data["on"]:
            raise ValidationError(gettext("请填写日期，如 2026-11-24"))
        return self.cleaned_data["on"]

    def _post_clean(self) -> None:
        """Say beside the field, and in words, what the database would refuse; Django only names the constraint."""
        super()._post_clean()  # type: ignore[misc]  # ModelForm has it; the stubs leave it out
        self.errors.pop(NON_FIELD_ERRORS, None)
        for constraint in Organisation._meta.constraints:
            if constraint.name in CONSTRAINTS:
                try:
                    constraint.validate(Organisation, self.instance)
                except ValidationError:
                    self.add_error(*CONSTRAINTS[constraint.name])

    def changes(self) -> dict[str, Any]:
        """Return the columns that differ from those on file."""
        found = {column: getattr(self.instance, column) for column in self.columns.values()}
        return {
            self.columns[name]: found[self.columns[name]]
            for name in self.Meta.fields
            if plain(found[self.columns[name]]) != self.on_file[name]
        }

    @staticmethod
    def _attname(name: str) -> str:
        field = Organisation._meta.get_field(name)
        return str(getattr(field, "attname", name))


def merged(
    form: OrganisationForm, moved: Mapping[str, Moved], *, present: Organisation
) -> tuple[Any, dict[str, Moved]]:
    """Return what the officer's form shall hold after others saved first, and the fields both have changed.

    What the officer left as it was takes the present value; what the officer wrote stays, beside what stands there now.
    """
    data = cast("QueryDict", form.data).copy()
    data["version"] = str(present.version)
    fresh = OrganisationForm(instance=present)
    both: dict[str, Moved] = {}
    for name, column in form.columns.items():
        if column not in moved:
            continue
        mine = plain(getattr(form.instance, column))
        if mine == moved[column].was:
            _put(data, name, fresh[name].value())
        elif mine != moved[column].now:
            both[name] = moved[column]
    return data, both


def _put(data: Any, name: str, value: Any) -> None:
    """Write a value into posted data as a browser would have sent it."""
    data.pop(name, None)
    if value is True:
        data[name] = "on"
    elif value is not None and value is not False:
        data[name] = plain(value)
