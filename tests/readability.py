"""How easy the texts are to read: Flesch reading ease, and Flesch-Douma for Dutch. `python -m tests.readability`."""

import re
import sys
from collections.abc import Iterator

from webapp.i18n import load_languages
from webapp.questionnaire import Questionnaire, load, load_numbers

# Points lost per word of a sentence and per syllable of a word (Flesch 1948; Douma 1960).
FORMULAS = {"en": (206.835, 1.015, 84.6), "nl": (206.84, 0.93, 77.0)}

_DUTCH_VOWELS = "aai|ooi|oei|eeu|ieu|aa|ee|oo|uu|ie|oe|eu|ui|ij|ei|ou|au|[aeiouyáéíóúèêëïöü]"
VOWELS = {"en": r"[aeiouy]+", "nl": _DUTCH_VOWELS}


def syllables(word: str, language: str) -> int:
    """Return about how many syllables a word has, by its groups of vowels."""
    word = word.lower()
    count = len(re.findall(VOWELS[language], word))
    if language == "en" and re.search(r"[^aeiouyl]e$|[^aeiouydt]ed$|[^aeiouscxz]es$", word):
        count -= 1
    return max(count, 1)


def ease(text: str, language: str) -> float:
    """Return the reading ease of a text: 60 and more is plain language, 100 is very easy."""
    start, per_word, per_syllable = FORMULAS[language]
    sentences = [sentence for sentence in re.split(r"[.!?:;]+(?:\s|$)", text) if re.search(r"\w", sentence)]
    words = re.findall(r"[^\W\d_]+(?:[-’][^\W\d_]+)*", text)
    total = sum(syllables(word, language) for word in words)
    return start - per_word * len(words) / len(sentences) - per_syllable * total / len(words)


def passages(questionnaire: Questionnaire) -> Iterator[tuple[str, str]]:
    """Yield what a reader meets as one piece: each question with its reason, each outcome, notice and list."""
    for question in questionnaire.questions.values():
        yield f"questions.{question.id}", ". ".join(filter(None, (question.ask, question.help, question.why)))
    for outcome in questionnaire.outcomes.values():
        own = (outcome.title, outcome.finding, outcome.what, outcome.whom, outcome.when, outcome.prepare)
        yield f"outcomes.{outcome.id}", ". ".join(filter(None, (*own, outcome.not_mean, outcome.doctor)))
    for notice in questionnaire.notices.values():
        yield f"notices.{notice.id}", f"{notice.title}. {notice.text}"
    for name in ("tell", "sooner", "limits", "pills", "yourself"):
        if passage := getattr(questionnaire, name):
            yield name, ". ".join((passage.title, *passage.points.values()))
    yield "start", ". ".join((questionnaire.start.lead, *questionnaire.start.points.values()))


def measured(language: str) -> dict[str, float]:
    """Return the reading ease of every passage in a language."""
    questionnaire = load_languages()[language].questionnaire(load(), load_numbers()["NL"])
    return {place: ease(text, language) for place, text in passages(questionnaire)}


if __name__ == "__main__":
    tables = {language: measured(language) for language in FORMULAS}
    for place, own in tables["en"].items():
        sys.stdout.write(f"{place:32} en {own:5.0f}   nl {tables['nl'][place]:5.0f}\n")
