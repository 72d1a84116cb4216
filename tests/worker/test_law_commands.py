"""The law on the command line: a file is checked, tried and proposed; what a proposal moves is listed."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from registry.models import LawProposal, Policy
from registry.states import Role
from tests.factories import OrganisationFactory, UserFactory
from tests.registry.law import new_value
from worker.actions import law

if TYPE_CHECKING:
    from pathlib import Path

    from registry.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine("2022-07-01T04:00:00Z")]

EXTENDED = """
[[policy]]
key = "annual_report.due"
kind = "association"
year = 2021
value = "07-31"
unit = "月-日（次年）"
basis = "社会团体登记管理条例/28"
source = "虚民函〔2022〕9号"
verified = true
effective_from = 2022-05-20
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "extended.toml"
    path.write_text(EXTENDED, encoding="utf-8")
    return path


def said(*args: Any, **how: Any) -> str:
    out = StringIO()
    call_command(*args, stdout=out, **how)
    return out.getvalue()


def refused(*args: Any, **how: Any) -> str:
    with pytest.raises(CommandError) as caught:
        said(*args, **how)
    return str(caught.value)


def test_a_trial_says_what_the_file_changes_and_moves_and_writes_nothing(file: Path, officer: User) -> None:
    body = OrganisationFactory.create(by=officer)
    told = said("law_load", file, "--dry-run")
    assert "新增政策参数“" in told
    assert "value：07-31" in told
    assert "影响的组织 1 家，在册 1 家，上限 10%；超过上限，须由负责人确认" in told
    assert f"{body.code} 2021年度年检（年报）：应于 2022-05-31 前报送，未报送 → 2022-07-31 到期，尚未到期" in told
    assert not LawProposal.objects.exists()
    assert not Policy.objects.filter(year=2021).exists()


def test_the_file_becomes_a_proposal_another_officer_decides(file: Path, officer: User) -> None:
    OrganisationFactory.create(by=officer)
    by = UserFactory.create(role=Role.REGISTRATION)
    told = said("law_load", file, "--by", by.username, "--reason", "延期通知")
    proposal = LawProposal.objects.get()
    assert (proposal.proposed_by, proposal.file_name, proposal.is_open) == (by, "extended.toml", True)
    assert f"已提出法规政策变动第{proposal.pk}号，影响的组织 1 家" in told
    listed = said("law_effect", proposal.pk)
    assert f"法规政策变动第{proposal.pk}号（待批准）：延期通知" in listed
    assert "2021年度年检（年报）：1 项" in listed


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (EXTENDED.replace('source = "虚民函〔2022〕9号"\n', ""), "政策参数第 1 条有误：缺少 source，请补上"),
        (EXTENDED.replace('"association"', '"club"'), "“kind”写作 club，请改为 association"),
        (EXTENDED.replace("2022-05-20", '"May"'), "“effective_from”写作 May，请改为日期"),
        (EXTENDED.replace("07-31", "31 July"), "R-146"),
        (EXTENDED.replace("条例/28", "条例/2800"), "社会团体登记管理条例/2800"),
        ("# nothing", "没有法律依据，也没有政策参数"),
    ],
)
def test_a_file_that_cannot_stand_is_refused_row_by_row(file: Path, content: str, says: str) -> None:
    file.write_text(content, encoding="utf-8")
    assert says in refused("law_load", file, "--dry-run")


def test_it_is_refused_without_an_officer_who_may_and_a_reason(file: Path, tmp_path: Path) -> None:
    unit = UserFactory.create(role=Role.ENFORCEMENT)
    assert "须是在用账户" in refused("law_load", file, "--by", unit.username, "--reason", "延期")
    assert "R-141" in refused("law_load", file, "--by", unit.username)
    assert "不能读取" in refused("law_load", tmp_path / "gone.toml")
    file.write_bytes(b"#" * (1 << 21))
    assert "太大" in refused("law_load", file)
    assert not LawProposal.objects.exists()


def test_an_effect_is_judged_anew_until_it_is_decided(officer: User) -> None:
    proposal = law.propose(changes=new_value(value="07-31"), by=officer, on=timezone.localdate(), reason="延期")
    OrganisationFactory.create(by=officer)
    assert "影响的组织 0 家" in said("law_effect", proposal.pk)
    assert "影响的组织 1 家" in said("law_effect", proposal.pk, "--refresh")
    assert "没有法规政策变动第99号" in refused("law_effect", 99)
