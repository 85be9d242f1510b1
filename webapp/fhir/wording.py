"""What all FHIR files of the check share: its canonical address, its codes, its points, its translations."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

from webapp.questionnaire import Questionnaire, Text, texts
from webapp.questionnaire.model import Part

CANONICAL = "https://magnesium-check.example/questionnaire.json"
"""What the questionnaire is called everywhere, and the system of its codes. It need not be an address that answers;
a site with a name of its own may set another one. See docs/decisions/0030-fhir.md."""

MEDIA_TYPE = "application/fhir+json; charset=utf-8"

HL7 = "http://hl7.org/fhir"
SDC = f"{HL7}/uv/sdc/StructureDefinition"
WEIGHT = f"{HL7}/StructureDefinition/itemWeight"
TRANSLATION = f"{HL7}/StructureDefinition/translation"

SENTENCE_ENDS = ".?!:…؟۔।。？！"

Resource = dict[str, Any]


def checked_canonical(canonical: object) -> str:
    """Return a canonical address when it is one: absolute, without a version or a part. Raises `ValueError`."""
    if not isinstance(canonical, str) or not re.fullmatch(r"[a-z][a-z0-9+.-]*:[^\s|#]+", canonical):
        raise ValueError(f"MAGNESIUM_CANONICAL: {canonical!r} is no absolute address without '|' and '#'")
    return canonical


def part_id(part: Part) -> str:
    """Return the id of a part's item. Parts and sums share names, and an item's id is unique."""
    return f"part-{part.id}"


def weight(points: int) -> Resource:
    """Return the extension that says how many points an answer gives."""
    return {"url": WEIGHT, "valueDecimal": points}


@dataclass(frozen=True, kw_only=True)
class Wording:
    """Every text in the language of the resource, and its translations beside it."""

    canonical: str
    language: str
    questionnaires: Mapping[str, Questionnaire]
    """The questionnaire in each language, by language code."""

    @cached_property
    def by_place(self) -> Mapping[str, Mapping[str, str]]:
        return {
            language: {text.place: str(text) for text in texts(questionnaire)}
            for language, questionnaire in self.questionnaires.items()
        }

    def element(self, name: str, *parts: Text) -> Resource:
        """Return the element of this name with some texts in a row, and with their translations."""
        words = {
            language: _in_a_row(by_place[text.place] for text in parts) for language, by_place in self.by_place.items()
        }
        translations = [_translation(code, text) for code, text in words.items() if code != self.language]
        own: Resource = {name: words[self.language]}
        return own | ({f"_{name}": {"extension": translations}} if translations else {})

    def coding(self, code: str, display: Text) -> Resource:
        """Return a code of ours with its name."""
        return {"system": self.canonical, "code": code} | self.element("display", display)

    def plain_coding(self, code: str, display: Text) -> Resource:
        """Return a code of ours with its name in the language of the resource alone."""
        return {"system": self.canonical, "code": code, "display": self.by_place[self.language][display.place]}


def _in_a_row(sentences: Iterable[str]) -> str:
    """Return sentences as one text; a title, which has no full stop, is set off by a dash."""
    first, *others = sentences
    return reduce(lambda row, text: f"{row} {text}" if row[-1] in SENTENCE_ENDS else f"{row} – {text}", others, first)


def _translation(language: str, text: str) -> Resource:
    content = [{"url": "lang", "valueCode": language}, {"url": "content", "valueString": text}]
    return {"url": TRANSLATION, "extension": content}
