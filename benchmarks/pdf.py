"""How long a sheet takes as a PDF, and whether memory grows: `python benchmarks/pdf.py [count]`."""

import resource
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from random import Random

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from webapp.clinics import Clinic  # noqa: E402
from webapp.i18n import load_languages  # noqa: E402
from webapp.pdf import Press  # noqa: E402
from webapp.questionnaire import Questionnaire, assess, load, load_numbers  # noqa: E402
from webapp.sheet import Sheet, make_sheet  # noqa: E402

COUNT = 500
REPORT_EVERY = 100


def main(count: int) -> None:
    """Make the first sheet, then `count` different ones, then as many in two threads."""
    languages = list(load_languages().values())
    localised = [language.questionnaire(load(), load_numbers()["NL"]) for language in languages]
    random, press = Random(1), Press(wait=60)  # noqa: S311

    def sheet() -> Sheet:
        number = random.randrange(len(languages))
        questionnaire = localised[number]
        answers = some_answers(questionnaire, random)
        return make_sheet(
            questionnaire,
            answers,
            assess(questionnaire, answers),
            language=languages[number],
            clinic=Clinic(name="Example Clinic", phone="+31 20 555 0100"),
            day=date(2026, 11, 22),
            address="https://check.example/rules",
        )

    say(f"languages {[language.code for language in languages]}, memory before {memory():.0f} MB")
    started = time.perf_counter()
    size = len(press.pdf(sheet()))
    say(f"first: {milliseconds(started):.0f} ms, {size // 1000} kB, memory {memory():.0f} MB")
    times = []
    for number in range(1, count + 1):
        made = sheet()
        started = time.perf_counter()
        press.pdf(made, large_print=number % 10 == 0)
        times.append(milliseconds(started))
        if number % REPORT_EVERY == 0:
            say(f"after {number}: memory {memory():.0f} MB")
    times.sort()
    say(
        f"one after the other: mean {statistics.mean(times):.1f} ms, median {statistics.median(times):.1f} ms, "
        f"p99 {times[int(len(times) * 0.99)]:.1f} ms"
    )
    sheets = [sheet() for _ in range(count)]
    started = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(press.pdf, sheets))
    say(f"in two threads: {milliseconds(started) / count:.1f} ms each, memory {memory():.0f} MB")
    say(f"most memory at any time: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB")


def some_answers(questionnaire: Questionnaire, random: Random) -> dict[str, tuple[str, ...]]:
    """Return a possible answer to every question; four out of five sets call for no outcome, so that sums are shown."""
    calm = random.random() < 0.8
    answers = {}
    for question in questionnaire.questions.values():
        options = [option.id for option in question.options.values() if not (calm and option.calls)]
        if question.kind == "several":
            ticks = [option for option in options if option != "none" and random.random() < 0.3]
            answers[question.id] = tuple(ticks) or ("none",)
        else:
            answers[question.id] = (random.choice(options),)
    return answers


def memory() -> float:
    """Return the memory in use now, in megabytes (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def milliseconds(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
