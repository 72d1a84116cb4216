"""Reading the kinds of deadlines the system ships with, checked before anyone relies on them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from registry.states import Duty, PeriodUnit

if TYPE_CHECKING:
    from collections.abc import Mapping

SHIPPED = Path(__file__).parent / "data" / "deadlines.toml"

UNITS = {"工作日": PeriodUnit.WORKING_DAYS, "日": PeriodUnit.DAYS, "月": PeriodUnit.MONTHS}
"""How a policy says what its number counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of deadline: whom it binds, which policy sets its length, and what law lets happen to it.

    Without ``policy`` whoever starts it names the last day or the length, on ``basis``. ``extension`` is the policy it may
    be extended by, once; ``suspension`` the provision that suspends it; empty where law knows neither. ``waivable``
    tells whether it may be ended for a reason without having been met.
    """

    key: str
    label: str
    duty: Duty
    policy: str = ""
    basis: str = ""
    extension: str = ""
    suspension: str = ""
    waivable: bool = False


_KNOWN = {each.name for each in fields(Kind)}
_NEEDED = {"key", "label", "duty"}


@cache
def read(path: Path = SHIPPED) -> Mapping[str, Kind]:
    """Return the kinds of a file by key; raise ValueError naming what is wrong."""
    kinds: dict[str, Kind] = {}
    for place, row in enumerate(tomllib.loads(path.read_text(encoding="utf-8")).get("kind", []), start=1):
        for problem, names in (
            ("unknown", row.keys() - _KNOWN),
            ("missing", _NEEDED - row.keys()),
            ("unknown duty", {row.get("duty")} - set(Duty.values)),
            ("repeated", {row.get("key")} & kinds.keys()),
            ("without policy or basis", set() if row.get("policy") or row.get("basis") else {row.get("key")}),
        ):
            if names:
                message = f"deadline {place}: {problem} {', '.join(sorted(map(str, names)))}"
                raise ValueError(message)
        kinds[row["key"]] = Kind(**{**row, "duty": Duty(row["duty"])})
    return kinds


def kind(key: str) -> Kind:
    """Return the kind called ``key``; raise KeyError where there is none."""
    return read()[key]


def keys(*duties: Duty) -> list[str]:
    """Return the keys of the kinds that bind one of ``duties``."""
    return [each.key for each in read().values() if each.duty in duties]
