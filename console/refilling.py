"""A form on a finished page filled in again with what was once sent from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.utils.html import escape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEFT_ALONE = frozenset({"file", "password", "submit", "button", "reset", "image"})
"""Inputs that are never filled in."""

TICKED = frozenset({"checkbox", "radio"})


@dataclass(slots=True)
class Control:
    """A field as it stands on the page: which piece begins it, to which form it belongs, and of a list which one it is."""

    at: int
    tag: str
    told: dict[str, str | None]
    form: str
    options: list[tuple[int, dict[str, str | None]]] = field(default_factory=list)
    until: int = 0

    @property
    def name(self) -> str:
        """Return under which name it is sent."""
        return self.told.get("name") or ""

    @property
    def kind(self) -> str:
        """Return what kind of input it is."""
        return (self.told.get("type") or "text") if self.tag == "input" else self.tag


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it stands on the page, and what is folded around it."""

    key: str
    at: int
    action: str
    folds: tuple[int, ...]


class Page(HTMLParser):
    """The pieces of a page in order, with its forms and their fields."""

    def __init__(self, text: str, *, path: str) -> None:
        """Take the page at ``path`` apart; put together again, its pieces are the page."""
        super().__init__(convert_charrefs=False)
        self.pieces: list[str] = []
        self.forms: list[Form] = []
        self.controls: list[Control] = []
        self.main = -1
        self._path = path
        self._folds: list[int] = []
        self._form = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag; note a form, a field and what is folded."""
        told, at = dict(attrs), len(self.pieces)
        self.pieces.append(self.get_starttag_text() or "")
        if tag == "main":
            self.main = at
        elif tag == "details":
            self._folds.append(at)
        elif tag == "form":
            self._form = told.get("id") or f"#{at}"
            action = urlsplit(told.get("action") or self._path).path
            if (told.get("method") or "").lower() == "post":
                self.forms.append(Form(self._form, at, action, tuple(self._folds)))
        elif tag in {"input", "select", "textarea"}:
            self.controls.append(Control(at, tag, told, told.get("form") or self._form))
        elif tag == "option" and self.controls:
            self.controls[-1].options.append((at, told))

    def handle_endtag(self, tag: str) -> None:
        """Keep the end of a tag."""
        if tag == "details" and self._folds:
            self._folds.pop()
        elif tag == "form":
            self._form = ""
        elif tag == "textarea" and self.controls:
            self.controls[-1].until = len(self.pieces)
        self.pieces.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        self.pieces.append(data)

    def handle_entityref(self, name: str) -> None:
        """Keep a sign written by its name."""
        self.pieces.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """Keep a sign written by its number."""
        self.pieces.append(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        """Keep what the page says it is."""
        self.pieces.append(f"<!{decl}>")

    def handle_comment(self, data: str) -> None:
        """Keep a remark."""
        self.pieces.append(f"<!--{data}-->")


def refilled(
    text: str, *, path: str, action: str, values: Mapping[str, Sequence[str]], note: str, otherwise: str
) -> str:
    """Return a page with ``values`` in its form that sends to ``action``, unfolded, and ``note`` at its head.

    Where the page has no such form any more, ``otherwise`` stands at the head of the page. What is secret, files, and
    the token of the form stay as they are.
    """
    page = Page(text, path=path)
    fitting = [each for each in page.forms if each.action == action]
    if not fitting:
        page.pieces[page.main] += otherwise if page.main >= 0 else ""
        return "".join(page.pieces)
    form = max(fitting, key=lambda each: _likeness(page, each, values))
    left = {name: list(each) for name, each in values.items()}
    for control in page.controls:
        if control.form == form.key and control.name != "csrfmiddlewaretoken" and control.kind not in LEFT_ALONE:
            _fill(page.pieces, control, left)
    for at in form.folds:
        page.pieces[at] = "<details open" + page.pieces[at].removeprefix("<details").replace(" open", "")
    page.pieces[form.at] += note
    return "".join(page.pieces)


def _likeness(page: Page, form: Form, values: Mapping[str, Sequence[str]]) -> tuple[int, int]:
    """Tell how well a form fits: by what it hides and sends unchanged, then by the names of its fields."""
    own = [each for each in page.controls if each.form == form.key]
    hidden = sum((each.told.get("value") or "") in values.get(each.name, ()) for each in own if each.kind == "hidden")
    return hidden, sum(each.name in values for each in own)


def _fill(pieces: list[str], control: Control, left: dict[str, list[str]]) -> None:
    given = left.get(control.name)
    if control.kind in TICKED:
        if given is not None or control.kind == "checkbox":
            pieces[control.at] = _tag(
                "input", control.told, "checked", on=control.told.get("value", "on") in (given or [])
            )
    elif not given:
        return
    elif control.tag == "select":
        for at, told in control.options:
            pieces[at] = _tag("option", told, "selected", on=told.get("value", "") in given)
    elif control.tag == "textarea":
        pieces[control.at + 1 : control.until] = [""] * (control.until - control.at - 1)
        pieces[control.at] += "\n" + escape(given.pop(0))
    else:
        pieces[control.at] = _tag("input", {**control.told, "value": given.pop(0)})


def _tag(tag: str, told: Mapping[str, str | None], switch: str = "", *, on: bool = False) -> str:
    """Return a tag with its attributes, ``switch`` turned on or off."""
    kept = {name: value for name, value in told.items() if name != switch} | ({switch: None} if on else {})
    said = (f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in kept.items())
    return f"<{tag}{''.join(said)}>"
