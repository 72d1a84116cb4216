"""What may be done next with a campaign: by whom, on which form, and which rules stand against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from cleanup import rules
from cleanup.actions import campaign as campaigns
from cleanup.queries import campaigns as judged
from cleanup.states import UNDER_WAY, CampaignState
from console.access import Permission, may, roles_with
from console.campaign_forms import ApproveForm, ExtendForm, ReasonForm, UponForm
from console.labels import together
from console.language import translated
from registry.states import Role

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from django.utils.functional import _StrPromise

    from cleanup.models import Campaign
    from registry.models import User
    from registry.rulebook import Rule


@dataclass(frozen=True, slots=True)
class Verb:
    """A step: its action, its name, who may take it, from which states, on which form, what it says when done."""

    act: Callable[..., Campaign]
    name: _StrPromise
    done: _StrPromise
    permission: Permission
    source: tuple[CampaignState, ...]
    form: type[UponForm] = ReasonForm
    is_main: bool = False


VERBS: dict[str, Verb] = {
    "approve": Verb(
        campaigns.approve,
        _("批准"),
        _("已批准；到文件规定的开始日期可以启动。"),
        Permission.APPROVE_CAMPAIGN,
        (CampaignState.PREVIEWED,),
        ApproveForm,
        is_main=True,
    ),
    "hand_back": Verb(
        campaigns.hand_back, _("退回修改"), _("已退回修改。"), Permission.APPROVE_CAMPAIGN, (CampaignState.PREVIEWED,)
    ),
    "start": Verb(
        campaigns.start,
        _("启动"),
        _("行动已经启动，今晚起自动排查。"),
        Permission.RUN_CAMPAIGN,
        (CampaignState.APPROVED,),
        UponForm,
        is_main=True,
    ),
    "resume": Verb(
        campaigns.resume,
        _("恢复进行"),
        _("行动已经恢复进行。"),
        Permission.RUN_CAMPAIGN,
        (CampaignState.PAUSED,),
        is_main=True,
    ),
    "pause": Verb(
        campaigns.pause,
        _("暂停"),
        _("行动已经暂停：不再排查和确认，个案照常办理。"),
        Permission.RUN_CAMPAIGN,
        (CampaignState.RUNNING,),
    ),
    "extend": Verb(
        campaigns.extend,
        _("延长行动"),
        _("已经延长。"),
        Permission.RUN_CAMPAIGN,
        (CampaignState.APPROVED, *UNDER_WAY),
        ExtendForm,
    ),
    "conclude": Verb(
        campaigns.conclude,
        _("结束行动"),
        _("行动已经结束：不再排查，个案照常办理。"),
        Permission.RUN_CAMPAIGN,
        UNDER_WAY,
    ),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A step the page offers: its form if this officer may take it, and what closes it for now."""

    verb: str
    name: str
    form: UponForm | None
    is_main: bool
    is_tried: bool
    closed_because: tuple[str, ...]
    done_by: str

    @property
    def url_name(self) -> str:
        """Return the name of the address it posts to."""
        return f"campaign_{self.verb}"


def choices(campaign: Campaign, user: User, *, on: date, tried: tuple[str, UponForm] | None = None) -> list[Choice]:
    """Return the steps the state of ``campaign`` leads to, for ``user``; ``tried`` is what was just refused."""
    upon = judged.last_told(campaign)
    found = []
    for verb, told in VERBS.items():
        if campaign.state not in told.source:
            continue
        is_tried = tried is not None and tried[0] == verb
        fresh = told.form(initial={"upon": upon, "seen": campaign.preview_id}, auto_id=f"{verb}_%s")
        form = tried[1] if tried is not None and is_tried else fresh
        found.append(
            Choice(
                verb=verb,
                name=str(told.name),
                form=form if may(user, told.permission) else None,
                is_main=told.is_main,
                is_tried=is_tried,
                closed_because=tuple(translated(each) for each in _broken(verb, campaign, user, on)),
                done_by=together(translated(Role(role).label) for role in roles_with(told.permission)),
            )
        )
    return found


def _broken(verb: str, campaign: Campaign, user: User, on: date) -> list[Rule[Any]]:
    """Return the rules that close a step for now, whatever is written into its form."""
    if verb == "approve":
        facts = judged.approval_facts(campaign, by=user, seen=campaign.preview_id)
        return list(rules.broken(rules.APPROVE_CAMPAIGN, facts, on=on))
    if verb in {"start", "pause", "resume"}:
        guards = rules.START_CAMPAIGN if verb == "start" else rules.PAUSE_CAMPAIGN
        return list(rules.broken(guards, judged.course_facts(campaign), on=on))
    if verb == "extend":
        until = campaign.ends_on + timedelta(days=1)
        facts_of = judged.extension_facts(campaign, until=until, document_no="—")
        return list(rules.broken(rules.EXTEND_CAMPAIGN, facts_of, on=on))
    if verb == "conclude":
        return list(rules.broken(rules.CONCLUDE_CAMPAIGN, judged.conclusion_facts(campaign), on=on))
    return []
