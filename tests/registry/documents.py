"""Documents of every kind, as small as they come."""

from __future__ import annotations

import zipfile
from io import BytesIO

from django.core.files.base import ContentFile

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
JPEG = b"\xff\xd8\xff\xe0" + bytes(32)
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


def packed(*names: str, content: bytes = b"x") -> bytes:
    """Return a zip archive with parts of these names."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return out.getvalue()


def document(content: bytes = PDF) -> ContentFile[bytes]:
    """Return bytes as an uploaded file comes; a PDF unless told otherwise."""
    return ContentFile(content)
