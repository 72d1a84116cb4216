"""Verbs of the documents: issue one, numbered and archived; issue one for each of many cases; declare one void."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from cleanup import rules
from cleanup.actions.case import case_told, locked_case
from cleanup.models import Notice, NoticeSeries, Service
from cleanup.notices import COPIES, Filled, fill, forms
from cleanup.queries import notice_values
from cleanup.queries.notice_turn import is_in_turn, may_make
from cleanup.queries.progress import read
from registry import paper
from registry.actions import stored_file
from registry.actions.ledger import record, snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from cleanup.queries.progress import Progress
    from registry.models import Event, JobRun, User


SPECIMEN = "（样张，未编号，不得使用）"
"""What stands in place of the number of a document that is not issued."""


class IssuedMeanwhile(RuntimeError):
    """Somebody issued the document first, or the same form was sent twice; ``notice`` is the one that is there."""

    def __init__(self, notice: Notice) -> None:
        """Keep it, so that the screen can lead there."""
        self.notice = notice
        super().__init__(f"“{notice}”已由“{notice.made_by}”制作")


class CannotBePrinted(RuntimeError):
    """The text of a document holds a character that cannot be archived."""

    def __init__(self, lacking: paper.Unprintable) -> None:
        """Name it, and what to do."""
        super().__init__(
            f"字库中没有“{lacking.characters}”，存档的文书印不出来；请在登记信息或者所填内容中改用字库收录的写法"
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """A document as it would be issued now: its text, what its fields start from, and the rules that stand against it."""

    filled: Filled
    values: Mapping[str, str]
    facts: rules.NoticeFacts
    round: int


def draft(progress: Progress, kind: str, entered: Mapping[str, str], *, by: User, on: date) -> Draft:
    """Return the document ``kind`` of a case as ``by`` would issue it; nothing is written and no number taken."""
    form = forms()[kind]
    own = {each.name: entered.get(each.name, "") for each in form.fields}
    values = notice_values.given(progress, on=on) | own
    filled = fill(form, values)
    missing = [
        *filled.missing,
        *(["prefix"] if form.word and not notice_values.prefix(progress.organisation, on=on) else []),
    ]
    facts = rules.NoticeFacts(
        belongs=kind in rules.documents_of(progress.case.treatment),
        in_turn=is_in_turn(progress, kind),
        by_the_right_person=may_make(progress, by, on=on),
        missing=tuple(missing),
        signatory=progress.organisation.registration_authority,
        standing=kind not in notice_values.MANY and notice_values.standing(progress, kind) is not None,
        opened_on=progress.case.opened_on,
        today=timezone.localdate(),
    )
    issued = Notice.objects.filter(case=progress.case, kind=kind).count()
    return Draft(filled=filled, values=values, facts=facts, round=issued + 1)


def issue(
    *,
    case_id: int,
    kind: str,
    entered: Mapping[str, str],
    by: User,
    on: date,
    seen: int | None = None,
    run: JobRun | None = None,
) -> Notice:
    """Issue a document: give it the next number of its series, freeze its text, archive it as PDF.

    ``seen`` is the round the officer saw; raises `IssuedMeanwhile` where it is taken, `Refused`, and `CannotBePrinted`.
    A number is only taken with the document, so that a series has neither gaps nor doubles.
    """
    with stored_file.keeping() as keep, transaction.atomic():
        organisation, finding, case = locked_case(case_id)
        progress = read(case, finding, organisation)
        made = draft(progress, kind, entered, by=by, on=on)
        if seen is not None and seen != made.round:
            raise IssuedMeanwhile(
                Notice.objects.select_related("made_by").get(case=case, kind=kind, round=made.round - 1)
            )
        rules.require(rules.ISSUE_NOTICE, made.facts, on=on)
        notice = _frozen(progress, kind, made, by=by, on=on)
        notice.run = run
        if word := forms()[kind].word:
            _number(notice, f"{notice_values.prefix(organisation, on=on)}{word}")
        try:
            content = ContentFile(paper.pdf(as_paper(notice)))
        except paper.Unprintable as lacking:
            raise CannotBePrinted(lacking) from lacking
        name = f"{organisation.name}{notice}.pdf"
        notice.pdf = keep(organisation=organisation, content=content, file_name=name, title=str(notice), by=by)
        notice.save(force_insert=True)
        told = {"case": case_told(case, finding), "notice": _told(notice)}
        record(organisation, snapshot(organisation), verb="notice.issue", on=on, by=by, facts=told, run=run)
    return notice


@transaction.atomic
def void(*, notice_id: int, by: User, on: date, reason: str) -> Event:
    """Declare a document void before it is sent; it keeps its number and stays in the file. Raises `Refused`."""
    organisation, finding, case = locked_case(Notice.objects.values_list("case_id", flat=True).get(pk=notice_id))
    notice = Notice.objects.select_for_update(of=("self",)).get(pk=notice_id)
    facts = rules.VoidingFacts(
        voided=notice.voided_on is not None,
        served=Service.objects.filter(case=case, kind=notice.kind, document_no=notice.document_no)
        .exclude(document_no="")
        .exists(),
        made_on=notice.on,
        today=timezone.localdate(),
        reason=reason,
    )
    rules.require(rules.VOID_NOTICE, facts, on=on)
    notice.voided_on, notice.voided_by, notice.void_reason = on, by, reason
    notice.save(update_fields=["voided_on", "voided_by", "void_reason"])
    told = {"case": case_told(case, finding), "notice": _told(notice)}
    return record(organisation, snapshot(organisation), verb="notice.void", on=on, by=by, reason=reason, facts=told)


def specimen(progress: Progress, kind: str, made: Draft, *, by: User, on: date) -> paper.Paper:
    """Return a draft as it would be set on paper, marked as not issued; nothing is written and no number taken."""
    return replace(as_paper(_frozen(progress, kind, made, by=by, on=on)), document_no=SPECIMEN)


def as_paper(notice: Notice) -> paper.Paper:
    """Return the document as it is set on paper; of an issued one always the same."""
    form = forms()[notice.kind]
    is_letter = form.layout == "letter"
    return paper.Paper(
        layout=form.layout,
        bureau=notice.bureau,
        title=form.title,
        document_no=notice.document_no,
        addressee=notice.addressee if is_letter and not form.public else "",
        rows=tuple((label, text) for label, text in notice.rows),
        paragraphs=tuple(notice.paragraphs),
        signs=form.signs,
        copies=COPIES if is_letter and form.copies and not form.public else "",
        on=notice.on,
    )


def _frozen(progress: Progress, kind: str, made: Draft, *, by: User, on: date) -> Notice:
    body = progress.organisation
    return Notice(
        case=progress.case,
        kind=kind,
        round=made.round,
        on=on,
        bureau=body.registration_authority,
        addressee=body.name,
        address=body.address,
        values=dict(made.values),
        rows=[list(row) for row in made.filled.rows],
        paragraphs=list(made.filled.paragraphs),
        made_by=by,
    )


def _number(notice: Notice, word: str) -> None:
    NoticeSeries.objects.get_or_create(word=word, year=notice.on.year)
    series = NoticeSeries.objects.select_for_update().get(word=word, year=notice.on.year)
    series.last += 1
    series.save(update_fields=["last"])
    notice.word, notice.year, notice.number = series.word, series.year, series.last


def _told(notice: Notice) -> dict[str, Any]:
    return {
        "id": notice.pk,
        "kind": str(notice.kind),
        "round": notice.round,
        "document_no": notice.document_no,
        "word": notice.word,
        "year": notice.year,
        "number": notice.number,
        "on": notice.on.isoformat(),
        "addressee": notice.addressee,
        "address": notice.address,
        "file": stored_file.told(notice.pdf),
    }
