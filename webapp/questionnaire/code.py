"""Answers as a code of a few characters, to write on paper and to type again. The code is the answers: none are kept.

All answers to a question, none at all included, are numbered, and the numbers make one large number (mixed radix). For
content 2.0 there are 14 328 381 380 700 930 048 sets of answers, which takes 63.6 bits. A code of 16 characters of
Crockford's base 32 holds 80 bits. So only one number in 84 000 is a code: those that leave, divided by a multiple of
1021, the fingerprint of the questions. That is how often random characters, or a code that was made with other
questions, are taken for one of these.

Since 1021 is prime and larger than 32, one wrong character, which changes the number by d·32^n, and two neighbours
swapped, which change it by 31·d·32^n, never change it by a multiple of 1021: both are always noticed.

The code of a content with more ways to answer is longer. For one content all codes are equally long, so that the length
tells nothing of the answers.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from itertools import pairwise
from math import prod
from typing import NamedTuple

from webapp.questionnaire.assess import Answers, problem_with
from webapp.questionnaire.model import NONE, Question, Questionnaire

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U."""

GROUP = 4
PRIME = 1021
FEWEST_FINGERPRINTS = 64
"""Into how many kinds contents must fall, besides what the prime tells apart."""

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
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

    def __init__(self, problem: CodeProblem, places: tuple[int, ...], length: int, expected: int) -> None:
        self.problem, self.places, self.length, self.expected = problem, places, length, expected
        super().__init__(f"{problem.value}, places {list(places)}, {length} of {expected} characters")


class _Format(NamedTuple):
    """How the codes of one content look: it depends on the ids of the content, not on its texts and points."""

    ways: int
    length: int
    """Characters, without hyphens."""
    modulus: int
    """A multiple of the prime."""
    fingerprint: int
    """What every code of this content leaves, divided by the modulus."""

    def number(self, value: int) -> int | None:
        """Return the number of the answers; None when this is no value that `encode` makes for this content."""
        number, fingerprint = divmod(value, self.modulus)
        return number if fingerprint == self.fingerprint and number < self.ways else None


def encode(questionnaire: Questionnaire, answers: Answers) -> str:
    """Return the code for a set of answers. What cannot be counted, a contradiction say, is left out as unanswered."""
    form, number = _format(questionnaire), 0
    for id, question in questionnaire.questions.items():
        chosen, worth = answers.get(id, ()), _worth(question)
        own = 0 if problem_with(question, chosen) else sum(worth[option] for option in set(chosen))
        number = number * _ways(question) + own
    value = number * form.modulus + form.fingerprint
    characters = "".join(ALPHABET[value >> 5 * place & 31] for place in reversed(range(form.length)))
    return "-".join(characters[at : at + GROUP] for at in range(0, form.length, GROUP))


def decode(questionnaire: Questionnaire, code: str) -> Answers:
    """Return the answers that a code was made of: every question, in reading order, with none where it has none.

    Case, spaces, punctuation, O for 0 and I or L for 1 do not matter. Raises `CodeError`.

    A wrong code is never mended for the reader: a guess at what somebody answered is no answer.
    """
    form = _format(questionnaire)
    symbols = _symbols(code, form.length)
    value = sum(symbol << 5 * place for place, symbol in enumerate(reversed(symbols)))
    if len(symbols) == form.length and (number := form.number(value)) is not None:
        return _answers(questionnaire, number)
    found: list[tuple[int, ...]] = []
    problem = CodeProblem.LENGTH if symbols else CodeProblem.EMPTY
    if len(symbols) == form.length:
        found = [places for places, change in _slips(symbols) if form.number(value + change) is not None]
        problem = CodeProblem.MISTYPED if found else CodeProblem.OTHER_QUESTIONS
    raise CodeError(problem, found[0] if len(found) == 1 else (), len(symbols), form.length)


@lru_cache(maxsize=256)
def _worth(question: Question) -> Mapping[str, int]:
    """Return what each option adds to the number of an answer, which is 0 where nothing was answered.

    That is its place where one is chosen, and a bit where several are ticked, the last bit being that of none of them.
    """
    if question.kind == "one":
        return {id: place for place, id in enumerate(question.options, 1)}
    ticks = [id for id in question.options if id != NONE]
    return {id: 2**place for place, id in enumerate([*ticks, NONE])}


@lru_cache(maxsize=256)
def _ways(question: Question) -> int:
    """Return in how many ways a question can be answered, none at all included."""
    return max(_worth(question).values()) + 1


def _answers(questionnaire: Questionnaire, number: int) -> Answers:
    found: dict[str, tuple[str, ...]] = {}
    for question in reversed(list(questionnaire.questions.values())):
        number, own = divmod(number, _ways(question))
        is_one, worth = question.kind == "one", _worth(question)
        found[question.id] = tuple(id for id in worth if (own == worth[id] if is_one else own & worth[id]))
    return {id: found[id] for id in questionnaire.questions}


@lru_cache(maxsize=32)
def _format(questionnaire: Questionnaire) -> _Format:
    shape = [(one.id, one.kind, tuple(one.options)) for one in questionnaire.questions.values()]
    digest = int.from_bytes(hashlib.sha256(json.dumps(shape).encode()).digest())
    ways = prod(_ways(one) for one in questionnaire.questions.values())
    length = GROUP
    while 32**length < PRIME * FEWEST_FINGERPRINTS * ways:
        length += GROUP
    modulus = PRIME * (32**length // (PRIME * ways))
    return _Format(ways, length, modulus, digest % modulus)


def _slips(symbols: Sequence[int]) -> Iterator[tuple[tuple[int, ...], int]]:
    """Yield for one other character, and for a swap of two neighbours, the places and the change of the value."""
    last = len(symbols)
    for place, symbol in enumerate(reversed(symbols)):
        for other in set(range(32)) - {symbol}:
            yield (last - place,), other - symbol << 5 * place
    for place, (one, before) in enumerate(pairwise(reversed(symbols))):
        if one != before:
            yield (last - place - 1, last - place), (one - before) * 31 << 5 * place


def _symbols(code: str, expected: int) -> list[int]:
    """Return the value of each character. Raises `CodeError` for characters that no code has."""
    characters = [
        str(unicodedata.digit(one, one)).upper().translate(_LOOKS_LIKE)
        for one in unicodedata.normalize("NFKC", code)
        if unicodedata.category(one)[0] not in "ZPC"
    ]
    strange = tuple(place for place, one in enumerate(characters, 1) if one not in _VALUES)
    if strange:
        raise CodeError(CodeProblem.CHARACTER, strange, len(characters), expected)
    return [_VALUES[one] for one in characters]
