"""Pictures of every page and result, per language, for whoever wants to look: `make screenshots OUT=folder`."""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.walking import PARTS, jump_to_result
from tests.conftest import chromium_path, make_app, running
from tests.posting import A_PERSON_FOR, WITH_MISTAKES, languages_of

WIDTHS = (320, 1280)
SCHEMES = ("light", "dark")
PAGES = ("rules", "about", "accessibility", "clinics")


def take(page: Page, folder: Path, name: str) -> None:
    page.screenshot(path=folder / f"{name}.png", full_page=True)


def take_all(page: Page, folder: Path, lang: str) -> None:
    for step in ("start", *PARTS):
        page.goto(f"/{lang}/#{step}")
        page.reload()
        take(page, folder, f"part-{step}")
    for name in PAGES:
        page.goto(f"/{lang}/{name}")
        take(page, folder, name)
    for outcome, answers in {**A_PERSON_FOR, **WITH_MISTAKES}.items():
        jump_to_result(page, answers, lang)
        take(page, folder, f"result-{outcome.replace(' ', '-')}")


def main(out: Path) -> None:
    path = chromium_path()
    with running() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for lang in languages_of(make_app()):
            for width in WIDTHS:
                for scheme in SCHEMES:
                    folder = out / lang / f"{width}-{scheme}"
                    folder.mkdir(parents=True, exist_ok=True)
                    size = {"width": width, "height": 900}
                    context = browser.new_context(base_url=site, viewport=size, color_scheme=scheme)
                    take_all(context.new_page(), folder, lang)
                    context.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
