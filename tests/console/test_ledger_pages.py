"""The ledger's page for those who examine it, and what they take away from it."""

from __future__ import annotations

from contextlib import redirect_stdout
from datetime import date, timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.urls import reverse

from registry import verify_export
from registry.actions import check, checkpoint
from registry.models import Checkpoint, LedgerCheck, Organisation
from registry.states import Role
from tests.console.situations import user_of
from tests.factories import OrganisationFactory

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 20)


@pytest.fixture
def body(client: Client) -> Organisation:
    client.force_login(user_of(Role.AUDITOR))
    made: Organisation = OrganisationFactory.create()
    return made


def shown(client: Client, **asked: str) -> str:
    return client.get(reverse("ledger"), asked).content.decode()


def taken(client: Client, tmp_path: Path, name: str, *arguments: str) -> Path:
    answer = client.get(reverse(name, args=arguments))
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    (tmp_path / name).write_bytes(answer.getvalue())
    return tmp_path / name


def passes(file: Path, *more: str) -> str:
    told = StringIO()
    with redirect_stdout(told):
        assert verify_export.main([str(file), *more]) == 0
    return told.getvalue()


def test_before_anything_happened_the_page_says_what_will(client: Client, body: Organisation) -> None:
    page = shown(client)
    assert "还没有核验过" in page
    assert "还没有检查点" in page
    assert "后台每天凌晨" in page


def test_checkpoints_and_the_latest_check_are_shown(client: Client, body: Organisation) -> None:
    made = checkpoint.make(on=DAY)
    check.verify()
    page = shown(client)
    assert made.root in page
    assert "2026年11月20日" in page
    assert "全部相符" in page
    assert "第 1 号及以前各号（2026年11月20日）" in page
    assert "1 条记录，1 家组织" in page


def test_what_does_not_hold_is_shown_first(client: Client, body: Organisation, without_guards: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registry_event SET reason = 'x'")
    found = check.verify().found
    page = shown(client)
    assert f"的核验发现 {found} 处不符" in page
    assert f"{body.code} 第 1 条：内容被改动" in page
    assert "有不符" in page
    LedgerCheck.objects.update(found=found + 70)
    assert "另有 70 处没有列出" in shown(client)


def test_a_check_cut_short_is_not_taken_for_a_good_one(client: Client, body: Organisation) -> None:
    check.verify()
    LedgerCheck.objects.update(finished_at=None)
    page = shown(client)
    assert "没有做完" in page
    assert "全部相符" not in page


def test_the_whole_ledger_taken_from_the_page_passes_the_script_taken_from_it(
    client: Client, body: Organisation, tmp_path: Path
) -> None:
    made = checkpoint.make(on=DAY)
    told = passes(taken(client, tmp_path, "ledger_export"), "--root", made.root)
    assert "与给出的摘要一致：第 1 号检查点" in told
    script = taken(client, tmp_path, "ledger_script").read_text(encoding="utf-8")
    assert script.startswith("#!/usr/bin/env python3")


def test_one_organisations_part_is_asked_for_by_its_code(client: Client, body: Organisation, tmp_path: Path) -> None:
    made = checkpoint.make(on=DAY)
    answer = client.get(reverse("ledger"), {"code": f" {body.code.lower()} "})
    address = reverse("ledger_organisation", args=[body.code])
    assert (answer.status_code, answer["Location"]) == (302, address)
    told = passes(taken(client, tmp_path, "ledger_organisation", body.code), "--root", made.root)
    assert f"核验通过：{body.code}" in told


def test_a_code_nobody_has_is_refused_beside_the_field_and_kept(client: Client, body: Organisation) -> None:
    page = shown(client, code="5112X")
    assert "登记名册中没有代码为 5112X 的组织" in page
    assert 'value="5112X"' in page
    assert client.get(reverse("ledger_organisation", args=["X" * 18])).status_code == 404


def test_the_page_turns_over_older_checkpoints(client: Client, body: Organisation) -> None:
    first = checkpoint.make(on=DAY)
    columns: dict[str, Any] = {name: getattr(first, name) for name in ("at", "cuts", "chains", "events")}
    for number in range(2, 33):
        last = Checkpoint.objects.get(number=number - 1)
        day = DAY + timedelta(days=number)
        made = Checkpoint(**columns, number=number, on=day, root=f"{number:064}", previous=last.digest)
        made.digest = made.expected_digest()
        made.save()
    page = shown(client)
    assert f"{32:064}" in page
    assert first.root not in page
    older = shown(client, after="3")
    assert first.root in older
