"""Who is on the fictional register, and which story each body will live through."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from registry.actions import evidence
from registry.actions import organisation as organisation_actions
from registry.identifiers import compose
from registry.states import Conclusion, Kind, Supervision

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from console.demonstration.people import Bureau
    from registry.models import Organisation

REGION = "120119"
AUTHORITY = "示例区民政局"
REPORT_YEARS = range(2018, 2026)
LAST_YEAR_BEFORE_CAMPAIGN = 2020
LAST_YEAR_BEFORE_PRESENT = 2023

STORIES = {
    # campaign 2022: found, decided, treated, closed by the end of 2022 …
    "22-revoke": 8, "22-cancel": 8, "22-rectify-activity": 3, "22-rectify-contact": 3, "22-merge": 1,
    # … closed in 2023, or never a case
    "22-late-revoke": 2, "22-late-cancel": 2, "22-late-rectify": 2, "22-dismissed": 4, "22-cured": 2,
    # campaign 2026, left half-way
    "26-cancel": 3, "26-revoke": 2, "26-rectify-contact": 2, "26-treating-revoke": 2, "26-treating-cancel": 2,
    "26-treating-rectify": 2, "26-confirmed": 4, "26-open": 9, "26-dismissed": 2, "26-cured": 1, "26-new": 3,
}  # fmt: skip
INDUSTRY_STORIES = {
    "decoupled-2022": 24, "decoupled-2023": 1, "implementing": 1, "deferred": 3, "exempt": 2,
    "22-revoke": 1, "22-cancel": 3, "22-merge": 1,
}  # fmt: skip
FEWEST = sum(STORIES.values()) + sum(INDUSTRY_STORIES.values()) + 20

TRADES = (
    "果品", "蔬菜", "粮油", "茶叶", "蜂业", "花卉", "奶业", "畜牧", "渔业", "餐饮", "旅馆", "旅游", "物流", "建材", "家具", "印刷",
    "五金", "机械", "电气", "汽车维修", "环保", "房地产", "物业", "家政", "美容美发", "珠宝", "服装", "纺织", "玩具", "文具", "电子商务",
    "包装", "照明", "水暖", "农机", "种业", "养老服务", "广告", "会展", "拍卖",
)  # fmt: skip
CAUSES = (
    "书法",
    "摄影",
    "太极拳",
    "长跑",
    "象棋",
    "诗词",
    "民间工艺",
    "志愿服务",
    "老年体育",
    "集邮",
    "园艺",
    "舞蹈",
    "合唱",
    "钓鱼",
    "健步走",
)
SCHOOLS = (
    "艺术培训学校",
    "养老服务中心",
    "幼儿园",
    "职业培训学校",
    "康复中心",
    "社区服务中心",
    "体育俱乐部",
    "文化活动中心",
)
WORDS = (
    "晨光",
    "春晖",
    "明德",
    "启航",
    "和悦",
    "青禾",
    "蓝天",
    "向阳",
    "博雅",
    "知行",
    "同心",
    "新苗",
    "乐善",
    "康宁",
    "远山",
    "清泉",
)


@dataclass(slots=True)
class Body:
    """One planned organisation: its story, its columns, and once registered its row."""

    story: str
    kind: Kind
    industry: bool
    serial: int
    organisation: Organisation = field(init=False)

    @property
    def pk(self) -> int:
        """Return the id of the row."""
        return self.organisation.pk


class Register:
    """The bodies by story, in the order they were planned."""

    def __init__(self, bodies: list[Body]) -> None:
        """Keep the bodies."""
        self.bodies = bodies

    def of(self, *prefixes: str) -> list[Body]:
        """Return the bodies whose story starts with one of ``prefixes``."""
        return [body for body in self.bodies if body.story.startswith(prefixes)]


def planned(size: int, random: Random) -> list[Body]:
    """Return ``size`` bodies: those with stories, then ordinary ones, some of them charities' kin."""
    bodies: list[Body] = []
    for story, count in INDUSTRY_STORIES.items():
        bodies += [Body(story, Kind.ASSOCIATION, industry=True, serial=0) for _ in range(count)]
    for story, count in STORIES.items():
        kinds = [Kind.PRIVATE_NON_ENTERPRISE, Kind.ASSOCIATION]
        bodies += [Body(story, kinds[place % 2], industry=False, serial=0) for place in range(count)]
    while len(bodies) < size:
        kind = Kind.ASSOCIATION if random.random() < 0.3 else Kind.PRIVATE_NON_ENTERPRISE
        bodies.append(Body("young" if len(bodies) % 12 == 0 else "ordinary", kind, industry=False, serial=0))
    for serial, body in enumerate(bodies, start=1):
        body.serial = serial
    return bodies


def register(size: int, *, bureau: Bureau, random: Random) -> Register:
    """Enter ``size`` bodies with their reports and activities up to the present, leaving out what their story lacks."""
    bodies = planned(size, random)
    names = _names()
    for body in bodies:
        body.organisation = _registered(body, names, bureau=bureau, random=random)
        _lived(body, bureau=bureau, random=random)
    return Register(bodies)


def _names() -> dict[str, Iterator[str]]:
    def industry() -> Iterator[str]:
        yield from (f"示例区{trade}行业协会" for trade in TRADES)
        yield from (f"示例区{trade}商会" for trade in TRADES)

    def ordinary(words: tuple[str, ...], endings: tuple[str, ...]) -> Iterator[str]:
        turn = 0
        while True:
            turn += 1
            mark = "" if turn == 1 else f"第{turn}"
            yield from (f"示例区{word}{mark}{ending}" for ending in endings for word in words)

    return {
        "industry": industry(),
        Kind.ASSOCIATION: ordinary(CAUSES, ("协会", "研究会", "联谊会")),
        Kind.PRIVATE_NON_ENTERPRISE: ordinary(WORDS, SCHOOLS),
    }


def _registered(body: Body, names: dict[str, Iterator[str]], *, bureau: Bureau, random: Random) -> Organisation:
    name = next(names["industry" if body.industry else body.kind])
    first, days = (date(2023, 1, 1), 700) if body.story == "young" else (date(1996, 1, 1), 7300)
    established_on = first + timedelta(days=random.randrange(days))
    direct = not body.industry and random.random() < 0.1
    return organisation_actions.register(
        by=bureau["dengji"],
        on=established_on,
        reason="成立登记",
        code=compose(body.kind, REGION, body.serial),
        name=name,
        kind=body.kind,
        is_industry_association=body.industry,
        is_charity=body.story == "ordinary" and body.serial % 25 == 0,
        supervision=Supervision.DIRECT if direct else Supervision.DUAL,
        registration_authority=AUTHORITY,
        supervising_unit=None if direct else bureau.departments[body.serial % len(bureau.departments)],
        party_body=bureau.party_body if direct else None,
        legal_representative=f"演示人员{body.serial}",
        address=f"示例区演示大街{body.serial}号",
        business_scope=f"{name.removeprefix('示例区')}章程规定的业务",
        activity_area="示例区",
        capital=random.choice((30_000, 50_000, 100_000, 200_000)),
        established_on=established_on,
        certificate_no=f"演民证字第{body.serial:04d}号",
        certificate_from=date(2021, 1, 1) if established_on.year < 2021 else established_on,
        certificate_until=date(2027, 12, 31),
    )


def _lived(body: Body, *, bureau: Bureau, random: Random) -> None:
    """File the reports and record the activities the body's story does not lack."""
    last = LAST_YEAR_BEFORE_PRESENT if body.story.startswith("26-") else max(REPORT_YEARS)
    leaves = body.story.startswith(("22-revoke", "22-cancel", "22-merge", "22-late-revoke", "22-late-cancel"))
    skipped = {2019, 2020} if _misses_reports(body) and body.story.startswith("22-") else set()
    once = random.choice(REPORT_YEARS) if body.story == "ordinary" and random.random() < 0.1 else None
    for year in REPORT_YEARS:
        if body.organisation.established_on and body.organisation.established_on >= date(year, 6, 30):
            continue
        missed = year in skipped or year == once or (year > last and _misses_reports(body))
        if missed or (leaves and year > LAST_YEAR_BEFORE_CAMPAIGN):
            continue
        report(body, year, date(year + 1, 3, 1) + timedelta(days=random.randrange(85)), bureau=bureau, random=random)
    quiet = body.story.startswith(("22-", "26-"))
    for year in (2019, 2021, 2023, 2025):
        if body.organisation.established_on and body.organisation.established_on.year >= year:
            continue
        if quiet and (year > 2019 if body.story.startswith("22-") else year > 2021):
            continue
        activity(body, date(year, 1 + random.randrange(10), 1 + random.randrange(28)), bureau=bureau)


def _misses_reports(body: Body) -> bool:
    """Tell whether the story's criterion is A; the others turn on activities or contact."""
    by_report = ("22-revoke", "22-merge", "22-late-revoke", "22-dismissed", "22-cured", "26-revoke", "26-treating-revoke",
                 "26-dismissed", "26-cured")  # fmt: skip
    if body.story.startswith(by_report):
        return True
    return body.story.startswith(("22-cancel", "26-confirmed", "26-open")) and body.serial % 3 != 0


def report(body: Body, year: int, filed_on: date, *, bureau: Bureau, random: Random) -> None:
    """File an annual report, qualified more often than not; of the latest year some wait for their conclusion."""
    conclusion = random.choices(
        (Conclusion.QUALIFIED, Conclusion.BASICALLY_QUALIFIED, Conclusion.UNQUALIFIED), weights=(90, 9, 1)
    )[0]
    if year == max(REPORT_YEARS) and body.story == "ordinary" and body.serial % 19 == 0:
        conclusion = Conclusion.PENDING
        filed_on = date(year + 1, 6, 12) if body.serial % 2 else filed_on
    evidence.file_report(
        organisation_id=body.pk,
        year=year,
        filed_on=filed_on,
        conclusion=conclusion,
        supervisor_opinion="同意",
        by=bureau["dengji"],
    )


def activity(body: Body, held_on: date, *, bureau: Bureau) -> None:
    """Record an activity taken from the body's annual report."""
    evidence.record_activity(
        organisation_id=body.pk, held_on=held_on, title="年度业务活动", source="年度工作报告", by=bureau["dengji"]
    )
