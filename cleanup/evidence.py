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
from django.db import transaction
from django.utils import timezone

from cleanup.actions.case import case_told, locked_case
from cleanup.models import CaseRound, CaseStep, ContactTry, Finding, Notice, OpinionRequest, Service, StepFile
from cleanup.queries.explain import explain
from cleanup.queries.past import findings_as_of
from cleanup.rules import CRITERIA, TRACKS, of_step
from cleanup.states import CaseOutcome, Criterion, FindingState, Step, Treatment
from registry import clockbook, paper, verify_export
from registry.actions.ledger import record, snapshot
from registry.exports import chinese, ledger_state
from registry.models import Event, Organisation
from registry.queries import ledger_lines
from registry.queries.as_of import REPLAYED, organisation_as_of
from registry.queries.law import bases
from registry.queries.retold import DEADLINES, retold_as_of
from registry.queries.stored_files import is_intact
from registry.states import SubjectKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from cleanup.models import Case
    from registry.models import StoredFile, User

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


def hand_out(case: Case, *, on: date, by: User, file: IO[bytes] | Path) -> Event:
    """Write the pack into ``file`` and tell the ledger who has taken it, as of which day, and the digest of its index."""
    manifest = write(case, on=on, by=by, file=file)
    with transaction.atomic():
        organisation, finding, locked = locked_case(case.pk)
        taken = {"as_of": on.isoformat(), "files": len(manifest["files"]), "index": manifest["index"]["sha256"]}
        facts = {"case": case_told(locked, finding), "evidence": taken}
        today = timezone.localdate()
        return record(organisation, snapshot(organisation), verb="case.evidence", on=today, by=by, facts=facts)


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
        pack.put_facts("办理/期限.json", "期限", _deadlines(case, on))
        _verification(pack, case, on)
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
        index = paper.pdf_with_stand_ins(_index(case, manifest, on))
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
    stood = _finding(finding, on)
    told = {
        "campaign": {"code": finding.campaign.code, "document_no": finding.campaign.document_no},
        "criteria": {letter: Criterion(letter).label for letter in finding.criteria},
        "found_on": finding.found_on,
        "facts": finding.facts,
        "state": FindingState(stood.state).label if stood else "",
        "confirmed_on": stood.confirmed_on if stood else None,
        "decided_by": str(stood.decided_by or "") if stood else "",
        "reason": stood.reason if stood else "",
    }
    pack.put_facts("事实/线索.json", "线索、发现时固定的事实和决定", told)


def _finding(finding: Finding, on: date) -> Finding | None:
    """Return the finding as it stood on the day; None where it had not been made by then."""
    among = Organisation.objects.filter(pk=finding.organisation_id)
    stood = findings_as_of(on, among=among, campaign=finding.campaign)
    return next((each for each in reversed(stood) if each.found_on == finding.found_on), None)


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
    pack.put_facts("规则/步骤核对.json", "各步骤须符合的规则（按现行规则列出）", [_kept_rules(each) for each in steps])


def _kept_rules(step: CaseStep) -> dict[str, Any]:
    """Return the rules of a step as the program has them now; one that failed when it was taken would have left none."""
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


CLOCK = (
    *("starts_on", "due_on", "basis", "verified", "provisional", "pauses", "suspended_on"),
    *("extended_on", "extension_basis", "extension_document", "met_on", "waived_on", "waiver_reason"),
)
"""What is told of a deadline."""


def _deadlines(case: Case, on: date) -> list[dict[str, Any]]:
    """Return the deadlines of the case and of its services as the ledger left them on the day."""
    services = set(Service.objects.filter(case=case).values_list("pk", flat=True))
    rows = retold_as_of(DEADLINES, [case.finding.organisation_id], on).get(case.finding.organisation_id, [])
    return [
        {"kind": clockbook.kind(row["kind"]).label, **{name: row[name] for name in CLOCK if name in row}}
        for row in rows
        if (row["subject_kind"], row["subject_id"]) == (SubjectKind.CASE, case.pk)
        or (row["subject_kind"] == SubjectKind.NOTICE and row["subject_id"] in services)
    ]


def _verification(pack: Pack, case: Case, on: date) -> None:
    """Put how the body was looked for, what units have answered, and what was found by hand, with their papers."""
    finding, body = case.finding, case.finding.organisation
    tests = body.contact_tests.filter(begun_on__lte=on).order_by("begun_on", "pk")
    tries = ContactTry.objects.filter(test__in=tests, made_on__lte=on).select_related("proof_file", "made_by")
    pack.put_facts("核查/联系核查.json", "联系核查：信函、电话、走访和结论", [
        {
            **_as_of(each, on, "ended_on", begun_on=each.begun_on, verdict=each.get_verdict_display(), end_reason=each.end_reason),
            "tries": [_try(one, on) for one in tries if one.test_id == each.pk],
        }
        for each in tests
    ])  # fmt: skip
    for place, one in enumerate(tries, start=1):
        if one.proof_file is not None and one.known_on and one.known_on <= on:
            title = f"{one.get_channel_display()}（{chinese(one.made_on)}，{one.get_outcome_display()}）凭证"
            pack.put_stored(f"核查/联系-{place:02}", title, one.proof_file)
    asked = finding.opinions.filter(asked_on__lte=on).select_related("unit", "answer_file").order_by("asked_on", "pk")
    pack.put_facts("核查/征求意见.json", "征求意见和答复", [_opinion(each, on) for each in asked])
    for place, each in enumerate(asked, start=1):
        if each.answer_file is not None and each.ended_on and each.ended_on <= on:
            pack.put_stored(f"核查/复函-{place:02}", f"{each.unit}复函{each.answer_no}", each.answer_file)
    found = body.determinations.filter(made_on__lte=on).order_by("made_on", "pk")
    names = ("criterion", "made_on", "document_no", "made_by_unit")
    told = [_as_of(each, on, "lifted_on", **{name: getattr(each, name) for name in names}) for each in found]
    pack.put_facts("核查/情形认定.json", "地方情形的认定", told)


def _try(one: ContactTry, on: date) -> dict[str, Any]:
    told = {
        "channel": one.get_channel_display(),
        "target": one.target,
        "made_on": one.made_on,
        "made_by": str(one.made_by),
    }
    return _as_of(one, on, "known_on", **told, tracking_no=one.tracking_no, outcome=one.get_outcome_display())


def _opinion(each: OpinionRequest, on: date) -> dict[str, Any]:
    told = {
        "unit": str(each.unit),
        "document_no": each.document_no,
        "question": each.question,
        "asked_on": each.asked_on,
    }
    answer = {"stance": each.get_stance_display(), "answer": each.answer, "answer_no": each.answer_no}
    return _as_of(each, on, "ended_on", **told, **answer)


LATER = frozenset({"verdict", "end_reason", "outcome", "stance", "answer", "answer_no"})
"""What is only known once a record has ended."""


def _as_of(row: Any, on: date, ended: str, **told: Any) -> dict[str, Any]:
    """Return what is ``told`` of a row, without what was only known later than the day where it had not ended by then."""
    day = getattr(row, ended)
    if day is not None and day <= on:
        return {**told, ended: day}
    return {name: value for name, value in told.items() if name not in LATER}


def _service(each: Service, on: date) -> dict[str, Any]:
    names = ("document_no", "recipient", "address", "reason", "consent_no", "tracking_no", "sent_on")
    told: dict[str, Any] = {"kind": each.get_kind_display(), "method": each.get_method_display()}
    told |= {"sent_by": str(each.sent_by), **{name: getattr(each, name) for name in names}}
    if each.served_on and each.served_on <= on:
        told |= {"served_on": each.served_on, "proof": each.proof}
    if each.failed_on and each.failed_on <= on:
        told |= {"failed_on": each.failed_on, "failure": each.failure}
    return told


def _papers(pack: Pack, case: Case, on: date) -> None:
    """Put the documents that were issued, the proofs of service, and what was kept with the steps."""
    notices = _until(Notice.objects.filter(case=case), on).select_related("pdf").order_by("on", "pk")
    for place, notice in enumerate(notices, start=1):
        void = {"void": True} if notice.voided_on and notice.voided_on <= on else {}
        title = f"{notice}（{chinese(notice.on)}{'，已作废' if void else ''}）"
        pack.put_stored(f"文书/{place:02}-{notice.kind}-{notice.round}", title, notice.pdf, **void)
    sent = case.services.filter(sent_on__lte=on).select_related("proof_file", "sent_by").order_by("sent_on", "pk")
    pack.put_facts("送达/送达情况.json", "历次送达，包括未能送达的", [_service(each, on) for each in sent])
    for place, service in enumerate(sent, start=1):
        if service.served_on is None or service.served_on > on:
            continue
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
