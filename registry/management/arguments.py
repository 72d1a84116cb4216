"""Reading command-line arguments the way officers write them, with refusals in their words."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date


def day(text: str) -> date:
    """Return ``text`` (``2022-12-31``) as a date."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"“{text}”不是有效日期，请写成 2022-12-31 的形式"
        raise ArgumentTypeError(message) from error
