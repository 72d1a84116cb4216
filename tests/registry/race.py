"""Two officers in one process: both try the same move at once. Run by ``test_race.py``, several of it together."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import django
from django.db import connection
from django_fsm import TransitionNotAllowed

django.setup()

from registry.actions.organisation import mark_dormant  # noqa: E402 - models exist only after setup
from registry.models import User  # noqa: E402 - likewise

OFFICERS = 2


def attempt(organisation_id: int, officer: User, together: Barrier) -> str:
    together.wait()
    try:
        mark_dormant(
            organisation_id=organisation_id, by=officer, on=date(2022, 3, 1), reason="核实", reviewer_reason="停摆"
        )
    except TransitionNotAllowed:
        return "refused"
    finally:
        connection.close()
    return "moved"


def main(organisation_id: int, officer_id: int) -> None:
    officer = User.objects.get(pk=officer_id)
    together = Barrier(OFFICERS)
    print("ready", flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(OFFICERS) as pool:
        for outcome in pool.map(lambda _: attempt(organisation_id, officer, together), range(OFFICERS)):
            print(outcome)


main(int(sys.argv[1]), int(sys.argv[2]))
