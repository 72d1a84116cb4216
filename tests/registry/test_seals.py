"""The canonical text, the digests made of it, and the tree over all chains."""

import json
from datetime import UTC, date, datetime
from hashlib import sha256
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.actions.ledger import Entry, record_many
from registry.ledger import Trail, Tree, canonical, chain_leaf, digest, text
from registry.models import Event, User
from registry.queries import sealed
from tests.factories import OrganisationFactory

TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def test_the_canonical_text_is_what_it_says_it_is() -> None:
    told = {"到": [1, None, True], "bb": {}, "a": 'q"\\\n\x1f', "aa": "中"}
    assert canonical(told) == '{"a": "q\\"\\\\\\n\\u001f", "aa": "中", "bb": {}, "到": [1, null, true]}'


@pytest.mark.parametrize("wrong", [{"n": 1.5}, [0.0], {1: "x"}, {"a": {None: 1}}, {"d": date(2022, 1, 1)}])
def test_what_a_database_may_rewrite_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError, match=r"floating-point|keys are texts|no date"):
        canonical(wrong)


@given(told=PLAIN)
def test_the_canonical_text_means_the_same_and_stays_the_same(told: object) -> None:
    written = canonical(told)
    assert json.loads(written) == told
    assert canonical(json.loads(written)) == written


def test_a_digest_is_the_sha256_of_a_text_one_can_write_by_hand() -> None:
    sealed_by_us = digest(
        chain=UUID(int=7),
        seq=2,
        verb="organisation.hold",
        on=date(2022, 1, 2),
        at=datetime(2022, 1, 2, 3, 4, 5, tzinfo=UTC),
        by=9,
        state="active",
        reason="诉讼中",
        basis="",
        facts={"changes": {"held_on": [None, "2022-01-02"]}},
        run=None,
        previous="ab",
    )
    by_hand = (
        '{"at": "2022-01-02T03:04:05.000000+00:00", "by": 9, "on": "2022-01-02", "run": null, "seq": 2,'
        ' "verb": "organisation.hold", "basis": "", "chain": "00000000-0000-0000-0000-000000000007",'
        ' "facts": {"changes": {"held_on": [null, "2022-01-02"]}}, "state": "active", "reason": "诉讼中",'
        ' "previous": "ab"}'
    )
    assert sealed_by_us == sha256(by_hand.encode()).hexdigest()


@given(
    seq=st.integers(1, 99), texts=st.lists(TEXTS, min_size=7, max_size=7), facts=PLAIN, run=st.none() | st.integers(1)
)
def test_the_text_of_an_event_written_at_once_is_canonical(
    seq: int, texts: list[str], facts: object, run: int | None
) -> None:
    verb, on, at, state, reason, basis, previous = texts
    told = {
        "seq": seq,
        "verb": verb,
        "on": on,
        "at": at,
        "by": 7,
        "state": state,
        "reason": reason,
        "basis": basis,
        "facts": facts,
        "run": run,
        "previous": previous,
        "chain": "51",
    }
    row = (seq, verb, on, at, 7, state, reason, basis, canonical(facts), run, previous)
    assert text(row, "51") == canonical(told)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=st.dictionaries(TEXTS, PLAIN, max_size=5), reason=TEXTS, basis=TEXTS)
def test_the_text_rebuilt_from_the_stored_row_is_the_text_that_was_sealed(
    db: None, facts: dict[str, object], reason: str, basis: str
) -> None:
    """Otherwise verification would be slow, not wrong: it then looks again by the definition."""
    body = OrganisationFactory.create()
    entry = Entry(organisation_id=body.pk, verb="test.any", reason=reason, basis=basis, facts=facts)
    record_many([entry], on=date(2022, 1, 1), by=User.objects.system())
    chain = sealed.chain(body.pk)
    assert chain is not None
    for row in chain.events:
        assert sha256(sealed.text(row, chain.uid).encode()).hexdigest() == row[sealed.DIGEST]


@pytest.mark.django_db
def test_the_database_gives_back_the_text_of_facts_as_it_was_hashed() -> None:
    event = OrganisationFactory.create().events.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT CAST(facts AS text) FROM registry_event WHERE id = %s", [event.pk])
        assert cursor.fetchone()[0] == canonical(event.facts)
    assert Event.objects.get(pk=event.pk).facts == event.facts


def _root(leaves: list[bytes]) -> bytes:
    """Return the root as RFC 6962 writes it down, by recursion."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + _root(leaves[:half]) + _root(leaves[half:])).digest()


@pytest.mark.parametrize("size", [*range(1, 34), 100])
def test_the_tree_is_that_of_rfc_6962_and_every_leaf_leads_to_its_root(size: int) -> None:
    leaves = [chain_leaf(chain=UUID(int=n), count=n + 1, head="00", code=str(n)) for n in range(size)]
    assert len(set(leaves)) == size
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    assert tree.root() == _root(leaves).hex()
    for leaf in leaves:
        trail = Trail(leaf)
        for each in leaves:
            trail.add(each)
        assert trail.root() == tree.root()
        node = leaf
        for side, beside in trail.path:
            pair = (bytes.fromhex(beside), node) if side == "left" else (node, bytes.fromhex(beside))
            node = sha256(b"\x01" + b"".join(pair)).digest()
        assert node.hex() == tree.root()


def test_a_tree_without_leaves_has_the_hash_of_nothing() -> None:
    assert Tree().root() == sha256(b"").hexdigest()
