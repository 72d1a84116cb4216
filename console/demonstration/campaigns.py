"""The two campaigns: 2022 worked through to its end, 2026 left half-way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from cleanup.actions import campaign as campaign_actions
from cleanup.actions import case as case_actions
from cleanup.actions import contact_test
from cleanup.actions import finding as finding_actions
from cleanup.actions import preview as preview_actions
from cleanup.actions.sweep import sweep
from cleanup.models import Case, Finding
from cleanup.states import Reached, Treatment
from console.demonstration.procedure import Procedure
from console.demonstration.roster import AUTHORITY, activity, report
from registry.actions import evidence
from registry.actions import run as run_actions
from registry.models import User
from registry.states import Channel, ContactOutcome, Kind

if TYPE_CHECKING:
    from random import Random

    from cleanup.models import Campaign
    from console.demonstration.people import Bureau
from console.demonstration.roster import Body, Register


class Desk:
    """The officers' desk: the verbs of a campaign with the people who use them."""

    def __init__(self, campaign: Campaign, bureau: Bureau) -> None:
        """Work on ``campaign``."""
        self.campaign = campaign
        self.bureau = bureau

    def finding(self, body: Body) -> Finding:
        """Return the body's standing finding."""
        return Finding.objects.exclude(state="withdrawn").get(campaign=self.campaign, organisation=body.pk)

    def preview(self, on: date) -> None:
        """Look at who would enter: by now the reports fell due that were not when the campaign was approved."""
        preview_actions.preview(campaign_id=self.campaign.pk, by=self.bureau["shenhe"], on=on)

    def sweep(self, on: date) -> None:
        """Sweep as the nightly job does."""
        slot = f"{self.campaign.code} {on}"
        run = run_actions.claim(job="sweep", slot=slot, as_of=on, owner="demonstration")
        if run:
            sweep(campaign_id=self.campaign.pk, as_of=on, by=User.objects.system(), run=run)

    def survey(self, body: Body, until: date) -> None:
        """Look into the body's activities."""
        evidence.survey_activity(organisation_id=body.pk, until=until, by=self.bureau["zhifa"], reason="摸底核查")

    def fail_to_reach(self, body: Body, on: date) -> None:
        """Send two letters that come back and make a call nobody answers."""
        by = self.bureau["zhifa"]
        test = contact_test.begin(organisation_id=body.pk, by=by, on=on)
        for channel, proof, days in (
            (Channel.LETTER, "退件：查无此单位", 0),
            (Channel.PHONE, "通话记录：空号", 3),
            (Channel.LETTER, "退件：迁移新址不明", 20),
        ):
            sent_on, target = on + timedelta(days=days), "登记电话" if channel == Channel.PHONE else ""
            number = f"示挂{on:%y%m}{body.serial}{days:02}" if channel == Channel.LETTER else ""
            made = contact_test.attempt(
                test_id=test.pk, channel=channel, by=by, on=sent_on, target=target, tracking_no=number
            )
            known_on = sent_on + timedelta(days=2)
            contact_test.settle(try_id=made.pk, outcome=ContactOutcome.FAILED, proof=proof, by=by, on=known_on)
        contact_test.conclude(
            test_id=test.pk, verdict=Reached.UNREACHABLE, by=by, on=on + timedelta(days=22),
            reason="两次信函均被退回，电话为空号",
        )  # fmt: skip

    def reach(self, body: Body, on: date) -> None:
        """Reach the body after all."""
        evidence.record_contact(
            organisation_id=body.pk, channel=Channel.VISIT, target=body.organisation.address, tried_on=on,
            outcome=ContactOutcome.REACHED, proof="现场笔录", by=self.bureau["zhifa"],
        )  # fmt: skip

    def confirm(self, body: Body, on: date, *, dormant: bool = True) -> None:
        """Confirm the finding, and mark the body dormant three days later."""
        finding = self.finding(body)
        officer = self.bureau["dengji"]
        finding_actions.confirm(finding_id=finding.pk, by=officer, on=on, reason="经核查属实")
        if dormant:
            finding_actions.mark_dormant(
                finding_id=finding.pk, by=officer, on=on + timedelta(days=3), reason="经核查确认为僵尸型社会组织"
            )

    def dismiss(self, body: Body, on: date, reason: str) -> None:
        """Dismiss the finding."""
        finding_actions.dismiss(finding_id=self.finding(body).pk, by=self.bureau["dengji"], on=on, reason=reason)

    def open_case(self, body: Body, treatment: Treatment, on: date, *, due_on: date | None = None) -> Case:
        """Open a case."""
        return case_actions.open_case(
            finding_id=self.finding(body).pk, treatment=treatment, officer=self.bureau["zhifa"], by=self.bureau["zhifa"], on=on,
            due_on=due_on or on + timedelta(days=90), document_no=f"示民社立〔{on.year}〕{body.serial}号",
        )  # fmt: skip

    def procedure(self, body: Body, treatment: Treatment, opened_on: date, ended_on: date) -> Procedure:
        """Open a case and return what walks it."""
        return Procedure(self.open_case(body, treatment, opened_on), body, self.bureau, ended_on)

    def revoked(self, body: Body, opened_on: date, closed_on: date, *, today: date | None = None) -> None:
        """Carry a 撤销 through; what follows from it as far as its days have come."""
        procedure = self.procedure(body, Treatment.REVOKE, opened_on, closed_on)
        procedure.revoked()
        if today is None or closed_on + timedelta(days=7) <= today:
            procedure.published()

    def cancelled(self, body: Body, opened_on: date, closed_on: date) -> None:
        """Carry a 注销 through."""
        self.procedure(body, Treatment.CANCEL, min(opened_on, closed_on - timedelta(days=71)), closed_on).cancelled()

    def begun(self, body: Body, treatment: Treatment, opened_on: date, *, due_on: date, today: date) -> None:
        """Leave a case half-way: a penalty after its prior notice, the others after their first steps."""
        case = self.open_case(body, treatment, opened_on, due_on=due_on)
        if treatment == Treatment.REVOKE:
            Procedure(case, body, self.bureau, today + timedelta(days=21)).noticed()
        elif treatment == Treatment.RECTIFY:
            Procedure(case, body, self.bureau, today).ordered(before=20, due_on=today + timedelta(days=12))
        elif treatment == Treatment.CANCEL:
            Procedure(case, body, self.bureau, today + timedelta(days=51)).guided()

    def rectified(self, body: Body, opened_on: date, closed_on: date) -> None:
        """Carry a 限期整改 through: the body shows life again, on every ground."""
        procedure = self.procedure(body, Treatment.RECTIFY, opened_on, closed_on)
        procedure.ordered()
        activity(body, closed_on - timedelta(days=15), bureau=self.bureau)
        self.reach(body, closed_on - timedelta(days=10))
        words = {"A": "已补报年度报告", "C": "已恢复开展业务活动", "D": "已取得联系"}
        procedure.passed({letter: words[letter] for letter in procedure.case.finding.criteria})

    def merged(self, body: Body, into: Body, opened_on: date, closed_on: date) -> None:
        """Carry a 合并 through."""
        self.procedure(body, Treatment.MERGE, opened_on, closed_on).merged(into)


def _windows(**columns: Any) -> list[dict[str, Any]]:
    return [{"kind": kind, "criteria": "ABCD", "missed_years": 2, **columns} for kind in Kind]


def _approve(campaign: Campaign, bureau: Bureau, on: date) -> None:
    """Preview a draft, let the director approve what was previewed, and start."""
    seen = preview_actions.preview(campaign_id=campaign.pk, by=bureau["shenhe"], on=on)
    campaign_actions.approve(campaign_id=campaign.pk, by=bureau["fuzeren"], on=on, seen=seen.pk)
    campaign_actions.start(campaign_id=campaign.pk, by=bureau["shenhe"], on=on)


def work_2022(register: Register, *, bureau: Bureau, random: Random) -> None:
    """Work the campaign of 2022 through; it is concluded in mid-2023."""
    campaign = campaign_actions.draft(
        code="2022", title="2022年“僵尸型”社会组织专项整治", document_no="示民发〔2022〕8号",
        scope_authority=AUTHORITY,
        starts_on=date(2022, 3, 1), ends_on=date(2022, 12, 31), by=bureau["shenhe"], on=date(2022, 2, 21),
        windows=_windows(
            last_report_year=2020, inactive_since=date(2020, 1, 1), surveyed_since=date(2022, 1, 1), contact_since=date(2022, 3, 1)
        ),
    )  # fmt: skip
    _approve(campaign, bureau, date(2022, 3, 1))
    desk = Desk(campaign, bureau)
    for body in register.of("22-cancel", "22-rectify-activity", "22-late-cancel", "22-late-rectify"):
        desk.survey(body, date(2022, 3, 10))
    desk.preview(date(2022, 3, 15))
    desk.sweep(date(2022, 3, 15))
    for body in register.of("22-cured"):
        for year in (2019, 2020):
            report(body, year, date(2022, 5, 10), bureau=bureau, random=random)
    for body in register.of("22-rectify-contact"):
        desk.fail_to_reach(body, date(2022, 5, 5))
    for place, body in enumerate(register.of("22-dismissed")):
        desk.dismiss(body, date(2022, 4, 12 + place), "年报已报业务主管单位，尚在流转，已调取原件核对")
        for year in (2019, 2020):
            report(body, year, date(2022, 4, 25), bureau=bureau, random=random)
    desk.sweep(date(2022, 7, 1))
    _close_2022(register, desk, random)
    _close_2023(register, desk)
    campaign_actions.conclude(campaign_id=campaign.pk, by=bureau["fuzeren"], on=date(2023, 6, 30))


def _close_2022(register: Register, desk: Desk, random: Random) -> None:
    def by_turns(first: date, place: int) -> date:
        return first + timedelta(days=9 * place + random.randrange(5))

    successor = register.of("ordinary")
    for place, body in enumerate(register.of("22-revoke", "22-cancel", "22-rectify", "22-merge")):
        confirmed_on = date(2022, 7, 5) if "rectify-contact" in body.story else date(2022, 4, 6) + timedelta(days=place)
        desk.confirm(body, confirmed_on)
        opened_on = confirmed_on + timedelta(days=10)
        if body.story == "22-revoke":
            desk.revoked(body, opened_on, by_turns(date(2022, 7, 20), place % 15))
        elif body.story == "22-cancel":
            desk.cancelled(body, opened_on, by_turns(date(2022, 8, 1), place % 15))
        elif body.story == "22-merge":
            partner = next(each for each in successor if each.kind == body.kind)
            desk.merged(body, partner, opened_on, date(2022, 9, 20))
        else:
            desk.rectified(body, opened_on, by_turns(date(2022, 9, 10), place % 10))


def _close_2023(register: Register, desk: Desk) -> None:
    for place, body in enumerate(register.of("22-late-revoke", "22-late-cancel")):
        desk.confirm(body, date(2022, 9, 5 + place))
        if body.story == "22-late-revoke":
            desk.revoked(body, date(2022, 10, 10), date(2023, 2, 20 + place))
        else:
            desk.cancelled(body, date(2022, 10, 20), date(2023, 3, 10 + place))
    for place, body in enumerate(register.of("22-late-rectify")):
        desk.confirm(body, date(2022, 11, 20 + place))
        desk.rectified(body, date(2023, 1, 10), date(2023, 5, 15 + place))


def work_2026(register: Register, *, bureau: Bureau, random: Random, today: date) -> None:
    """Work the campaign of 2026 half-way: every stage of the funnel holds something."""
    campaign = campaign_actions.draft(
        code="2026", title="2026年“僵尸型”社会组织常态化整治", document_no="示民发〔2026〕5号",
        scope_authority=AUTHORITY,
        starts_on=date(2026, 3, 2), ends_on=date(2026, 12, 31), by=bureau["shenhe"], on=date(2026, 2, 24),
        windows=_windows(
            last_report_year=2025, inactive_since=date(2024, 1, 1), surveyed_since=date(2026, 1, 1), contact_since=date(2026, 3, 1)
        ),
    )  # fmt: skip
    _approve(campaign, bureau, date(2026, 3, 2))
    desk = Desk(campaign, bureau)
    for body in register.of("26-cancel", "26-treating-cancel", "26-treating-rectify", "26-confirmed", "26-open"):
        desk.survey(body, date(2026, 4, 20))
    for body in register.of("26-rectify-contact"):
        desk.fail_to_reach(body, date(2026, 4, 7))
    desk.preview(date(2026, 6, 2))
    desk.sweep(date(2026, 6, 2))
    for body in register.of("26-cured"):
        for year in (2024, 2025):
            report(body, year, date(2026, 6, 20), bureau=bureau, random=random)
    desk.sweep(date(2026, 9, 1))
    for body in register.of("26-dismissed"):
        desk.dismiss(body, date(2026, 9, 8), "已改为向市级登记管理机关报送，属数据未同步")
    _treat_2026(register, desk, today)
    for body in register.of("26-new"):
        desk.fail_to_reach(body, date(2026, 10, 26))


def _treat_2026(register: Register, desk: Desk, today: date) -> None:
    for place, body in enumerate(register.of("26-cancel", "26-revoke", "26-rectify", "26-treating", "26-confirmed")):
        desk.confirm(body, date(2026, 6, 10) + timedelta(days=place), dormant=place % 5 != 4)
        opened_on, closed_on = date(2026, 7, 10), date(2026, 9, 20) + timedelta(days=4 * place)
        due_on = max(today + timedelta(days=7 * (place % 4) - 5), opened_on)
        if body.story == "26-cancel":
            desk.cancelled(body, opened_on, closed_on)
        elif body.story == "26-revoke":
            desk.revoked(body, opened_on, closed_on, today=today)
        elif body.story == "26-rectify-contact":
            desk.rectified(body, opened_on, closed_on)
        elif body.story.startswith("26-treating-"):
            treatment = Treatment(body.story.removeprefix("26-treating-"))
            desk.begun(body, treatment, opened_on, due_on=due_on, today=today)
