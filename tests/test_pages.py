"""Addresses: everybody lands on the check in their own language, and a wrong turn is a page with a way back."""

import pytest
from babel.numbers import format_decimal
from flask import Flask

from tests.answers import harmless
from tests.conftest import make_app
from tests.house import HouseClient, by_id, parse, text_of
from tests.posting import A_PERSON_FOR, addresses, chosen_in, every_page, languages_of, post, result_of, sums_of
from webapp.edition import Editions
from webapp.pages import TESTED

WISHES = [
    ("en", "en"),
    ("en-GB,en;q=0.9", "en"),
    ("xx,en;q=0.5", "en"),
    ("nl;q=0.2,en;q=0.8", "en"),
    ("en;q=0.2,nl;q=0.8", "nl"),
    ("nl-BE,fr;q=0.3", "nl"),
]
NONSENSE = ["", "xx", "*", ",,;q=", "en;q=abc", "nl;q=0, en;q=0", "\x00\xff", "en;q=1e999", "a" * 5_000]


@pytest.mark.parametrize(("wish", "expected"), WISHES)
def test_visitors_are_sent_to_the_language_they_like_best(app: Flask, client: HouseClient, wish: str, expected: str):
    if expected not in languages_of(app):
        pytest.skip(f"the catalog of {expected} is not complete")
    response = client.get("/", headers={"Accept-Language": wish})
    assert (response.status_code, response.location) == (302, f"/{expected}/")
    assert "Accept-Language" in response.vary
    assert response.cache_control.private


@pytest.mark.parametrize("wish", NONSENSE)
def test_whoever_names_no_language_of_ours_gets_one_all_the_same(app: Flask, client: HouseClient, wish: str):
    with_nothing = client.get("/", headers={"Accept-Language": wish})
    assert with_nothing.status_code == 302
    assert with_nothing.location == f"/{'nl' if 'nl' in languages_of(app) else 'en'}/"
    assert client.get("/").location == with_nothing.location


@pytest.fixture(scope="module")
def english() -> Flask:
    """The app with one language only, which is not the default one."""
    app = make_app()
    known: Editions = app.extensions["editions"]
    language = {"en": known.languages["en"]}
    app.extensions["editions"] = Editions(known.questionnaire, known.numbers, language, known.clinics)
    return app


def test_where_the_default_language_is_not_finished_another_one_takes_its_place(english: Flask):
    assert english.test_client().get("/").location == "/en/"
    assert english.test_client().get("/nl/").status_code == 404


def test_enter_in_a_field_asks_for_the_result(app: Flask, english: Flask):
    # A browser then presses the first button of the form that sends it.
    for seen in (*every_page(app), *every_page(english)):
        if any(form.get("id") == "check" for form in seen.page.iter("form")):
            first = next(button for button in seen.page.iter("button") if button.get("type") != "button")
            assert first.get("form", "check") == "check", seen
            assert first.get("formaction") is None, seen


def test_an_unknown_page_is_said_to_be_unknown_in_the_language_of_its_address(app: Flask, client: HouseClient):
    for lang in languages_of(app):
        response = client.get(f"/{lang}/nonsense", headers={"Accept-Language": "xx"})
        assert response.status_code == 404
        assert parse(response.text).get("lang") == lang


@pytest.mark.parametrize("page", ["", "about"])
def test_capitals_in_the_language_lead_to_the_address_that_was_meant(app: Flask, client: HouseClient, page: str):
    for lang in languages_of(app):
        response = client.get(f"/{lang.upper()}/{page}")
        assert (response.status_code, response.location) == (308, f"/{lang}/{page}")
    assert client.post(f"/EN/{page}").status_code in (404, 405)


@pytest.mark.parametrize("address", ["/xx/", "/nonsense/", "/xx/about", "/\x00", "/%ed%a0%80/", "/en/at/no/"])
def test_elsewhere_it_is_said_in_the_language_of_the_visitor(client: HouseClient, address: str):
    response = client.get(address, headers={"Accept-Language": "en-IE"})
    assert response.status_code == 404
    assert parse(response.text).get("lang") == "en"


def test_every_error_page_leads_to_the_check_and_tells_whom_to_call(app: Flask):
    errors = [seen for seen in every_page(app) if seen.status >= 400 and seen.status != 422]
    assert {seen.status for seen in errors} >= {403, 404, 405, 413}
    for seen in errors:
        links = [link.get("href") or "" for link in seen.page.iter("a")]
        assert f"/{seen.lang}/" in links, seen
        assert any(link.startswith("tel:") for link in links), seen


def test_addresses_that_only_show_something_take_no_posts(app: Flask, client: HouseClient):
    taking_posts = set(addresses(app, "POST"))
    for address in set(addresses(app, "GET")) - taking_posts - {"/healthz"}:
        response = client.post(address)
        assert response.status_code == 405, address
        assert "GET" in (response.allow or set())


def test_what_needs_answers_tells_a_reader_without_any_that_a_result_is_not_kept(app: Flask, client: HouseClient):
    needing_answers = set(addresses(app, "POST")) - {"/en/"}
    assert "/en/result" in needing_answers
    for address in needing_answers:
        response = client.get(address)
        links = [link.get("href") for link in parse(response.text).iter("a")]
        assert (response.status_code, "/en/" in links) == (404, True), address


def test_every_page_passes_the_inspection_in_every_language(app: Flask):
    for seen in every_page(app):
        assert seen.page.get("lang") == seen.lang, seen
        assert by_id(seen.page, "content").tag == "main"


def test_no_page_links_to_a_page_that_is_not_there(app: Flask, client: HouseClient):
    ids: dict[str, set[str | None]] = {}
    for seen in every_page(app):
        for link in seen.page.iter("a"):
            address, _, place = (link.get("href") or "").partition("#")
            if address.startswith("/"):
                if address not in ids:
                    response = client.get(address)
                    assert response.status_code == 200, (address, seen)
                    is_page = response.mimetype == "text/html"
                    ids[address] = {one.get("id") for one in parse(response.text).iter()} if is_page else set()
                assert not place or place in ids[address], (link.attrib, seen)


def _language_buttons(page) -> dict[str, str]:
    return {button.attrib["lang"]: button.attrib["formaction"] for button in page.iter("button") if button.get("lang")}


def test_changing_the_language_of_the_form_keeps_the_answers(app: Flask, client: HouseClient):
    answers = {question: options for question, options in harmless().items() if question != "stress"}
    buttons = _language_buttons(parse(client.get("/en/").text))
    assert set(buttons) == set(languages_of(app)) - {"en"}
    for lang, address in buttons.items():
        response = post(client, answers, address)
        page = parse(response.text)
        assert (response.status_code, page.get("lang"), chosen_in(page)) == (200, lang, answers)


@pytest.mark.parametrize("outcome", A_PERSON_FOR)
def test_changing_the_language_of_a_result_gives_the_same_result(app: Flask, client: HouseClient, outcome: str):
    answers = A_PERSON_FOR[outcome]
    before = post(client, answers)
    for lang, address in _language_buttons(parse(before.text)).items():
        after = post(client, answers, address)
        page = parse(after.text)
        assert (page.get("lang"), chosen_in(page)) == (lang, answers)
        assert result_of(after).get("data-outcome") == outcome
        assert sums_of(result_of(after)) == sums_of(result_of(before))
        assert _language_buttons(page)["en"].endswith("#result")


def test_what_is_said_about_the_tests_is_what_they_last_counted(app: Flask, client: HouseClient):
    for kind, tested in TESTED.items():
        for lang in languages_of(app):
            words = text_of(parse(client.get(f"/{lang}/{kind}").text))
            shown = {figure: str(figure) for figure in tested.values()}
            shown[tested["date"]] = app.extensions["editions"].languages[lang].date(tested["date"])
            for figure, alike in shown.items():
                grouped = format_decimal(figure, locale=lang) if isinstance(figure, int) else alike
                assert any(" ".join(one.split()) in words for one in (alike, grouped)), (kind, lang, figure)


def test_the_accessibility_statement_says_whom_to_tell(client: HouseClient):
    tell = by_id(parse(client.get("/en/at/example/accessibility").text), "tell")
    assert any((link.get("href") or "").startswith("tel:") for link in tell.iter("a"))
    assert text_of(by_id(parse(client.get("/en/accessibility").text), "tell"))
