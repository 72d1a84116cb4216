"""Findings and cases rebuilt from the ledger alone, and the campaign's figures on a day as the events up to it say.

The dates on the rows answer the same questions faster; that both agree is what proves the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cleanup.models import Case, CaseRound, CaseStep, Finding, Notice, Service
from cleanup.states import LIVE, DropGround, FindingState, Step
from registry.queries.retold import KEY, Retold, last_words, without_empty

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from registry.models import Event
    from registry.queries.retold import Row

DERIVED = ("next_step",)
"""Columns of a case that follow from its steps and are kept for the lists; no event tells of them."""


# --- findings -----------------------------------------------------------------------------------------------------


class _Findings:
    """The findings of one organisation, as its events make and move them. A campaign has one at a time that stands."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.about: dict[int, Row] = {}
        """By the number of each case the finding it was opened on."""

    def read(self, event: Event) -> None:
        """Let one event do what it tells."""
        facts, campaign = event.facts, event.facts.get("campaign")
        match event.verb:
            case "finding.open":
                self.enter(event, facts)
            case "finding.update":
                self.end(campaign, event, FindingState.WITHDRAWN, ended_run_id=event.run_id)
                self.enter(event, facts)
            case "finding.withdraw":
                self.end(campaign, event, FindingState.WITHDRAWN, ended_run_id=event.run_id)
            case "finding.undo":
                self.undo(event)
            case "finding.confirm":
                self.standing(campaign).update(_decided(event), state=FindingState.CONFIRMED, confirmed_on=event.on)
            case "finding.dismiss":
                self.end(campaign, event, FindingState.DISMISSED, **_decided(event))
        for line in facts.get("findings", ()):
            self.judge_anew(event, line)
        told = facts.get("case", {})
        if told.get("row") and told["row"]["id"] not in self.about:
            self.about[told["row"]["id"]] = self.standing(told["campaign"])
        if told.get("step") == Step.DROP and told.get("ground") != DropGround.COMPLIED:
            self.end(told["campaign"], event, FindingState.DISMISSED, **_decided(event))

    def enter(self, event: Event, told: Row) -> None:
        """Add the finding ``told`` tells of."""
        self.rows.append(
            {
                "campaign_id": told["campaign"],
                "organisation_id": event.organisation_id,
                "criteria": told["criteria"],
                "facts": told["judged_on"],
                "found_on": event.on,
                "run_id": event.run_id,
                "state": FindingState.OPEN,
            }
        )

    def standing(self, campaign: str) -> Row:
        """Return the finding of ``campaign`` that stands."""
        return next(row for row in reversed(self.rows) if row["campaign_id"] == campaign and row["state"] in LIVE)

    def end(self, campaign: str, event: Event, state: str, **columns: Any) -> None:
        """End the finding of ``campaign`` that stands."""
        self.standing(campaign).update(columns, state=state, ended_on=event.on)

    def undo(self, event: Event) -> None:
        """Take back what the sweep of the event's run did: what it entered ends, what it ended stands again."""
        mine = [row for row in self.rows if row["campaign_id"] == event.facts["campaign"]]
        if event.facts["withdrawn"]:
            entered = next(row for row in mine if row["run_id"] == event.run_id and row["state"] == FindingState.OPEN)
            why = f"整次排查撤销：{event.reason}"
            entered.update(state=FindingState.WITHDRAWN, ended_on=event.on, reason=why)
        if event.facts["restored"]:
            ended = next(row for row in mine if row.get("ended_run_id") == event.run_id)
            ended.update(state=FindingState.OPEN, ended_on=None, ended_run_id=None)

    def judge_anew(self, event: Event, line: Row) -> None:
        """Let a change of the law end the finding that stood and enter another."""
        if line["before"]:
            self.end(line["campaign"], event, FindingState.WITHDRAWN)
        if line["criteria"]:
            self.enter(event, line)


@dataclass(frozen=True, slots=True)
class Together:
    """A finding with its case, if it has one, and the rounds of that, as rows."""

    finding: Row
    case: Row | None
    rounds: tuple[Row, ...]


def together(events: Sequence[Event]) -> list[Together]:
    """Return the findings of one organisation in the order in which they were made, each with what was done about it."""
    found = _Findings()
    for event in events:
        found.read(event)
    cases = {id(found.about[case["id"]]): case for case in _cases(events)}
    rounds: dict[int, list[Row]] = {}
    for each in _rounds(events):
        rounds.setdefault(each["case_id"], []).append(each)
    told = ((row, cases.get(id(row))) for row in found.rows)
    return [
        Together(without_empty(row), case, tuple(rounds[case["id"]]) if case is not None else ()) for row, case in told
    ]


def _decided(event: Event) -> Row:
    return {"decided_by_id": event.by_id, "reason": event.reason}


def _findings(events: Sequence[Event]) -> list[Row]:
    found = _Findings()
    for event in events:
        found.read(event)
    return [without_empty(row) for row in found.rows]


FINDINGS = Retold(
    model=Finding,
    named=("campaign_id", "found_on"),
    marks=("campaign", "findings", "case"),
    told={
        "campaign_id": 'facts["campaign"], its code',
        "organisation_id": "organisation",
        "criteria": 'finding.open, finding.update: facts["criteria"]; law.apply: facts["findings"]',
        "facts": 'likewise: facts["judged_on"]',
        "found_on": "likewise: on",
        "run_id": "likewise: run",
        "ended_run_id": "finding.withdraw, finding.update: run; finding.undo empties it",
        "state": "verb",
        "confirmed_on": "finding.confirm: on",
        "ended_on": "finding.dismiss, finding.withdraw, finding.update, finding.undo, case.drop: on",
        "decided_by_id": "finding.confirm, finding.dismiss, case.drop: by",
        "reason": "likewise, and finding.undo: reason",
    },
    untold={"id": KEY},
    replay=_findings,
    writes={"campaign_id": "campaign__code"},
)


# --- cases --------------------------------------------------------------------------------------------------------


def _rows_of(event: Event) -> Iterator[Row]:
    if row := event.facts.get("case", {}).get("row"):
        yield row


def _cases(events: Sequence[Event]) -> list[Row]:
    return last_words(events, _rows_of)


CASES = Retold(
    model=Case,
    named=("id",),
    marks=("case",),
    told={
        field.attname: 'facts["case"]["row"]' for field in Case._meta.concrete_fields if field.attname not in DERIVED
    },
    untold=dict.fromkeys(DERIVED, "follows from the steps taken, which are told"),
    replay=_cases,
    owner="finding__organisation",
)


UNDOES = ("organisation.reinstate", "case.reopen")
"""The verbs of a case by which the end of its last round is undone."""


def _rounds(events: Sequence[Event]) -> list[Row]:
    rounds: dict[tuple[int, int], Row] = {}
    for event in events:
        for case in _rows_of(event):
            key = case["id"], case["round"]
            if key not in rounds:
                rounds[key] = {
                    "case_id": case["id"],
                    "number": case["round"],
                    "treatment": case["treatment"],
                    "began_on": event.on,
                }
                if event.verb in UNDOES:
                    rounds[case["id"], case["round"] - 1]["undone_on"] = event.on
            rounds[key].update({name: case[name] for name in ("outcome", "closed_on") if name in case})
    return [without_empty(rounds[key]) for key in sorted(rounds)]


ROUNDS = Retold(
    model=CaseRound,
    named=("case_id", "number"),
    marks=("case",),
    told={
        "case_id": 'facts["case"]["row"]: id',
        "number": 'facts["case"]["row"]: round',
        "treatment": 'facts["case"]["row"]: treatment, when the round begins',
        "began_on": "the first event of the round: on",
        "outcome": 'facts["case"]["row"]: outcome, while the round is the present one',
        "closed_on": "likewise: closed_on",
        "undone_on": "organisation.reinstate in a case, case.reopen: on, for the round before the one it begins",
    },
    untold={"id": KEY},
    replay=_rounds,
    owner="case__finding__organisation",
)

# --- what was done in a case ------------------------------------------------------------------------------------------


def _steps(events: Sequence[Event]) -> list[Row]:
    return [_step(event, told) for event in events if (told := event.facts.get("case", {})).get("taken")]


def _step(event: Event, told: Row) -> Row:
    taken = told["taken"]
    row = {
        "case_id": told["id"],
        "round": told["round"],
        "step": told["step"],
        "on": event.on,
        "by_id": event.by_id,
        "people": event.facts["people"],
        "facts": {name: told[name] for name in taken["stated"]},
        **{name: taken.get(name) for name in TAKEN},
    }
    return without_empty(row)


TAKEN = ("seq", "turn", "second_id", "document_no")
"""Columns of a step that its event tells under ``taken``; what was stated stands beside, and its names there."""

STEPS = Retold(
    model=CaseStep,
    named=("case_id", "seq"),
    marks=("taken",),
    told={
        "case_id": 'facts["case"]: id',
        "round": 'facts["case"]: round',
        "step": 'facts["case"]: step',
        "on": "on",
        "by_id": "by",
        "people": 'facts["people"]',
        "facts": 'facts["case"]: what facts["case"]["taken"]["stated"] names',
        **{name: f'facts["case"]["taken"]: {name}' for name in TAKEN},
    },
    untold={"id": KEY, "event_id": "it is the event that tells of the step"},
    replay=_steps,
    owner="case__finding__organisation",
)


def _services(events: Sequence[Event]) -> list[Row]:
    told = (event.facts.get("case", {}).get("service", {}).get("row") for event in events)
    words = {row["id"]: row for row in told if row}
    return [words[pk] for pk in sorted(words)]


SERVICES = Retold(
    model=Service,
    named=("case_id", "kind", "round"),
    marks=("service",),
    told={field.attname: 'facts["case"]["service"]["row"]' for field in Service._meta.concrete_fields},
    untold={},
    replay=_services,
    owner="case__finding__organisation",
)


def _notices(events: Sequence[Event]) -> list[Row]:
    notices: dict[int, Row] = {}
    for event in events:
        if not (told := event.facts.get("notice")):
            continue
        row = notices.setdefault(
            told["id"], {"case_id": event.facts["case"]["id"], "made_by_id": event.by_id, "run_id": event.run_id}
        )
        row.update({name: told.get(name) for name in NOTICE_TOLD})
        if event.verb == "notice.void":
            row.update({"voided_on": event.on, "voided_by_id": event.by_id, "void_reason": event.reason})
    return [without_empty(notices[pk]) for pk in sorted(notices)]


NOTICE_TOLD = ("id", "kind", "round", "word", "year", "number", "on", "addressee", "address")
ARCHIVED = "stands in the archived file, whose digest the event tells"

NOTICES = Retold(
    model=Notice,
    named=("case_id", "kind", "round"),
    marks=("notice",),
    told={
        "case_id": 'facts["case"]: id',
        **{name: f'facts["notice"]: {name}' for name in NOTICE_TOLD},
        "made_by_id": "notice.issue: by",
        "run_id": "notice.issue: run",
        "voided_on": "notice.void: on",
        "voided_by_id": "notice.void: by",
        "void_reason": "notice.void: reason",
    },
    untold={
        **dict.fromkeys(("bureau", "values", "rows", "paragraphs"), ARCHIVED),
        "pdf_id": "the event tells the file's digest",
        "made_at": "the moment is the event's own",
    },
    replay=_notices,
    owner="case__finding__organisation",
)

RETOLD = (FINDINGS, CASES, ROUNDS, STEPS, SERVICES, NOTICES)
"""What events tell of the cleanup."""
