"""First letters of Chinese names, by which officers find a body without changing to Chinese input: 茶叶协会 is cyxh."""

from __future__ import annotations

import unicodedata
from functools import cache

from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

KEPT = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
OWN_WORDS = {"协会": "xh", "商会": "sh", "学会": "xh", "促进会": "cjh", "联合会": "lhh"}
"""Words every other name ends in; the dictionary lacks some and would read 协会计算机 as 协 + 会计."""


def initials(name: str) -> str:
    """Return the first letter of each character's reading, Latin letters in lower case and digits as they are.

    Characters read differently in different words (银行, 行车) go by the longest word of the dictionary that fits;
    what has no reading is left out.
    """
    text = unicodedata.normalize("NFKC", name).lower()
    words, lengths = _words()
    found, at = [], 0
    while at < len(text):
        for length in lengths.get(text[at], ()):
            if read := words.get(text[at : at + length]):
                break
        else:
            length, read = 1, _letter(text[at])
        found.append(read)
        at += length
    return "".join(found)


def is_initials(word: str) -> bool:
    """Tell whether ``word`` could be meant as first letters."""
    return bool(word) and KEPT.issuperset(word.lower())


@cache
def _words() -> tuple[dict[str, str], dict[str, list[int]]]:
    """Return the words of the dictionary with their first letters; by first character their lengths, longest first."""
    words = {word: "".join(_base(sounds[0]) for sounds in read) for word, read in PHRASES_DICT.items()}
    words |= OWN_WORDS
    lengths: dict[str, set[int]] = {}
    for word in words:
        lengths.setdefault(word[0], set()).add(len(word))
    return words, {head: sorted(each, reverse=True) for head, each in lengths.items()}


@cache
def _letter(character: str) -> str:
    if character in KEPT:
        return character
    return _base(PINYIN_DICT.get(ord(character), ""))


def _base(sound: str) -> str:
    """Return the first letter of a reading without its tone."""
    return unicodedata.normalize("NFD", sound)[:1]
