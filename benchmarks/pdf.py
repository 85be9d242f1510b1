"""How long someone waits for the sheet as a PDF, alone on the server: the first one, and any other."""

import statistics
import time
from itertools import product
from urllib.parse import urlencode

from benchmarks.server import FORM, serving
from benchmarks.table import Row, Section
from tests.posting import A_PERSON_FOR
from webapp.i18n import load_languages


def measure() -> Section:
    """Make the sheet of every outcome in every language, no sheet twice, since the second would be cheaper."""
    with serving() as server:
        seconds = []
        for lang, answers in product(load_languages(), A_PERSON_FOR.values()):
            started = time.perf_counter()
            response = server.ask(f"/{lang}/summary.pdf", urlencode(answers, doseq=True), FORM)
            seconds.append(time.perf_counter() - started)
            if response.status != 200:
                raise RuntimeError(f"no PDF, but {response.status}")
    first, *others = (round(one * 1000) for one in seconds)
    median = round(statistics.median(others))
    return Section(
        title=f"{len(seconds)} different PDFs",
        columns=("first", "median", "slowest"),
        rows=[Row("to wait for one", (f"{first} ms", f"{median} ms", f"{max(others)} ms"))],
        figures={"first_pdf_ms": first, "pdf_ms": median},
    )
