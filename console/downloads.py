"""Handing out documents that are kept: always as a download, only while their bytes are those that were handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import FileResponse, Http404

from registry.queries.stored_files import is_intact

if TYPE_CHECKING:
    from django.http import HttpResponse

    from registry.models import StoredFile


def attachment(stored: StoredFile) -> HttpResponse:
    """Return a document as a download that no browser runs; 404 where its bytes are gone or were altered."""
    if not is_intact(stored):
        message = "文件缺失，或者与存档时的摘要不一致，请联系管理员"
        raise Http404(message)
    response = FileResponse(
        stored.file.storage.open(str(stored.file.name)),
        as_attachment=True,
        filename=stored.file_name,
        content_type=stored.media_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response  # type: ignore[return-value]  # a response all the same
