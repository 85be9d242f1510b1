"""How a person goes through the check in a browser."""

import time
from collections.abc import Iterable, Mapping, Sequence

from playwright.sync_api import Frame, FrameLocator, Locator, Page

from tests.answers import QUESTIONNAIRE
from tests.conftest import SECONDS_TO_STOP
from webapp.questionnaire import assess

Given = Mapping[str, Sequence[str]]
Place = Page | Frame | FrameLocator
"""Where the check stands: in a tab or in a frame."""

PARTS = tuple(QUESTIONNAIRE.parts)
LAST_PART = PARTS[-1]


FILL_IN_ALL = """(answers, place = document) => { for (const field of place.querySelectorAll("fieldset input")) {
  const isChosen = (answers[field.name] || []).includes(field.value);
  if (field.checked === isChosen) continue;
  field.checked = isChosen;
  field.dispatchEvent(new Event("change", { bubbles: true }));
} }"""

CHOSEN = "[...document.querySelectorAll(':checked')].map((one) => [one.name, one.value])"


def option(page: Place, question: str, value: str) -> Locator:
    return page.locator(f'fieldset [name="{question}"][value="{value}"]')


def card_of(page: Place, question: str, value: str) -> Locator:
    """Return what stands below an option that calls for an outcome, and shows when it is ticked."""
    return page.locator(f'label:has([name="{question}"][value="{value}"]) + .call-now')


def start(page: Page) -> None:
    page.goto("/en/")
    page.locator("#start a.next").click()


def fill_in(page: Place, part: str, answers: Given) -> None:
    """Answer the questions of a part, as quickly as a script can."""
    given = {question: list(options) for question, options in answers.items()}
    page.locator(f"#{part}").evaluate(f"(part, answers) => ({FILL_IN_ALL})(answers, part)", given)


def go_on(page: Place, part: str) -> None:
    """Press what leads on from a part: to the next one, or from the last one to the result."""
    page.locator(f"#{part} > .actions .next").first.click()


def walk(page: Place, answers: Given) -> None:
    """Answer every question of a check that has been opened, part by part and as a mouse does; ask for the result."""
    page.locator("#start a.next").first.click()
    for part in PARTS:
        for question in QUESTIONNAIRE.parts[part].questions:
            for value in answers[question.id]:
                option(page, question.id, value).check()
        go_on(page, part)
    page.locator("#result").wait_for()


def fill_in_all(page: Page | Frame, answers: Given) -> None:
    """Fill in everything at once, as quickly as a script can, and let the page know."""
    page.evaluate(FILL_IN_ALL, {question: list(options) for question, options in answers.items()})


def get_result(page: Page | Frame, answers: Given) -> None:
    """Fill in everything at once on the last part of a check that has been opened, and ask for the result there."""
    page.locator("#start a.next").click()
    page.evaluate("part => { location.hash = part }", LAST_PART)
    fill_in_all(page, answers)
    go_on(page, LAST_PART)
    page.locator("#result").wait_for()


def wait_for_result_of(page: Page, answers: Given) -> None:
    """Wait until the result of just these answers is shown."""
    sums = assess(QUESTIONNAIRE, answers).sums
    page.locator("#result" + "".join(f"[data-{score}='{own.points}']" for score, own in sums.items())).wait_for()


def jump_to_result(page: Page, answers: Given, lang: str = "en") -> None:
    """Fill in everything at once and ask for the result, for tests that are about the result alone."""
    page.goto(f"/{lang}/")
    page.evaluate(
        "answers => { for (const field of document.querySelectorAll('#check input'))"
        " field.checked = (answers[field.name] || []).includes(field.value) }",
        {question: list(options) for question, options in answers.items()},
    )
    with page.expect_navigation():
        page.evaluate("document.getElementById('check').submit()")


def unfold_result(page: Page | Frame) -> None:
    """Open what is folded on the result, as somebody does who wants to know more."""
    for folded in page.locator("#result details").all():
        if folded.get_attribute("open") is None:
            folded.locator("summary").first.click()


def chosen(page: Page | Frame) -> dict[str, tuple[str, ...]]:
    """Return what is filled in, by question."""
    return by_question(page.evaluate(CHOSEN))


def by_question(pairs: Iterable[Sequence[str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for question, value in pairs:
        found[question] = (*found.get(question, ()), value)
    return found


def shown_parts(page: Page | Frame) -> list[str]:
    """Return the ids of the steps that can be seen."""
    shown: list[str] = page.evaluate(
        "[...document.querySelectorAll('.step')].filter(step => step.offsetParent).map(step => step.id)"
    )
    return shown


def focused(page: Page) -> str:
    """Return the id of what has the focus: a browser gives it to the place that an address names when it draws that.

    Raises `TimeoutError` when nothing with an id gets it.
    """
    end = time.monotonic() + SECONDS_TO_STOP
    while not (id := page.evaluate("document.activeElement.id")):
        if time.monotonic() > end:
            raise TimeoutError
        page.wait_for_timeout(20)
    return str(id)


def is_on_screen(place: Locator) -> bool:
    """Whether all of it can be seen without scrolling."""
    seen: bool = place.evaluate(
        "place => { const box = place.getBoundingClientRect();"
        " return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight && box.left >= 0"
        " && box.right <= document.documentElement.clientWidth }"
    )
    return seen
