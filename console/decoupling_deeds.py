"""What may be done in a separation: which permission, which form, which action, which rules, from which state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console import decoupling_forms as forms
from console.access import Permission, may, roles_with
from console.labels import together
from console.language import translated
from decoupling import rules
from decoupling.actions import acceptance, aftercare, listing, sign_off
from decoupling.states import PLAN_APPROVED, UNDER_WAY, Category, ListingState
from registry.rules import COMPLETE_DECOUPLING
from registry.states import EXISTING

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.utils.functional import _StrPromise

    from decoupling.models import Acceptance, Listing
    from registry.models import User
    from registry.rulebook import Rule

NOT_ACCEPTED = tuple(each for each in ListingState if each != ListingState.ACCEPTED)
VOID_PROPOSED = "void_proposed"
"""What a deed may ask beside the state: that a void is proposed."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One verb about a listed association, with its page; ``states`` are those it starts from.

    ``is_way`` ones are steps of the ordinary way; ``anywhere`` ones do not ask whether it is to decouple.
    """

    verb: str
    name: _StrPromise
    permission: Permission
    form: type[forms.SeparationForm]
    action: Callable[..., object]
    asks: tuple[Rule[Any], ...]
    states: tuple[str, ...]
    is_way: bool = False
    anywhere: bool = False
    wants: str = ""

    @property
    def slug(self) -> str:
        """Return how the address ends."""
        return self.verb.replace("_", "-")

    @property
    def url_name(self) -> str:
        """Return the name of its address."""
        return f"decoupling_{self.verb}"


_LISTED = (
    Deed(
        "submit_plan", _("报送方案"), Permission.HANDLE_DECOUPLING, forms.PlanForm, listing.submit_plan,
        rules.SUBMIT_PLAN, (ListingState.LISTED,), is_way=True,
    ),
    Deed(
        "approve_plan", _("批复方案"), Permission.APPROVE_DECOUPLING, forms.ApproveForm, listing.approve_plan,
        rules.APPROVE_PLAN, (ListingState.PLANNED,), is_way=True,
    ),
    Deed(
        "return_plan", _("退回方案"), Permission.APPROVE_DECOUPLING, forms.ReasonForm, listing.return_plan,
        rules.RETURN_PLAN, (ListingState.PLANNED,),
    ),
    Deed(
        "sign", _("验收签字"), Permission.APPROVE_DECOUPLING, forms.SignForm, acceptance.sign,
        rules.SIGN, (ListingState.SIGNED_OFF,), is_way=True,
    ),
    Deed(
        "accept", _("办理验收"), Permission.HANDLE_DECOUPLING, forms.AcceptForm, acceptance.accept,
        (*rules.ACCEPT, *COMPLETE_DECOUPLING), (ListingState.SIGNED_OFF,), is_way=True,
    ),
    Deed(
        "change_certificate", _("换发证书"), Permission.HANDLE_DECOUPLING, forms.CertificateForm,
        acceptance.change_certificate, rules.CHANGE_CERTIFICATE, PLAN_APPROVED,
    ),
    Deed(
        "remind", _("催办责任部门"), Permission.HANDLE_DECOUPLING, forms.RemindForm, sign_off.remind,
        rules.REMIND, UNDER_WAY,
    ),
    Deed(
        "set_residue", _("登记未脱钩原因"), Permission.HANDLE_DECOUPLING, forms.ResidueForm, listing.set_residue,
        rules.SET_RESIDUE, NOT_ACCEPTED,
    ),
    Deed(
        "move", _("调整类别"), Permission.HANDLE_DECOUPLING, forms.MoveForm, listing.move,
        rules.MOVE, NOT_ACCEPTED, anywhere=True,
    ),
    Deed(
        "propose_void", _("提请作废验收"), Permission.HANDLE_DECOUPLING, forms.VoidForm, acceptance.propose_void,
        rules.PROPOSE_VOID, (ListingState.ACCEPTED,), anywhere=True,
    ),
    Deed(
        "void", _("作废验收"), Permission.APPROVE_DECOUPLING, forms.ReasonForm, acceptance.void,
        rules.VOID, (ListingState.ACCEPTED,), anywhere=True, wants=VOID_PROPOSED,
    ),
    Deed(
        "decline_void", _("不予作废"), Permission.APPROVE_DECOUPLING, forms.ReasonForm, acceptance.decline_void,
        rules.DECLINE_VOID, (ListingState.ACCEPTED,), anywhere=True, wants=VOID_PROPOSED,
    ),
    Deed(
        "enter_leader", _("登记负责人"), Permission.HANDLE_DECOUPLING, forms.LeaderForm, aftercare.enter_leader,
        rules.aftercare.ENTER_AFTERCARE, tuple(ListingState), anywhere=True,
    ),
    Deed(
        "enter_fact", _("登记监管事项"), Permission.HANDLE_DECOUPLING, forms.FactForm, aftercare.enter_fact,
        rules.aftercare.ENTER_AFTERCARE, tuple(ListingState), anywhere=True,
    ),
)  # fmt: skip

DEEDS: dict[str, Deed] = {each.verb: each for each in _LISTED}
"""By verb, in the order the page shows them."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A deed on the page: open to this user, or why not, or who does it."""

    deed: Deed
    closed_because: str
    done_by: str

    @property
    def is_open(self) -> bool:
        """Tell whether this user may do it now."""
        return not self.closed_because and not self.done_by


def offers(found: Listing, user: User, acceptance_in_force: Acceptance | None) -> list[Offer]:
    """Return what this association's state allows: the steps of the way first."""
    made = []
    for deed in DEEDS.values():
        closed = closed_because(deed, found, acceptance_in_force)
        if closed and not deed.is_way:
            continue
        by = "" if may(user, deed.permission) else together(translated(r.label) for r in roles_with(deed.permission))
        made.append(Offer(deed, closed, by))
    return sorted(made, key=lambda each: (bool(each.closed_because), not each.deed.is_way))


def closed_because(deed: Deed, found: Listing, acceptance_in_force: Acceptance | None) -> str:
    """Return in words what on the record closes a deed, empty where nothing does."""
    if found.organisation.state not in EXISTING and deed.verb not in {"propose_void", "void", "decline_void"}:
        return gettext("该组织已经退出登记")
    if not deed.anywhere and found.category != Category.LISTED:
        return gettext("现列为“%(category)s”，不办理脱钩") % {"category": translated(found.get_category_display())}
    if found.state not in deed.states:
        return gettext("现为“%(state)s”，不能办理") % {"state": translated(found.get_state_display())}
    proposed = acceptance_in_force is not None and acceptance_in_force.void_proposed_on is not None
    if deed.wants == VOID_PROPOSED and not proposed:
        return gettext("还没有人提请作废")
    if deed.verb == "propose_void" and proposed:
        return gettext("已经提请作废，等待决定")
    return ""
