"""That the tables are what the ledger tells: every row of every organisation rebuilt from its events and compared.

And that the ledger tells of a past day what the tables showed on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cleanup.queries.figures import known, stage_of, tallied
from cleanup.queries.flow import Split, moved
from cleanup.queries.past import findings_as_of
from cleanup.states import LIVE
from registry.models import Organisation
from registry.queries.retold import differing
from worker.queries.retold import RETOLD

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from cleanup.models import Campaign, Finding


def differences(ids: Iterable[int] | None = None) -> list[tuple[str, int, Any, Any]]:
    """Return where rows stand otherwise than the ledger tells: which table, whose, what stands, what is told."""
    wanted = Organisation.objects.order_by("pk").values_list("pk", flat=True) if ids is None else ids
    bodies = list(wanted)
    return [(each.model.__name__, *found) for each in RETOLD for found in differing(each, bodies)]


def shown(campaign: Campaign, on: date) -> dict[str, Any]:
    """Return what the tables show of ``campaign`` on the day they stand at: findings, figures, the account by every split."""
    return _drawn(campaign, list(known(campaign, as_of=on)), on)


def shown_of_the_past(campaign: Campaign, on: date) -> dict[str, Any]:
    """Return what the ledger tells of the same day."""
    return _drawn(campaign, findings_as_of(on, campaign=campaign), on)


def _drawn(campaign: Campaign, findings: list[Finding], on: date) -> dict[str, Any]:
    live = [each for each in findings if each.state in LIVE]
    account = moved(campaign, findings, since=campaign.starts_on, until=on)
    return {
        "findings": sorted(_line(each, on) for each in findings),
        "figures": tallied(live, on),
        "account": account.total,
        "splits": {split: account.split(split) for split in Split},
        "movers": [(each.finding.organisation.code, each.places, each.how, each.treatment) for each in account.movers],
    }


def _line(finding: Finding, on: date) -> tuple[Any, ...]:
    case = getattr(finding, "case", None)
    body = finding.organisation
    told = (body.name, body.state, finding.criteria, finding.state, finding.found_on.isoformat())
    carried = (case.pk, case.state, case.treatment, case.outcome, case.officer.pk) if case else ()
    return (body.code, *told, stage_of(finding, on), carried)
