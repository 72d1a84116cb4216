"""Documents people hand in: taken for what they are, kept under random names, provably unchanged."""

from __future__ import annotations

import hashlib
import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from registry.actions.stored_file import keeping, told
from registry.files import LARGEST, FileKind, Unacceptable, examine
from registry.models import IsFinal, StoredFile
from registry.queries.stored_files import is_intact
from tests.constraints import refused_by
from tests.factories import OrganisationFactory
from tests.registry.documents import JPEG, OLD_WORD, PDF, PNG, document, packed

if TYPE_CHECKING:
    from django.conf import LazySettings

    from registry.models import User

KINDS = {
    "批复.pdf": (PDF, FileKind.PDF),
    "批复.PDF": (b"\xef\xbb\xbf" + PDF, FileKind.PDF),
    "照片.png": (PNG, FileKind.PNG),
    "照片.jpeg": (JPEG, FileKind.JPEG),
    "章程.docx": (packed("[Content_Types].xml", "word/document.xml"), FileKind.DOCX),
    "清单.xlsx": (packed("[Content_Types].xml", "xl/workbook.xml"), FileKind.XLSX),
    "公文.ofd": (packed("OFD.xml"), FileKind.OFD),
}

REFUSED = {
    "网页.html": (b"<html><script>alert(1)</script></html>", "无法识别文件类型"),
    "图片.pdf": (PNG, "内容是PNG 图片，与扩展名不符"),
    "没有扩展名": (PDF, "与扩展名不符"),
    "旧.doc": (OLD_WORD, "旧版 Word、Excel 文件"),
    "宏.docx": (packed("word/document.xml", "word/vbaProject.bin"), "带有宏"),
    "包.zip": (packed("一.txt", "二.txt"), "不接收压缩包"),
    "两样.docx": (packed("word/document.xml", "xl/workbook.xml"), "不接收压缩包"),
    "坏.docx": (packed("word/document.xml")[:40], "已经损坏"),
    "空.pdf": (b"", "文件是空的"),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_document_is_told_by_its_content(name: str) -> None:
    content, kind = KINDS[name]
    assert examine(BytesIO(content), file_name=name, size=len(content)) is kind


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_document_is_refused_in_words(name: str) -> None:
    content, said = REFUSED[name]
    with pytest.raises(Unacceptable, match=said):
        examine(BytesIO(content), file_name=name, size=len(content))


def test_what_is_too_long_is_refused_before_it_is_read() -> None:
    with pytest.raises(Unacceptable, match="超过上限 20 MiB"):
        examine(BytesIO(PDF), file_name="长.pdf", size=LARGEST + 1)


def test_what_unpacks_to_too_much_is_refused_unopened() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as part:
        for _ in range(201):
            part.write(bytes(1 << 20))
    assert len(out.getvalue()) < 1 << 20
    with pytest.raises(Unacceptable, match="解开后过大"):
        examine(out, file_name="炸弹.docx", size=len(out.getvalue()))


def kept(by: User, **what: Any) -> StoredFile:
    asked = {"content": document(), "file_name": "../批复\n.pdf", "title": "", "by": by, **what}
    with keeping() as keep, transaction.atomic():
        return keep(organisation=OrganisationFactory.create(), **asked)


@pytest.mark.django_db
def test_a_document_is_kept_under_a_random_name_only_its_owner_reads(officer: User, settings: LazySettings) -> None:
    stored = kept(officer)
    place = Path(stored.file.path)
    assert place.read_bytes() == PDF
    assert place.parent == Path(settings.MEDIA_ROOT) / "documents"
    assert "批复" not in place.name
    assert place.stat().st_mode & 0o777 == 0o600
    assert (stored.title, stored.file_name, stored.kind, stored.size) == ("../批复.pdf", "../批复.pdf", "pdf", len(PDF))
    assert (str(stored), stored.media_type) == ("../批复.pdf", "application/pdf")
    assert told(stored)["sha256"] == hashlib.sha256(PDF).hexdigest()


def broken(*_: object, **__: object) -> None:
    raise DatabaseError


@pytest.mark.django_db
def test_when_the_rest_fails_the_bytes_are_removed_too(
    officer: User, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = OrganisationFactory.create()

    def keep_two(second: bytes) -> None:
        with keeping() as keep, transaction.atomic():
            for content in (PDF, second):
                keep(organisation=body, content=document(content), file_name="批复.pdf", title="批复", by=officer)

    with pytest.raises(Unacceptable):
        keep_two(b"x")
    monkeypatch.setattr(StoredFile, "save", broken)
    with pytest.raises(DatabaseError):
        keep_two(PDF)
    assert not StoredFile.objects.exists()
    assert [each for each in Path(settings.MEDIA_ROOT).rglob("*") if each.is_file()] == []


@pytest.mark.django_db
def test_a_document_that_was_altered_or_lost_shows(officer: User) -> None:
    stored = kept(officer)
    assert is_intact(stored)
    Path(stored.file.path).write_bytes(PDF + b" ")
    assert not is_intact(stored)
    Path(stored.file.path).unlink()
    assert not is_intact(stored)


@pytest.mark.django_db
def test_a_kept_document_is_final(officer: User) -> None:
    stored = kept(officer)
    with pytest.raises(IsFinal):
        stored.save()
    with pytest.raises(IsFinal):
        stored.delete()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "wrong"),
    [("stored_file_kind_known", {"kind": "exe"}), ("stored_file_has_title_and_digest", {"sha256": ""})],
)
def test_constraints_of_documents(name: str, wrong: dict[str, str], officer: User) -> None:
    columns = {"title": "批复", "file_name": "批复.pdf", "kind": "pdf", "size": 1, "sha256": "a" * 64, "file": "x"}
    body = OrganisationFactory.create()
    with refused_by(StoredFile, name):
        StoredFile.objects.create(organisation=body, kept_at=timezone.now(), kept_by=officer, **{**columns, **wrong})
