"""Files people hand in: what they are is told by their content, never by their name. Plain Python without Django."""

from __future__ import annotations

import zipfile
from enum import Enum
from typing import IO

LARGEST = 20 << 20
"""Bytes of one document; longer ones are scanned anew at a lower resolution."""

_HEAD = 1024
_MOST_PARTS, _MOST_INSIDE = 5_000, 200 << 20
"""Parts of a packed document and bytes they unpack to; beyond that it is no document but a trap."""


class FileKind(Enum):
    """What a document may be: label, usual endings and the type a browser is told."""

    PDF = ("PDF 文件", (".pdf",), "application/pdf")
    OFD = ("OFD 版式文件", (".ofd",), "application/ofd")
    DOCX = ("Word 文档", (".docx",), "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    XLSX = ("Excel 工作簿", (".xlsx",), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    JPEG = ("JPEG 图片", (".jpg", ".jpeg"), "image/jpeg")
    PNG = ("PNG 图片", (".png",), "image/png")

    def __init__(self, label: str, endings: tuple[str, ...], media_type: str) -> None:
        """Take the value apart."""
        self.label = label
        self.endings = endings
        self.media_type = media_type

    @property
    def word(self) -> str:
        """Return what the database keeps."""
        return self.name.lower()


class Unacceptable(ValueError):
    """A file that is not taken; the message says why and what to do, in Chinese."""


ENDINGS = tuple(ending for kind in FileKind for ending in kind.endings)
_PACKED = {"word/document.xml": FileKind.DOCX, "xl/workbook.xml": FileKind.XLSX, "OFD.xml": FileKind.OFD}
_REMEDY = "请上传 PDF、OFD、Word（docx）、Excel（xlsx）、JPEG 或者 PNG 文件"


def examine(content: IO[bytes], *, file_name: str, size: int) -> FileKind:
    """Return what a file is; raise `Unacceptable` for what is too long, empty, unknown or not what its name says."""
    if size > LARGEST:
        message = f"文件有 {size / (1 << 20):.1f} MiB，超过上限 {LARGEST >> 20} MiB，请压缩或者拆分后上传"
        raise Unacceptable(message)
    if not size:
        message = "文件是空的，请重新选择"
        raise Unacceptable(message)
    kind = _detected(content)
    content.seek(0)
    ending = f".{file_name.rpartition('.')[2].lower()}"
    if ending not in kind.endings:
        message = f"“{file_name}”的内容是{kind.label}，与扩展名不符，请核对后上传"
        raise Unacceptable(message)
    return kind


def _detected(content: IO[bytes]) -> FileKind:
    content.seek(0)
    head = content.read(_HEAD)
    if b"%PDF-" in head:
        return FileKind.PDF
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if head.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if head.startswith(b"PK\x03\x04"):
        return _unpacked(content)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        message = "旧版 Word、Excel 文件可能带有宏，请另存为 PDF、docx 或者 xlsx 后上传"
        raise Unacceptable(message)
    message = f"无法识别文件类型。{_REMEDY}"
    raise Unacceptable(message)


def _unpacked(content: IO[bytes]) -> FileKind:
    """Tell a packed document by the names of its parts; nothing is unpacked."""
    try:
        with zipfile.ZipFile(content) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        message = f"文件已经损坏，不能打开。{_REMEDY}"
        raise Unacceptable(message) from error
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_INSIDE:
        message = "文件解开后过大，没有接收，请另存为 PDF 后上传"
        raise Unacceptable(message)
    names = {part.filename for part in parts}
    if any(name.endswith("vbaProject.bin") for name in names):
        message = "文件带有宏，请另存为 PDF、docx 或者 xlsx 后上传"
        raise Unacceptable(message)
    kinds = [kind for name, kind in _PACKED.items() if name in names]
    if len(kinds) != 1:
        message = f"不接收压缩包。{_REMEDY}"
        raise Unacceptable(message)
    return kinds[0]
