"""The evidence pack: it opens, its index is right, every digest holds, and its ledger verifies without the program."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import date, timedelta
from io import BytesIO
from shutil import which
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest

from cleanup import evidence
from cleanup.actions import notice as notices
from cleanup.actions import service as service_actions
from cleanup.actions import step_file
from cleanup.rules import Refused
from cleanup.states import DocumentKind, Step, Treatment
from registry.actions import checkpoint
from registry.models import Event, FileWithdrawal, Organisation, Policy, StoredFile
from registry.queries.stored_files import is_evidence
from tests.cleanup.walks import Desk
from tests.factories import UserFactory
from tests.registry.documents import document
from tests.replay import differences

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    Policy.objects.filter(key="notice.prefix").update(value="虚民社")
    Policy.objects.filter(key="notice.contact").update(value="虚构路1号，000-0000000")
    desk = Desk(
        Treatment.REVOKE, registration_authority="虚构区民政局", address="虚构路2号", legal_representative="某某"
    )
    told = {"source": "整治行动排查", "facts": "连续两个年度未参加年度检查。"}
    notices.issue(case_id=desk.pk, kind=DocumentKind.FILING_APPROVAL, entered=told, by=desk.officer, on=desk.on)
    desk.take(Step.FILE)
    desk.take(Step.INQUIRE, on=desk.later(1))
    return desk


def attached(desk: Desk, **how: Any) -> Any:
    step = desk.case.steps.get(step=Step.INQUIRE)
    given = {
        "content": document(),
        "file_name": "笔录.pdf",
        "title": "询问笔录（已签字）",
        "by": desk.officer,
        "on": desk.on,
    }
    return step_file.attach(step_id=step.pk, **{**given, **how})


def packed(desk: Desk, *, on: date | None = None) -> tuple[ZipFile, dict[str, Any]]:
    file = BytesIO()
    told = evidence.write(desk.case, on=on or desk.on, by=desk.director, file=file)
    archive = ZipFile(file)
    assert archive.testzip() is None
    assert json.loads(archive.read(evidence.MANIFEST)) == json.loads(json.dumps(told, default=str))
    return archive, told


def test_every_file_is_listed_with_its_digest_and_nothing_else_is_in_it(desk: Desk) -> None:
    attached(desk)
    desk.take(Step.REPORT, serious=False)
    desk.take(Step.NOTIFY)
    desk.serve(Step.NOTIFY)
    archive, told = packed(desk)
    listed = {each["name"]: each["sha256"] for each in told["files"]}
    assert set(archive.namelist()) == {*listed, evidence.INDEX, evidence.MANIFEST}
    assert len(archive.namelist()) == len(set(archive.namelist()))
    for name, digest in {**listed, told["index"]["name"]: told["index"]["sha256"]}.items():
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest
    kept = {each.sha256 for each in StoredFile.objects.filter(organisation=desk.body)}
    assert kept <= set(listed.values())
    assert told["treatment"] == "撤销登记"
    assert told["events"] == list(
        Event.objects.filter(facts__case__id=desk.pk).order_by("seq").values_list("seq", flat=True)
    )


def test_it_says_what_the_case_rests_on(desk: Desk) -> None:
    archive, _ = packed(desk)

    def read(name: str) -> Any:
        return json.loads(archive.read(name))

    assert read("事实/登记信息.json")["address"] == "虚构路2号"
    assert read("事实/线索.json")["facts"]["A"]["missed_years"] == [2020, 2021]
    verdicts = read("规则/情形判定.json")
    assert (verdicts["found"][0]["criterion"], verdicts["found"][0]["rule"]) == ("A", "R-31")
    assert {each["criterion"] for each in verdicts["judged_anew_as_of_found_on"] if each["met"]} == {"A"}
    checked = {each["step"]: {rule["code"] for rule in each["rules"]} for each in read("规则/步骤核对.json")}
    assert {"R-235", "R-238", "R-239"} <= checked["调查取证"]
    steps = read("办理/步骤和决定.json")
    assert [each["step"] for each in steps] == ["立案审批", "调查取证"]
    assert steps[1]["event"]["digest"] == desk.case.steps.get(step=Step.INQUIRE).event.digest
    assert {each["kind"] for each in read("办理/期限.json")} == {"处罚决定期限"}


def test_its_ledger_verifies_with_the_script_that_lies_beside_it(desk: Desk, tmp_path: Path) -> None:
    checkpoint.make(on=desk.on)
    archive, told = packed(desk)
    archive.extractall(tmp_path)
    script, ledger = tmp_path / evidence.SCRIPT, tmp_path / evidence.LEDGER
    root = told["ledger"]["checkpoint"]["root"]
    checked = [sys.executable, str(script), str(ledger), "--root", root]
    said = subprocess.run(checked, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout
    assert "核验通过" in said.stdout
    assert "与给出的摘要一致" in said.stdout
    forged = ledger.read_text(encoding="utf-8").replace("调取登记档案", "调取他人档案")
    ledger.write_text(forged, encoding="utf-8")
    assert subprocess.run(checked, capture_output=True, text=True, check=False).returncode == 1


def test_as_of_an_earlier_day_what_came_later_is_not_in_it(desk: Desk) -> None:
    filed_on = desk.on - timedelta(days=1)
    attached(desk)
    archive, told = packed(desk, on=filed_on)
    assert [each["step"] for each in json.loads(archive.read("办理/步骤和决定.json"))] == ["立案审批"]
    assert not [each for each in told["files"] if each["name"].startswith("材料/")]
    assert [each["title"] for each in told["files"] if each["name"].startswith("文书/")]
    before, told = packed(desk, on=date(2022, 6, 5))
    assert (told["treatment"], told["events"]) == ("", [])
    assert not [each for each in told["files"] if each["name"].startswith("文书/")]
    assert json.loads(before.read("事实/登记信息.json"))["state"] == "active"


def test_a_file_whose_bytes_are_lost_is_named_and_left_out(desk: Desk) -> None:
    kept = attached(desk).stored
    kept.file.storage.delete(kept.file.name)
    archive, told = packed(desk)
    lost = next(each for each in told["files"] if each["name"].startswith("材料/"))
    assert lost["lost"]
    assert lost["sha256"] == kept.sha256
    assert lost["name"] not in archive.namelist()


@pytest.mark.skipif(which("pdftotext") is None, reason="no pdftotext on PATH (Debian's poppler-utils)")
def test_the_index_on_paper_names_every_file_and_its_digest(desk: Desk, tmp_path: Path) -> None:
    attached(desk)
    archive, told = packed(desk)
    (tmp_path / "index.pdf").write_bytes(archive.read(evidence.INDEX))
    done = subprocess.run(["pdftotext", "index.pdf", "-"], cwd=tmp_path, capture_output=True, text=True, check=True)
    text = "".join(done.stdout.split())
    for each in told["files"]:
        assert each["name"] in text
        assert each["sha256"] in text
    assert "截至" in text


# --- what is kept with a step -------------------------------------------------------------------------------


def test_a_scan_is_kept_with_its_step_told_once_and_cannot_be_withdrawn(desk: Desk) -> None:
    kept = attached(desk)
    event = Event.objects.get(verb="case.attach")
    assert event.facts["document"]["sha256"] == kept.stored.sha256
    assert (event.facts["case"]["of_step"], event.facts["case"]["seq"]) == ("inquire", 2)
    assert is_evidence(kept.stored)
    assert differences() == []
    assert not FileWithdrawal.objects.exists()


def test_a_scan_is_kept_by_who_took_the_step_in_order_and_once(desk: Desk) -> None:
    with pytest.raises(Refused, match="R-268"):
        attached(desk, by=UserFactory.create())
    for day in (desk.on - timedelta(days=1), date(2999, 1, 1)):
        with pytest.raises(Refused, match="R-269"):
            attached(desk, on=day)
    attached(desk, by=desk.mate)
    with pytest.raises(Refused, match="R-269"):
        attached(desk)
    assert StoredFile.objects.filter(title="询问笔录（已签字）").count() == 1


def test_nothing_is_kept_with_a_case_that_is_closed(desk: Desk) -> None:
    desk.take(Step.DROP, ground="unfounded")
    with pytest.raises(Refused, match="R-267"):
        attached(desk)


def test_a_file_that_is_no_document_is_not_kept(desk: Desk) -> None:
    with pytest.raises(ValueError, match="无法识别"):
        attached(desk, content=document(b"MZ"))
    assert not Event.objects.filter(verb="case.attach").exists()


def test_a_deadline_and_a_decision_are_told_as_they_stood_on_the_day(desk: Desk) -> None:
    before = desk.on
    desk.take(Step.EXTEND, on=desk.later(20))
    early, _ = packed(desk, on=before)
    late, _ = packed(desk)
    [first] = json.loads(early.read("办理/期限.json"))
    [then] = json.loads(late.read("办理/期限.json"))
    assert first["due_on"] < then["due_on"]
    assert ("extended_on" in first, "extended_on" in then) == (False, True)
    found = desk.finding.found_on
    undecided, _ = packed(desk, on=found)
    told = json.loads(undecided.read("事实/线索.json"))
    assert (told["state"], told["confirmed_on"], told["decided_by"]) == ("待核实", None, "")
    assert json.loads(late.read("事实/线索.json"))["state"] == "已确认"


def test_how_the_body_was_looked_for_and_every_service_is_in_it(desk: Desk) -> None:
    desk.take(Step.REPORT, serious=False)
    desk.take(Step.NOTIFY)
    service_actions.fail(service_id=desk.send(Step.NOTIFY).pk, by=desk.officer, on=desk.on, failure="原址无人")
    archive, _ = packed(desk)
    [failed] = json.loads(archive.read("送达/送达情况.json"))
    assert (failed["failure"], failed["sent_by"]) == ("原址无人", str(desk.officer))
    assert json.loads(archive.read("核查/联系核查.json")) == []


def test_a_rare_character_does_not_keep_the_pack_back(desk: Desk) -> None:
    Organisation.objects.filter(pk=desk.body.pk).update(registration_authority="虚构区𠮷民政局")
    archive, _ = packed(desk)
    assert archive.read(evidence.INDEX).startswith(b"%PDF-")
