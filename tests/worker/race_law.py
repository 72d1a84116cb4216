"""Reviewers in one process: both approve the same change of the law at once. Run by ``test_law_race.py``."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import django
from django.db import connection
from django_fsm import TransitionNotAllowed

django.setup()

from registry.models import LawProposal, User  # noqa: E402 - models exist only after setup
from worker.actions.law import approve  # noqa: E402 - likewise

REVIEWERS = 2


def attempt(proposal: LawProposal, reviewer: User, together: Barrier) -> str:
    together.wait()
    try:
        approve(proposal_id=proposal.pk, by=reviewer, on=date(2022, 7, 1), opinion="同意", seen=proposal.effect_digest)
    except TransitionNotAllowed:
        return "refused"
    finally:
        connection.close()
    return "approved"


def main(proposal_id: int, reviewer_id: int) -> None:
    proposal, reviewer = LawProposal.objects.get(pk=proposal_id), User.objects.get(pk=reviewer_id)
    together = Barrier(REVIEWERS)
    print("ready", flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(REVIEWERS) as pool:
        for outcome in pool.map(lambda _: attempt(proposal, reviewer, together), range(REVIEWERS)):
            print(outcome)


main(int(sys.argv[1]), int(sys.argv[2]))
