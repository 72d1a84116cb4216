"""Somebody with all rights writes past the ledger into the records beside it: organisation, record and column are named."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from cleanup.actions import notice as notices
from cleanup.models import Case, CaseStep, Finding, Notice, Service
from cleanup.states import DocumentKind, Treatment
from registry.actions import deadline as deadlines
from registry.actions import evidence
from registry.actions.ledger import lock, record, snapshot
from registry.models import Activity, AnnualReport, Deadline, Event, Policy, Subject
from registry.queries.verification import LAW, faults
from registry.states import SubjectKind
from tests.cleanup.walks import Desk
from worker.queries.retold import RETOLD

if TYPE_CHECKING:
    from django.db.models import Model

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(without_guards: None) -> Desk:
    """Return a case that has come to the served notice, of a body with a report, an activity and an issued document."""
    Policy.objects.filter(key="notice.prefix").update(value="虚民社")
    Policy.objects.filter(key="notice.contact").update(value="虚构路1号，000-0000000")
    columns = {"registration_authority": "虚构区民政局", "address": "虚构路2号", "legal_representative": "某某"}
    desk = Desk(Treatment.REVOKE, **columns)
    entered = {"source": "整治行动排查", "facts": "连续两个年度未参加年度检查。"}
    notices.issue(case_id=desk.pk, kind=DocumentKind.FILING_APPROVAL, entered=entered, by=desk.officer, on=desk.on)
    evidence.file_report(organisation_id=desk.body.pk, year=2018, filed_on=date(2019, 4, 1), by=desk.officer)
    how = {"title": "年会", "held_on": date(2019, 5, 1), "source": "巡查"}
    evidence.record_activity(organisation_id=desk.body.pk, by=desk.officer, **how)
    desk.to_notice()
    return desk


def table(model: type[Model]) -> str:
    return model._meta.db_table


NO_GUARDS = ""
"""Where faults are that the triggers are gone."""

TAMPERED = {
    f"UPDATE {table(Deadline)} SET due_on = '2030-01-01' WHERE kind = 'hearing.request'": "期限（期限种类 hearing.request，ID",
    f"UPDATE {table(Service)} SET served_on = '2022-06-30', address = '别处'": "送达（个案 {case}，文书 prior_notice，第几次送达 1）与台账不符：送达地址或者公告渠道、送达日期",
    f"DELETE FROM {table(Service)}": "送达（个案 {case}，文书 prior_notice，第几次送达 1）在台账中有，在数据中没有",
    f"UPDATE {table(CaseStep)} SET facts = '{{}}' WHERE step = 'report'": "个案步骤（个案 {case}，序号 3）与台账不符：事实",
    f"UPDATE {table(CaseStep)} SET \"on\" = '2022-06-30' WHERE step = 'file'": "个案步骤（个案 {case}，序号 1）与台账不符：办理日期",
    f"UPDATE {table(Case)} SET treatment = 'revoke_licence', officer_id = by_id FROM "
    f"(SELECT MAX(by_id) AS by_id FROM {table(CaseStep)}) AS other": "个案（ID {case}）与台账不符：处置方式",
    f"UPDATE {table(Finding)} SET criteria = 'AB', confirmed_on = '2022-06-07'": "线索（",
    f"UPDATE {table(AnnualReport)} SET filed_on = '2018-12-01' WHERE year = 2018": "年度报告（年度 2018）与台账不符：报送日期",
    f"DELETE FROM {table(AnnualReport)} WHERE year = 2018": "年度报告（年度 2018）在台账中有，在数据中没有",
    f"DELETE FROM {table(Activity)}": "活动（ID",
    f"UPDATE {table(Notice)} SET number = 99, address = '别处'": (
        "文书（个案 {case}，文书 filing_approval，第几份 1）与台账不符：编号、住所"
    ),
    f"INSERT INTO {table(AnnualReport)} (organisation_id, year, filed_on, conclusion, supervisor_opinion) "
    f"SELECT organisation_id, 2021, '2022-03-01', 'qualified', '' FROM {table(AnnualReport)} WHERE year = 2018": (
        "年度报告（年度 2021）在数据中有，在台账中没有"
    ),
}
"""What is written past the ledger, and how the verification begins to tell of it."""


def test_whatever_is_written_past_the_ledger_is_named(desk: Desk) -> None:
    assert [each for each in faults(retold=RETOLD) if each.code == desk.body.code] == []
    told = {}
    for statement in TAMPERED:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement)
            told[statement] = [each for each in faults(retold=RETOLD) if each.code not in {LAW, NO_GUARDS}]
            transaction.set_rollback(True)
    for statement, begins in TAMPERED.items():
        found = told[statement]
        assert any(each.message.startswith(begins.format(case=desk.pk)) for each in found), (statement, found)
        assert {each.code for each in found} == {desk.body.code}


def test_what_ends_with_a_body_is_told_beside_what_its_case_moves() -> None:
    desk = Desk(Treatment.REVOKE)
    with transaction.atomic():
        body = lock(desk.body.pk)
        how = {"subject": Subject(SubjectKind.LISTING, 1), "kind": "decoupling.plan", "on": desk.on}
        told = [deadlines.start(**how, organisation=body, fixed_on=date(2023, 12, 31))]
        record(body, snapshot(body), verb="listing.place", on=desk.on, by=desk.officer, facts={"deadlines": told})
    desk.to_effect()
    moved = {line["row"]["kind"] for line in Event.objects.get(verb="organisation.revoke").facts["deadlines"]}
    assert {"decoupling.plan", "service.delivery", "remedy.lawsuit"} <= moved
    assert [each for each in faults(retold=RETOLD) if each.code != LAW] == []


def test_the_command_names_it_too(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table(AnnualReport)} WHERE year = 2018")
    with pytest.raises(CommandError, match="台账核验不通过"):
        call_command("verify_ledger", quiet=True)
    assert f"{desk.body.code} 第" in capsys.readouterr().err
