"""The rules of verification: the test of contact, opinions asked for, local criteria. Plain Python: facts in, verdict out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from registry.rulebook import rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class DeterminationFacts:
    """A local criterion about to be found on a document."""

    is_local: bool
    document_no: str
    made_by_unit: str
    stands: bool
    today: date


@rule("R-420", basis="内部控制/理由")
def determined_on_a_document(facts: DeterminationFacts, on: date) -> bool:
    """地方情形（E、F）凭文书认定：写明文号和认定单位，认定日期不晚于今天。"""
    return facts.is_local and bool(facts.document_no.strip()) and bool(facts.made_by_unit.strip()) and on <= facts.today


@rule("R-421", basis="内部控制/理由")
def not_determined_yet(facts: DeterminationFacts, _on: date) -> bool:
    """该组织没有同一情形尚未解除的认定。"""
    return not facts.stands


DETERMINE = (determined_on_a_document, not_determined_yet)


@dataclass(frozen=True, slots=True, kw_only=True)
class TryFacts:
    """A test of contact and an attempt about to be made in it.

    ``letters`` are the days letters were sent to the present registered address, in order.
    """

    open: bool
    last_on: date | None
    today: date
    is_letter: bool = False
    target: str = ""
    tracking_no: str = ""
    letters: tuple[date, ...] = ()
    least_days: int = 0
    number_was_used: bool = False


@rule("R-422", basis="内部控制/日期")
def contact_test_in_order(facts: TryFacts, on: date) -> bool:
    """联系核查尚未结束，日期不早于上一步，不晚于今天。"""
    return facts.open and (facts.last_on is None or facts.last_on <= on) and on <= facts.today


@rule("R-423", basis="社会组织信用信息管理办法/11")
def letter_is_tracked_to_the_address(facts: TryFacts, _on: date) -> bool:
    """信函以挂号方式寄往登记住所，写明挂号单号；其他方式写明联系的地址或者号码。"""
    return bool(facts.target.strip()) and (not facts.is_letter or bool(facts.tracking_no.strip()))


@rule("R-424", basis="社会组织信用信息管理办法/11")
def letters_are_apart(facts: TryFacts, on: date) -> bool:
    """两次信函的间隔不少于规定的日数。"""
    if not facts.is_letter or not facts.letters:
        return True
    return on >= facts.letters[-1] + timedelta(days=facts.least_days)


@rule("R-434", basis="社会组织信用信息管理办法/11")
def letter_has_its_own_number(facts: TryFacts, _on: date) -> bool:
    """每封信函有自己的挂号单号，没有用于另一封信函。"""
    return not facts.is_letter or not facts.number_was_used


TRY_CONTACT = (
    contact_test_in_order,
    letter_is_tracked_to_the_address,
    letters_are_apart,
    letter_has_its_own_number,
)
BEGIN_TEST = (contact_test_in_order,)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlingFacts:
    """An attempt whose outcome is about to be recorded."""

    pending: bool
    known: bool
    made_on: date
    today: date


@rule("R-425", basis="内部控制/日期")
def outcome_is_told_once(facts: SettlingFacts, on: date) -> bool:
    """该次联系尚无结果；得知结果的日期不早于联系日期，不晚于今天。"""
    return facts.pending and facts.known and facts.made_on <= on <= facts.today


SETTLE_TRY = (outcome_is_told_once,)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictFacts:
    """A test about to end: the days of letters to the present registered address nobody took, how many calls and visits failed.

    Letters to an address the body has left since prove nothing.
    """

    failed_letters: tuple[date, ...]
    failed_otherwise: int
    reached: bool
    pending: int
    least_days: int
    most_days: int
    reason: str


@rule("R-426", basis="内部控制/理由")
def no_outcome_is_awaited(facts: VerdictFacts, _on: date) -> bool:
    """各次联系均已有结果，并写明结论的说明。"""
    return facts.pending == 0 and bool(facts.reason.strip())


@rule("R-427", basis="社会组织信用信息管理办法/11")
def unreachable_by_two_letters(facts: VerdictFacts, _on: date) -> bool:
    """认定无法联系：两次信函在规定的间隔内寄往现在的登记住所均无人签收，电话或者上门也无法联系，其间没有取得联系。"""
    pairs = _pairs(facts.failed_letters)
    apart = any(facts.least_days <= (later - earlier).days <= facts.most_days for earlier, later in pairs)
    return apart and facts.failed_otherwise > 0 and not facts.reached


@rule("R-428", basis="内部控制/理由")
def reached_by_some_attempt(facts: VerdictFacts, _on: date) -> bool:
    """认定取得联系：至少一次联系的结果为取得联系。"""
    return facts.reached


END_TEST = (no_outcome_is_awaited,)


def _pairs(days: tuple[date, ...]) -> Iterator[tuple[date, date]]:
    for place, earlier in enumerate(days):
        for later in days[place + 1 :]:
            yield earlier, later


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingFacts:
    """An opinion about to be asked for."""

    has_unit: bool
    outstanding: bool
    finding_open: bool
    document_no: str
    question: str
    due_on: date | None
    found_on: date
    today: date


@rule("R-429", basis="内部控制/理由")
def asked_in_writing(facts: AskingFacts, on: date) -> bool:
    """征求意见有文号、事项和答复期限；期限不早于发出日期，发出日期不早于发现日期、不晚于今天。"""
    in_order = facts.due_on is not None and facts.found_on <= on <= min(facts.due_on, facts.today)
    return in_order and bool(facts.document_no.strip()) and bool(facts.question.strip())


@rule("R-430", basis="内部控制/在办")
def asked_of_whom_it_concerns(facts: AskingFacts, _on: date) -> bool:
    """线索尚待核实；该组织登记有被征求意见的单位，且没有向其发出、尚未答复的征求意见。"""
    return facts.finding_open and facts.has_unit and not facts.outstanding


ASK_OPINION = (asked_in_writing, asked_of_whom_it_concerns)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFacts:
    """An opinion about to be recorded, or given up on; ``silent`` where nobody answered in time."""

    open: bool
    silent: bool
    stance: str
    answer: str
    asked_on: date
    due_on: date
    today: date


@rule("R-431", basis="内部控制/在办")
def answered_once_in_words(facts: AnswerFacts, on: date) -> bool:
    """征求意见尚未答复；意见有结论和内容，日期不早于发出日期，不晚于今天。"""
    return facts.open and bool(facts.stance) and bool(facts.answer.strip()) and facts.asked_on <= on <= facts.today


@rule("R-432", basis="内部控制/期限")
def silent_only_after_its_time(facts: AnswerFacts, on: date) -> bool:
    """记为逾期没有答复的，答复期限已经届满。"""
    return not facts.silent or on > facts.due_on


ANSWER_OPINION = (answered_once_in_words, silent_only_after_its_time)
