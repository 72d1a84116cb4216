"""What came after 2022: associations listed later, 回头看, leaders and fees under watch, figures kept as reported."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from console.demonstration import separation
from decoupling.actions import aftercare, batch, item, listing, review, snapshot
from decoupling.states import Category, Extent, FactKind, ItemState, ListingState, Post

if TYPE_CHECKING:
    from console.demonstration.people import Bureau
    from console.demonstration.roster import Register
    from decoupling.models import Listing, ReviewRound

LISTED_LATER_ON = date(2026, 3, 10)
DOCUMENT = "示脱联发〔2026〕1号"


def work(register: Register, listings: dict[int, Listing], *, bureau: Bureau, today: date) -> None:
    """Go on from where the work of 2022 and 2023 ended."""
    _review_2024(bureau)
    _listed_later(register, listings, bureau)
    _watch(listings, bureau)
    _review_now(bureau, today)
    for as_of in (date(2022, 12, 31), date(2023, 12, 31), date(2024, 12, 31)):
        snapshot.take(as_of=as_of, by=bureau["tongji"], note=f"{as_of.year}年年报")


def _listed_later(register: Register, listings: dict[int, Listing], bureau: Bureau) -> None:
    """Two of those put off are to decouple after all: one has its plan filed, one is at work and late."""
    batch.open_batch(
        number=3, title="示例区第3批脱钩", document_no=DOCUMENT, decided_on=LISTED_LATER_ON,
        plan_due_on=date(2026, 5, 31), done_due_on=date(2026, 10, 31), by=bureau["dengji"],
    )  # fmt: skip
    filed, begun = [listings[body.serial] for body in register.of("deferred")][:2]
    for each in (filed, begun):
        listing.move(
            listing_id=each.pk, category=Category.LISTED, document_no=DOCUMENT, by=bureau["dengji"], on=LISTED_LATER_ON,
            reason="暂缓的事由已经消除", batch=3,
        )  # fmt: skip
    listing.submit_plan(listing_id=filed.pk, by=bureau["dengji"], on=date(2026, 6, 18), document_no="示主函〔2026〕9号")
    separation.plan(begun, date(2026, 5, 20), bureau)
    for code in ("A1", "A2", "A3", "B1", "B2", "B3", "B4", "C1", "C2", "C3", "D1", "D2", "D3", "D6", "E1", "E2", "E3"):
        separation.done(begun, code, date(2026, 8, 3), bureau)
    for part in separation.ready(begun, date(2026, 9, 1)):
        if part.responsible == "former_unit":
            separation.word(begun, part, date(2026, 9, 1), bureau)


def _review_2024(bureau: Bureau) -> None:
    """Look at a sample, find one thing wanting, see it put right, and close."""
    began = date(2024, 4, 8)
    made = review.begin_round(
        title="2024年脱钩“回头看”", document_no="示脱联发〔2024〕2号", extent=Extent.SAMPLE, size=6,
        seed="示脱联发〔2024〕2号", by=bureau["zhifa"], on=began,
    )  # fmt: skip
    first, *others = made.revisits.select_related("listing").order_by("pk")
    review.find_problem(
        revisit_id=first.pk, code="D1", problem="一名在职人员仍兼任副秘书长", due_on=date(2024, 6, 30),
        by=bureau["zhifa"], on=began + timedelta(days=9),
    )  # fmt: skip
    for each in others:
        review.find_sound(
            revisit_id=each.pk, note="逐项核对，未发现问题", by=bureau["zhifa2"], on=began + timedelta(days=12)
        )
    item.settle(
        listing_id=first.listing_id, code="D1", outcome=ItemState.DONE, by=bureau["dengji2"], on=date(2024, 6, 3),
        evidence="辞去兼职的决定",
    )  # fmt: skip
    _close(made, bureau)


def _close(made: ReviewRound, bureau: Bureau) -> None:
    review.close_round(
        round_id=made.pk, by=bureau["zhifa"], on=date(2024, 7, 15), conclusion="抽查6家，发现问题1家，已经整改"
    )


def _review_now(bureau: Bureau, today: date) -> None:
    """Leave a round half-way: two looked at, one of them with something to put right by a day to come."""
    began = today - timedelta(days=30)
    made = review.begin_round(
        title=f"{began.year}年脱钩“回头看”", document_no=f"示脱联发〔{began.year}〕6号", extent=Extent.SAMPLE, size=5,
        seed=f"示脱联发〔{began.year}〕6号", by=bureau["zhifa"], on=began,
    )  # fmt: skip
    wanting, sound, *_ = made.revisits.select_related("listing").order_by("pk")
    review.find_problem(
        revisit_id=wanting.pk, code="C1", problem="仍与原主管单位共用财务人员", due_on=today + timedelta(days=12),
        by=bureau["zhifa"], on=began + timedelta(days=6),
    )  # fmt: skip
    review.find_sound(
        revisit_id=sound.pk, note="逐项核对，未发现问题", by=bureau["zhifa2"], on=began + timedelta(days=8)
    )


def _watch(listings: dict[int, Listing], bureau: Bureau) -> None:
    """Enter leaders and dated facts of a few; one president is past the age, one term has run out."""
    fresh = [each for each in listings.values() if type(each).objects.get(pk=each.pk).state == ListingState.ACCEPTED]
    on = date(2026, 2, 10)
    for place, each in enumerate(fresh[:8]):
        said: dict[str, Any] = {"listing_id": each.pk, "by": bureau["dengji2"], "on": on}
        aftercare.enter_leader(
            **said, name=f"演示会长{place + 1}", post=Post.PRESIDENT, took_office_on=date(2022, 6, 1),
            born_on=date(1953 if place == 0 else 1964 + place, 4, 12), employer=f"演示企业{place + 1}",
            term_until=date(2025, 5, 31) if place == 1 else date(2027, 5, 31), terms=1 + place % 2,
        )  # fmt: skip
        aftercare.enter_leader(
            **said, name=f"演示秘书长{place + 1}", post=Post.SECRETARY, took_office_on=date(2022, 6, 1),
            born_on=date(1978 + place, 9, 3), employer="", term_until=date(2027, 5, 31),
            other_posts="示例区演示联谊会副会长" if place == 2 else "",
        )  # fmt: skip
        facts = (
            (FactKind.FEE_VOTE, date(2022, 6, 1), "会员大会表决通过，单位会员每年1000元"),
            (FactKind.FEE_PUBLISHED, date(2024 if place == 3 else 2026, 1, 20), "会费收支在协会网站公示"),
            (FactKind.CHARTER, date(2022, 6, 20), "章程写入党的领导和党建领导机关"),
            (FactKind.PARTY_ORGANISATION, date(2022, 7, 1), "单独组建党支部" if place % 2 else "选派党建指导员"),
        )
        for kind, fact_on, note in facts[: 3 if place == 4 else 4]:
            aftercare.enter_fact(**said, kind=kind, fact_on=fact_on, note=note)
