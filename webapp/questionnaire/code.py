"""Answers as a code of a few characters, to write on paper and to type again. The code is the answers: none are kept.

All answers to a question, none at all included, are numbered, and the numbers make one large number (mixed radix). For
content 2.0 there are 14 328 381 380 700 930 048 sets of answers, which takes 63.6 bits. A code of 16 characters of
Crockford's base 32 holds 80 bits. What the answers leave of them is a fingerprint of the questions (82 values, 6.4
bits) and two check characters (10 bits): a Reed-Solomon code over GF(32), with which any one wrong character and any
two swapped ones are always noticed. The check also depends on the questions, so that of all codes that were made with
other questions one in 84 000 is taken for one of these, and of random characters as many.

The code of a content with more ways to answer is longer. For one content all codes are equally long, so that the length
tells nothing of the answers.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import pairwise
from math import prod

from webapp.questionnaire.assess import Answers, problem_with
from webapp.questionnaire.model import NONE, Question, Questionnaire

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U."""

GROUP = 4
FEWEST_FINGERPRINTS = 64
MOST_IN_A_BLOCK = 28
"""Characters that two check characters can watch over: fewer than the 31 places of the code, and whole groups."""

CHECKS = 2

_LOOKS_LIKE = str.maketrans("OIL", "011")


class CodeProblem(Enum):
    """What can be wrong with a code."""

    EMPTY = "empty"
    LENGTH = "length"
    CHARACTER = "character"
    """A character that no code has."""
    MISTYPED = "mistyped"
    OTHER_QUESTIONS = "other_questions"
    """Made with other questions than these, or else wrong in several places: which of them cannot be known."""


class CodeError(ValueError):
    """The code gives no answers. `places` are the characters to look at, counted from 1 without spaces and hyphens;
    empty where they cannot be told. `length` is how many characters were found, `expected` how many a code has.
    """

    def __init__(
        self, problem: CodeProblem, *, places: tuple[int, ...] = (), length: int = 0, expected: int = 0
    ) -> None:
        self.problem, self.places, self.length, self.expected = problem, places, length, expected
        super().__init__(f"{problem.value}, places {list(places)}, {length} of {expected} characters")


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """The answers that a code holds."""

    answers: Answers
    """Every question, in reading order; empty where nothing was answered."""
    version: str
    """The version of the content that the code was made with, so far as it can be told: the first with its ids."""
    left_out: tuple[str, ...] = ()
    """The ids of the questions whose answers do not fit this content any more."""


@dataclass(frozen=True)
class _Format:
    """How the codes of one content look: it depends on the ids of the content, not on its texts and points."""

    ways: int
    length: int
    blocks: tuple[int, ...]
    """The length of each block of characters that has check characters of its own."""
    fingerprint: int
    mask: int
    """What is added to the check characters of each block."""

    @property
    def fingerprints(self) -> int:
        return _capacity(self.blocks) // self.ways


def encode(questionnaire: Questionnaire, answers: Answers) -> str:
    """Return the code for a set of answers. What cannot be counted, a contradiction say, is left out as unanswered."""
    form, number = _format(questionnaire), 0
    for question in questionnaire.questions.values():
        number = number * _ways(question) + _number(question, answers.get(question.id, ()))
    number += form.ways * form.fingerprint
    characters = "".join(ALPHABET[symbol] for symbol in _with_checks(number, form))
    return "-".join(characters[at : at + GROUP] for at in range(0, form.length, GROUP))


def decode(questionnaire: Questionnaire, code: str, earlier: Iterable[Questionnaire] = ()) -> Decoded:
    """Return the answers that a code was made of.

    Case, spaces, punctuation, O for 0 and I or L for 1 do not matter. `earlier` are contents from before: what
    still fits by id is kept of a code that was made with one of them. Raises `CodeError`.
    """
    symbols = _symbols(code, _format(questionnaire).length)
    for of in (questionnaire, *earlier):
        number = _number_in(symbols, _format(of))
        if number is not None:
            return _fitting(questionnaire, of, _answers(of, number))
    form = _format(questionnaire)
    if len(symbols) != form.length:
        problem = CodeProblem.LENGTH if symbols else CodeProblem.EMPTY
        raise CodeError(problem, length=len(symbols), expected=form.length)
    found = list(_mended(symbols, form))
    if len(found) == 1:
        raise CodeError(CodeProblem.MISTYPED, places=found[0], length=form.length, expected=form.length)
    is_ours = not found and _value(symbols, form) // form.ways == form.fingerprint
    problem = CodeProblem.MISTYPED if found or is_ours else CodeProblem.OTHER_QUESTIONS
    raise CodeError(problem, length=form.length, expected=form.length)


# ── Answers and numbers ──────────────────────────────────────────────────────────────────────────────────


def _ways(question: Question) -> int:
    """Return in how many ways a question can be answered, none at all included."""
    return 2 ** len(_ticks(question)) + 1 if question.kind == "several" else len(question.options) + 1


def _ticks(question: Question) -> list[str]:
    return [option for option in question.options if option != NONE]


def _number(question: Question, chosen: Sequence[str]) -> int:
    """Return the number of an answer: 0 for none; of several ticks a bit for each, and the last for none of them."""
    if problem_with(question, chosen):
        return 0
    if question.kind == "one":
        return list(question.options).index(chosen[0]) + 1
    return sum(2**place for place, option in enumerate(_ticks(question)) if option in chosen) or _ways(question) - 1


def _chosen(question: Question, number: int) -> tuple[str, ...]:
    if number == 0:
        return ()
    if question.kind == "one":
        return (list(question.options)[number - 1],)
    ticks = _ticks(question)
    return (NONE,) if number == 2 ** len(ticks) else tuple(id for place, id in enumerate(ticks) if number >> place & 1)


def _answers(of: Questionnaire, number: int) -> Answers:
    found: dict[str, tuple[str, ...]] = {}
    for id, question in reversed(list(of.questions.items())):
        number, own = divmod(number, _ways(question))
        found[id] = _chosen(question, own)
    return found


def _fitting(questionnaire: Questionnaire, of: Questionnaire, answers: Answers) -> Decoded:
    """Return what of these answers can be said in a content: ticks that are gone take their whole answer along."""
    kept = {
        id: answers.get(id, ()) if not problem_with(question, answers.get(id, ())) else ()
        for id, question in questionnaire.questions.items()
    }
    left_out = tuple(id for id in of.questions if answers[id] and answers[id] != kept.get(id))
    return Decoded(answers=kept, version=of.version, left_out=left_out)


# ── Numbers and characters ───────────────────────────────────────────────────────────────────────────────


def _format(questionnaire: Questionnaire) -> _Format:
    shape = tuple((one.id, one.kind, tuple(one.options)) for one in questionnaire.questions.values())
    return _format_of(shape, prod(_ways(one) for one in questionnaire.questions.values()))


@lru_cache(maxsize=32)
def _format_of(shape: tuple[tuple[str, str, tuple[str, ...]], ...], ways: int) -> _Format:
    length = GROUP
    while _capacity(_blocks(length)) // ways < FEWEST_FINGERPRINTS:
        length += GROUP
    blocks = _blocks(length)
    digest = int.from_bytes(hashlib.sha256(json.dumps(shape).encode()).digest())
    digest, fingerprint = divmod(digest, _capacity(blocks) // ways)
    return _Format(ways, length, blocks, fingerprint, digest % 32**CHECKS)


def _blocks(length: int) -> tuple[int, ...]:
    return tuple(min(MOST_IN_A_BLOCK, length - start) for start in range(0, length, MOST_IN_A_BLOCK))


def _capacity(blocks: tuple[int, ...]) -> int:
    return prod(32 ** (block - CHECKS) for block in blocks)


def _with_checks(number: int, form: _Format) -> Iterator[int]:
    symbols: list[int] = []
    for block in form.blocks:
        own = []
        for _ in range(block - CHECKS):
            number, symbol = divmod(number, 32)
            own.append(symbol)
        symbols += own + _checks(own, form.mask)
    return iter(symbols)


def _checks(own: Sequence[int], mask: int) -> list[int]:
    """Return the two symbols with which the sum of all is 0, and that of all times a power of their place, too."""
    plain, weighted = _syndromes([*own, 0, 0])
    # With places n and n + 1 for the checks a and b: a + b = plain, and a·g^n + b·g^(n+1) = weighted.
    at, after = _POWERS[len(own)], _POWERS[len(own) + 1]
    second = _times(weighted ^ _times(plain, at), _inverse(at ^ after))
    return [plain ^ second ^ mask % 32, second ^ mask // 32]


def _syndromes(symbols: Sequence[int]) -> tuple[int, int]:
    plain = weighted = 0
    for symbol, power in zip(symbols, _POWERS, strict=False):
        plain ^= symbol
        weighted ^= _times(symbol, power)
    return plain, weighted


def _number_in(symbols: Sequence[int], form: _Format) -> int | None:
    """Return the number of the answers; None when these are no characters that `encode` makes for this content."""
    if len(symbols) != form.length or not _is_sound(symbols, form):
        return None
    fingerprint, number = divmod(_value(symbols, form), form.ways)
    return number if fingerprint == form.fingerprint else None


def _is_sound(symbols: Sequence[int], form: _Format) -> bool:
    return all(_checks(block[:-CHECKS], form.mask) == list(block[-CHECKS:]) for block in _cut(symbols, form))


def _value(symbols: Sequence[int], form: _Format) -> int:
    number = 0
    for symbol in reversed([symbol for block in _cut(symbols, form) for symbol in block[:-CHECKS]]):
        number = number * 32 + symbol
    return number


def _cut(symbols: Sequence[int], form: _Format) -> Iterator[Sequence[int]]:
    start = 0
    for block in form.blocks:
        yield symbols[start : start + block]
        start += block


def _mended(symbols: Sequence[int], form: _Format) -> Iterator[tuple[int, ...]]:
    """Yield the places at which one other character, or a swap of two neighbours, would make a code of this content.

    It is never mended for the reader: a guess at what somebody answered is no answer.
    """
    start = 0
    for block in _cut(symbols, form):
        plain, weighted = _syndromes([*block[:-CHECKS], block[-2] ^ form.mask % 32, block[-1] ^ form.mask // 32])
        if plain and weighted:  # one wrong character adds itself to the one, and itself times its place to the other
            place = start + _LOGARITHMS[_times(weighted, _inverse(plain))]
            mended = [symbol ^ plain if at == place else symbol for at, symbol in enumerate(symbols)]
            if place < start + len(block) and _number_in(mended, form) is not None:
                yield (place + 1,)
        start += len(block)
    for place, (one, other) in enumerate(pairwise(symbols)):
        swapped = [*symbols[:place], other, one, *symbols[place + 2 :]]
        if one != other and _number_in(swapped, form) is not None:
            yield (place + 1, place + 2)


def _symbols(code: str, expected: int) -> list[int]:
    """Return the value of each character. Raises `CodeError` for characters that no code has."""
    characters = [
        str(unicodedata.digit(one, one)).upper().translate(_LOOKS_LIKE)
        for one in unicodedata.normalize("NFKC", code)
        if unicodedata.category(one)[0] not in "ZPC"
    ]
    strange = tuple(place for place, one in enumerate(characters, 1) if one not in _VALUES)
    if strange:
        raise CodeError(CodeProblem.CHARACTER, places=strange, length=len(characters), expected=expected)
    return [_VALUES[one] for one in characters]


# ── GF(32), by x^5 + x^2 + 1 ─────────────────────────────────────────────────────────────────────────────


def _powers() -> Iterator[int]:
    power = 1
    for _ in range(31):
        yield power
        power = power << 1 ^ (0b100101 if power & 0b10000 else 0)


_POWERS = tuple(_powers())
_LOGARITHMS: Mapping[int, int] = {power: place for place, power in enumerate(_POWERS)}
_VALUES: Mapping[str, int] = {character: value for value, character in enumerate(ALPHABET)}


def _times(one: int, other: int) -> int:
    return _POWERS[(_LOGARITHMS[one] + _LOGARITHMS[other]) % 31] if one and other else 0


def _inverse(one: int) -> int:
    return _POWERS[-_LOGARITHMS[one] % 31]
