"""Tries the FHIR Questionnaire in programs of other people's making, for minutes: not part of the gate.

`python -m tests.fhir_elsewhere FOLDER` prints a table. What FOLDER must hold, and how it is made, stands in
docs/decisions/0030-fhir.md; a program that is not there is left out. "Wrong" must never be more than 0: a sum or an
outcome that is neither right nor empty.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import fhirpathpy
from fhirpathpy.models import models
from playwright.sync_api import Page, Route, sync_playwright

from tests.answers import QUESTIONNAIRE, Sent
from tests.conftest import ROOT, chromium_path, make_app
from tests.fhir import Resource, answer_sets, expected, expressions, items
from tests.posting import content_in
from webapp.fhir import CANONICAL, SYSTEM, FileError, read_response, response_resource
from webapp.questionnaire import assess

ORIGIN = "http://elsewhere.test/"
SCORED, ALARMING = (int(number) for number in os.environ.get("SETS", "200 100").split())
FILLED_IN = int(os.environ.get("FILLED_IN", "50"))
SECONDS = 10
"""How long a program may think."""

WITHOUT_OUTCOME = ("medplum",)
"""The programs that cannot make the coding of an outcome: nobody waits for one there."""

APP = make_app()
ENGLISH = content_in(APP)
FORM: Resource = json.loads(APP.test_client().get("/en/questionnaire.json").text)
SETS = [*answer_sets(QUESTIONNAIRE, SCORED, calm=True), *answer_sets(QUESTIONNAIRE, ALARMING, calm=False)]

LHC_SCRIPTS = ("assets/lib/zone.min.js", "scripts.js", "runtime.js", "polyfills.js", "main.js")
LHC = """
window.show = async (form, response) => {
  document.getElementById('form').replaceChildren();
  let shown = LForms.Util.convertFHIRQuestionnaireToLForms(form, 'R4');
  if (response) shown = LForms.Util.mergeFHIRDataIntoLForms('QuestionnaireResponse', response, shown, 'R4');
  await LForms.Util.addFormToPage(shown, 'form', {});
};
window.saved = () => LForms.Util.getFormFHIRData('QuestionnaireResponse', 'R4');
"""
CLICK = """changes => changes.forEach(([id, place, code, isWanted]) => {
  const input = %s;
  if (input.type === 'radio' || input.checked !== isWanted) input.click();
})"""
CLICKS = {
    "lforms": CLICK
    % f"(document.getElementById(`${{id}}/1/1|{SYSTEM}|${{code}}`) || document.getElementById(`${{id}}/1/1${{code}}`))"
    ".querySelector('input')",
    "smart_forms": CLICK % """document.querySelectorAll(`[data-linkid="${id}"] input`)[place]""",
    "medplum": CLICK % "document.getElementById(`${id}-option-${place}`)",
}


def bare(answers: Sent) -> Resource:
    """Return our file of these answers, without sums and outcome."""
    file = filed(answers)
    return file | {"item": [one for one in file["item"] if one["linkId"].startswith("part-")]}


def filed(answers: Sent) -> Resource:
    found = assess(ENGLISH, answers)
    return response_resource(ENGLISH, found, canonical=CANONICAL, language="en", authored=date.today())


def verdict(found: dict[str, list[Any]], answers: Sent) -> str:
    """Say whether a program's sums and outcome are all right, or only empty where they should not be, or wrong."""
    right = expected(ENGLISH, assess(ENGLISH, answers))
    if found == right:
        return "right"
    return "empty" if all(not found[id] or found[id] == right[id] for id in right) else f"wrong: {found} not {right}"


def results_in(response: Resource | None) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {id: [] for id in (*ENGLISH.scores, "outcome")}
    for item in items(response or {}):
        if item["linkId"] in found:
            values = [value for answer in item.get("answer") or () for value in answer.values() if value is not None]
            found[item["linkId"]] = [value.get("code") if isinstance(value, dict) else value for value in values]
    return found


def told(name: str, verdicts: Sequence[str]) -> None:
    counted = Counter(verdict.partition(":")[0] for verdict in verdicts)
    examples = [f"\n    {verdict[:400]}" for verdict in verdicts if verdict.startswith("wrong")][:3]
    words = ", ".join(f"{count} {words}" for words, count in counted.most_common())
    sys.stdout.write(f"{name}: {words}{''.join(examples)}\n")
    sys.stdout.flush()


def engine(name: str, folder: Path) -> None:
    """Compute all sets with a version of fhirpath.js, in one pass; those before 3.16 need the Questionnaire."""
    responses = [bare(answers) for answers in SETS]
    given = {"expressions": expressions(FORM), "responses": responses, "questionnaire": FORM}
    run = subprocess.run(
        [shutil.which("node") or "node", ROOT / "tests" / "fhirpath.cjs", folder],
        input=json.dumps(given).encode(),
        capture_output=True,
        check=True,
    )
    told(name, [verdict(found, answers) for found, answers in zip(json.loads(run.stdout), SETS, strict=True)])


def python_engine() -> None:
    """Compute all sets with fhirpathpy as it comes, which has no way to make the coding of an outcome."""
    formulas = {id: fhirpathpy.compile(formula, models["r4"]) for id, formula in expressions(FORM).items()}

    def computed(formula: Any, response: Resource) -> list[Any]:
        try:
            return list(formula(response, {"resource": response}))
        except Exception:
            return []

    found = [{id: computed(formula, bare(one)) for id, formula in formulas.items()} for one in SETS]
    told(f"fhirpathpy {version('fhirpathpy')}", [verdict(*pair) for pair in zip(found, SETS, strict=True)])


def page_with(browser: Any, folder: Path, scripts: Sequence[str], extra: str = "") -> Page:
    """Return a page that shows forms with these scripts of a folder; it gets nothing from anywhere else."""
    sources = "".join(f'<script src="/{script}"></script>' for script in scripts)
    html = f'<!doctype html><meta charset="utf-8"><title>Form</title><div id="form"></div>{sources}'

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if not path:
            route.fulfill(body=f"{html}<script>{extra}</script>", content_type="text/html; charset=utf-8")
        elif (folder / path).is_file():
            route.fulfill(path=folder / path)
        else:
            route.fulfill(status=404)

    context = browser.new_context()
    context.route("**/*", serve)
    page: Page = context.new_page()
    page.goto(ORIGIN)
    page.wait_for_function("() => window.show")
    return page


def settled(page: Page, name: str, answers: Sent) -> Resource | None:
    """Return what the program would save, as soon as it is right, or at last."""
    end = time.monotonic() + SECONDS
    while True:
        saved: Resource | None = page.evaluate("() => window.saved()")
        found = results_in(saved)
        if name in WITHOUT_OUTCOME:
            found |= {"outcome": expected(ENGLISH, assess(ENGLISH, answers))["outcome"]}
        if verdict(found, answers) == "right" or time.monotonic() > end:
            return saved
        page.wait_for_timeout(50)


def opened(page: Page, name: str, file: Resource, answers: Sent) -> Resource | None:
    """Open a file of ours, and return what the program makes of it."""
    page.evaluate("([form, response]) => window.show(form, response)", [FORM, file])
    return settled(page, name, answers)


def finished(page: Page, name: str, answers: Sent) -> Resource | None:
    """Open all answers but the first, without sums and outcome, and click that one: LHC-Forms computes at a change."""
    first, *others = answers
    before = {id: answers[id] for id in others}
    file = bare(answers)
    file["item"][0]["item"] = [one for one in file["item"][0]["item"] if one["linkId"] != first]
    page.evaluate("() => document.querySelectorAll('input').forEach(input => { input.dataset.old = ''; })")
    page.evaluate("([form, response]) => window.show(form, response)", [FORM, file])
    page.wait_for_selector("input:not([data-old])", state="attached")
    return filled_in(page, name, answers, before)


def filled_in(page: Page, name: str, answers: Sent, before: Sent) -> Resource | None:
    """Fill in answers by clicks, where others stand already, and return what the program would save."""
    changes: list[list[Any]] = []
    for id, options in answers.items():
        question = ENGLISH.questions[id]
        own = set(before.get(id, ()))
        chosen = set(options) ^ own if question.kind == "several" else set(options) - own
        changes += [[id, at, f"{id}.{one}", one in options] for at, one in enumerate(question.options) if one in chosen]
    # All at once where a program takes it: LHC-Forms computes everything after each click.
    for some in [changes] if name.startswith("lforms") else [[one] for one in changes]:
        page.evaluate(CLICKS[name.partition("-")[0]], some)
    return settled(page, name, answers)


def read_here(saved: Resource | None, answers: Sent) -> str:
    """Say whether the answers that a program saved all arrive here."""
    try:
        read = read_response(ENGLISH, {CANONICAL}, json.dumps(saved).encode())
    except FileError as error:
        return f"wrong: {error}"
    same = {id: set(options) for id, options in read.answers.items()} == {id: set(o) for id, o in answers.items()}
    return "right" if same else f"wrong: {read}"


def program(name: str, page: Page) -> None:
    judged(f"{name}, answers opened but for one", [(finished(page, name, one), one) for one in SETS])
    some = SETS[:: max(1, len(SETS) // FILLED_IN)]
    judged(f"{name}, our file opened", [(opened(page, name, filed(one), one), one) for one in some])
    opened(page, name, filed(SETS[0]), SETS[0])
    judged(f"{name}, our file opened and changed", _filled(page, name, SETS[0], SETS[-10:]))
    page.evaluate("form => window.show(form)", FORM)
    page.wait_for_selector("input")
    page.wait_for_timeout(1000)
    judged(f"{name}, filled in", _filled(page, name, {}, some))


def judged(name: str, saved: Sequence[tuple[Resource | None, Sent]]) -> None:
    told(name, [verdict(results_in(file), answers) for file, answers in saved])
    told(f"{name}, saved there and opened here", [read_here(file, answers) for file, answers in saved])


def _filled(page: Page, name: str, before: Sent, sets: Sequence[Sent]) -> list[tuple[Resource | None, Sent]]:
    starts = [before, *sets]
    return [(filled_in(page, name, one, start), one) for start, one in zip(starts, sets, strict=False)]


def lhc(folder: Path) -> list[str]:
    scripts = [f"webcomponent/{name}" for name in LHC_SCRIPTS if (folder / "webcomponent" / name).is_file()]
    if (folder / "webcomponent" / "lhc-forms.js").is_file():
        scripts = ["webcomponent/assets/lib/zone.min.js", "webcomponent/lhc-forms.js"]
    return [*scripts, "fhir/R4/lformsFHIR.min.js"]


def main(folder: Path) -> None:
    wanted = sys.argv[2:]
    for engine_folder in sorted(folder.glob("**/node_modules/fhirpath")):
        package = json.loads((engine_folder / "package.json").read_text(encoding="utf-8"))
        if not wanted or "engines" in wanted:
            engine(f"fhirpath.js {package['version']}", engine_folder)
    if not wanted or "engines" in wanted:
        python_engine()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        for place in sorted(folder.glob("lforms-*")):
            if not wanted or place.name in wanted:
                program(place.name, page_with(browser, place, lhc(place), LHC))
        for name in ("smart_forms", "medplum"):
            if (folder / f"{name}.js").is_file() and (not wanted or name in wanted):
                program(name, page_with(browser, folder, [f"{name}.js"]))
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
