"""What all FHIR files of the check share: its canonical address, its codes, its texts and their translations."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from webapp.questionnaire import Questionnaire, Text
from webapp.questionnaire.model import Option, Outcome, Question, like

CANONICAL = "https://magnesium-check.example/questionnaire.json"
"""What the questionnaire is called everywhere. It need not be an address that answers; a site with a name of its own
may set another one. See docs/decisions/0030-fhir.md."""

SYSTEM = "https://magnesium-check.example/codes"
"""The system of our codes. It is the same on every site, so that a file of one can be read on every other."""

OUTCOME = "outcome"
"""The id of the item that holds the outcome."""

MEDIA_TYPE = "application/fhir+json; charset=utf-8"

HL7 = "http://hl7.org/fhir"
SDC = f"{HL7}/uv/sdc/StructureDefinition"
TRANSLATION = f"{HL7}/StructureDefinition/translation"

mistake_in_canonical = like("an absolute address without '|' and '#'", r"[a-z][a-z0-9+.-]*:[^\s|#]+")

SENTENCE_ENDS = ".?!:…؟۔।。？！"

Resource = dict[str, Any]


def code_of(question: Question, option: Option) -> str:
    """Return the code of an answer. It names the question too: "no" is not the same answer everywhere."""
    return f"{question.id}.{option.id}"


def outcome_code(outcome: Outcome) -> str:
    return f"{OUTCOME}.{outcome.id}"


def _in_a_row(sentences: Iterable[str]) -> str:
    """Return sentences as one text; a title, which has no full stop, is set off by a dash."""
    first, *others = sentences
    return reduce(lambda row, text: f"{row} {text}" if row[-1] in SENTENCE_ENDS else f"{row} – {text}", others, first)


def plain(text: str) -> str:
    """Return a text with ordinary spaces: R4 allows no other ones in a `string`."""
    return re.sub(r"[^\S\n]", " ", text)


@dataclass(frozen=True, kw_only=True)
class Wording:
    """Every text in the language of the resource, and its translations beside it."""

    canonical: str
    language: str
    source: Questionnaire
    """The questionnaire in the language it is written in."""
    questionnaires: Mapping[str, Questionnaire]
    """The questionnaire in each language that stands in the resource, by language code."""

    @property
    def name(self) -> str:
        """The name for programs, the same in every language: the title in Latin letters and digits, without spaces."""
        words = re.findall("[A-Za-z0-9]+", self.source.title)
        name = "".join(word[0].upper() + word[1:] for word in words)
        return name if name[:1].isalpha() else f"Questionnaire{name}"

    def element(self, name: str, *parts: Text | None) -> Resource:
        """Return the element of this name with some texts in a row, and with their translations."""
        places = [part.place for part in parts if part is not None]
        words = {
            language: _in_a_row(plain(questionnaire.texts[place]) for place in places)
            for language, questionnaire in self.questionnaires.items()
        }
        own: Resource = {name: words.pop(self.language)}
        translations = [_translation(code, text) for code, text in words.items()]
        return own | ({f"_{name}": {"extension": translations}} if translations else {})

    def coding(self, code: str, display: Text) -> Resource:
        """Return a code of ours with its name."""
        return {"system": SYSTEM, "code": code} | self.element("display", display)


def _translation(language: str, text: str) -> Resource:
    content = [{"url": "lang", "valueCode": language}, {"url": "content", "valueString": text}]
    return {"url": TRANSLATION, "extension": content}
