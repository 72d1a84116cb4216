"""The narrower tables of before are carried over with every row in them: batches, evidence, acceptances, the checklist.

The rows of before are entered by hand into a database of their own that was never migrated further.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import ConnectionHandler

from decoupling import checklist
from tests.factories import OrganisationFactory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.db.migrations.state import StateApps
    from pytest_django import DjangoDbBlocker

BEFORE = [("decoupling", "0002_items"), ("registry", "0011_stored_files")]
AFTER = [("decoupling", "0005_tighten")]
PLACED, MOVED, ACCEPTED = date(2021, 3, 1), date(2021, 9, 1), date(2022, 6, 1)


@pytest.fixture
def old(tmp_path: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[StateApps]:
    """Return the models of before, over a database of their own that takes the place of the tests'."""
    ours = connections["default"]
    name = str(tmp_path / "before.sqlite3") if ours.vendor == "sqlite" else f"{ours.settings_dict['NAME']}_before"
    settings = {**ours.settings_dict, "TEST": {**ours.settings_dict["TEST"], "NAME": name}}
    theirs = ConnectionHandler({"default": settings})["default"]
    with django_db_blocker.unblock():
        theirs.creation._create_test_db(verbosity=0, autoclobber=True)
        theirs.close()
        theirs.settings_dict["NAME"] = name
        connections["default"] = theirs
        try:
            yield MigrationExecutor(theirs).migrate(BEFORE).apps
        finally:
            connections["default"] = ours
            theirs.close()
            theirs.creation._destroy_test_db(name, verbosity=0)


class Before:
    """The register and the list of before, entered row by row."""

    def __init__(self, apps: StateApps) -> None:
        """Know the models, with one who enters and one who approves."""
        self.apps = apps
        users = apps.get_model("registry", "User").objects
        self.by, self.other = (users.create(username=name, display_name=name).pk for name in ("jing", "ban"))
        self.unit = apps.get_model("registry", "Unit").objects.create(name="虚构区商务局").pk

    def body(self, number: int) -> Any:
        """Return an association with the event it entered by."""
        code = OrganisationFactory.build(industry=True).code
        event = self.event(None, 1, "organisation.register", on=date(2010, 5, 6))
        body = self.apps.get_model("registry", "Organisation").objects.create(
            code=code, name=f"虚构区旧表协会{number}", kind="association", is_industry_association=True,
            established_on=date(2010, 5, 6), event_count=1, event_head="0" * 64,
        )  # fmt: skip
        event.organisation = body
        event.save()
        return body

    def event(self, body: Any, seq: int, verb: str, *, on: date, reason: str = "") -> Any:
        """Return an event that is not saved yet."""
        return self.apps.get_model("registry", "Event")(
            organisation=body, seq=seq, verb=verb, on=on, at=datetime(2022, 6, 2, tzinfo=UTC), by_id=self.by,
            state="active", reason=reason, digest=f"{seq:064}",
        )  # fmt: skip

    def listing(self, number: int, *, batch: int, state: str = "listed", **columns: Any) -> Any:
        """Return a listing that was placed and came so far."""
        body = self.body(number)
        self.event(body, 2, "listing.place", on=PLACED).save()
        plan: dict[str, Any] = {}
        if state != "listed":
            plan |= {"plan_submitted_on": PLACED, "plan_submitted_by_id": self.by}
        if state in {"implementing", "accepted"}:
            plan |= {"plan_approved_on": PLACED, "plan_approved_by_id": self.other}
            plan |= {"approval_no": "虚批1号", "approval_body": "联合工作组"}
        made = self.apps.get_model("decoupling", "Listing").objects.create(
            organisation=body, category="listed", batch=batch, document_no="虚1号", placed_on=PLACED,
            former_unit_id=self.unit, same_trade_members=True, name_fits=True, registered_as_association=True,
            scope_note="会员名册、证书", state=state, **plan, **columns,
        )  # fmt: skip
        self.placed(made, batch, PLACED)
        return made

    def placed(self, listing: Any, batch: int, on: date) -> None:
        """Enter a placement."""
        self.apps.get_model("decoupling", "Placement").objects.create(
            listing=listing, category="listed", batch=batch, on=on, document_no=f"虚批次{batch}号"
        )

    def accepted(self, number: int) -> Any:
        """Return a listing two people signed for and that was accepted, with the event of the acceptance."""
        made = self.listing(number, batch=1, state="accepted", accepted_on=ACCEPTED)
        for signer in (self.by, self.other):
            self.apps.get_model("decoupling", "Signature").objects.create(
                listing=made, signer_id=signer, signed_on=ACCEPTED, capacity="民政局"
            )
        told = {"on": ACCEPTED, "reason": "验收合格"}
        self.event(made.organisation, 3, "organisation.complete_decoupling", **told).save()
        return made


def test_everything_of_before_is_carried_over(old: StateApps) -> None:
    before = Before(old)
    waiting = before.listing(1, batch=1)
    moved = before.listing(2, batch=2, state="implementing")
    before.placed(moved, 3, MOVED)
    old.get_model("decoupling", "Listing").objects.filter(pk=moved.pk).update(batch=3)
    through = before.accepted(3)
    items = old.get_model("decoupling", "ChecklistItem")
    done = old.get_model("decoupling", "ItemStatus").objects.create(
        listing=moved, item=items.objects.get(code="A1"), state="done", evidence="决定", decided_on=MOVED,
        decided_by_id=before.by,
    )  # fmt: skip
    items.objects.filter(code="B1").update(title="旧的说法")

    new = MigrationExecutor(connection).migrate(AFTER).apps
    listings = new.get_model("decoupling", "Listing").objects
    batches = new.get_model("decoupling", "Batch").objects.order_by("number")
    assert list(batches.values_list("number", "title", "document_no", "decided_on", "opened_by")) == [
        (1, "第1批", "虚批次1号", PLACED, before.by),
        (2, "第2批", "虚批次2号", PLACED, before.by),
        (3, "第3批", "虚批次3号", MOVED, before.by),
    ]
    assert dict(listings.values_list("pk", "batch")) == {waiting.pk: 1, moved.pk: 3, through.pk: 1}
    assert {listings.get(pk=waiting.pk).members_evidence, listings.get(pk=through.pk).name_evidence} == {
        "会员名册、证书"
    }
    assert dict(listings.values_list("pk", "state")) == {
        waiting.pk: "listed", moved.pk: "implementing", through.pk: "accepted",
    }  # fmt: skip
    acceptance = new.get_model("decoupling", "Acceptance").objects.get()
    assert (acceptance.listing_id, acceptance.accepted_on, acceptance.accepted_by_id) == (
        through.pk, ACCEPTED, before.by,
    )  # fmt: skip
    assert (acceptance.reason, acceptance.event_seq, acceptance.voided_on) == ("验收合格", 3, None)
    assert acceptance.signatures.count() == 2
    assert new.get_model("decoupling", "ItemStatus").objects.get(pk=done.pk).evidence == "决定"
    now = new.get_model("decoupling", "ChecklistItem").objects
    assert dict(now.values_list("code", "title")) == {each["code"]: each["title"] for each in checklist.read()}
    assert dict(now.values_list("code", "responsible"))["C6"] == "premises"
