"""Every page asks the database as often for three hundred rows of what it shows as for one.

The pages are taken from the addresses: one that is added is counted here without further words, and must show more when
there is more, or stand in `SAME` with what it shows instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from console.access import BUNDLES
from console.decoupling_deeds import DEEDS as SEPARATIONS
from console.deeds import DEEDS
from console.organisation_bulk import MOST
from console.views.decoupling_items import VERBS
from registry.models import ImportRun, Organisation, User
from registry.states import FROM_UNITS, Role
from tests.console.crowd import grow, settled
from tests.console.doors import ARGUMENTS, LEADS_BACK, MAY_OPEN, argument, placed, takes_a_record
from tests.console.situations import open_findings, uploaded_file, user_of
from tests.factories import UnitFactory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanup.models import Finding

pytestmark = pytest.mark.django_db

VIEWS = {
    "organisation_list": ["state=active&kind=association&order=name"],
    "organisation_page": ["events=other"],
    "finding_list": ["stage=included", "due=14"],
    "report_list": ["stage=missing", "stage=filed_late"],
    "case_board_export": ["campaign=crowd0&form=csv"],
    "case_board": ["campaign=crowd0"],
    "case_list": ["state=open&due=overdue"],
    "deadline_list": ["standing=overdue"],
    "filing_list": ["state=pending"],
    "work": ["lane=overdue", "lane=to_sign", "lane=unassigned", "lane=waiting"],
    "campaign_figure_list": ["place=pending"],
    "campaign_preview": ["against=none"],
    "import_page": ["stage=open"],
    "search": ["q=会"],
}
"""Other faces of a page, by what stands behind its address."""

SEPARATING = {
    *(deed.url_name for deed in SEPARATIONS.values() if deed.verb != "move"),
    *(f"decoupling_item_{verb}" for verb in VERBS),
}
SAME = {
    **{deed.url_name: "the form of a deed" for deed in DEEDS.values() if deed.verb != "conclude_report"},
    **dict.fromkeys(SEPARATING, "the form of a deed about one association"),
    "case_batch_new": "nothing, where nothing is chosen",
    "calendar_load": "two questions",
    "calendar_page": "the years that were loaded",
    "campaign_exclude": "one question",
    "campaign_figures": "numbers, by what there is one of",
    "campaign_figure_list": "a page of rows, which there were before the crowd",
    "campaign_readmit": "one question",
    "decoupling_candidates": "those not on the list yet; the crowd is on it",
    "decoupling_export": "a report of a day before the crowd",
    "decoupling_file": "one file",
    "decoupling_item": "one item",
    "decoupling_leave_office": "two questions",
    "decoupling_revisit": "two questions",
    "decoupling_sign_off": "four questions",
    "decoupling_snapshot_page": "figures of a day before the crowd",
    "decoupling_watch": "those that are accepted; the crowd is not",
    "deadline_page": "one deadline",
    "opinion_answer": "one opinion",
    "opinion_ask": "the form of one question",
    "filing_new": "two questions",
    "import_columns": "the columns of one file",
    "import_new": "two questions",
    "law_basis_change": "one provision",
    "law_file_new": "two questions",
    "law_list": "a page of the provisions, which there was before the crowd",
    "ledger": "the latest checkpoints, a page of them",
    "ledger_script": "one file",
    "notice_draft": "one document",
    "notice_page": "one document",
    "notice_word": "one file",
    "organisation_document": "one file",
    "organisation_document_withdraw": "two questions",
    "organisation_past_list": "a page of rows, which there were before the crowd",
    "past_day": "numbers, by what there is one of",
    "own_password": "three fields",
    "report_list": "a page of rows, which there were before the crowd",
    "role_matrix": "the roles, as the code holds them",
    "staff_log": "thirty rows, which there were before the crowd",
    "sweep_page": "a page of rows, which there were before the crowd",
    "user_list": "thirty rows, which there were before the crowd",
}
"""Pages that do not show more when there is more, and what they show."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Bodies with one of everything, who looks at them, and what stands in the addresses of their pages."""

    centres: list[Finding]
    viewers: dict[Role, User]
    about: dict[str, Any]

    @property
    def worker(self) -> User:
        """Return who carries the work."""
        return self.viewers[widest("work")]


@pytest.fixture
def scene() -> Scene:
    unit = UnitFactory.create()
    viewers = {role: user_of(role) for role in set(Role) - {Role.SYSTEM, *FROM_UNITS}}
    viewers |= {role: user_of(role, unit=unit) for role in FROM_UNITS}
    keys = sorted({argument(name) for name in MAY_OPEN.keys() - LEADS_BACK if takes_a_record(name)})
    centres = open_findings(len(keys), supervising_unit=unit)
    about = {key: ARGUMENTS[key](finding) for key, finding in zip(keys, centres, strict=True)}
    about["import_page"] = uploaded_file().pk
    ImportRun.objects.filter(pk=about["import_page"]).update(outcome=ImportRun.Stage.DONE, rows_done=1, refused=1)
    found = Scene(centres, viewers, about)
    settled(centres, viewers, found.worker)
    return found


def widest(name: str) -> Role:
    """Return the role that may do most among those that may open an address."""
    return max(MAY_OPEN[name], key=lambda role: (len(BUNDLES[role]), role))


def faces(scene: Scene) -> Iterator[tuple[str, str, Role]]:
    """Return every page with its name, address and who looks: the widest role, and one that sees its own only."""
    chosen = Organisation.objects.order_by("pk").values_list("code", flat=True)[:MOST]
    asked = {**VIEWS, "organisation_bulk": [urlencode({"verb": "hold", "code": list(chosen)}, doseq=True)]}
    for name in sorted(MAY_OPEN.keys() - LEADS_BACK):
        roles = ({widest(name), Role.SUPERVISING_UNIT} & MAY_OPEN[name]) & scene.viewers.keys()
        if not roles:
            continue
        found = scene.about.get(name) or scene.about[argument(name)] if takes_a_record(name) else None
        at = placed(name, found) if found else reverse(name)
        for query in ["", *asked.get(name, [])]:
            for role in sorted(roles):
                yield f"{name} {query[:40]} {role}", f"{at}?{query}", role


def measured(scene: Scene) -> dict[str, tuple[int, int]]:
    """Return for every page how often it asked, and how long it is."""
    clients = {role: Client() for role in scene.viewers}
    for role, client in clients.items():
        client.force_login(scene.viewers[role])
    counted = {}
    for face, at, role in faces(scene):
        with CaptureQueriesContext(connection) as asked:
            answer = clients[role].get(at)
        assert answer.status_code == 200, (face, answer.status_code)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        counted[face] = (len(asked), len(content))
    return counted


def test_no_page_asks_more_often_for_three_hundred_rows_than_for_one(scene: Scene) -> None:
    measured(scene)  # what is read once and kept has been read
    few = measured(scene)
    grow(scene.centres, scene.viewers.values(), scene.worker)
    many = measured(scene)
    assert {face: (few[face][0], asked) for face, (asked, _) in many.items() if asked > few[face][0]} == {}
    longer = {face.partition(" ")[0] for face, (_, size) in many.items() if size > few[face][1] * 1.1}
    assert {face.partition(" ")[0] for face in many} - longer == set(SAME)
