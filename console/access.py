"""Who may see and do what: permissions, the roles that bundle them, and the only doors to rows.

Default deny: the login middleware closes every view to strangers, a test refuses views without `needs`, a role without the
permission sees 403, and a row outside a user's reach does not exist for them (404).
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeGuard, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext

from cleanup.models import Campaign, Case, CaseBatch, ContactTest, ContactTry, Finding, OpinionRequest, Sweep
from console.language import translated
from console.permissions import Permission as Permission  # noqa: PLC0414 - views take the permission and what it guards from one place
from console.readonly import no_writes
from registry.models import (
    Checkpoint,
    Deadline,
    Event,
    Filing,
    ImportRun,
    LawProposal,
    Organisation,
    StaffEvent,
    StoredFile,
    User,
)
from registry.states import FROM_UNITS, Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet
    from django.http import HttpResponse


P = ParamSpec("P")


SEPARATION_FILES = (ImportRun.What.LISTINGS, ImportRun.What.ITEMS)

_OWN = frozenset(
    {
        Permission.OWN_ACCOUNT,
        Permission.VIEW_REGISTER,
        Permission.VIEW_FINDINGS,
        Permission.VIEW_CASES,
        Permission.VIEW_FILINGS,
    }
)
_SEPARATE = frozenset({Permission.VIEW_DECOUPLING, Permission.SIGN_OFF_DECOUPLING})
_READ = _OWN | {
    Permission.VIEW_FIGURES,
    Permission.VIEW_CAMPAIGNS,
    Permission.VIEW_NOTES,
    Permission.VIEW_DEADLINES,
    Permission.VIEW_CALENDAR,
    Permission.VIEW_DOCUMENTS,
    Permission.VIEW_LAW,
    Permission.VIEW_DECOUPLING,
}
_WORK = _READ | {Permission.VIEW_ALERTS, Permission.CARRY_WORK, Permission.WRITE_NOTE}
_DECIDE = frozenset({Permission.DECIDE_FINDING, Permission.MOVE_STATE, Permission.HOLD, Permission.CONCLUDE_REPORT})
_CAMPAIGNS = frozenset({Permission.APPROVE_CAMPAIGN, Permission.RUN_CAMPAIGN})
_CASES = frozenset(
    {Permission.HANDLE_CASE, Permission.TAKE_CASE_STEP, Permission.EXPORT_EVIDENCE, Permission.REASSIGN_CASE}
)

_ADMINISTER = frozenset({Permission.OWN_ACCOUNT, Permission.MANAGE_USERS, Permission.VIEW_STAFF_LOG})
_CALENDAR = frozenset({Permission.VIEW_CALENDAR, Permission.LOAD_CALENDAR})

_IMPORT = frozenset({Permission.VIEW_IMPORTS, Permission.IMPORT})

BUNDLES: dict[Role, frozenset[Permission]] = {
    Role.REGISTRATION: _WORK
    | _DECIDE
    | {Permission.EDIT_REGISTER, Permission.RECORD_EVIDENCE, Permission.ANSWER_OPINION}
    | {Permission.HANDLE_FILING, Permission.PROPOSE_LAW, Permission.DRAFT_CAMPAIGN}
    | _SEPARATE
    | {Permission.HANDLE_DECOUPLING, Permission.REVIEW_DECOUPLED, Permission.KEEP_SNAPSHOT}
    | _IMPORT,
    Role.ENFORCEMENT: _WORK
    | _CASES
    | {Permission.RECORD_EVIDENCE, Permission.ANSWER_OPINION, Permission.REVIEW_DECOUPLED},
    Role.REVIEWER: _WORK
    | _DECIDE
    | _CASES
    | _CAMPAIGNS
    | {Permission.REVIEW_DORMANCY, Permission.RECORD_EXIT, Permission.DRAFT_CAMPAIGN}
    | {Permission.REVIEW_FILING, Permission.DECIDE_FILING, Permission.APPROVE_DECOUPLING}
    | {Permission.VIEW_LEDGER, Permission.PROPOSE_LAW, Permission.APPROVE_LAW},
    Role.DIRECTOR: _WORK
    | _CAMPAIGNS
    | {Permission.VIEW_LEDGER, Permission.TAKE_CASE_STEP, Permission.CONTROL_SWEEP}
    | {Permission.APPROVE_DECOUPLING, Permission.EXPORT_EVIDENCE}
    | {Permission.PROPOSE_LAW, Permission.APPROVE_LAW, Permission.CONFIRM_LAW}
    | {Permission.REASSIGN_CASE, Permission.EXTEND_FILING, Permission.DECIDE_FILING, Permission.MANAGE_DEADLINE},
    Role.CLERK: _READ | {Permission.KEEP_SNAPSHOT},
    Role.SUPERVISING_UNIT: _OWN | _SEPARATE | {Permission.VIEW_ALERTS, Permission.ANSWER_OPINION},
    Role.DEPARTMENT: _SEPARATE | {Permission.OWN_ACCOUNT, Permission.VIEW_ALERTS},
    Role.AUDITOR: _READ
    | {Permission.EXPORT_EVIDENCE}
    | {Permission.VIEW_ALERTS, Permission.VIEW_LEDGER, Permission.VIEW_STAFF_LOG, Permission.VIEW_IMPORTS},
    Role.ADMINISTRATOR: _ADMINISTER | _IMPORT | _CALENDAR | {Permission.VIEW_REGISTER},
    Role.SYSTEM: frozenset(),
}


_SCOPED = frozenset(FROM_UNITS)
"""Roles that see what concerns their own unit only."""


class OfficerRequest(HttpRequest):
    """A request behind `needs`: somebody is signed in. A page says here which organisation it shows."""

    user: User
    shown_organisation_id: int


class Guarded(Protocol[P]):
    """A view that says which permission opens it."""

    permission: Permission

    def __call__(self, request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        """Answer a request."""


def may(user: User | AnonymousUser, permission: Permission) -> bool:
    """Tell whether the user's role holds ``permission``."""
    return _signed_in(user) and permission in BUNDLES[Role(user.role)]


def needs(
    permission: Permission,
) -> Callable[[Callable[Concatenate[OfficerRequest, P], HttpResponse]], Guarded[P]]:
    """Open a view to the roles that hold ``permission``; the others get 403 in words.

    The page is kept out of shared and browser caches, and answering a GET cannot write.
    """

    def decorate(view: Callable[Concatenate[OfficerRequest, P], HttpResponse]) -> Guarded[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not may(request.user, permission):
                raise PermissionDenied(_refusal(request.user, permission))
            with no_writes(when=request.method in {"GET", "HEAD"}):
                response = view(cast("OfficerRequest", request), *args, **kwargs)
            patch_cache_control(response, private=True, no_store=True)
            return response

        opened = cast("Guarded[P]", guarded)
        opened.permission = permission
        return opened

    return decorate


def access_organisations(user: User) -> QuerySet[Organisation]:
    """Return the organisations ``user`` may know of; a supervising unit's users only those it supervises."""
    rows = Organisation.objects.all()
    if not may(user, Permission.VIEW_REGISTER):
        return rows.none()
    if _scoped(user):
        return rows.filter(supervising_unit=user.unit_id) if user.unit_id else rows.none()
    return rows


def access_findings(user: User) -> QuerySet[Finding]:
    """Return the findings ``user`` may know of: those on organisations within reach."""
    rows = Finding.objects.all()
    if not may(user, Permission.VIEW_FINDINGS):
        return rows.none()
    return rows.filter(organisation__in=access_organisations(user)) if _scoped(user) else rows


def access_opinions(user: User) -> QuerySet[OpinionRequest]:
    """Return the opinions asked on findings within reach; a supervising unit's users those it was asked for itself."""
    rows = OpinionRequest.objects.filter(finding__in=access_findings(user))
    return rows.filter(unit=user.unit_id) if _scoped(user) else rows


def access_contact_tests(user: User) -> QuerySet[ContactTest]:
    """Return the tests of contact of organisations within reach, for who may see their documents."""
    rows = ContactTest.objects.select_related("organisation")
    return (
        rows.filter(organisation__in=access_organisations(user))
        if may(user, Permission.VIEW_DOCUMENTS)
        else rows.none()
    )


def access_contact_tries(user: User) -> QuerySet[ContactTry]:
    """Return the attempts of those tests."""
    return ContactTry.objects.filter(test__in=access_contact_tests(user))


def access_campaigns(user: User) -> QuerySet[Campaign]:
    """Return the campaigns ``user`` may know of: all or none, for they reach over the whole register."""
    return Campaign.objects.all() if may(user, Permission.VIEW_CAMPAIGNS) else Campaign.objects.none()


def access_sweeps(user: User) -> QuerySet[Sweep]:
    """Return the sweeps ``user`` may know of: those of the campaigns."""
    return Sweep.objects.filter(campaign__in=access_campaigns(user))


def access_cases(user: User) -> QuerySet[Case]:
    """Return the cases ``user`` may know of: those on organisations within reach."""
    rows = Case.objects.all()
    if not may(user, Permission.VIEW_CASES):
        return rows.none()
    return rows.filter(finding__organisation__in=access_organisations(user)) if _scoped(user) else rows


def access_batches(user: User) -> QuerySet[CaseBatch]:
    """Return what was asked for in many cases at once, as far as ``user`` may know of it: all or none."""
    return CaseBatch.objects.all() if may(user, Permission.VIEW_DOCUMENTS) else CaseBatch.objects.none()


def access_filings(user: User) -> QuerySet[Filing]:
    """Return the applications ``user`` may know of; a supervising unit's users those received from its own bodies."""
    rows = Filing.objects.all()
    if not may(user, Permission.VIEW_FILINGS):
        return rows.none()
    if _scoped(user):
        return rows.filter(organisation__in=access_organisations(user), received_on__isnull=False)
    return rows


def access_documents(user: User) -> QuerySet[StoredFile]:
    """Return the kept documents ``user`` may know of: those of organisations within reach, withdrawn ones too."""
    rows = StoredFile.objects.select_related("kept_by", "withdrawal__by")
    if not may(user, Permission.VIEW_DOCUMENTS):
        return rows.none()
    return rows.filter(organisation__in=access_organisations(user)) if _scoped(user) else rows


def access_events(user: User, organisation: Organisation) -> QuerySet[Event]:
    """Return what ``user`` may read of the ledger of an organisation within reach: nothing of documents out of reach."""
    rows = Event.objects.filter(organisation=organisation)
    return rows if may(user, Permission.VIEW_DOCUMENTS) else rows.exclude(verb__startswith="document.")


def access_deadlines(user: User) -> QuerySet[Deadline]:
    """Return the deadlines ``user`` may know of: all or none, for they reach over every kind of record."""
    return Deadline.objects.all() if may(user, Permission.VIEW_DEADLINES) else Deadline.objects.none()


def roles_with(*permissions: Permission) -> list[Role]:
    """Return the roles that hold all of ``permissions``."""
    return [role for role, bundle in BUNDLES.items() if bundle.issuperset(permissions)]


def mentionable() -> QuerySet[User]:
    """Return the users a note may call by name: they may read every organisation's notes, answer, and are alerted."""
    readers = roles_with(Permission.VIEW_REGISTER, Permission.WRITE_NOTE, Permission.VIEW_ALERTS)
    return User.objects.filter(is_active=True, role__in=readers).exclude(role__in=_SCOPED).order_by("pk")


def access_users(user: User) -> QuerySet[User]:
    """Return the accounts ``user`` may know of: every person's for who manages them, else one's own."""
    people = User.objects.exclude(role=Role.SYSTEM)
    return people if may(user, Permission.MANAGE_USERS) else people.filter(pk=user.pk)


def access_staff_events(user: User) -> QuerySet[StaffEvent]:
    """Return what ``user`` may read of the ledger of accounts; of one's own account everybody may."""
    rows = StaffEvent.objects.select_related("subject", "by")
    return rows if may(user, Permission.VIEW_STAFF_LOG) else rows.filter(subject=user)


def access_checkpoints(user: User) -> QuerySet[Checkpoint]:
    """Return the checkpoints ``user`` may know of: all or none, for each is over the whole ledger."""
    return Checkpoint.objects.all() if may(user, Permission.VIEW_LEDGER) else Checkpoint.objects.none()


def access_imports(user: User) -> QuerySet[ImportRun]:
    """Return the imports ``user`` may know of: all or none, but for files whose content is not theirs to import."""
    if not may(user, Permission.VIEW_IMPORTS):
        return ImportRun.objects.none()
    out = [what for what in SEPARATION_FILES if may(user, Permission.IMPORT) and not may_import(user, what)]
    return ImportRun.objects.exclude(what__in=out)


def may_import(user: User, what: str) -> bool:
    """Tell whether ``user`` may import such a file: lists and items of separations who handles separations."""
    handles = what not in SEPARATION_FILES or may(user, Permission.HANDLE_DECOUPLING)
    return handles and may(user, Permission.IMPORT)


def access_law_proposals(user: User) -> QuerySet[LawProposal]:
    """Return the proposed changes of the law ``user`` may know of: all or none, for what they move is all over the register."""
    return LawProposal.objects.all() if may(user, Permission.VIEW_LAW) else LawProposal.objects.none()


def _scoped(user: User) -> bool:
    return user.role in _SCOPED


def _signed_in(user: User | AnonymousUser) -> TypeGuard[User]:
    return user.is_authenticated


def _refusal(user: User | AnonymousUser, permission: Permission) -> str:
    role = translated(Role(user.role).label) if _signed_in(user) else gettext("未登录")
    return gettext("“%(role)s”没有“%(permission)s”的权限。") % {"role": role, "permission": permission.label}
