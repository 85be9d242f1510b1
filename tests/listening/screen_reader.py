"""A desktop that nobody sees, with Orca and Firefox on it: keys are pressed, and what Orca says is read as text."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from tests.browser.other_browsers import display, firefox
from tests.conftest import SECONDS_TO_START

INSTALL = "apt-get install --no-install-recommends orca at-spi2-core dbus xdotool xvfb openbox firefox-esr"

PROGRAMS = ("Xvfb", "dbus-daemon", "dbus-send", "openbox", "xdotool", "orca", "firefox-esr")

SECONDS_OF_SILENCE = 0.7
"""After which Orca has said all that it has to say about a key."""

SECONDS_TO_SPEAK = 8
"""In which it must have said what a test waits for."""

SECONDS_TO_LEAVE = 10
"""After which a program that was asked to end is ended."""

TRANSCRIPT = Path(__file__).with_name("speech_as_text.py")

A11Y_ON = (
    "--session --print-reply --dest=org.a11y.Bus /org/a11y/bus org.freedesktop.DBus.Properties.Set"
    " string:org.a11y.Status string:{} variant:boolean:true"
)


@dataclass(frozen=True)
class Desktop:
    """Orca and Firefox, side by side."""

    firefox: WebDriver
    environment: Mapping[str, str]
    said: Path

    def press(self, key: str, *awaited: str) -> list[str]:
        """Press a key; return what is said of it, once all that is awaited was heard and then nothing more is said.

        What is awaited and does not come is not waited for longer than `SECONDS_TO_SPEAK`.
        """
        return self.listen(lambda: self._press(key), *awaited)

    def listen(self, act: Callable[[], object], *awaited: str) -> list[str]:
        """Do something; return what is said of it, as `press` does."""
        heard_before = len(self._transcript())
        act()
        end = time.monotonic() + SECONDS_TO_SPEAK
        heard, since = [], time.monotonic()
        while time.monotonic() < end:
            now = self._transcript()[heard_before:]
            if now != heard:
                heard, since = now, time.monotonic()
            is_silent = time.monotonic() - since > SECONDS_OF_SILENCE
            if is_silent and all(is_said(words, heard) for words in awaited):
                break
            time.sleep(0.05)
        return heard

    def _press(self, key: str) -> None:
        subprocess.run(["xdotool", "key", "--clearmodifiers", key], env=self.environment, check=True)

    def _transcript(self) -> list[str]:
        return self.said.read_text(encoding="utf-8").splitlines()


def plain(text: str) -> str:
    """Return words as they sound: without what only tells a browser where a line may end."""
    return " ".join(text.replace("\u2011", "-").replace("\u2066", "").replace("\u2069", "").split()).casefold()


def is_said(words: str, heard: list[str]) -> bool:
    return plain(words) in plain(" ".join(heard))


@contextmanager
def desktop(folder: Path) -> Iterator[Desktop]:
    """Start everything, in a home of its own; everything is stopped again by its own id.

    Ends the whole run when a program is missing, and says how to install it.
    """
    programs = {name: shutil.which(name) or "" for name in PROGRAMS}
    missing = [name for name, path in programs.items() if not path]
    if missing:
        pytest.exit(f"{', '.join(missing)}: not installed. {INSTALL}", returncode=1)
    run, data = folder / "run", folder / "data"
    run.mkdir(mode=0o700)
    (data / "orca").mkdir(parents=True)
    shutil.copy(TRANSCRIPT, data / "orca" / "orca-customizations.py")
    said = folder / "said.txt"
    environment = os.environ | {
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(run),
        "XDG_DATA_HOME": str(data),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "LC_ALL": "C.UTF-8",
        "GNOME_ACCESSIBILITY": "1",
        "GDK_BACKEND": "x11",
        "ORCA_SAID": str(said),
    }
    with ExitStack() as running:
        environment["DISPLAY"] = running.enter_context(display(programs["Xvfb"]))
        environment["DBUS_SESSION_BUS_ADDRESS"] = running.enter_context(_bus(programs["dbus-daemon"], environment))
        for property in ("IsEnabled", "ScreenReaderEnabled"):
            ask = [programs["dbus-send"], *A11Y_ON.format(property).split()]
            subprocess.run(ask, env=environment, check=True, stdout=subprocess.DEVNULL)
        running.enter_context(_started([programs["openbox"]], environment))
        running.enter_context(_started([programs["orca"]], environment))
        _wait_until(
            lambda: said.exists() and said.read_text(encoding="utf-8"),
            "Orca says nothing; it starts once per person: does another one run?",
        )
        yield Desktop(running.enter_context(firefox(environment)), environment, said)


@contextmanager
def _bus(program: str, environment: Mapping[str, str]) -> Iterator[str]:
    read, write = os.pipe()
    command = [program, "--session", "--nofork", "--nopidfile", f"--print-address={write}"]
    with _started(command, environment, write):
        os.close(write)
        with os.fdopen(read) as address:
            yield address.readline().strip()


@contextmanager
def _started(command: list[str], environment: Mapping[str, str], *kept: int) -> Iterator[None]:
    silent = subprocess.DEVNULL
    process = subprocess.Popen(command, env=environment, stdout=silent, stderr=silent, pass_fds=kept)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(SECONDS_TO_LEAVE)
        except subprocess.TimeoutExpired:  # Orca at times does not end when it is asked to.
            process.kill()
            process.wait()


def _wait_until(condition: Callable[[], object], complaint: str) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(complaint)
        time.sleep(0.1)
