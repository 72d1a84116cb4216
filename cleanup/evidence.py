"""The evidence pack of a case: everything it rests on as one archive with an index, as the case stood on a day.

What is in it is listed in ``清单.json`` with its SHA-256 and in ``目录.pdf``; the body's chain of the ledger lies beside the
script that verifies it with nothing but Python, together with the proof that it stands in the newest checkpoint.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from cleanup.models import CaseRound, CaseStep, Finding, Notice, Service, StepFile
from cleanup.queries.explain import explain
from cleanup.rules import CRITERIA, TRACKS, of_step
from cleanup.states import CaseOutcome, Criterion, Step, Treatment
from registry import paper, verify_export
from registry.exports import chinese, ledger_state
from registry.models import Deadline, Event, Subject
from registry.queries import ledger_lines
from registry.queries.as_of import REPLAYED, organisation_as_of
from registry.queries.deadlines import of_subject
from registry.queries.law import bases
from registry.queries.stored_files import is_intact
from registry.states import SubjectKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from cleanup.models import Case
    from registry.models import Organisation, StoredFile, User

INDEX, MANIFEST = "目录.pdf", "清单.json"
LEDGER, SCRIPT = "台账/ledger.jsonl", "台账/verify_export.py"
GROUP = 16
"""Letters of a digest that stand together on paper."""


@dataclass(slots=True)
class Pack:
    """An archive being filled; ``listed`` gathers what the index says of each file."""

    archive: zipfile.ZipFile
    listed: list[dict[str, Any]] = field(default_factory=list)

    def put(self, name: str, title: str, content: bytes, **told: Any) -> None:
        """Add a file and its line of the index."""
        self.archive.writestr(name, content)
        digest = hashlib.sha256(content).hexdigest()
        self.listed.append({"name": name, "title": title, "sha256": digest, "size": len(content), **told})

    def put_facts(self, name: str, title: str, facts: Any) -> None:
        """Add what the records say, as JSON that people can read too."""
        self.put(name, title, _json(facts))

    def put_stored(self, name: str, title: str, stored: StoredFile, **told: Any) -> None:
        """Add a kept document; one whose bytes are no longer those that were kept is named and left out."""
        name = f"{name}{Path(str(stored.file.name)).suffix}"
        if not is_intact(stored):
            lost = {"sha256": stored.sha256, "size": stored.size, "lost": True}
            self.listed.append({"name": name, "title": title, **lost, **told})
            return
        with stored.file.open("rb") as content:
            self.put(name, title, content.read(), **told)


def write(case: Case, *, on: date, by: User, file: IO[bytes] | Path) -> dict[str, Any]:
    """Write the pack of ``case`` as of the day ``on`` into ``file``; return its manifest."""
    body = case.finding.organisation
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        pack = Pack(archive)
        steps: list[CaseStep] = list(_until(case.steps.select_related("event", "by", "second"), on).order_by("seq"))
        told = Event.objects.filter(organisation=body, facts__case__id=case.pk).select_related("by").order_by("seq")
        events: list[Event] = list(_until(told, on))
        _facts(pack, case, body, on)
        _results(pack, case.finding, steps)
        pack.put_facts("办理/步骤和决定.json", "办理步骤、决定和所述事实", [_step(each) for each in steps])
        pack.put_facts("办理/期限.json", "期限", [_deadline(each, on) for each in _deadlines(case, on)])
        _papers(pack, case, on)
        pack.put_facts("台账/本案记录.json", "本案的台账记录", [_event(each) for each in events])
        pack.put(LEDGER, "该组织的全部台账记录和证明", "".join(ledger_lines.of_one(body)).encode())
        pack.put(SCRIPT, "离线核验程序（只需 Python）", Path(verify_export.__file__).read_bytes())
        manifest = {
            "what": "evidence",
            "case": case.pk,
            "organisation": {"code": body.code, "name": body.name},
            "as_of": on.isoformat(),
            "made_at": timezone.localtime().isoformat(timespec="seconds"),
            "made_by": str(by),
            **_standing(case, on),
            "events": [each.seq for each in events],
            "ledger": ledger_state(),
            "files": pack.listed,
        }
        index = paper.pdf(_index(case, manifest, on))
        archive.writestr(INDEX, index)
        manifest["index"] = {"name": INDEX, "sha256": hashlib.sha256(index).hexdigest()}
        archive.writestr(MANIFEST, _json(manifest))
    return manifest


# --- what is in it ----------------------------------------------------------------------------------------


def _facts(pack: Pack, case: Case, body: Organisation, on: date) -> None:
    past = organisation_as_of(body, on)
    columns = {name: getattr(past.organisation, name) for name in REPLAYED} if past else {}
    names = {} if past is None else {"former_names": past.former_names}
    pack.put_facts("事实/登记信息.json", f"截至{chinese(on)}的登记信息", columns | names)
    finding = case.finding
    told = {
        "campaign": {"code": finding.campaign.code, "document_no": finding.campaign.document_no},
        "criteria": {letter: Criterion(letter).label for letter in finding.criteria},
        "found_on": finding.found_on,
        "facts": finding.facts,
        "confirmed_on": finding.confirmed_on,
        "decided_by": str(finding.decided_by or ""),
        "reason": finding.reason,
    }
    pack.put_facts("事实/线索.json", "线索和发现时固定的事实", told)


def _results(pack: Pack, finding: Finding, steps: Iterable[CaseStep]) -> None:
    cited = bases(
        {code for letter in finding.criteria for code in CRITERIA[Criterion(letter)].citations}, on=finding.found_on
    )
    frozen = [
        {
            "criterion": letter,
            "rule": CRITERIA[Criterion(letter)].code,
            "sentence": CRITERIA[Criterion(letter)].message,
            "basis": [str(cited.get(code, code)) for code in CRITERIA[Criterion(letter)].citations],
            "facts": finding.facts.get(letter, {}),
        }
        for letter in finding.criteria
    ]
    again = [
        {
            "criterion": each.criterion,
            "met": each.met,
            "sentence": each.sentence,
            "basis": each.basis,
            "facts": each.facts,
        }
        for found in explain(finding.organisation, on=finding.found_on, campaign=finding.campaign)
        for each in found.verdicts
    ]
    pack.put_facts("规则/情形判定.json", "各种情形的判定", {"found": frozen, "judged_anew_as_of_found_on": again})
    pack.put_facts("规则/步骤核对.json", "各步骤办理时核对并符合的规则", [_kept_rules(each) for each in steps])


def _kept_rules(step: CaseStep) -> dict[str, Any]:
    """Return the rules a step was judged by when it was taken; one that failed would have left no step."""
    told = step.event.facts["case"]
    known = [told.get("from"), told.get("treatment")]
    legs = (TRACKS[Treatment(each)].get(Step(step.step)) for each in known if each in Treatment.values)
    leg = next((each for each in legs if each is not None), None)
    kept = (
        []
        if leg is None
        else [{"code": each.code, "sentence": each.message, "basis": each.basis} for each in of_step(leg)]
    )
    return {"seq": step.seq, "step": step.get_step_display(), "on": step.on, "rules": kept}


def _step(step: CaseStep) -> dict[str, Any]:
    return {
        "seq": step.seq,
        "round": step.round,
        "step": step.get_step_display(),
        "on": step.on,
        "document_no": step.document_no,
        "stated": step.facts,
        "people": step.people,
        "event": {"seq": step.event.seq, "digest": step.event.digest},
    }


def _event(event: Event) -> dict[str, Any]:
    names = ("seq", "verb", "on", "at", "reason", "basis", "facts", "digest")
    return {name: getattr(event, name) for name in names} | {"by": str(event.by)}


def _deadlines(case: Case, on: date) -> list[Deadline]:
    services = Service.objects.filter(case=case).values("pk")
    of_services = Deadline.objects.filter(subject_kind=SubjectKind.NOTICE, subject_id__in=services)
    rows = of_subject(Subject(SubjectKind.CASE, case.pk)) | of_services
    return list(rows.filter(starts_on__lte=on).order_by("starts_on", "pk"))


def _deadline(row: Deadline, on: date) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in ("kind", "starts_on", "due_on", "basis", "verified", "provisional")}
    return told | {name: day for name in ("met_on", "waived_on") if (day := getattr(row, name)) and day <= on}


def _papers(pack: Pack, case: Case, on: date) -> None:
    """Put the documents that were issued, the proofs of service, and what was kept with the steps."""
    notices = _until(Notice.objects.filter(case=case), on).select_related("pdf").order_by("on", "pk")
    for place, notice in enumerate(notices, start=1):
        void = {"void": True} if notice.voided_on and notice.voided_on <= on else {}
        title = f"{notice}（{chinese(notice.on)}{'，已作废' if void else ''}）"
        pack.put_stored(f"文书/{place:02}-{notice.kind}-{notice.round}", title, notice.pdf, **void)
    services = case.services.filter(served_on__lte=on, proof_file__isnull=False).select_related("proof_file")
    for place, service in enumerate(services.order_by("served_on", "pk"), start=1):
        title = f"{service.get_kind_display()}{service.document_no}送达证明（{service.get_method_display()}）"
        if service.proof_file is not None:
            pack.put_stored(f"送达/{place:02}-{service.kind}-{service.round}", title, service.proof_file)
    files = (
        _until(StepFile.objects.filter(step__case=case), on)
        .select_related("step", "stored")
        .order_by("step__seq", "pk")
    )
    for place, each in enumerate(files, start=1):
        title = f"{each.step.get_step_display()}：{each.stored.title}"
        pack.put_stored(f"材料/{place:02}-{each.step.step}", title, each.stored)


def _standing(case: Case, on: date) -> dict[str, Any]:
    """Return which treatment the case was under on the day, and how it had ended, if it had."""
    rounds = CaseRound.objects.filter(case=case, began_on__lte=on).order_by("number")
    last = rounds.last()
    if last is None:
        return {"treatment": "", "outcome": ""}
    ended = last.closed_on is not None and last.closed_on <= on
    return {
        "treatment": Treatment(last.treatment).label,
        "outcome": f"{CaseOutcome(last.outcome).label}（{chinese(last.closed_on)}）"
        if ended and last.closed_on
        else "",
    }


# --- the index --------------------------------------------------------------------------------------------


def _index(case: Case, manifest: dict[str, Any], on: date) -> paper.Paper:
    body = case.finding.organisation
    rows = [
        ("当事人", f"{body.name}\n统一社会信用代码：{body.code}"),
        ("处置方式", manifest["treatment"] or "尚未立案"),
        ("办理结果", manifest["outcome"] or "尚未办结"),
        ("承办人", str(case.officer)),
        ("截至", chinese(on)),
        *((str(place), _line(each)) for place, each in enumerate(manifest["files"], start=1)),
    ]
    return paper.Paper(
        layout="form",
        bureau=body.registration_authority,
        title="个案证据目录",
        document_no="",
        addressee="",
        rows=tuple(rows),
        paragraphs=(
            "各文件的摘要为 SHA-256。截至日以后的办理情况不在台账以外的文件夹内。",
            "台账文件夹内是该组织的全部记录和最新检查点的证明，离线核验：python3 verify_export.py ledger.jsonl。",
            *(["本案在截至日还没有台账记录。"] if not manifest["events"] else []),
        ),
        signs=("制卷人", "核对人"),
        copies="",
        on=timezone.localdate(),
    )


def _line(told: dict[str, Any]) -> str:
    digest = told["sha256"]
    parts = " ".join(digest[at : at + GROUP] for at in range(0, len(digest), GROUP))
    lost = "\n（存档文件已损坏或者丢失，没有装入）" if told.get("lost") else ""
    return f"{told['title']}\n{told['name']}\n{parts}{lost}"


def _until(rows: Any, on: date) -> Any:
    return rows.filter(on__lte=on)


def _json(told: Any) -> bytes:
    return (json.dumps(told, ensure_ascii=False, indent=2, cls=DjangoJSONEncoder) + "\n").encode()
