"""A campaign from draft to its end: each step by its rules, with a row in the ledger of campaigns."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction
from django_fsm import TransitionNotAllowed

from cleanup.actions import campaign as campaigns
from cleanup.actions import exclusion as exclusions
from cleanup.actions import preview as previews
from cleanup.actions.sweep import sweep
from cleanup.models import Campaign, CampaignEvent, Exclusion, Hit
from cleanup.queries.scope import on_register
from cleanup.rules import Refused
from registry.models import IsFinal, User
from registry.queries.verification import faults
from registry.states import Kind, Role
from tests.cleanup.situations import approved, drafted, filer, running_campaign, started, window
from tests.factories import OrganisationFactory, UnitFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

ON = date(2022, 3, 1)
LATER = date(2022, 6, 1)


@pytest.fixture
def director() -> User:
    return UserFactory.create(role=Role.DIRECTOR)


def again(campaign: Campaign) -> Campaign:
    return Campaign.objects.get(pk=campaign.pk)


def previewed(campaign: Campaign, on: date = ON) -> Campaign:
    previews.preview(campaign_id=campaign.pk, by=campaign.drafted_by, on=on)
    return again(campaign)


def approve(campaign: Campaign, by: User, **how: Any) -> Campaign:
    told = {"on": ON, "seen": campaign.preview_id, **how}
    return campaigns.approve(campaign_id=campaign.pk, by=by, **told)


def revised(campaign: Campaign, by: User, **settings: Any) -> Campaign:
    told = {"windows": [window()], "version": campaign.version, **settings}
    return campaigns.revise(campaign_id=campaign.pk, by=by, on=ON, **told)


def test_a_campaign_goes_its_way_with_a_row_for_every_step(officer: User, director: User) -> None:
    campaign = previewed(drafted())
    approve(campaign, director)
    campaigns.start(campaign_id=campaign.pk, by=officer, on=ON)
    step = {"campaign_id": campaign.pk, "by": director, "reason": "等待市局口径"}
    campaigns.pause(on=date(2022, 4, 1), **step)
    campaigns.resume(on=date(2022, 5, 1), **step)
    campaigns.extend(on=date(2022, 12, 1), until=date(2023, 3, 31), document_no="虚民发〔2022〕40号", **step)
    campaign = campaigns.conclude(campaign_id=campaign.pk, by=director, on=date(2023, 3, 31), reason="完成")
    assert (campaign.state, campaign.ends_on, campaign.concluded_by) == ("concluded", date(2023, 3, 31), director)
    rows = CampaignEvent.objects.filter(subject=campaign)
    assert [row.verb.removeprefix("campaign.") for row in rows] == [
        "draft", "preview", "approve", "start", "pause", "resume", "extend", "conclude",
    ]  # fmt: skip
    assert [row.facts["campaign"]["state"] for row in rows] == [
        "draft", "previewed", "approved", "running", "paused", "running", "running", "concluded",
    ]  # fmt: skip
    assert rows.get(verb="campaign.extend").facts["changes"] == {"ends_on": ["2022-12-31", "2023-03-31"]}
    assert list(faults()) == []


def test_what_was_changed_in_the_ledger_of_campaigns_is_found(without_guards: None) -> None:
    campaign = drafted()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cleanup_campaignevent SET reason = '另有原因' WHERE subject_id = %s", [campaign.pk])
    [fault] = [each for each in faults() if "触发器" not in each.message]
    assert (fault.code, fault.seq) == ("行动台账", 1)
    assert "内容被改动（campaign.draft" in fault.message


def test_the_ledger_of_campaigns_is_only_added_to() -> None:
    row = CampaignEvent.objects.get(subject=drafted())
    with pytest.raises(IsFinal):
        row.save()
    with pytest.raises(IsFinal):
        CampaignEvent.objects.update(reason="x")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM cleanup_campaignevent")


def test_the_drafter_and_whoever_changed_the_draft_do_not_approve_it(director: User) -> None:
    campaign = drafted()
    editor = UserFactory.create(role=Role.DIRECTOR)
    campaign = previewed(revised(campaign, editor))
    for somebody in (campaign.drafted_by, editor):
        with pytest.raises(Refused, match="R-37"):
            approve(campaign, somebody)
    assert approve(campaign, director).approved_by == director


def test_only_what_was_previewed_last_is_approved(director: User) -> None:
    campaign = previewed(drafted())
    seen = campaign.preview_id
    campaign = previewed(campaign, on=date(2022, 3, 2))
    with pytest.raises(Refused, match="R-205"):
        approve(campaign, director, seen=seen)
    campaign = revised(campaign, campaign.drafted_by)
    with pytest.raises(TransitionNotAllowed):
        approve(campaign, director)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"document_no": " "}, "R-38"),
        ({"windows": []}, "R-38"),
        ({"by_list": True}, "R-206"),
        ({"windows": [window(last_report_year=2022)]}, "R-207"),
        ({"windows": [window(inactive_since=ON)]}, "R-207"),
        ({"windows": [window(contact_since=date(2023, 1, 1))]}, "R-207"),
    ],
)
def test_a_campaign_that_makes_no_sense_is_not_approved(wrong: dict[str, Any], code: str, director: User) -> None:
    campaign = drafted(**wrong)
    if wrong.get("windows") == []:
        campaign = revised(campaign, UserFactory.create(), windows=[])
    with pytest.raises(Refused, match=code):
        approve(previewed(campaign), director)


def test_two_officers_do_not_overwrite_each_other_s_draft() -> None:
    campaign = drafted()
    revised(campaign, UserFactory.create(), title="甲改的题目")
    with pytest.raises(campaigns.Overtaken) as caught:
        revised(campaign, UserFactory.create(), title="乙改的题目")
    assert caught.value.campaign.title == again(campaign).title == "甲改的题目"


def test_a_change_is_told_old_and_new() -> None:
    campaign = revised(drafted(), UserFactory.create(), title="新题目", windows=[window(missed_years=3)])
    changes = CampaignEvent.objects.get(subject=campaign, verb="campaign.revise").facts["changes"]
    assert changes["title"] == ["测试整治行动", "新题目"]
    assert [each["association"]["missed_years"] for each in changes["windows"]] == [2, 3]


def test_handed_back_a_draft_must_be_previewed_again(director: User) -> None:
    campaign = previewed(drafted())
    how = {"campaign_id": campaign.pk, "by": director, "on": ON}
    with pytest.raises(Refused, match="R-19"):
        campaigns.hand_back(reason=" ", **how)
    campaigns.hand_back(reason="年数应为三年", **how)
    campaign = again(campaign)
    assert (campaign.state, campaign.preview) == ("draft", None)


def test_a_campaign_starts_on_its_day_and_not_before() -> None:
    campaign = approved(drafted(starts_on=date(2022, 3, 10)))
    with pytest.raises(Refused, match="R-208"):
        campaigns.start(campaign_id=campaign.pk, by=UserFactory.create(), on=date(2022, 3, 9))
    with pytest.raises(Refused, match="R-209"):
        campaigns.start(campaign_id=campaign.pk, by=UserFactory.create(), on=date(2999, 1, 1))
    assert campaigns.start(campaign_id=campaign.pk, by=UserFactory.create(), on=date(2022, 3, 10)).state == "running"


def test_while_paused_a_campaign_is_neither_swept_nor_concluded_twice(director: User) -> None:
    campaign = running_campaign()
    campaigns.pause(campaign_id=campaign.pk, by=director, on=LATER, reason="等待口径")
    with pytest.raises(Refused, match="R-50"):
        sweep(campaign_id=campaign.pk, as_of=LATER, by=User.objects.system())
    with pytest.raises(Refused, match="R-209"):
        campaigns.resume(campaign_id=campaign.pk, by=director, on=date(2022, 5, 31), reason="口径已明确")
    campaigns.conclude(campaign_id=campaign.pk, by=director, on=LATER)
    with pytest.raises(TransitionNotAllowed):
        campaigns.conclude(campaign_id=campaign.pk, by=director, on=LATER)


@pytest.mark.parametrize("wrong", [{"until": date(2022, 12, 31)}, {"document_no": " "}, {"on": date(2999, 1, 1)}])
def test_the_end_is_moved_to_a_later_day_on_a_document(wrong: dict[str, Any], director: User) -> None:
    campaign = running_campaign()
    how = {"until": date(2023, 1, 31), "document_no": "虚民发〔2022〕40号", "on": LATER, **wrong}
    with pytest.raises(Refused, match="R-210"):
        campaigns.extend(campaign_id=campaign.pk, by=director, reason="尚有在办", **how)


def test_after_its_end_a_campaign_is_not_swept_until_it_is_extended(director: User) -> None:
    campaign = running_campaign(ends_on=LATER)
    swept = {"campaign_id": campaign.pk, "by": User.objects.system(), "as_of": date(2022, 6, 2)}
    with pytest.raises(Refused, match="R-204"):
        sweep(**swept)
    campaigns.extend(
        campaign_id=campaign.pk, until=date(2022, 7, 31), document_no="40号", by=director, on=LATER, reason="尚有在办"
    )
    sweep(**swept)


def test_a_campaign_by_list_looks_at_the_listed_and_at_nobody_else() -> None:
    inside, _ = OrganisationFactory.create(), OrganisationFactory.create()
    campaign = drafted(by_list=True, listed=[inside.pk])
    assert list(on_register(campaign, Kind.ASSOCIATION, on=ON)) == [inside]
    assert not on_register(drafted("empty", by_list=True), Kind.ASSOCIATION, on=ON).exists()


def test_a_campaign_of_one_supervising_unit_looks_at_its_bodies() -> None:
    unit = UnitFactory.create()
    inside, _ = OrganisationFactory.create(supervising_unit=unit), OrganisationFactory.create()
    assert list(on_register(drafted(scope_unit=unit), Kind.ASSOCIATION, on=ON)) == [inside]


def test_a_preview_keeps_who_would_enter_and_who_is_left_out(officer: User) -> None:
    filer(2020, 2021, by=officer)
    campaign, entering, excluded = drafted(), OrganisationFactory.create(), OrganisationFactory.create()
    exclusions.exclude(campaign_id=campaign.pk, organisation_id=excluded.pk, by=officer, on=ON, reason="法院重整")
    run = previews.preview(campaign_id=campaign.pk, by=officer, on=LATER)
    found = dict(Hit.objects.filter(run=run).values_list("organisation", "left_out"))
    assert found == {entering.pk: "", excluded.pk: "excluded"}
    assert (run.counts["in_scope"], run.counts["matched"], run.counts["by_criterion"]["A"]) == (2, 1, 1)
    assert run.counts["left_out"] == {"held": 0, "filing": 0, "new": 0, "exempt": 0, "excluded": 1}


def test_a_preview_takes_the_place_of_the_one_before(officer: User) -> None:
    filer(2020, 2021, by=officer)
    OrganisationFactory.create()
    campaign = drafted()
    first = previews.preview(campaign_id=campaign.pk, by=officer, on=LATER)
    second = previews.preview(campaign_id=campaign.pk, by=officer, on=LATER)
    assert (Hit.objects.filter(run=first).count(), Hit.objects.filter(run=second).count()) == (0, 1)


@pytest.mark.parametrize("verb", ["exclude", "readmit"])
def test_who_changes_whom_a_previewed_campaign_leaves_out_does_not_approve_it_and_nobody_before_it_is_previewed_again(
    verb: str, officer: User, director: User
) -> None:
    filer(2020, 2021, by=officer)
    body, campaign = OrganisationFactory.create(), drafted()
    told = {"by": director if verb == "exclude" else officer, "on": ON, "reason": "法院重整"}
    if verb == "readmit":
        exclusions.exclude(campaign_id=campaign.pk, organisation_id=body.pk, **told)
    seen = previews.preview(campaign_id=campaign.pk, by=officer, on=ON)
    told["by"] = director
    if verb == "exclude":
        exclusions.exclude(campaign_id=campaign.pk, organisation_id=body.pk, **told)
    else:
        exclusions.readmit(exclusion_id=Exclusion.objects.get().pk, **told)
    assert (again(campaign).state, again(campaign).preview) == ("draft", seen)
    event = CampaignEvent.objects.latest("seq")
    assert (event.verb, event.facts["organisation"]["code"]) == (f"campaign.{verb}", body.code)
    other = UserFactory.create(role=Role.DIRECTOR)
    with pytest.raises(TransitionNotAllowed):
        campaigns.approve(campaign_id=campaign.pk, by=other, on=ON, seen=seen.pk)
    fresh = previews.preview(campaign_id=campaign.pk, by=officer, on=ON)
    told = {"campaign_id": campaign.pk, "on": ON, "seen": fresh.pk}
    with pytest.raises(Refused) as refused:
        campaigns.approve(by=director, **told)
    assert [each.code for each in refused.value.broken] == ["R-37"]
    assert campaigns.approve(by=other, **told).state == "approved"
    assert list(faults()) == []


def test_previewing_a_running_campaign_leaves_its_state(officer: User) -> None:
    campaign = running_campaign()
    run = previews.preview(campaign_id=campaign.pk, by=officer, on=LATER)
    assert (again(campaign).state, again(campaign).preview) == ("running", run)


STEPS: dict[str, tuple[Callable[[], Campaign], Callable[[Campaign, User], object]]] = {
    "draft": (drafted, lambda _campaign, _by: drafted("another")),
    "revise": (drafted, lambda campaign, by: revised(campaign, by, title="新题目")),
    "preview": (drafted, lambda campaign, by: previews.preview(campaign_id=campaign.pk, by=by, on=ON)),
    "hand_back": (
        lambda: previewed(drafted()),
        lambda campaign, by: campaigns.hand_back(campaign_id=campaign.pk, by=by, on=ON, reason="重拟"),
    ),
    "exclude": (
        lambda: previewed(drafted()),
        lambda campaign, by: exclusions.exclude(
            campaign_id=campaign.pk, organisation_id=OrganisationFactory.create().pk, by=by, on=ON, reason="法院重整"
        ),
    ),
    "approve": (lambda: previewed(drafted()), approve),
    "start": (
        lambda: approved(drafted()),
        lambda campaign, by: campaigns.start(campaign_id=campaign.pk, by=by, on=ON),
    ),
    "pause": (
        lambda: started(drafted()),
        lambda campaign, by: campaigns.pause(campaign_id=campaign.pk, by=by, on=ON, reason="等待"),
    ),
    "extend": (
        lambda: started(drafted()),
        lambda campaign, by: campaigns.extend(
            campaign_id=campaign.pk, by=by, on=ON, until=date(2023, 1, 31), document_no="40号", reason="尚有在办"
        ),
    ),
    "conclude": (
        lambda: started(drafted()),
        lambda campaign, by: campaigns.conclude(campaign_id=campaign.pk, by=by, on=ON),
    ),
}


@pytest.mark.parametrize("step", STEPS)
def test_when_the_ledger_cannot_be_written_nothing_has_changed(
    step: str, director: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, verb = STEPS[step]
    campaign = make()
    before = list(Campaign.objects.order_by("pk").values())

    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(CampaignEvent, "save", broken)
    with pytest.raises(DatabaseError):
        verb(campaign, director)
    assert list(Campaign.objects.order_by("pk").values()) == before
