"""The stand-alone script: what it lets pass, what it finds and how it names it. It runs with nothing installed."""

from __future__ import annotations

import ast
import gzip
import json
import subprocess
import sys
from contextlib import redirect_stdout
from copy import deepcopy
from datetime import date
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command

from registry import verify_export
from registry.actions import checkpoint
from registry.actions import organisation as verbs
from registry.actions import user as users
from registry.ledger import canonical, sealed
from registry.models import Checkpoint, Organisation, User
from registry.states import Role
from tests.factories import OrganisationFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    Line = dict[str, Any]

SCRIPT = Path(verify_export.__file__)
FIRST, SECOND, LATER = date(2022, 3, 1), date(2022, 3, 2), date(2022, 3, 3)


def said(file: Path, *more: str, fails: bool = False) -> str:
    """Return what the script prints; it passes or ``fails``."""
    told = StringIO()
    with redirect_stdout(told):
        assert verify_export.main([str(file), *more]) == (1 if fails else 0)
    return told.getvalue()


@pytest.fixture
def bodies(officer: User) -> list[Organisation]:
    """Make three bodies with two checkpoints, and a record after the second; return the bodies by code."""
    made = sorted((OrganisationFactory.create() for _ in range(3)), key=lambda body: body.code)
    users.add_user(
        username="somebody",
        display_name="某人",
        role=Role.CLERK,
        password="a-long-enough-one",
        by=officer,
        on=FIRST,
        reason="新进",
    )
    checkpoint.make(on=FIRST)
    for body in made[:2]:
        verbs.hold(organisation_id=body.pk, by=officer, on=SECOND, reason="诉讼中，带“引号”和\n换行")
    checkpoint.make(on=SECOND)
    verbs.release(organisation_id=made[0].pk, by=officer, on=LATER, reason="诉讼结束")
    return made


def exported(tmp_path: Path, *more: str, name: str = "ledger.jsonl") -> Path:
    told = StringIO()
    call_command("export_ledger", str(tmp_path / name), *more, quiet=True, stdout=told)
    assert f"python3 registry/verify_export.py {tmp_path / name}" in told.getvalue()
    return tmp_path / name


def test_the_script_runs_where_nothing_but_python_is_installed(bodies: list[Organisation], tmp_path: Path) -> None:
    """``-I -S`` leaves Python its own library alone."""
    file, root = exported(tmp_path), Checkpoint.objects.get(number=2).root
    command = [sys.executable, "-I", "-S", str(SCRIPT), str(file), "--root", root]
    run = subprocess.run(command, text=True, capture_output=True, check=False, cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert "与给出的摘要一致" in run.stdout
    file.write_text(file.read_text(encoding="utf-8").replace("诉讼中", "诉讼"), encoding="utf-8")
    run = subprocess.run(command, text=True, capture_output=True, check=False, cwd=tmp_path)
    assert (run.returncode, run.stderr) == (1, "")
    assert "内容被改动，摘要不符" in run.stdout


def test_a_whole_ledger_passes_and_the_script_says_what_it_compared(bodies: list[Organisation], tmp_path: Path) -> None:
    told = said(exported(tmp_path))
    last = Checkpoint.objects.get(number=2)
    assert "核验通过：整本台账，4 条链，7 条记录。" in told
    assert f"检查点 2 个，根摘要核对到第 2 号（2022-03-02）：{last.root}" in told
    assert f"检查点摘要：{last.digest}" in told
    assert "其中 1 条记录晚于该检查点" in told
    assert "尚未与系统之外留存的摘要比对" in told


def test_one_organisation_passes_by_its_proof(bodies: list[Organisation], tmp_path: Path) -> None:
    for body, later in zip(bodies, (1, 0, 0), strict=True):
        told = said(exported(tmp_path, "--organisation", body.code))
        assert f"核验通过：{body.code}，1 条链，{body.events.count()} 条记录。" in told
        assert "根摘要核对到第 2 号（2022-03-02）" in told
        assert f"其中 {later} 条记录晚于该检查点" in told


@pytest.mark.parametrize("scope", ["whole", "one"])
def test_what_was_kept_elsewhere_is_compared(scope: str, bodies: list[Organisation], tmp_path: Path) -> None:
    file = exported(tmp_path, *(("--organisation", bodies[1].code) if scope == "one" else ()))
    first, second = Checkpoint.objects.all()
    for anchor in (second.root, second.digest.upper()):
        assert "与给出的摘要一致：第 2 号检查点（2022-03-02）" in said(file, "--root", anchor)
    assert "给出的摘要不在文件中" in said(file, "--root", "ab" * 32, fails=True)
    earlier = said(file, "--root", first.root, fails=scope == "one")
    assert ("与给出的摘要一致：第 1 号" in earlier) == (scope == "whole")


def test_a_compressed_file_passes(bodies: list[Organisation], tmp_path: Path) -> None:
    file = exported(tmp_path, name="ledger.jsonl.gz")
    with gzip.open(file, "rt", encoding="utf-8") as text:
        assert len(text.readlines()) == 11
    assert "核验通过" in said(file)


def test_a_ledger_without_checkpoint_passes_and_the_script_says_so(tmp_path: Path, db: None) -> None:
    OrganisationFactory.create()
    assert "这些记录尚无检查点固定" in said(exported(tmp_path))


def test_a_body_younger_than_the_checkpoint_passes_without_proof(bodies: list[Organisation], tmp_path: Path) -> None:
    young = OrganisationFactory.create()
    assert "这些记录尚无检查点固定" in said(exported(tmp_path, "--organisation", young.code))


def test_an_unknown_organisation_and_an_unwritable_file_are_refused(tmp_path: Path, db: None) -> None:
    with pytest.raises(CommandError, match="没有代码为 X 的组织"):
        exported(tmp_path, "--organisation", "X")
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="不能写入文件夹"):
        call_command("export_ledger", str(tmp_path / "file" / "ledger.jsonl"), quiet=True)


# --- tampering with the file ------------------------------------------------------------------------------


def resealed(lines: list[Line]) -> list[Line]:
    """Recompute every digest, as somebody would who knows the recipe, but leave the checkpoints' roots alone."""
    previous: dict[str, str] = {}
    for line in lines:
        if line["kind"] in {"record", "checkpoint"}:
            chain = line["record"].get("chain", "checkpoints")
            line["record"]["previous"] = previous.get(chain, "")
            line["digest"] = previous[chain] = sealed(line["record"])
    return lines


def of(lines: list[Line], code: str) -> list[Line]:
    return [line for line in lines if line.get("code") == code and line["kind"] == "record"]


def alter(lines: list[Line], codes: list[str]) -> None:
    of(lines, codes[0])[1]["record"]["reason"] = "另一理由"


def delete(lines: list[Line], codes: list[str]) -> None:
    lines.remove(of(lines, codes[0])[1])
    lines[-1]["records"] -= 1


def insert(lines: list[Line], codes: list[str]) -> None:
    second = of(lines, codes[0])[1]
    lines.insert(lines.index(second), deepcopy(second))
    lines[-1]["records"] += 1


def reorder(lines: list[Line], codes: list[str]) -> None:
    second, third = of(lines, codes[0])[1:]
    second["record"], third["record"] = third["record"], second["record"]
    second["digest"], third["digest"] = third["digest"], second["digest"]


def truncate(lines: list[Line], codes: list[str]) -> None:
    lines.remove(of(lines, codes[1])[-1])
    lines[-1]["records"] -= 1


def swap(lines: list[Line], codes: list[str]) -> None:
    one, other = of(lines, codes[0])[1], of(lines, codes[1])[1]
    one["record"], other["record"] = other["record"], one["record"]


def rename(lines: list[Line], codes: list[str]) -> None:
    for line in of(lines, codes[2]):
        line["code"] = codes[2][:-1] + "Z"


def forge_root(lines: list[Line], codes: list[str]) -> None:
    lines[1]["record"]["root"] = "0" * 64


def erase_chain(lines: list[Line], codes: list[str]) -> None:
    lines.remove(*of(lines, codes[2]))
    lines[-1]["records"] -= 1
    lines[-1]["chains"] -= 1


def drop_checkpoint(lines: list[Line], codes: list[str]) -> None:
    del lines[1]


def cut_off(lines: list[Line], codes: list[str]) -> None:
    del lines[-1]


def count_wrong(lines: list[Line], codes: list[str]) -> None:
    lines[-1]["records"] += 1


def add_behind(lines: list[Line], codes: list[str]) -> None:
    lines.append(lines[-1])


def forget_header(lines: list[Line], codes: list[str]) -> None:
    del lines[0]


def be_newer(lines: list[Line], codes: list[str]) -> None:
    lines[0]["format"] = 2


NAMED: list[tuple[Callable[[list[Line], list[str]], None], str, str]] = [
    (alter, "{0} 第 2 条：内容被改动，摘要不符", "检查点第 2 号（2022-03-02）：根摘要与记录不符"),
    (delete, "{0} 第 3 条：序号不连续，此处应为第 2 条", "{0} 第 3 条：序号不连续"),
    (insert, "{0} 第 2 条：序号不连续，此处应为第 3 条", "{0} 第 2 条：序号不连续"),
    (reorder, "{0} 第 3 条：序号不连续，此处应为第 2 条", "{0} 第 3 条：序号不连续"),
    (truncate, "检查点第 2 号（2022-03-02）：根摘要与记录不符", "检查点第 2 号（2022-03-02）：根摘要与记录不符"),
    (swap, "第 2 条：内容被改动，摘要不符", "序号不连续"),
    (rename, "检查点第 1 号（2022-03-01）：根摘要与记录不符", "检查点第 1 号（2022-03-01）：根摘要与记录不符"),
    (
        forge_root,
        "检查点第 1 号（2022-03-01）：内容被改动，摘要不符",
        "检查点第 1 号（2022-03-01）：根摘要与记录不符",
    ),
    (
        erase_chain,
        "检查点第 1 号（2022-03-01）：根摘要与记录不符",
        "检查点第 1 号（2022-03-01）：根摘要与记录不符",
    ),
    (drop_checkpoint, "检查点第 2 号（2022-03-02）：编号不连续", "检查点第 2 号（2022-03-02）：编号不连续"),
    (cut_off, "文件不完整：缺少结尾", "文件不完整"),
    (count_wrong, "结尾所载的链数、条数与文件不符", "结尾所载"),
    (add_behind, "文件不完整：缺少结尾", "文件不完整"),
    (forget_header, "缺少文件头", "缺少文件头"),
    (be_newer, "文件格式不是本程序所能核验的", "文件格式"),
]


@pytest.mark.parametrize(("tamper", "named", "named_resealed"), NAMED, ids=[each.__name__ for each, _, _ in NAMED])
@pytest.mark.parametrize("knows_the_recipe", [False, True])
def test_tampering_with_the_file_is_found_and_named(
    knows_the_recipe: bool,
    tamper: Callable[[list[Line], list[str]], None],
    named: str,
    named_resealed: str,
    bodies: list[Organisation],
    tmp_path: Path,
) -> None:
    file, codes = exported(tmp_path), [body.code for body in bodies]
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    tamper(lines, codes)
    if knows_the_recipe:
        resealed(lines)
    file.write_text("".join(f"{canonical(line)}\n" for line in lines), encoding="utf-8")
    told = said(file, fails=True)
    assert (named_resealed if knows_the_recipe else named).format(*codes) in told


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (lambda lines: lines[3]["record"].update(reason="x"), "第 1 条：内容被改动"),
        (lambda lines: lines.pop(4) and lines[-1].update(records=1), "证明所载条数 2 与记录不符，链尾可能被截去"),
        (lambda lines: lines[-2]["path"][0].reverse(), "读不懂"),
        (lambda lines: lines[-2]["path"].pop(), "链尾算不到检查点第 2 号的根摘要"),
        (lambda lines: lines[-2].update(checkpoint=1), "链尾算不到检查点第 1 号的根摘要"),
        (lambda lines: lines[-2].update(checkpoint=3), "文件中没有第 3 号检查点"),
        (lambda lines: lines[0].update(code="X"), "文件所载不是文件头所说的组织"),
    ],
)
def test_tampering_with_one_organisations_proof_is_found(
    tamper: Callable[[list[Line]], object], named: str, bodies: list[Organisation], tmp_path: Path
) -> None:
    file = exported(tmp_path, "--organisation", bodies[1].code)
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    tamper(lines)
    file.write_text("".join(f"{canonical(line)}\n" for line in lines), encoding="utf-8")
    assert named in said(file, fails=True)


def test_a_proof_left_out_is_no_proof(bodies: list[Organisation], tmp_path: Path) -> None:
    file = exported(tmp_path, "--organisation", bodies[1].code)
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if '"proof"' not in line), encoding="utf-8")
    assert "这些记录尚无检查点固定" in said(file)
    assert "给出的摘要不在文件中" in said(file, "--root", Checkpoint.objects.get(number=2).root, fails=True)


@pytest.mark.parametrize("place", ["behind", "before", "the book"])
def test_a_second_history_of_a_chain_is_refused(place: str, bodies: list[Organisation], tmp_path: Path) -> None:
    file, root = exported(tmp_path), Checkpoint.objects.get(number=2).root
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    code = "" if place == "the book" else bodies[0].code
    forged = _forged([line for line in lines if line["kind"] == "record" and line.get("code", "") == code])
    end = {**lines[-1], "chains": lines[-1]["chains"] + 1, "records": lines[-1]["records"] + len(forged)}
    records = [line for line in lines if line["kind"] == "record"]
    head = lines[: lines.index(records[0])]
    mixed = [*forged, *records] if place == "before" else [*records, *forged]
    file.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in [*head, *mixed, end]))
    assert "出现了两次，或者不在应在的地方" in said(file, "--root", root, fails=True)


def _forged(chain: list[Line]) -> list[Line]:
    """Return another history of a chain, sealed by the rules, behind every checkpoint."""
    made: list[Line] = []
    for place, line in enumerate(chain, start=1):
        record = {**line["record"], "reason": "伪造", "previous": made[-1]["digest"] if made else ""}
        made.append({**line, "id": 10**9 + place, "record": record, "digest": verify_export.digest(record)})
    return made


@pytest.mark.parametrize("content", ["", "x\n", "{}\n", "[]\n", '{"kind": "header"}\n', '{"kind": "header", "for'])
def test_what_is_no_export_is_refused_in_words(content: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text(content, encoding="utf-8")
    told = said(tmp_path / "file", fails=True)
    assert told.startswith("核验不通过。")
    assert "Traceback" not in told


def test_a_file_that_is_not_there_ends_in_a_sentence(tmp_path: Path) -> None:
    assert "打不开" in said(tmp_path / "missing", fails=True)


def test_the_script_runs_on_the_pythons_auditors_have_and_imports_nothing_else() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = {
        name.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert imported <= set(sys.stdlib_module_names)


def test_a_verified_ledger_can_be_exported_at_once(bodies: list[Organisation], tmp_path: Path) -> None:
    call_command("verify_ledger", export=tmp_path / "ledger.jsonl", quiet=True, stdout=StringIO())
    assert "核验通过：整本台账" in said(tmp_path / "ledger.jsonl")
