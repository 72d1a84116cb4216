"""What lies on the officers' desks this morning: work given out, notes, documents, a saved view, an import to be settled."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.urls import reverse
from docx import Document

from cleanup.models import Finding
from cleanup.states import FindingState
from console.access import mentionable
from console.saved import save_view
from registry.actions.assignment import assign
from registry.actions.document import file_document
from registry.actions.intake import desk
from registry.actions.note import add_note
from registry.models import ImportRun, Subject
from registry.states import SubjectKind

if TYPE_CHECKING:
    from console.demonstration.people import Bureau
    from console.demonstration.roster import Body, Register

OLD_YEAR = 2017
"""A year before the roster's reports: its reports come from a file of the archive."""

PAPERS = ("章程（现行）", "会员大会纪要", "住所使用权证明")


def lay_out(register: Register, *, bureau: Bureau, today: date) -> None:
    """Lay out the desks, by the ordinary actions."""
    _give_out(bureau, today)
    ordinary = register.of("ordinary")
    for body, title in zip(ordinary, PAPERS, strict=False):
        _keep(body, title, bureau=bureau, on=today - timedelta(days=20))
    _note(ordinary[0], bureau)
    save_view(owner=bureau["dengji"], name="僵尸型（休眠）", path=reverse("organisation_list"), query="state=dormant")
    _import(ordinary[3:15], bureau=bureau, today=today)


def _give_out(bureau: Bureau, today: date) -> None:
    """Give the registration officer two of the findings that wait, and take the reviewer's word along."""
    waiting = Finding.objects.filter(state=FindingState.OPEN).select_related("organisation").order_by("pk")
    for finding in waiting[:2]:
        assign(
            subject=Subject(SubjectKind.FINDING, finding.pk),
            organisation_id=finding.organisation_id,
            assignee=bureau["dengji"],
            by=bureau["shenhe"],
            on=today,
            note="请先核对活动记录，再电话联系",
        )
        add_note(
            organisation_id=finding.organisation_id,
            text="@登记员甲 该组织曾来电说明正在筹备换届，核实时请一并了解。",
            by=bureau["shenhe"],
            colleagues=mentionable(),
            subject=Subject(SubjectKind.FINDING, finding.pk),
        )


def _note(body: Body, bureau: Bureau) -> None:
    add_note(
        organisation_id=body.pk,
        text="联系人已更换，新号码登记在最近一次联系记录中。",
        by=bureau["dengji2"],
        colleagues=mentionable(),
    )


def _keep(body: Body, title: str, *, bureau: Bureau, on: date) -> None:
    paper, out = Document(), BytesIO()
    paper.add_heading(f"{body.organisation.name}{title}", level=1)
    paper.add_paragraph("演示文件，内容为虚构。")
    paper.save(out)
    content: ContentFile[bytes] = ContentFile(out.getvalue())
    file_document(
        organisation_id=body.pk, content=content, file_name=f"{title}.docx", title=title, by=bureau["dengji"], on=on
    )


def _import(bodies: list[Body], *, bureau: Bureau, today: date) -> None:
    """Import the archive's reports of an old year: most rows are taken, three wait for somebody to correct them."""
    out = StringIO()
    rows = csv.writer(out)
    rows.writerow(["统一社会信用代码", "年度", "报送时间", "年检结论", "初审意见"])
    old = [each for each in bodies if (each.organisation.established_on or today) < date(OLD_YEAR, 1, 1)]
    for body in old:
        rows.writerow([body.organisation.code, OLD_YEAR, f"{OLD_YEAR + 1}-04-12", "合格", "同意"])
    first = old[0].organisation.code
    rows.writerow([first[:-1] + ("0" if first[-1] != "0" else "1"), OLD_YEAR, f"{OLD_YEAR + 1}-04-12", "合格", ""])
    rows.writerow([bodies[0].organisation.code, OLD_YEAR - 1, "四月十二", "合格", ""])
    rows.writerow([bodies[1].organisation.code, "去年", f"{OLD_YEAR + 1}-04-12", "合格", ""])
    content: ContentFile[bytes] = ContentFile(out.getvalue().encode("utf-8-sig"))
    by = bureau["dengji"]
    run = desk.upload(
        what=ImportRun.What.REPORTS, file_name=f"{OLD_YEAR}年度年检档案补录.csv", content=content, by=by, on=today
    )
    mapping = {column.name: column.field for column in desk.columns_seen(run)}
    for queued in (desk.try_out(import_id=run.pk, mapping=mapping, by=by, on=today), None):
        ready = queued or desk.start(import_id=run.pk, by=by, on=today)
        desk.perform(import_id=run.pk, attempt=ready.attempt)
