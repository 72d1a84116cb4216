"""Two at once on every form: who comes second is told what was done and by whom, and finds the text as it was written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from registry.models import Event, FilingStep, StaffEvent
from tests.console.alone import ALONE
from tests.console.collisions import SCENES
from tests.console.doors import LEADS_BACK, posts
from tests.console.forms import WRITTEN, forms_of
from tests.console.situations import user_of
from tests.console.test_query_counts import widest

if TYPE_CHECKING:
    from django.test import Client

    from registry.models import User

pytestmark = pytest.mark.django_db

FIRST = "先办的同事"
TOLD = re.compile(r"<(\w+)\b[^>]*(?:role=\"(?:alert|status)\"|class=\"closed-line\")[^>]*>.*?</\1>", re.DOTALL)
"""What a page says aloud."""


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send no import to a worker."""
    monkeypatch.setattr("worker.dispatch.imports", lambda *, run: None)


def wrote_nothing(user: User) -> bool:
    return not any(model.objects.filter(by=user).exists() for model in (Event, StaffEvent, FilingStep))


def test_every_address_that_is_posted_to_is_thought_of() -> None:
    assert SCENES.keys() | ALONE.keys() == set(posts())
    assert not SCENES.keys() & ALONE.keys()


@pytest.mark.parametrize("name", SCENES)
def test_who_comes_second_reads_who_was_first_and_keeps_the_text(name: str, client: Client, queue: None) -> None:
    role, scene = widest(name), SCENES[name]()
    second, first = user_of(role, certified=True), user_of(role, display_name=FIRST, certified=True)
    client.force_login(second)
    at = scene.at(name)
    page = client.get(at, follow=True)
    sent_to = at.partition("?")[0]
    form = forms_of(page.content.decode(), to=sent_to, at=sent_to if name not in LEADS_BACK else "")[-1]
    sent = form.filled()

    scene.first(first)
    answer = client.post(sent_to, sent, follow=True)
    shown = answer.content.decode()
    assert answer.status_code == (200 if answer.redirect_chain else 409), shown
    assert any(FIRST in each[0] for each in TOLD.finditer(shown)), shown
    assert wrote_nothing(second)
    for text in form.texts():
        assert sent[text] == WRITTEN
        assert WRITTEN in shown

    again = forms_of(shown, to=sent_to, at=sent_to if name not in LEADS_BACK else "")
    if again:
        assert again[-1].hidden != form.hidden
        assert client.post(sent_to, again[-1].filled()).status_code != 409
