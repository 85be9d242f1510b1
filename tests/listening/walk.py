"""The check as a screen reader tells it, in Firefox, by itself and in a clinic's frame: `make listen`.

What must be heard is read from the content file and the catalogs. Orca's own words ("heading", "link") are in English.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pytest
from selenium.webdriver.common.by import By

from tests.answers import QUESTIONNAIRE, harmless, harmless_but
from tests.browser.hosting import CLINIC, Street, street
from tests.browser.other_browsers import until
from tests.browser.walking import FILL_IN_ALL, LAST_PART, PARTS
from tests.conftest import make_app
from tests.listening.conftest import HEARD
from tests.listening.screen_reader import Desktop, plain
from tests.posting import A_PERSON_FOR
from webapp.edition import Edition
from webapp.questionnaire.model import Question

pytestmark = pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning")

FRAME = '<iframe src="{{check}}/{lang}/embed/{clinic}/" title="Check" width="100%" height="800"></iframe>'

Sign = tuple[str, str]
"""A question and an option of it that calls for an outcome."""

SIGNS: list[Sign] = [
    (question.id, option.id)
    for question in QUESTIONNAIRE.questions.values()
    for option in question.options.values()
    if option.calls and QUESTIONNAIRE.outcomes[option.calls].is_alarm
]


def outcome_of(sign: Sign) -> str:
    question, option = sign
    return str(QUESTIONNAIRE.questions[question].options[option].calls)


def signs_for(phone: str) -> list[Sign]:
    return [sign for sign in SIGNS if QUESTIONNAIRE.outcomes[outcome_of(sign)].phone == phone]


FIRST, SECOND = signs_for("emergency")[:2]
TODAY = signs_for("today")[0]
DARK_THOUGHTS = signs_for("crisis")[0]
SUICIDE_DANGER = next(
    (id, option)
    for id, option in signs_for("emergency")
    if "crisis" in QUESTIONNAIRE.questions[id].options[option].notices
)


@dataclass(frozen=True)
class Visit:
    """Somebody who hears the check, in one language, by itself or in a clinic's frame."""

    desk: Desktop
    places: Street
    edition: Edition

    def open(self, step: str = "start", answers: Mapping[str, Sequence[str]] | None = None) -> list[str]:
        """Open a step of a check in which some answers are filled in; return what is said of its arrival."""
        browser, lang = self.desk.firefox, self.edition.language.code
        browser.switch_to.default_content()
        browser.get("about:blank")
        if self.edition.is_framed:
            browser.get(self.places.put(FRAME.format(lang=lang, clinic=CLINIC)))
            browser.switch_to.frame(0)
        else:
            browser.get(f"{self.places.check}/{lang}/")
        until(browser, "document.getElementById('check')")
        browser.execute_script(f"({FILL_IN_ALL})(arguments[0])", {id: list(own) for id, own in (answers or {}).items()})
        if step != "start":
            browser.execute_script("location.hash = arguments[0]", step)
            until(browser, f"document.getElementById('{step}').offsetParent")
        return self.desk.listen(lambda: None)

    def focus(self, selector: str) -> None:
        """Bring the focus somewhere, as pressing Tab many times would, and let everything be said about it."""
        element = self.desk.firefox.find_element(By.CSS_SELECTOR, selector)
        self.desk.listen(lambda: self.desk.firefox.execute_script("arguments[0].focus()", element))
        assert self.desk.firefox.execute_script("return document.activeElement === arguments[0]", element), selector

    def tick(self, sign: Sign, *awaited: str) -> list[str]:
        question, option = sign
        self.focus(f'[name="{question}"][value="{option}"]')
        return self.desk.press("space", *awaited, self.undo)

    def go_on(self, part: str, *awaited: str) -> list[str]:
        """Press what leads on from a part, with the keyboard."""
        self.focus(f"#{part} > .actions .next:not(.anew)")
        return self.desk.press("Return", *awaited)

    def words(self, text: str, /, **values: object) -> str:
        return self.edition.language.gettext(text, **values)

    def question(self, id: str) -> Question:
        return self.edition.questionnaire.questions[id]

    def title_for(self, sign: Sign) -> str:
        return self.edition.questionnaire.outcomes[outcome_of(sign)].title

    def place_of(self, part: str) -> str:
        return self.words("Part %(number)s of %(count)s", number=PARTS.index(part) + 1, count=len(PARTS))

    @property
    def undo(self) -> str:
        """The last words of a card."""
        return self.words("Ticked by mistake? Untick it to go on.")

    @property
    def call(self) -> str:
        return self.words("Call")

    @property
    def crisis_line(self) -> tuple[str, ...]:
        """What tells the crisis line: its name, and each number as a call."""
        numbers = self.edition.numbers
        name = numbers.crisis_name or self.words("Crisis line, day and night")
        return name, *(f"{self.call} {number}" for number in numbers.crisis_in(self.edition.language.code))

    @property
    def emergency_line(self) -> str:
        return f"{self.call} {self.edition.numbers.emergency[0]}"


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    with street(tmp_path_factory.mktemp("clinics")) as found:
        yield found


@pytest.fixture(scope="session")
def editions():
    return make_app().extensions["editions"]


@pytest.fixture
def visit(desk: Desktop, places: Street, editions, lang: str, request: pytest.FixtureRequest) -> Visit:
    where = getattr(request, "param", "site")
    found = editions.find(lang, "example" if where == "embed" else None, where)
    return Visit(desk, places, found)


EVERYWHERE = pytest.mark.parametrize("visit", ["site", "embed"], indirect=True, ids=["by itself", "in a frame"])


def note(visit: Visit, situation: str, heard: list[str]) -> str:
    """Keep what was heard for the summary; return it as one piece of text."""
    place = " in a frame" if visit.edition.is_framed else ""
    HEARD.setdefault((situation + place, visit.edition.language.code), []).append(heard)
    return plain(" ".join(heard))


def assert_in_order(heard: str, *wanted: str) -> None:
    """Each of the words is heard, one after the other."""
    rest = heard
    for words in wanted:
        _, found, rest = rest.partition(plain(words))
        assert found, f"{words!r} is not heard, or not in its place: {heard!r}"


# ── Alarms ───────────────────────────────────────────────────────────────────────────────────────────────


@EVERYWHERE
def test_an_alarm_is_heard_at_its_tick_the_action_first_and_then_the_number(visit: Visit):
    visit.open("safety")
    wanted = (visit.title_for(FIRST), visit.emergency_line, visit.words("Show this advice"))
    heard = note(visit, "alarm, first tick", visit.tick(FIRST, *wanted))
    assert_in_order(heard, *wanted, visit.undo)
    assert heard.count(plain(visit.title_for(FIRST))) == 1


@pytest.mark.parametrize("before", [FIRST, TODAY], ids=str)
def test_an_alarm_as_a_second_tick_is_heard_as_the_first(visit: Visit, before: Sign):
    visit.open("safety")
    visit.tick(before, visit.title_for(before))
    wanted = (visit.title_for(SECOND), visit.emergency_line, visit.words("Show this advice"))
    heard = note(visit, f"alarm, second tick after {before[1]}", visit.tick(SECOND, *wanted))
    assert_in_order(heard, *wanted)


@EVERYWHERE
@pytest.mark.parametrize("before", [FIRST, TODAY], ids=str)
def test_danger_of_suicide_as_a_second_tick_is_heard_with_the_crisis_line(visit: Visit, before: Sign):
    visit.open("safety")
    visit.tick(before, visit.title_for(before))
    wanted = (visit.title_for(SUICIDE_DANGER), visit.emergency_line, *visit.crisis_line)
    heard = note(visit, f"suicide danger, second tick after {before[1]}", visit.tick(SUICIDE_DANGER, *wanted))
    assert_in_order(heard, *wanted)
    assert sum(heard.count(plain(title)) for title in {visit.title_for(before), wanted[0]}) == 1, heard


def test_thoughts_of_suicide_are_answered_with_the_crisis_line_by_name(visit: Visit):
    visit.open("safety")
    visit.tick(TODAY, visit.title_for(TODAY))
    wanted = (visit.title_for(DARK_THOUGHTS), *visit.crisis_line)
    heard = note(visit, f"thoughts of suicide, second tick after {TODAY[1]}", visit.tick(DARK_THOUGHTS, *wanted))
    assert_in_order(heard, *wanted)


def test_each_number_of_a_card_says_by_tab_that_it_is_called_and_who_answers(visit: Visit):
    visit.open("safety")
    visit.tick(DARK_THOUGHTS, visit.title_for(DARK_THOUGHTS))
    name, *calls = visit.crisis_line
    for call in calls:
        heard = note(visit, "Tab to a number of the crisis line", visit.desk.press("Tab", call))
        assert_in_order(heard, call, name)


# ── Questions ────────────────────────────────────────────────────────────────────────────────────────────


@EVERYWHERE
def test_one_open_question_is_told_once_with_its_mistake(visit: Visit):
    part = PARTS[1]
    open_one = QUESTIONNAIRE.parts[part].questions[1].id
    visit.open(part, {id: own for id, own in harmless().items() if id != open_one})
    wanted = (visit.question(open_one).ask, visit.words("Please answer this question."))
    heard = note(visit, "Next, one open question", visit.go_on(part, *wanted))
    assert_in_order(heard, *wanted)
    assert [heard.count(plain(words)) for words in wanted] == [1, 1]


@EVERYWHERE
def test_several_open_questions_are_told_once_with_their_count(visit: Visit):
    part = PARTS[1]
    visit.open(part)
    questions = QUESTIONNAIRE.parts[part].questions
    count = visit.words("Please answer {count} more questions in this part.").replace("{count}", str(len(questions)))
    wanted = (visit.question(questions[0].id).ask, count)
    heard = note(visit, "Next, several open questions", visit.go_on(part, *wanted))
    assert_in_order(heard, *wanted)
    assert heard.count(plain(count)) == 1
    assert plain(visit.words("Please answer this question.")) not in heard


@EVERYWHERE
def test_arrival_at_a_part_tells_which_part_it_is(visit: Visit):
    visit.open("start", harmless())
    for before, part in zip(("start", *PARTS), PARTS, strict=False):
        wanted = (visit.place_of(part), visit.edition.questionnaire.parts[part].title)
        heard = note(visit, f"arrival at {part}", visit.go_on(before, *wanted))
        assert_in_order(heard, *wanted)


def test_why_we_ask_this_is_told_with_its_question(visit: Visit):
    part = PARTS[1]
    visit.open(part, harmless())
    for question in QUESTIONNAIRE.parts[part].questions[:2]:
        visit.focus(f'[name="{question.id}"]:checked')
        wanted = (visit.words("Why we ask this"), visit.question(question.id).ask)
        assert_in_order(note(visit, "Tab to why we ask this", visit.desk.press("Tab", *wanted)), *wanted)


# ── What comes back ──────────────────────────────────────────────────────────────────────────────────────


@EVERYWHERE
@pytest.mark.parametrize("outcome", ["emergency", "raised"])
def test_arrival_at_a_result_tells_its_title(visit: Visit, outcome: str):
    visit.open("safety" if outcome == "emergency" else LAST_PART, A_PERSON_FOR[outcome])
    title = visit.edition.questionnaire.outcomes[outcome].title
    button = "#safety > .call-again.any .next" if outcome == "emergency" else f"#{LAST_PART} > .actions .next"
    visit.focus(button)
    heard = note(visit, f"arrival at the result {outcome}", visit.desk.press("Return", title))
    assert_in_order(heard, title)


@EVERYWHERE
def test_a_result_that_comes_as_a_page_of_its_own_tells_its_title(visit: Visit):
    """As it does without JavaScript."""
    visit.open(LAST_PART, A_PERSON_FOR["raised"])
    title = visit.edition.questionnaire.outcomes["raised"].title
    send = "document.getElementById('check').submit()"
    heard = visit.desk.listen(lambda: visit.desk.firefox.execute_script(send), title)
    assert_in_order(note(visit, "arrival at a result by a whole page", heard), title)


@EVERYWHERE
def test_arrival_at_the_list_of_mistakes_tells_how_many_there_are(visit: Visit):
    visit.open(LAST_PART, harmless_but(stress=(), food=()))
    several = "One question needs your answer", "%(num)s questions need your answer"
    title = visit.edition.language.ngettext(*several, 2)
    heard = note(visit, "arrival at the list of mistakes", visit.go_on(LAST_PART, title))
    assert_in_order(heard, title)
