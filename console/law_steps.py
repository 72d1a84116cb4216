"""What may be done next with a proposed change of the law: by whom, on which form, and which rules stand against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from console import law_forms as forms
from console.access import Permission, may, roles_with
from console.labels import together
from console.language import translated
from registry import rules
from registry.queries import law_proposals

if TYPE_CHECKING:
    from datetime import date

    from django.utils.functional import _StrPromise

    from registry.models import LawProposal, User
    from registry.rulebook import Rule


@dataclass(frozen=True, slots=True)
class Verb:
    """How the page names a decision, who may take it, its form, and what it says when it is taken."""

    name: _StrPromise
    permission: Permission
    form: type[forms.DecisionForm]
    done: _StrPromise
    is_main: bool = False


VERBS: dict[str, Verb] = {
    "confirm": Verb(
        _("确认影响范围"), Permission.CONFIRM_LAW, forms.ConfirmForm, _("影响范围已经确认。"), is_main=True
    ),
    "approve": Verb(
        _("批准"), Permission.APPROVE_LAW, forms.ApproveForm, _("已批准，影响的事项已经重新计算。"), is_main=True
    ),
    "reject": Verb(_("决定不予批准"), Permission.APPROVE_LAW, forms.DecisionForm, _("已不予批准，现行内容不变。")),
    "withdraw": Verb(_("撤回"), Permission.PROPOSE_LAW, forms.DecisionForm, _("已撤回，现行内容不变。")),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision on the page: its form if this officer may take it, and what closes it for now."""

    verb: str
    name: str
    is_main: bool
    form: forms.DecisionForm | None
    done_by: str
    closed_because: tuple[str, ...]
    is_tried: bool

    @property
    def url_name(self) -> str:
        """Return the address it posts to."""
        return f"law_proposal_{self.verb}"

    @property
    def is_unfolded(self) -> bool:
        """Tell whether its form is shown at once: the ordinary way on, or what was just tried."""
        return self.is_tried or (self.is_main and self.form is not None)


def choices(
    proposal: LawProposal, user: User, *, on: date, tried: tuple[str, forms.DecisionForm] | None = None
) -> list[Choice]:
    """Return the decisions a proposal waits for; the form just sent keeps what was written into it."""
    waited_for = VERBS if proposal.is_open else {"confirm": VERBS["confirm"]} if proposal.held_on else {}
    found = []
    for name, verb in waited_for.items():
        if name == "confirm" and not law_proposals.is_wide(proposal):
            continue
        allowed, is_tried = may(user, verb.permission), tried is not None and tried[0] == name
        form = tried[1] if tried and is_tried else verb.form(proposal, name)
        closed = closed_because(proposal, name, user, on=on) if allowed else ()
        found.append(
            Choice(
                verb=name,
                name=str(verb.name),
                is_main=verb.is_main and not closed,
                form=form if allowed else None,
                done_by=together(translated(role.label) for role in roles_with(verb.permission)),
                closed_because=tuple(translated(each) for each in closed),
                is_tried=is_tried,
            )
        )
    return found


def closed_because(proposal: LawProposal, verb: str, user: User, *, on: date) -> tuple[Rule[Any], ...]:
    """Return the rules that stand against a decision whatever is written into its form."""
    if verb == "confirm":
        facts = law_proposals.confirmation(proposal, by=user, today=on, seen=proposal.effect_digest, reason="…")
        return tuple(rules.broken(rules.CONFIRM_LAWPROPOSAL, facts, on=on))
    if verb == "approve":
        known = law_proposals.known(proposal, by=user, today=on)
        return tuple(rules.broken(rules.APPROVE_LAWPROPOSAL, known, on=on))
    end = law_proposals.end(proposal, by=user, today=on, reason="…")
    asked = rules.REJECT_LAWPROPOSAL if verb == "reject" else rules.WITHDRAW_LAWPROPOSAL
    return tuple(rules.broken(asked, end, on=on))
