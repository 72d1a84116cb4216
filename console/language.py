"""The reader's language: chosen by a cookie, and Chinese texts from below the console put into it (ADR 0006)."""

from __future__ import annotations

import re
from functools import cache
from gettext import GNUTranslations
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from registry import lawbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from django.http import HttpRequest, HttpResponse

CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")
"""A character that belongs to Chinese text, its punctuation included."""

_SLOT = re.compile(r"\{(\d+)\}")
_RULE = re.compile(r"(R-\d+) (.+)（依据：(.+)）")
_VALUE = "([^；]+?)"
"""What may stand in a slot of a pattern: sentences side by side are no value of one another."""

_NUMBER = re.compile(r"\S+〔\d{4}〕\S+号")
"""The number of a document, which is the same in every language."""

_REMARK = re.compile(r"(.+?)(（[^（）]+）)", re.DOTALL)


def by_cookie(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer in the language of the cookie, in Chinese without one: an office does not follow a browser's guess."""

    def answer(request: HttpRequest) -> HttpResponse:
        asked = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Cookie"])
        return response

    return answer


def is_chinese() -> bool:
    """Tell whether the reader reads the language of the source."""
    return translation.get_language() in {None, settings.LANGUAGE_CODE}


def catalogue(language: str) -> Path:
    """Return where the compiled translations into ``language`` are kept."""
    folder: Path = settings.LOCALE_PATHS[0]
    return folder / language / "LC_MESSAGES" / "django.mo"


def translated(text: object) -> str:
    """Return a text of the packages below in the reader's language; what is nobody's text is returned unchanged.

    A label is looked up as it stands. A sentence made of a pattern and values (``{0}年度：已报送``) is recognised by its
    pattern, and its values are translated in turn. A legal citation stays Chinese and is marked as such, in HTML.
    """
    said = text if isinstance(text, str) else str(text)
    if isinstance(said, SafeString) or is_chinese() or not CHINESE.search(said):
        return said
    return _known(said) or _ruled(said) or _remarked(said) or _made(said) or _listed(said) or said


def _known(text: str) -> str:
    """Return the translation of a whole text, or a citation or number marked as Chinese; empty for neither."""
    for whole, end in ((text, ""), (text.rstrip("。"), ".")):
        found = gettext(whole) if whole else ""
        if found != whole:
            return found.rstrip(".") + end if end else found
    if text in citations() or _NUMBER.fullmatch(text):
        return format_html('<span lang="{}">{}</span>', settings.LANGUAGE_CODE, text)
    return ""


def _ruled(text: str) -> str:
    """Return a rule as it is told, code, sentence and basis; empty for anything else."""
    match = _RULE.fullmatch(text)
    wording = gettext("{0} {1}（依据：{2}）") if match else ""
    return _joined(_filled(wording, [translated(each) for each in match.groups()])) if match else ""


def _filled(wording: str, values: Sequence[str]) -> list[str]:
    return [values[int(piece)] if at % 2 else piece for at, piece in enumerate(_SLOT.split(wording))]


def _remarked(text: str) -> str:
    """Return a text with a remark in brackets behind it, such as （待核实）; empty where the remark is not known."""
    match = _REMARK.fullmatch(text)
    remark = gettext(match[2]) if match else ""
    return _joined([translated(match[1]), " ", remark.strip()]) if match and remark != match[2] else ""


def _made(text: str) -> str:
    """Return the translation of a sentence by the first pattern that fits; empty where none does."""
    for pattern, wording in _patterns(translation.get_language() or ""):
        if match := pattern.fullmatch(text):
            return _joined(_filled(wording, [translated(each) for each in match.groups()]))
    return ""


def _listed(text: str) -> str:
    """Return parts that stand beside each other, each translated; empty where nothing in them is known."""
    for mark, joint in (("；", "; "), ("、", ", ")):
        if mark in text:
            parts = [part for part in text.split(mark) if part]
            told = [translated(part) for part in parts]
            if told != parts:
                return _joined([piece for each in told for piece in (joint, each)][1:])
    return ""


def _joined(pieces: list[str]) -> str:
    """Put pieces together: as plain text, or as HTML with the rest of it escaped where one piece is HTML."""
    if not any(isinstance(piece, SafeString) for piece in pieces):
        return "".join(pieces)
    return mark_safe("".join(map(conditional_escape, pieces)))  # noqa: S308 - everything else is escaped


@cache
def citations() -> frozenset[str]:
    """Return the legal bases on file as rules cite them, alone and together."""
    return frozenset(row["code"] for row in lawbook.read()[0])


@cache
def _patterns(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the sentences with values in them and their wording in ``language``, the most telling first."""
    return tuple(sorted(_read_patterns(language), key=lambda each: len(each[0].pattern), reverse=True))


def _read_patterns(language: str) -> Iterator[tuple[re.Pattern[str], str]]:
    file = catalogue(language)
    if not file.exists():
        return
    with file.open("rb") as compiled:
        messages: dict[str, str] = GNUTranslations(compiled)._catalog  # type: ignore[attr-defined]  # noqa: SLF001 - no public way to list them
    for source, wording in messages.items():
        if _SLOT.search(source):
            parts = _SLOT.split(source)[::2]
            yield re.compile(_VALUE.join(map(re.escape, parts)), re.DOTALL), wording
