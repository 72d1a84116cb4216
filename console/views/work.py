"""My work: the queue, and who carries what: give a record to somebody, take it, put it back."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from console.access import Permission, needs
from console.carrying import access_record
from console.collisions import told
from console.language import translated
from console.work_forms import AssignForm, HandBackForm
from registry.actions import assignment as assignments
from registry.models import Assignment, Event
from registry.queries.assignments import history
from registry.rulebook import Refused
from worker.queries.queue import APPROVERS, queue_for

if TYPE_CHECKING:
    from django.http import HttpResponse

    from console.access import OfficerRequest
    from console.carrying import Record
    from registry.states import SubjectKind

posts = require_http_methods(["GET", "HEAD", "POST"])
"""A GET of an action's address, as after signing in anew, only leads back to the page it belongs to."""

LANES = {
    "mine": gettext_lazy("我承办的"),
    "overdue": gettext_lazy("已逾期"),
    "to_sign": gettext_lazy("待我审批"),
    "unassigned": gettext_lazy("待分派"),
    "waiting": gettext_lazy("等待他人办理"),
}


@require_safe
@needs(Permission.CARRY_WORK)
def work(request: OfficerRequest) -> HttpResponse:
    """Show one lane of the user's queue, with the counts of all."""
    today = timezone.localdate()
    queue = queue_for(request.user, on=today)
    chosen = _lane(request.GET.get("lane", ""))
    lanes = [
        {"value": value, "label": label, "count": getattr(queue, value).total, "chosen": value == chosen}
        for value, label in LANES.items()
        if value != "to_sign" or request.user.role in APPROVERS
    ]
    lane = getattr(queue, chosen)
    shown = {"lanes": lanes, "lane": lane, "chosen": chosen, "today": today, "hidden": lane.total - len(lane.items)}
    return render(request, "console/work.html", shown)


@require_safe
@needs(Permission.CARRY_WORK)
def assignment(request: OfficerRequest, pk: int, kind: SubjectKind) -> HttpResponse:
    """Show who carries a record and who did, with the forms that change it."""
    return _shown(request, access_record(request.user, kind, pk))


@posts
@needs(Permission.CARRY_WORK)
def assign(request: OfficerRequest, pk: int, kind: SubjectKind) -> HttpResponse:
    """Give a record to a colleague, or take it."""
    record = access_record(request.user, kind, pk)
    if request.method != "POST":
        return redirect(record.assignment_page)
    form = AssignForm(request.POST)
    if not form.is_valid() or form.cleaned_data["assignee"] is None:
        if not form.errors:
            form.add_error("assignee", _("请选择承办人"))
        return _shown(request, record, assign=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    asked = form.cleaned_data
    if not record.waits:
        return _shown(request, record, assign=form, refused=[_no_longer()], status=HTTPStatus.CONFLICT)
    try:
        assignments.assign(
            **_about(request, record), assignee=asked["assignee"], note=asked["note"], seen_id=asked["seen"]
        )
    except Refused as refused:
        return _shown(request, record, assign=form, broken=refused, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except assignments.AssignedMeanwhile as other:
        return _shown(request, record, assign=form, refused=[translated(other)], done_before=_last(record))
    told = {"name": record.organisation.name, "by": asked["assignee"]}
    messages.success(request, _("“%(name)s”的事项已由“%(by)s”承办。") % told)
    return redirect(f"{reverse('work')}?lane={_lane(request.POST.get('lane', ''))}")


@posts
@needs(Permission.CARRY_WORK)
def hand_back(request: OfficerRequest, pk: int, kind: SubjectKind) -> HttpResponse:
    """Put a record back among the unassigned, with a note."""
    record = access_record(request.user, kind, pk)
    if request.method != "POST":
        return redirect(record.assignment_page)
    form = HandBackForm(request.POST)
    if not form.is_valid():
        return _shown(request, record, hand_back=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    asked = form.cleaned_data
    try:
        assignments.return_to_queue(**_about(request, record), note=asked["note"], seen_id=asked["seen"])
    except Refused as refused:
        return _shown(request, record, hand_back=form, broken=refused, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except assignments.AssignedMeanwhile as other:
        return _shown(request, record, hand_back=form, refused=[translated(other)], done_before=_last(record))
    except Assignment.DoesNotExist:
        return _shown(request, record, hand_back=form, refused=[_("该事项没有承办人。")], status=HTTPStatus.CONFLICT)
    messages.success(request, _("“%(name)s”的事项已退回待分派。") % {"name": record.organisation.name})
    return redirect("work")


def _no_longer() -> str:
    return _("该事项已不在待办之列，不需要分派。")


def _last(record: Record) -> list[Event]:
    """Return the last event of who carries what in the organisation."""
    rows = Event.objects.filter(organisation=record.organisation, verb__in=("assignment.make", "assignment.return"))
    return list(rows.select_related("by").order_by("-seq")[:1])


def _about(request: OfficerRequest, record: Record) -> dict[str, Any]:
    return {
        "subject": record.subject,
        "organisation_id": record.organisation.pk,
        "by": request.user,
        "on": timezone.localdate(),
    }


def _lane(asked: str) -> str:
    return asked if asked in LANES else "mine"


def _shown(
    request: OfficerRequest,
    record: Record,
    *,
    assign: AssignForm | None = None,
    hand_back: HandBackForm | None = None,
    broken: Refused | None = None,
    refused: list[str] | None = None,
    done_before: list[Event] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Show the page; a refused form keeps its text, and sees the assignment that is in force by now."""
    carried = history(record.subject)
    shown = {
        "record": record,
        "organisation": record.organisation,
        "current": next((each for each in carried if each.returned_on is None), None),
        "history": carried,
        "assign": assign or AssignForm(),
        "hand_back": hand_back or HandBackForm(),
        "refused": [translated(each) for each in broken.broken] if broken else refused or [],
        "done_before": told(done_before or []),
        "unmet": broken is not None,
    }
    status = HTTPStatus.CONFLICT if done_before else status
    return render(request, "console/assignment.html", shown, status=status)
