"""Orca and Firefox, started anew for each round of the walk; and, in the end, what was heard."""

from collections.abc import Iterator

import pytest

from tests.listening.screen_reader import Desktop, desktop

ROUNDS = 3
"""The walk must have the same outcome as many times in a row."""

LANGUAGES = ("en", "nl")

HEARD: dict[tuple[str, str], list[list[str]]] = {}
"""Per situation and language, what was said in each round."""


@pytest.fixture(scope="session", params=range(1, ROUNDS + 1), ids=lambda number: f"round {number}")
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    with desktop(tmp_path_factory.mktemp("desktop")) as found:
        yield found


@pytest.fixture(params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for (situation, lang), rounds in HEARD.items():
        terminalreporter.write_line(f"{situation} ({lang})", bold=True)
        for said in rounds[:1] if all(one == rounds[0] for one in rounds) else rounds:
            terminalreporter.write_line("    " + " / ".join(said))
