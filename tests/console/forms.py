"""The forms of a page as a browser sees them, and an officer who fills one in."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

WRITTEN = "已核对，情况属实"
"""What an officer writes wherever something is to be written."""


@dataclass(slots=True)
class Field:
    """A control that can be sent: its name, its kind, what stands in it, what may be chosen."""

    name: str
    kind: str
    value: str = ""
    choices: list[str] = field(default_factory=list)
    is_set: bool = False


@dataclass(slots=True)
class Form:
    """A form that is posted: where to, with its controls in order; ``actions`` are the addresses of its buttons too."""

    actions: list[str]
    fields: list[Field] = field(default_factory=list)

    @property
    def hidden(self) -> dict[str, str]:
        """Return what the form keeps to itself, but for the token."""
        found = {each.name: each.value for each in self.fields if each.kind == "hidden"}
        return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"}

    def filled(self) -> dict[str, str | list[str]]:
        """Return what is sent when an officer has filled in whatever was empty; ticks are left alone."""
        sent: dict[str, str | list[str]] = {}
        for each in self.fields:
            if each.kind == "radio":
                if each.name not in sent or each.is_set:
                    sent[each.name] = each.value
            elif each.kind == "checkbox":
                if each.is_set:
                    sent[each.name] = each.value
            elif each.kind == "hidden":
                present = sent.get(each.name, [])
                sent[each.name] = [*present, each.value] if isinstance(present, list) else [present, each.value]
            else:
                sent[each.name] = each.value or _answer(each)
        return sent

    def texts(self) -> list[str]:
        """Return the names of what an officer writes in words."""
        return [each.name for each in self.fields if each.kind in {"text", "textarea"} and not each.value]


def _answer(control: Field) -> str:
    if control.kind == "select":
        return next((each for each in control.choices if each), "")
    return {"date": "2022-06-02", "number": "1"}.get(control.kind, WRITTEN)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.open: Form | None = None
        self.control: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form" and told.get("method") == "post":
            self.open = Form([told.get("action", "").partition("#")[0]])
            self.forms.append(self.open)
        if self.open is None or "disabled" in told:
            return
        if tag == "button" and "formaction" in told:
            self.open.actions.append(told["formaction"])
        elif tag == "input" and told.get("name"):
            kind = told.get("type", "text")
            is_set = "checked" in told
            self.open.fields.append(Field(told["name"], kind, told.get("value", ""), is_set=is_set))
        elif tag in {"textarea", "select"}:
            self.control = Field(told["name"], tag)
            self.open.fields.append(self.control)
        elif tag == "option" and self.control is not None:
            self.control.choices.append(told.get("value", ""))
            if "selected" in told:
                self.control.value = told.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.control is not None and self.control.kind == "textarea":
            self.control.value += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        if tag in {"textarea", "select"}:
            self.control = None


def forms_of(page: str, *, to: str, at: str) -> list[Form]:
    """Return the forms of a page, which stands at ``at``, that are sent to ``to``."""
    reader = _Reader()
    reader.feed(page)
    return [each for each in reader.forms if to in {action or at for action in each.actions}]
