from __future__ import annotations

from datetime import date
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from cleanup.queries.explain import explain
from registry.actions import organisation as verbs
from registry.states import Kind
from tests.cleanup.situations import filer, running_campaign, window
from tests.factories import OrganisationFactory

if TYPE_CHECKING:
    from registry.models import User

pytestmark = pytest.mark.django_db

ON = date(2022, 6, 1)


def said(code: str, *how: str) -> str:
    out = StringIO()
    call_command("explain", code, *how, stdout=out)
    return out.getvalue()


def test_every_criterion_is_told_met_or_not_with_facts_and_basis(officer: User) -> None:
    running_campaign()
    filer(2020, 2021, by=officer)
    body = OrganisationFactory.create()
    text = said(body.code, "--as-of", "2022-06-01")
    assert "2020年度：应于 2021-05-31 前报送，未报送；2021年度：应于 2022-05-31 前报送，未报送" in text
    assert "情形A 连续未参加年度检查（年报）：符合" in text
    assert "情形C 未按章程规定的业务范围开展业务活动：不符合" in text
    assert "活动情况未核查，没有活动记录不等于没有活动" in text
    assert "依据：民发〔2021〕63号/A" in text
    assert "依据：地方情形/E（待核实）" in text


def test_full_width_codes_are_understood_and_wrong_ones_refused(officer: User) -> None:
    running_campaign()
    body = OrganisationFactory.create()
    wide = body.code.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789ABCDEFGHJKLMNPQRTUWXY"})
    assert body.name in said(wide, "--as-of", "2022-06-01")
    with pytest.raises(CommandError, match="应为 18 位"):
        said("5112")
    with pytest.raises(CommandError, match="登记表中没有代码为"):
        said("53100000500016666Y")


@pytest.mark.parametrize(("change", "words"), [
    ("hold", "起暂缓处理：诉讼中"),
    ("cancel", "退出（注销）"),
    ("young", "才成立"),
    ("elsewhere", "不在本次行动的登记机关或者业务主管单位范围内"),
])  # fmt: skip
def test_why_not_is_told(change: str, words: str, officer: User) -> None:
    campaign = running_campaign(scope_authority="虚构区民政局")
    body = OrganisationFactory.create(
        registration_authority="别处" if change == "elsewhere" else "虚构区民政局",
        established_on=date(2022, 6, 2) if change == "young" else date(2010, 1, 1),
    )
    if change == "hold":
        verbs.hold(organisation_id=body.pk, by=officer, on=date(2022, 1, 1), reason="诉讼中")
    if change == "cancel":
        verbs.cancel(
            organisation_id=body.pk, by=officer, on=date(2022, 1, 2), reason="解散", resolution_on=date(2022, 1, 1),
            consent_no="", liquidation_report_on=date(2022, 1, 2),
        )  # fmt: skip
    body.refresh_from_db()
    [explanation] = explain(body, on=ON, campaign=campaign)
    assert words in explanation.exclusion
    assert not explanation.flagged


def test_a_kind_without_window_is_told_so() -> None:
    campaign = running_campaign(windows=[window(Kind.FOUNDATION)])
    [explanation] = explain(OrganisationFactory.create(), on=ON, campaign=campaign)
    assert explanation.exclusion == "本次行动没有为“社会团体”设定认定口径"


def test_without_a_running_campaign_nothing_is_judged() -> None:
    assert "没有进行中的整治行动" in said(OrganisationFactory.create().code, "--as-of", "2022-06-01")
