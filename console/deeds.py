"""What may be done to an organisation on its own page: which permission, which form, which action, which rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from cleanup import rules as cleanup_rules
from cleanup.actions import determination
from console import deed_forms as forms
from console.access import Permission
from registry import rules
from registry.actions import document, evidence, penalty
from registry.actions import organisation as verbs

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.utils.functional import _StrPromise

    from registry.models import Event
    from registry.rulebook import Rule


@dataclass(frozen=True, slots=True)
class Deed:
    """One verb with its page. ``action`` takes ``organisation_id``, ``by`` and what the form tells.

    ``is_move`` tells whether the machine decides about it: then the organisation's page says why it is closed.
    ``only_adds`` tells that it rests on nothing others may have changed meanwhile.
    """

    verb: str
    name: _StrPromise
    permission: Permission
    form: type[forms.DeedForm]
    action: Callable[..., Event | None]
    asks: tuple[Rule[Any], ...] = ()
    is_move: bool = False
    only_adds: bool = False

    @property
    def url_name(self) -> str:
        """Return the name of its address."""
        return f"organisation_{self.verb}"

    @property
    def slug(self) -> str:
        """Return how the address ends."""
        return self.verb.replace("_", "-")


_NOT_AHEAD = (rules.is_not_in_the_future,)
_WITH_REASON = (rules.has_a_reason, rules.is_not_in_the_future)


def _move(
    verb: str,
    name: _StrPromise,
    permission: Permission,
    form: type[forms.DeedForm],
    guards: tuple[Rule[Any], ...],
    *,
    action: Callable[..., Event | None] | None = None,
) -> Deed:
    asks = (*guards, *(rules.MOVE if verb in verbs.GUARDS else (rules.has_a_reason,)))
    return Deed(verb, name, permission, form, action or getattr(verbs, verb), asks, is_move=True)


_LISTED = (
    _move("mark_dormant", _("认定为僵尸型（休眠）"), Permission.REVIEW_DORMANCY, forms.ReviewForm, rules.MARK_DORMANT),
    _move("reactivate", _("恢复正常存续"), Permission.MOVE_STATE, forms.ReactivationForm, rules.REACTIVATE),
    _move("cancel", _("补录注销"), Permission.RECORD_EXIT, forms.CancelForm, rules.CANCEL),
    _move(
        "revoke",
        _("补录撤销登记"),
        Permission.RECORD_EXIT,
        forms.RevokeForm,
        (*rules.REVOKE, *rules.ENFORCE),
        action=penalty.revoke,
    ),
    _move(
        "revoke_licence",
        _("补录吊销登记证书"),
        Permission.RECORD_EXIT,
        forms.RevokeForm,
        (*rules.REVOKE_LICENCE, *rules.ENFORCE),
        action=penalty.revoke_licence,
    ),
    _move("merge", _("补录合并"), Permission.RECORD_EXIT, forms.MergeForm, rules.MERGE),
    _move(
        "conclude_liquidation",
        _("清算结束后注销"),
        Permission.RECORD_EXIT,
        forms.LiquidationForm,
        rules.CONCLUDE_LIQUIDATION,
    ),
    Deed("hold", _("列入暂缓处理"), Permission.HOLD, forms.MoveForm, verbs.hold, (*_WITH_REASON, *rules.HOLD)),
    Deed("release", _("解除暂缓处理"), Permission.HOLD, forms.MoveForm, verbs.release, (*_WITH_REASON, *rules.RELEASE)),
    Deed(
        "file_report",
        _("录入年度报告"),
        Permission.RECORD_EVIDENCE,
        forms.ReportForm,
        evidence.file_report,
        (*_NOT_AHEAD, *rules.FILE_REPORT, *rules.CORRECT_REPORT),
    ),
    Deed(
        "conclude_report",
        _("作出年检结论"),
        Permission.CONCLUDE_REPORT,
        forms.ConclusionForm,
        evidence.conclude_report,
        rules.CONCLUDE_REPORT,
    ),
    Deed(
        "record_activity",
        _("记录活动"),
        Permission.RECORD_EVIDENCE,
        forms.ActivityForm,
        evidence.record_activity,
        _NOT_AHEAD,
    ),
    Deed(
        "survey_activity",
        _("登记活动核查"),
        Permission.RECORD_EVIDENCE,
        forms.SurveyForm,
        evidence.survey_activity,
        _NOT_AHEAD,
    ),
    Deed(
        "record_contact",
        _("记录联系"),
        Permission.RECORD_EVIDENCE,
        forms.ContactForm,
        evidence.record_contact,
        (*_NOT_AHEAD, *rules.RECORD_CONTACT),
    ),
    Deed(
        "determine",
        _("认定地方情形"),
        Permission.RECORD_EVIDENCE,
        forms.DeterminationForm,
        determination.determine,
        cleanup_rules.DETERMINE,
    ),
    Deed(
        "lift_determination",
        _("解除地方情形的认定"),
        Permission.RECORD_EVIDENCE,
        forms.LiftingForm,
        determination.lift_criterion,
        (rules.has_a_reason, *cleanup_rules.LIFT_DETERMINATION),
    ),
    Deed(
        "file_document",
        _("存入文件"),
        Permission.RECORD_EVIDENCE,
        forms.DocumentForm,
        document.file_document,
        (*_NOT_AHEAD, *rules.FILE_DOCUMENT),
        only_adds=True,
    ),
)

DEEDS: dict[str, Deed] = {each.verb: each for each in _LISTED}
"""By verb. 恢复登记 needs two officers of whom each acts for himself, and 完成脱钩 its own acceptance: neither is here."""
