"""Saved views: keep a list with its filters under a name, open it again, forget it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import gettext

from console.models import SavedView

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from registry.models import User

CURSORS = ("after", "before")
"""Where one stood in the list is no part of the view."""


def saved_views(owner: User) -> QuerySet[SavedView]:
    """Return the views ``owner`` has saved."""
    return SavedView.objects.filter(owner=owner)


def save_view(*, owner: User, name: str, path: str, query: str) -> SavedView:
    """Keep a list with its filters; a view of the same name is replaced.

    Raises ValidationError where ``path`` is no list of the console, or name or filters are empty or too long.
    """
    if not _is_list(path):
        raise ValidationError(gettext("只能保存列表页面。"))
    view = SavedView.objects.filter(owner=owner, name=name.strip()).first() or SavedView(owner=owner, name=name.strip())
    view.path, view.query = path, _without_cursors(query)
    view.full_clean(exclude=["owner"], validate_constraints=False)
    view.save()
    return view


def forget_view(*, owner: User, view_id: int) -> None:
    """Delete a view; raises `SavedView.DoesNotExist` for those of others."""
    SavedView.objects.get(pk=view_id, owner=owner).delete()


def _is_list(path: str) -> bool:
    try:
        name = resolve(path).url_name
    except Resolver404:
        return False
    return bool(name and name.endswith("_list"))


def _without_cursors(query: str) -> str:
    kept = QueryDict(query, mutable=True)
    for name in CURSORS:
        kept.pop(name, None)
    return kept.urlencode()
