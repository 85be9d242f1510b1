"""A whole run of the tests fails unless every test that the safety file names has passed in it."""

from collections.abc import Iterable

import pytest

PARTIAL = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "stepwise", "collectonly")
"""Options by which a run leaves tests out."""


class NamedTests:
    """Notes which tests have passed. With pytest-xdist, the reports of all workers arrive where they are led from."""

    def __init__(self, names: Iterable[str], skipping_fails: bool) -> None:
        self.missing = set(names)
        self.skipped: set[str] = set()
        self.skipping_fails = skipping_fails
        self.has_run_whole = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = report.nodeid.partition("[")[0]
        if report.skipped:
            self.skipped.add(name)
        elif report.when == "call" and report.passed:
            self.missing.discard(name)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        # A run that has failed already says so: what failed in it needs no second complaint.
        self.has_run_whole = exitstatus == pytest.ExitCode.OK and _is_whole(session.config)
        if self.has_run_whole and self.failing:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @property
    def failing(self) -> set[str]:
        """The named tests that did not pass and must have."""
        return self.missing if self.skipping_fails else self.missing - self.skipped

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for name in sorted(self.missing if self.has_run_whole else ()):
            was = "was skipped" if name in self.skipped else "did not run"
            terminalreporter.write_line(f"docs/hazards.toml names {name}, which {was}", red=name in self.failing)


def watch(config: pytest.Config, names: Iterable[str], skipping_fails: bool) -> None:
    """Have a run fail in the end if a named test has not passed; if it was skipped, only where that fails."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(NamedTests(names, skipping_fails))


def _is_whole(config: pytest.Config) -> bool:
    return config.args_source is not config.ArgsSource.ARGS and not any(
        config.getoption(option, None) for option in PARTIAL
    )
