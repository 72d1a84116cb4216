"""Documents kept with a body: handed in once, told in the ledger, withdrawn with a reason and never lost."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.utils import timezone

from registry.actions import document as documents
from registry.files import Unacceptable
from registry.models import Event, FileWithdrawal, IsFinal, StoredFile
from registry.queries import stored_files
from registry.queries.stored_files import in_force
from registry.queries.verification import faults
from registry.rulebook import Refused
from tests.constraints import refused_by
from tests.factories import OrganisationFactory
from tests.registry.documents import PDF, PNG, document

if TYPE_CHECKING:
    from registry.models import Organisation, User

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


@pytest.fixture
def body(officer: User) -> Organisation:
    return OrganisationFactory.create(by=officer)


def hand_in(body: Organisation, by: User, **what: Any) -> Event:
    told = {"content": document(), "file_name": "章程.pdf", "title": "章程", "on": TODAY, **what}
    return documents.file_document(organisation_id=body.pk, by=by, **told)


def kept_files() -> list[Path]:
    return [each for each in Path(settings.MEDIA_ROOT).rglob("*") if each.is_file()]


def codes(action: Any, *args: Any, **what: Any) -> list[str]:
    with pytest.raises(Refused) as caught:
        action(*args, **what)
    return [each.code for each in caught.value.broken]


def test_a_document_is_one_row_one_file_and_one_event(body: Organisation, officer: User) -> None:
    event = hand_in(body, officer)
    stored = StoredFile.objects.get()
    assert (event.verb, event.facts["document"]["sha256"]) == ("document.file", stored.sha256)
    assert len(kept_files()) == 1
    assert "章程" not in kept_files()[0].name
    assert list(in_force(body)) == [stored]
    assert list(faults()) == []


def test_the_same_content_is_kept_once_until_it_is_withdrawn(body: Organisation, officer: User) -> None:
    hand_in(body, officer)
    assert codes(hand_in, body, officer, title="又一份") == ["R-137"]
    assert len(kept_files()) == StoredFile.objects.count() == 1
    hand_in(OrganisationFactory.create(), officer)

    documents.withdraw_document(document_id=in_force(body).get().pk, by=officer, on=TODAY, reason="存错")
    hand_in(body, officer)
    assert in_force(body).count() == 1


def test_what_is_no_document_leaves_nothing_behind(body: Organisation, officer: User) -> None:
    with pytest.raises(Unacceptable):
        hand_in(body, officer, content=document(PNG))
    assert codes(hand_in, body, officer, on=TODAY + timedelta(days=1)) == ["R-20"]
    assert kept_files() == []
    assert not StoredFile.objects.exists()
    assert body.events.count() == 1


def test_a_withdrawal_keeps_the_bytes_and_says_why(body: Organisation, officer: User) -> None:
    hand_in(body, officer)
    stored = StoredFile.objects.get()
    told = {"document_id": stored.pk, "by": officer, "on": TODAY}
    assert codes(documents.withdraw_document, **told, reason=" ") == ["R-19"]
    event = documents.withdraw_document(**told, reason="属于另一组织")
    assert (event.verb, event.reason) == ("document.withdraw", "属于另一组织")
    assert in_force(body).count() == 0
    assert len(kept_files()) == 1
    assert codes(documents.withdraw_document, **told, reason="再一次") == ["R-138"]
    with pytest.raises(IsFinal):
        FileWithdrawal.objects.get().delete()


def test_a_document_others_rest_on_is_not_withdrawn(
    body: Organisation, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(body, officer)
    stored = StoredFile.objects.get()
    assert not stored_files.is_evidence(stored)
    monkeypatch.setattr(documents, "is_evidence", lambda _stored: True)
    asked = {"document_id": stored.pk, "by": officer, "on": TODAY, "reason": "存错"}
    assert codes(documents.withdraw_document, **asked) == ["R-139"]


@pytest.mark.parametrize("verb", ["file", "withdraw"])
def test_when_the_event_cannot_be_written_nothing_has_moved(
    verb: str, body: Organisation, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(body, officer)
    stored = StoredFile.objects.get()

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(verb)

    monkeypatch.setattr(Event, "save", broken)
    verbs = {
        "file": lambda: hand_in(body, officer, content=document(PDF + b"2")),
        "withdraw": lambda: documents.withdraw_document(document_id=stored.pk, by=officer, on=TODAY, reason="存错"),
    }
    with pytest.raises(RuntimeError):
        verbs[verb]()
    assert len(kept_files()) == StoredFile.objects.count() == 1
    assert not FileWithdrawal.objects.exists()


def test_a_withdrawal_has_a_reason_in_the_database_too(body: Organisation, officer: User) -> None:
    hand_in(body, officer)
    with refused_by(FileWithdrawal, "file_withdrawal_has_reason"):
        FileWithdrawal.objects.create(stored=StoredFile.objects.get(), on=TODAY, reason="", by=officer)
