"""Notes: for colleagues, by name, and as written."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from registry.actions.note import add_note, mentioned
from registry.models import IsFinal, Note, Organisation, Subject, User
from registry.queries.notes import notes_for
from registry.rules import Refused
from registry.states import SubjectKind
from tests.constraints import refused_by
from tests.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def body() -> Organisation:
    return OrganisationFactory.create()


def people() -> dict[str, User]:
    named = {"zhifa": "执法员丙", "zhifa2": "执法员丁", "dengji": "登记员甲", "dengji9": "登记员甲", "li": "李"}
    return {username: UserFactory.create(username=username, display_name=name) for username, name in named.items()} | {
        "limei": UserFactory.create(username="limei", display_name="李梅")
    }


@pytest.mark.parametrize(("text", "called"), [
    ("@zhifa 请核实", {"zhifa"}),
    ("@zhifa2，请核实", {"zhifa2"}),
    ("@zhifa23 不存在", set()),
    ("请@执法员丙核实住所，＠执法员丁联系法定代表人", {"zhifa", "zhifa2"}),
    ("@李梅来看", {"limei"}),
    ("@李 来看", {"li"}),
    ("@登记员甲", {"dengji", "dengji9"}),
    ("发邮件到 office@zhifa.example", set()),
    ("没有点名，@", set()),
    ("@li，@limei", {"li", "limei"}),
])  # fmt: skip
def test_colleagues_are_called_by_name_or_username(text: str, called: set[str]) -> None:
    assert {person.username for person in mentioned(text, people().values())} == called


def test_only_active_colleagues_are_mentioned_and_never_the_writer(body: Organisation, officer: User) -> None:
    gone = UserFactory.create(display_name="离职人员", is_active=False)
    other, stranger = UserFactory.create(display_name="同事甲"), UserFactory.create(display_name="外单位人员")
    text = f"@离职人员 @同事甲 @外单位人员 @{officer.username}"
    note = add_note(organisation_id=body.pk, text=text, by=officer, colleagues=[gone, other, officer])
    assert list(note.mentions.all()) == [other]
    assert stranger not in note.mentions.all()


def test_a_note_leaves_no_event_and_is_not_empty(body: Organisation, officer: User) -> None:
    add_note(organisation_id=body.pk, text="已电话核实", by=officer, colleagues=[])
    with pytest.raises(Refused, match="R-116"):
        add_note(organisation_id=body.pk, text=" \n", by=officer, colleagues=[])
    assert body.events.count() == 1
    assert Note.objects.count() == 1


def test_a_note_stays_as_written(body: Organisation, officer: User) -> None:
    note = add_note(organisation_id=body.pk, text="已电话核实", by=officer, colleagues=[])
    note.text = "没有核实"
    for refused in (note.save, note.delete, Note.objects.all().delete, lambda: Note.objects.update(text="x")):
        with pytest.raises(IsFinal):
            refused()
    assert Note.objects.get().text == "已电话核实"


def test_notes_are_read_latest_first_for_the_body_or_one_record(
    body: Organisation, officer: User, django_assert_num_queries: Any
) -> None:
    finding = Subject(SubjectKind.FINDING, 12)
    add_note(organisation_id=body.pk, text="一", by=officer, colleagues=[])
    add_note(organisation_id=body.pk, text="二", by=officer, colleagues=[], subject=finding)
    add_note(organisation_id=OrganisationFactory.create().pk, text="别家", by=officer, colleagues=[])
    with django_assert_num_queries(2):
        told = [(note.text, str(note.by), list(note.mentions.all())) for note in notes_for(body)]
    assert [text for text, *_ in told] == ["二", "一"]
    [note] = notes_for(body, subject=finding)
    assert (note.text, note.subject) == ("二", finding)
    assert notes_for(body).get(text="一").subject is None


@pytest.mark.parametrize("text", ["finding:12", "case:3", "filing:5", "listing:1"])
def test_a_subject_reads_what_it_writes(text: str) -> None:
    assert str(Subject.parse(text)) == text


@pytest.mark.parametrize("text", ["", "finding", "finding:", "finding:x", "finding:-1", "club:1", "finding:١"])
def test_what_names_no_record_is_no_subject(text: str) -> None:
    with pytest.raises(ValueError, match=r"names no record|is not a valid"):
        Subject.parse(text)


@pytest.mark.parametrize(("name", "breach"), [
    ("note_subject_whole", {"subject_kind": "finding"}),
    ("note_subject_whole", {"subject_id": 1}),
    ("note_subject_whole", {"subject_kind": "club", "subject_id": 1}),
    ("note_has_text", {"text": ""}),
])  # fmt: skip
def test_a_note_cannot_contradict_itself(body: Organisation, officer: User, name: str, breach: dict[str, Any]) -> None:
    with refused_by(Note, name):
        Note.objects.bulk_create(
            [Note(**{"organisation": body, "text": "有", "by": officer, "at": timezone.now(), **breach})]
        )
