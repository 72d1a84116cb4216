"""The ledger in words: every verb the code writes has them, and values read as an officer writes them."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from cleanup.queries.criteria import facts_for, window_facts
from cleanup.queries.explain import described
from cleanup.states import Criterion, Step, Treatment
from console import labels
from console.law_words import LAW_WORDS
from console.words import CAMPAIGN_WORDS, STAFF_WORDS, WORDS, tell, title
from registry import clockbook
from registry.actions.ledger import Entry, record_many
from registry.actions.organisation import GUARDS
from registry.models import Event, User
from registry.states import Kind
from tests.cleanup.situations import running_campaign
from tests.cleanup.walks import Desk
from tests.factories import OrganisationFactory

SUBJECTS = (
    "organisation|report|activity|contact|determination|finding|case|listing|item|plan|alert|assignment|filing"
    "|exclusion|document|notice|opinion|review|leader|aftercare"
)
DEADLINE = ("extend", "waive", "suspend", "resume", "recount")
"""What an officer, or a change of law or calendar, does to a deadline by itself."""
RECALCULATED = "law.recalculate"
"""What a change of the law does to a body; the other verbs of the law stand in the ledger of the law."""
VERB = re.compile(rf'"((?:{SUBJECTS})\.[a-z_]+)"')
CAMPAIGN_VERB = re.compile(r'"(campaign\.[a-z_]+)"')
LAW_VERB = re.compile(r'"(law\.[a-z_]+)"')
STAFF_VERB = re.compile(r'"(user\.[a-z_]+)"')


def verbs_in_the_code(pattern: re.Pattern[str]) -> set[str]:
    files = [
        path
        for package in ("registry", "cleanup", "decoupling", "worker")
        for place in ("actions/**/*.py", "evidence.py")
        for path in (Path(settings.BASE_DIR) / package).glob(place)
    ]
    return {verb for path in files for verb in pattern.findall(path.read_text(encoding="utf-8"))}


def test_every_verb_the_code_writes_has_words_and_no_words_are_left_over() -> None:
    composed = {f"organisation.{verb}" for verb in GUARDS} | {f"deadline.{did}" for did in DEADLINE} | {RECALCULATED}
    assert verbs_in_the_code(VERB) - set(clockbook.read()) | composed == set(WORDS)


def test_every_verb_of_the_ledger_of_the_law_has_words() -> None:
    assert verbs_in_the_code(LAW_VERB) == {RECALCULATED, *LAW_WORDS}


def test_every_step_of_a_case_is_told_by_its_own_name() -> None:
    told = {step: title(Event(verb=f"case.{step.value}", facts={}), {}) for step in Step}
    assert told == {step: step.label for step in Step}


@pytest.mark.django_db
def test_what_a_step_states_is_told_in_words() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.take(Step.FILE)
    desk.take(Step.INQUIRE)
    desk.take(Step.SWITCH, treatment=Treatment.CANCEL)
    desk.take(Step.GUIDE)
    desk.serve(Step.GUIDE)
    told = {said.event.verb: dict(said.details) for said in tell(Event.objects.filter(facts__case__id=desk.pk))}
    assert told["case.file"]["立案审批表文号"] == "虚民社立〔2022〕1号"
    assert told["case.inquire"]["调查方式"] == "调取登记、年报和其他材料"
    assert desk.mate.display_name in told["case.inquire"]["共同办理"]
    assert (told["case.switch"]["原处置方式"], told["case.switch"]["改用的处置方式"]) == ("撤销登记", "注销")
    assert told["case.prove_service"]["送达证明文件"] == "回证.pdf"


def test_every_verb_of_the_ledger_of_campaigns_has_words() -> None:
    assert verbs_in_the_code(CAMPAIGN_VERB) == set(CAMPAIGN_WORDS)


def test_every_verb_of_the_ledger_of_accounts_has_words() -> None:
    assert verbs_in_the_code(STAFF_VERB) == set(STAFF_WORDS)


@pytest.mark.django_db
def test_every_verb_can_be_told_whatever_its_facts_hold(officer: User) -> None:
    for verb in WORDS:
        body = OrganisationFactory.create()
        record_many([Entry(organisation_id=body.pk, verb=verb)], on=date(2022, 1, 2), by=officer)
    for said in tell(Event.objects.all()):
        assert said.title
        assert "%(" not in said.title


@pytest.mark.django_db
def test_a_verb_without_words_is_shown_as_it_is(officer: User) -> None:
    body = OrganisationFactory.create()
    record_many([Entry(organisation_id=body.pk, verb="test.unknown")], on=date(2022, 1, 2), by=officer)
    assert tell(Event.objects.filter(verb="test.unknown"))[0].title == "test.unknown"


@pytest.mark.django_db
def test_every_fact_of_every_criterion_has_a_label() -> None:
    body = OrganisationFactory.create()
    asked = window_facts(running_campaign().windows.get(kind=Kind.ASSOCIATION), on=date(2022, 6, 1))
    facts = facts_for([body.pk], asked, on=date(2022, 6, 1))[body.pk]
    for criterion in Criterion:
        told = described(facts, criterion, on=date(2022, 6, 1))
        assert set(told) <= set(labels.FACTS)
        for label, text in labels.facts(told):
            assert label
            assert not re.search(r"\d{4}-\d{2}-\d{2}|None|True|False", text), (label, text)


def test_dates_are_written_in_chinese() -> None:
    assert labels.day(date(2026, 11, 3)) == "2026年11月3日"
    assert labels.day("2026-11-23") == "2026年11月23日"
    assert labels.day(None) == ""
    assert labels.days("应于 2022-05-31 前报送，自 2020-01-01 起") == "应于2022年5月31日前报送，自2020年1月1日起"
    assert labels.days("期限为2026-12-03，已逾期") == "期限为2026年12月3日，已逾期"
    assert labels.days("文号 12-2022-05-311") == "文号 12-2022-05-311"


def test_amounts_are_written_with_thousands() -> None:
    assert labels.money(Decimal("8000000.00")) == "8,000,000 元"
    assert labels.money("1234.50") == "1,234.50 元"
    assert labels.money(None) == ""


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("kind", "foundation", "基金会"),
        ("is_charity", True, "是"),
        ("capital", "30000.00", "30,000 元"),
        ("established_on", "2010-05-06", "2010年5月6日"),
        ("address", "", "空"),
        ("supervising_unit_id", 7, "某局"),
        ("supervising_unit_id", 8, "#8"),
    ],
)
def test_columns_of_the_ledger_read_as_on_the_page(name: str, value: object, text: str) -> None:
    assert labels.column_value(name, value, {("registry.Unit", 7): "某局"}) == text
