"""Receiving files: one that is too long is not kept while it arrives."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from registry.actions.intake.desk import LARGEST


class SizeLimit(FileUploadHandler):
    """Stands before the handlers that keep files, and stops what grows beyond `LARGEST`; the request then has no file."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin to count."""
        super().new_file(*args, **kwargs)
        self._received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002 - Django's shape
        """Pass a piece on; raise StopUpload, which reads the rest without keeping it."""
        self._received += len(raw_data)
        if self._received > LARGEST:
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers that kept it."""
