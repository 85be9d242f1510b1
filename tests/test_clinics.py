"""Clinics: their file and what is wrong with it, their name and colours on every page, and the lines they paste."""

import re
import struct
from codecs import BOM_UTF8
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from tests.answers import harmless_but
from tests.conftest import ROOT, all_translations, make_app
from tests.house import HouseClient, by_id, parse, text_of
from tests.pdf import pages_of
from tests.posting import post
from webapp.app import create_app
from webapp.appearance import LEAST_CONTRAST, accent_for_dark, contrast, mistake_in_accent, surfaces
from webapp.clinics import load_clinics
from webapp.commands import EX_CONFIG, main
from webapp.questionnaire import ContentError

LANGUAGES = ("nl", "en")
EXAMPLE_FILE = ROOT / "clinics.example.toml"

NASTY = "<b>&\"'"

CLINICS = f"""
[vecht]
name = "Kliniek De Vecht"
names = {{ en = "De Vecht Clinic" }}
origins = ["https://www.devecht.example", "http://localhost:8123"]
languages = ["en"]
phone = "+31 30 555 0100"
website = "https://www.devecht.example/"
appointment = "https://www.devecht.example/afspraak?a=1&b=2"
accent = "#8a1c3b"
logo = "vecht.svg"

[nasty]
name = '''{NASTY}'''
country = "GB"
phone = "020 7946 0000"
"""

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="4"/></svg>'

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file with clinics, and a logo beside it."""

    def write(text: str, logo: str = SVG) -> Path:
        (tmp_path / "vecht.svg").write_text(logo, encoding="utf-8")
        file = tmp_path / "clinics.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


@pytest.fixture
def app(write: Write) -> Flask:
    return make_app(CLINICS=str(write(CLINICS)))


def mistakes_in(file: Path) -> tuple[str, ...]:
    with pytest.raises(ContentError) as caught:
        load_clinics(file, LANGUAGES)
    return caught.value.mistakes


# The file


def test_the_example_file_can_be_used() -> None:
    clinic = load_clinics(EXAMPLE_FILE, LANGUAGES)["devecht"]
    assert clinic.name_in("nl") == "Kliniek De Vecht"
    assert clinic.name_in("en") == "De Vecht Clinic"
    assert clinic.origins == ("https://www.devecht.example", "https://devecht.example")


@pytest.mark.parametrize(
    ("lines", "key", "reason"),
    [
        ("", "v.name", "is missing; expected a text"),
        ('name = " "', "v.name", "is empty"),
        ('name = "A\\u0007B"', "v.name", "a character that cannot be seen, U+0007, after 'A'"),
        ('name = "A\u00a0B"', "v.name", "NO-BREAK SPACE, after 'A'"),
        ('name = "A"\ncolour = "#000000"', "v.colour", "is not known here; known: accent, accent_dark"),
        ('name = "A"\ntheme = "blue"', "v.theme", "'blue' is no theme; known: auto, light, dark"),
        ('name = "A"\nlogo = ""', "v.logo", "is empty"),
        (
            'name = "A"\norigins = ["https://www.klinik-müller.example"]',
            "v.origins",
            "(xn--… for one with other letters)",
        ),
        ('name = "A"\norigins = "https://a.example"', "v.origins", "expected a list of strings"),
        ('name = "A"\norigins = ["http://a.example"]', "v.origins", "is not https; http is for localhost, 127.0.0.1"),
        ('name = "A"\norigins = ["https://*.a.example"]', "v.origins", "no '*' and nothing behind it"),
        ('name = "A"\norigins = ["https://a.example/"]', "v.origins", "'https://a.example/' is no exact origin"),
        ('name = "A"\norigins = ["https://A.example"]', "v.origins", "a host in small letters"),
        ('name = "A"\norigins = ["https://a.example; script-src *"]', "v.origins", "is no exact origin"),
        ('name = "A"\norigins = ["https://a.example https://b.example"]', "v.origins", "is no exact origin"),
        ('name = "A"\norigins = ["https://u@a.example"]', "v.origins", "is no exact origin"),
        ('name = "A"\norigins = ["https://a.example:443"]', "v.origins", "names the port that browsers leave out"),
        ('name = "A"\norigins = ["https://a.example:99999"]', "v.origins", "has no valid port"),
        ('name = "A"\norigins = ["https://a.example:"]', "v.origins", "has no valid port"),
        ('name = "A"\norigins = ["null"]', "v.origins", "is no origin; expected the form"),
        ('name = "A"\norigins = ["*"]', "v.origins", "is no origin; expected the form"),
        ('name = "A"\norigins = ["https://a.example", "https://a.example"]', "v.origins", "is there twice"),
        ('name = "A"\ncountry = "UK"', "v.country", "'UK' is no country; expected an ISO 3166 code such as NL"),
        ('name = "A"\nlanguages = ["xx"]', "v.languages", "'xx' is no language of the check; known: en, nl"),
        ('name = "A"\ndoctor_language = "xx"', "v.doctor_language", "'xx' is no language of the check; known: en, nl"),
        ('name = "A"\nnames = { xx = "B" }', "v.names.xx", "'xx' is no language of the check; known: en, nl"),
        ('name = "A"\nphone = "call us"', "v.phone", "expected a telephone number such as"),
        ('name = "A"\nwebsite = "http://a.example"', "v.website", "expected an address that begins with https://"),
        ('name = "A"\nwebsite = "https://:443"', "v.website", "expected an address that begins with https://"),
        ('name = "A"\nwebsite = "https://u@a.example"', "v.website", "expected an address that begins with https://"),
        ('name = "A"\nappointment = "javascript:alert(1)"', "v.appointment", "expected an address that begins with"),
        ('name = "A"\nappointment = "https://a.example/\\""', "v.appointment", "expected an address that begins with"),
        ('name = "A"\naccent = "red"', "v.accent", "expected a colour such as #0b5563, found 'red'"),
        ('name = "A"\naccent = "#ffcc00"', "v.accent", "expected 4.5 or more"),
        ('name = "A"\naccent = "#0b5563"\naccent_dark = "#0b5563"', "v.accent_dark", "the dark theme's"),
        ('name = "A"\naccent_dark = "#ffffff"', "v.accent", "is missing"),
        ('name = "A"\nlogo = "gone.svg"', "v.logo", "No such file"),
        ('name = "A"\nlogo = "clinics.toml"', "v.logo", "expected a file that ends in .svg or .png"),
    ],
)
def test_a_mistake_is_named_by_file_and_key(write: Write, lines: str, key: str, reason: str) -> None:
    file = write(f"[v]\n{lines}\n")
    (mistake,) = mistakes_in(file)
    assert mistake.startswith(f"{file}: {key}: ")
    assert reason in mistake


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[v\n", "this is not TOML"),
        ("", "there is no clinic in it"),
        ("v = 1\n", "v: expected a table, found 1"),
        ('["a b"]\nname = "A"\n', "a b: 'a b' is no id"),
        ('[V]\nname = "A"\n', "V: 'V' is no id"),
    ],
)
def test_a_file_of_another_form_is_refused(write: Write, text: str, reason: str) -> None:
    assert reason in mistakes_in(write(text))[0]


def test_all_mistakes_are_named_at_once(write: Write) -> None:
    assert len(mistakes_in(write('[a]\nphone = 1\n[b]\nname = "B"\ncountry = "UK"\n'))) == 3


def test_a_bad_file_stops_the_start_and_says_why(write: Write) -> None:
    file = write('[v]\nname = "A"\norigins = ["http://a.example"]\n')
    with pytest.raises(ContentError, match=re.escape(f"{file}: v.origins: 'http://a.example' is not https")):
        create_app(CLINICS=str(file))


def test_a_file_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"gone\.toml: cannot be read"):
        create_app(CLINICS=str(tmp_path / "gone.toml"))


@pytest.mark.parametrize(
    "svg",
    [
        "no picture",
        "<svg/>",
        SVG[:40],
        SVG.replace('viewBox="0 0 8 8"', 'width="0" height="0"'),
        SVG.replace('viewBox="0 0 8 8"', 'width="-5" height="5"'),
        SVG.replace("<circle", "<g>" * 3000 + "<circle").replace("</svg>", "</g>" * 3000 + "</svg>"),
        SVG.replace("<circle", "<image href='https://a.example/a.png'/><circle"),
        SVG.encode("utf-16"),
        "<!DOCTYPE svg [<!ENTITY a 'b'>]>" + SVG,
    ],
    ids=["text", "no namespace", "cut off", "no size", "less than none", "nested", "elsewhere", "UTF-16", "doctype"],
)
def test_a_logo_that_cannot_be_put_on_paper_is_named(write: Write, tmp_path: Path, svg: str | bytes) -> None:
    file = write('[v]\nname = "A"\nlogo = "vecht.svg"\n')
    (tmp_path / "vecht.svg").write_bytes(svg if isinstance(svg, bytes) else svg.encode())
    (mistake,) = mistakes_in(file)
    assert mistake.startswith(f"{file}: v.logo: vecht.svg: ")


def test_capitals_in_the_ending_of_a_logo_and_a_byte_order_mark_are_taken(write: Write, tmp_path: Path) -> None:
    file = write('[v]\nname = "A"\nlogo = "A.SVG"\n')
    (tmp_path / "A.SVG").write_text(SVG, encoding="utf-8")
    file.write_bytes(BOM_UTF8 + file.read_bytes())
    assert load_clinics(file, LANGUAGES)["v"].picture == "clinic/v.svg"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_clinic_with_one_theme_has_its_colours_whatever_the_device_prefers(write: Write, theme: str) -> None:
    app = make_app(CLINICS=str(write(f'[v]\nname = "A"\ntheme = "{theme}"\n')))
    client = app.test_client()
    page = parse(client.get("/en/at/v/").text)
    (sheet,) = [link.attrib["href"] for link in page.iter("link") if "/clinic/" in link.get("href", "")]
    style = client.get(sheet).text
    assert f"color-scheme: {theme}" in style and "prefers-color-scheme" not in style
    assert f"--ground: {surfaces(theme)['ground']};" in style  # type: ignore[arg-type]


def test_a_png_that_is_none_is_refused(write: Write, tmp_path: Path) -> None:
    file = write('[v]\nname = "A"\nlogo = "a.png"\n')
    (tmp_path / "a.png").write_bytes(b"GIF89a")
    assert "a.png: is no PNG" in mistakes_in(file)[0]
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", 9, 9))
    assert "a.png: failed to decode" in mistakes_in(file)[0]
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", 9000, 10))
    assert "is 9000 × 10" in mistakes_in(file)[0]


# The colours


@pytest.mark.parametrize("accent", ["#8a1c3b", "#000000", "#1f4e8c", "#6b2d6b"])
def test_one_colour_gives_a_readable_one_for_the_dark_theme(accent: str) -> None:
    dark = accent_for_dark(accent)
    assert all(
        contrast(dark, surface) >= LEAST_CONTRAST for name, surface in surfaces("dark").items() if name != "tint"
    )


def test_contrast_is_measured_as_wcag_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_our_own_accents_pass_the_test_for_clinics() -> None:
    style = (ROOT / "webapp" / "static" / "style.css").read_text(encoding="utf-8")
    light, dark = re.findall(r"--accent: (#\w{6});", style)[:2]
    assert mistake_in_accent(light, "light") is mistake_in_accent(dark, "dark") is None


def test_a_clinic_brings_its_colours_in_a_stylesheet_of_its_own(client: HouseClient) -> None:
    page = parse(client.get("/en/at/vecht/").text)
    sheets = [link.attrib["href"] for link in page.iter("link") if link.get("rel") == "stylesheet"]
    style = client.get(sheets[1])
    assert "--accent: #8a1c3b;" in style.text
    assert "prefers-color-scheme: dark" in style.text
    assert "immutable" in style.headers["Cache-Control"]


# The pages


def test_name_logo_phone_and_appointment_stand_on_the_pages_of_the_clinic(client: HouseClient) -> None:
    for address in ("/en/at/vecht/", "/en/embed/vecht/", "/en/at/vecht/rules"):
        page = parse(client.get(address).text)
        assert "De Vecht Clinic" in text_of(page)
        assert [picture for picture in page.iter("img") if "/static/clinic/vecht.svg" in picture.attrib["src"]]
        hrefs = [link.get("href") for link in page.iter("a")]
        assert "tel:+31305550100" in hrefs
        assert "https://www.devecht.example/afspraak?a=1&b=2" in hrefs
    assert client.get("/static/clinic/vecht.svg").mimetype == "image/svg+xml"


def test_the_doctor_card_has_the_phone_and_the_appointment_of_the_clinic(client: HouseClient) -> None:
    result = by_id(parse(post(client, harmless_but(), "/en/at/vecht/result").text), "result")
    card = next(element for element in result.iter("div") if "care" in (element.get("class") or "").split())
    hrefs = [link.get("href") for link in card.iter("a")]
    assert hrefs == ["tel:+31305550100", "https://www.devecht.example/afspraak?a=1&b=2"]
    assert "Make an appointment with De Vecht Clinic" in text_of(card)


def test_name_phone_and_appointment_stand_on_paper(client: HouseClient) -> None:
    words = " ".join(pages_of(post(client, harmless_but(), "/en/at/vecht/summary.pdf").data))
    for expected in ("De Vecht Clinic", "+31 30 555 0100", "www.devecht.example/afspraak"):
        assert expected in words


def test_the_country_of_a_clinic_decides_whom_to_call(client: HouseClient) -> None:
    assert "tel:999" in client.get("/en/at/nasty/").text
    assert "tel:999" not in client.get("/en/at/vecht/").text


@pytest.mark.parametrize("address", ["/en/at/nobody/", "/en/embed/nobody/", "/en/at/", "/en/embed/", "/xx/about"])
def test_an_unknown_clinic_is_not_found(client: HouseClient, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("mount", ["at", "embed"])
@pytest.mark.parametrize("meant", ["nl/{}/vecht/", "xx/{}/vecht/", "EN/{}/vecht/", "en/{}/Vecht/", "nl/{}/vecht/about"])
def test_another_language_or_capitals_lead_to_what_was_meant(client: HouseClient, meant: str, mount: str) -> None:
    response = client.get("/" + meant.format(mount))
    assert response.status_code == 308
    path = "about" if meant.endswith("about") else ""
    assert response.headers["Location"] == f"/en/{mount}/vecht/{path}"
    assert client.post("/" + meant.format(mount)).status_code in (404, 405)


def test_the_page_that_says_there_is_no_such_clinic_can_be_framed_and_leads_out_of_the_frame(
    client: HouseClient,
) -> None:
    response = client.get("/en/embed/nobody/")
    assert "frame-ancestors 'self' *" in response.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in response.headers
    assert [base.attrib for base in parse(response.text).iter("base")] == [{"target": "_blank"}]
    for address in ("/en/embed/vecht/", "/en/at/nobody/", "/en/nothing"):
        assert "*" not in client.get(address).headers["Content-Security-Policy"].partition("frame-ancestors")[2]


def test_the_site_itself_knows_no_clinic(client: HouseClient) -> None:
    assert "vecht" not in client.get("/en/").text.lower()


def test_a_name_with_markup_comes_out_escaped_everywhere(client: HouseClient) -> None:
    pages = [client.get(f"/en/{path}") for path in ("at/nasty/", "embed/nasty/", "at/nasty/about", "at/nasty/rules")]
    pages += [post(client, harmless_but(), f"/en/{mount}/nasty/result") for mount in ("at", "embed")]
    pages += [client.get("/en/clinics?clinic=nasty"), client.post("/en/embed/nasty/", headers={"Origin": "null"})]
    for response in pages:
        assert NASTY in text_of(parse(response.text)), response.request.path
        assert NASTY not in response.text


def test_links_out_of_the_frame_open_on_top(client: HouseClient) -> None:
    page = parse(client.get("/en/embed/vecht/").text)
    leaving = [link for link in page.iter("a") if not link.attrib["href"].startswith(("#", "tel:"))]
    assert len(leaving) > 4
    for link in leaving:
        assert link.get("target") == "_blank" and "noopener" in (link.get("rel") or ""), link.attrib
        assert link.attrib["href"].startswith(("/en/at/vecht/", "https://www.devecht.example/")), link.attrib


def test_what_stays_in_the_frame_goes_to_the_frame(client: HouseClient) -> None:
    page = parse(post(client, harmless_but(), "/en/embed/vecht/result").text)
    for element in page.iter():
        address = element.get("formaction") or element.get("action")
        if address:
            mount = "at" if element.get("formtarget") == "_blank" else "embed"
            assert address.startswith(f"/en/{mount}/vecht/"), element.attrib


# The page for web masters, and the lines to paste


def test_the_page_for_clinics_leads_to_the_safety_file(client: HouseClient) -> None:
    page = parse(client.get("/en/clinics").text)
    assert any(link.get("href") == "/en/safety" for link in page.find(".//main").iter("a"))


def test_the_page_for_clinics_frames_the_chosen_clinic(client: HouseClient) -> None:
    page = parse(client.get("/en/clinics?clinic=vecht&language=en").text)
    (frame,) = page.iter("iframe")
    assert frame.attrib["src"] == "/en/embed/vecht/"
    assert text_of(by_id(page, "snippet-script")).count("http://localhost/en/at/vecht/") == 1
    assert "https://localhost" not in text_of(page)
    assert "localhost" in text_of(by_id(page, "privacy-words"))


@pytest.mark.parametrize("query", ["", "?clinic=nobody", "?clinic=nasty&language=xx"])
def test_the_page_for_clinics_always_shows_some_clinic(client: HouseClient, query: str) -> None:
    page = parse(client.get(f"/en/clinics{query}").text)
    (frame,) = page.iter("iframe")
    assert client.get(frame.attrib["src"]).status_code == 200


def test_without_a_file_an_example_shows_how_it_looks() -> None:
    client = make_app().test_client()
    (frame,) = parse(client.get("/en/clinics").text).iter("iframe")
    response = client.get(frame.attrib["src"])
    ancestors = response.headers["Content-Security-Policy"].partition("frame-ancestors ")[2].split()
    assert ancestors[0] == "'self'"
    assert all(origin.startswith(("http://localhost:", "http://127.0.0.1:")) for origin in ancestors[1:])


def test_the_lines_to_paste_are_valid_html(client: HouseClient) -> None:
    for clinic in ("vecht", "nasty"):
        page = parse(client.get(f"/en/clinics?clinic={clinic}").text)
        for id in ("snippet-script", "snippet-frame", "snippet-place"):
            lines = "".join(by_id(page, id).itertext())
            pasted = parse(f"<!doctype html><html lang=en><title>A</title><body>{lines}</body></html>")
            assert [link.attrib["href"] for link in pasted.iter("a")] == [f"http://localhost/en/at/{clinic}/"]


@pytest.mark.parametrize("id", ["snippet-script", "snippet-frame"])
def test_the_frame_has_its_height_in_a_style_which_no_plain_rule_of_a_theme_can_change(
    client: HouseClient, id: str
) -> None:
    lines = "".join(by_id(parse(client.get("/en/clinics").text), id).itertext())
    (frame,) = parse(f"<!doctype html><html lang=en><title>A</title><body>{lines}</body></html>").iter("iframe")
    assert f"height:{frame.attrib['height']}px" in frame.attrib["style"].split(";")


def test_the_lines_to_send_make_a_clinic(client: HouseClient, tmp_path: Path) -> None:
    file = tmp_path / "clinics.toml"
    file.write_text("".join(by_id(parse(client.get("/en/clinics").text), "settings").itertext()), encoding="utf-8")
    (clinic,) = load_clinics(file, LANGUAGES).values()
    assert clinic.origins and clinic.theme


# The command line


@pytest.fixture
def ask(write: Write, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run `magnesium-check` with these clinics: `ask("check")`."""
    monkeypatch.setenv("MAGNESIUM_CLINICS", str(write(CLINICS)))
    monkeypatch.setenv("MAGNESIUM_TRANSLATIONS", str(all_translations()))
    return lambda *words: CliRunner().invoke(main, words)


def test_the_command_line_lists_clinics(ask: Callable[..., Result]) -> None:
    checked = ask("check")
    assert checked.exit_code == 0
    assert "vecht: Kliniek De Vecht, NL, en, https://www.devecht.example http://localhost:8123\n" in checked.output


@pytest.mark.parametrize("command", [["check"], ["serve"]])
def test_with_a_mistake_every_command_names_it_and_does_nothing(
    ask: Callable[..., Result], write: Write, command: list[str]
) -> None:
    file = write('[v]\nname = "A"\naccent = "green"\n')
    result = ask(*command)
    assert result.exit_code == EX_CONFIG
    assert f"{file}: v.accent: expected a colour" in result.output
