"""A tab of WebKitGTK that is closed and opened again, as its browsers do that: from the state of its session.

MiniBrowser cannot, so the engine is asked itself. Run by the Python of the system, for which Debian has its bindings
(`python3-gi`): `python3 webkit_tab.py ADDRESS WINDOW HAS_SCRIPT FILL_IN IS_THERE IS_BACK`. `WINDOW` is where the check
stands, `window` or `frames[0]`, and `HAS_SCRIPT` says whether pages may run theirs. Then scripts that fill in the check
and ask for the result, that tell when it is there, and that tell when the tab opened again shows what it should.
"""

import json
import sys
import time
from typing import Any

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2  # noqa: E402

SECONDS = 60


def tab(has_script: bool) -> WebKit2.WebView:
    """Open a window with a tab that shares nothing with any before, and lets us look into frames."""
    window, view = Gtk.Window(), WebKit2.WebView.new_with_context(WebKit2.WebContext.new_ephemeral())
    view.get_settings().set_enable_javascript_markup(has_script)
    view.get_settings().set_disable_web_security(True)
    window.add(view)
    window.show_all()
    return view


def ask(view: WebKit2.WebView, script: str) -> Any:
    """Return what a script comes to; None while the page is not there."""
    found: list[str] = []

    def answer(view: WebKit2.WebView, result: object) -> None:
        try:
            found.append(view.evaluate_javascript_finish(result).to_json(0) or "null")
        except GLib.Error:
            found.append("null")

    view.evaluate_javascript(script, -1, None, None, None, answer)
    while not found:
        GLib.MainContext.default().iteration(True)
    return json.loads(found[0])


def within(window: str, script: str) -> str:
    """Return a script that runs where the check stands."""
    return f"(() => {{ const {{ document, location }} = {window}; {script} }})()"


def until(view: WebKit2.WebView, window: str, script: str) -> None:
    end = time.monotonic() + SECONDS
    while not ask(view, within(window, f"return Boolean(document.readyState === 'complete' && ({script}))")):
        if time.monotonic() > end:
            raise TimeoutError(script)
        for _ in range(20):
            GLib.MainContext.default().iteration(False)
            time.sleep(0.002)


def main(address: str, window: str, has_script: str, fill_in: str, is_there: str, is_back: str) -> None:
    view = tab(has_script == "True")
    view.load_uri(address)
    until(view, window, "document.getElementById('check')")
    ask(view, within(window, fill_in))
    until(view, window, is_there)
    state = view.get_session_state().serialize()
    view.get_toplevel().destroy()
    view = tab(has_script == "True")
    view.restore_session_state(WebKit2.WebViewSessionState.new(state))
    view.go_to_back_forward_list_item(view.get_back_forward_list().get_current_item())
    until(view, window, is_back)


if __name__ == "__main__":
    main(*sys.argv[1:])
