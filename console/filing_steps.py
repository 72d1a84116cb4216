"""What may be done next with an application: by whom, on which form, and which rules stand against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from console import filing_forms as forms
from console.access import Permission, may, roles_with
from console.labels import together
from console.language import translated
from registry.queries import filings
from registry.states import FilingKind

if TYPE_CHECKING:
    from datetime import date

    from django.utils.functional import _StrPromise

    from registry.models import Filing, User


@dataclass(frozen=True, slots=True)
class Verb:
    """How the page names a step, who may take it, its form, and what it says when it is done; ``what`` is applied for."""

    name: _StrPromise
    permission: Permission
    form: type[forms.StepForm]
    done: _StrPromise
    is_main: bool = False


VERBS: dict[str, Verb] = {
    "submit": Verb(_("收件"), Permission.HANDLE_FILING, forms.StepForm, _("已收件，编号已给定。"), is_main=True),
    "accept": Verb(_("受理"), Permission.HANDLE_FILING, forms.StepForm, _("已受理，办理期限开始计算。"), is_main=True),
    "return_for_completion": Verb(
        _("退回补正"), Permission.HANDLE_FILING, forms.ReturnForm, _("已退回，请把补正告知书交给申请人。")
    ),
    "refuse_acceptance": Verb(_("不予受理"), Permission.HANDLE_FILING, forms.ReasonForm, _("已不予受理。")),
    "review": Verb(_("审查"), Permission.REVIEW_FILING, forms.ReviewForm, _("已写明审查意见。"), is_main=True),
    "extend": Verb(_("延长办理期限"), Permission.EXTEND_FILING, forms.ReasonForm, _("已延长办理期限。")),
    "approve": Verb(
        _("准予%(what)s"),
        Permission.DECIDE_FILING,
        forms.ApproveForm,
        _("已准予登记，登记名册已同时变动。"),
        is_main=True,
    ),
    "deny": Verb(_("不予%(what)s"), Permission.DECIDE_FILING, forms.DenyForm, _("已不予登记。")),
    "withdraw": Verb(_("申请人撤回"), Permission.HANDLE_FILING, forms.ReasonForm, _("已登记申请人撤回。")),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A step on the page: its form if this officer may take it, and what closes it for now."""

    verb: str
    name: str
    is_main: bool
    form: forms.StepForm | None
    done_by: str
    closed_because: tuple[str, ...]
    is_tried: bool

    @property
    def url_name(self) -> str:
        """Return the address it posts to."""
        return f"filing_{self.verb}"

    @property
    def is_open(self) -> bool:
        """Tell whether this officer may take it now."""
        return self.form is not None and not self.closed_because

    @property
    def is_unfolded(self) -> bool:
        """Tell whether its form is shown at once: the ordinary way on, or what was just tried."""
        return self.is_tried or (self.is_main and self.is_open)


def choices(filing: Filing, user: User, *, on: date, tried: tuple[str, forms.StepForm] | None = None) -> list[Choice]:
    """Return the steps the application may take next; the form just sent in keeps what was written into it."""
    found = []
    for step in filings.steps(filing, by=user, on=on):
        verb = VERBS[step.verb]
        allowed = may(user, verb.permission)
        is_tried = tried is not None and tried[0] == step.verb
        form = tried[1] if tried and is_tried else verb.form(filing, step.verb)
        found.append(
            Choice(
                verb=step.verb,
                name=named(step.verb, filing),
                is_main=verb.is_main,
                form=form if allowed else None,
                done_by=together(translated(role.label) for role in roles_with(verb.permission)),
                closed_because=tuple(translated(each) for each in step.broken) if allowed else (),
                is_tried=is_tried,
            )
        )
    return found


def named(verb: str, filing: Filing) -> str:
    """Return how the page names a step of ``filing``."""
    return str(VERBS[verb].name) % {"what": translated(filing.get_kind_display())}


def may_write(filing: Filing, user: User) -> bool:
    """Tell whether ``user`` may change the content of ``filing`` as it stands."""
    return may(user, Permission.HANDLE_FILING) and filing.state in {"draft", "returned"}


def is_of_a_body(kind: str) -> bool:
    """Tell whether an application of ``kind`` starts from an organisation."""
    return kind != FilingKind.ESTABLISH
