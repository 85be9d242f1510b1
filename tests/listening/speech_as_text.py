"""Runs within Orca, as its customizations: each utterance becomes a line of a file, and nothing is spoken aloud."""

import os
from pathlib import Path

from orca import settings, speech

SAID = Path(os.environ["ORCA_SAID"])


def write_down(text: str) -> None:
    with SAID.open("a", encoding="utf-8") as file:
        file.write(" ".join(text.split()) + "\n")


class Scribe:
    """Takes the place of the synthesizer."""

    def speak(self, text=None, acss=None, interrupt=True):
        """Ignore what Orca has written down already, by `speech._speak`."""

    def sayAll(self, utterances, progress):  # noqa: N802
        for context, _ in utterances:
            write_down(context.utterance)

    def __getattr__(self, name):
        return lambda *args, **settings: None


def use_the_scribe(*_):
    speech._speechserver = Scribe()


speech._speak = lambda text, acss, interrupt: write_down(text)
speech.init = speech._initSpeechServer = use_the_scribe
use_the_scribe()
settings.sayAllOnLoad = False  # What is told of an arrival must be told by the place that gets the focus.
SAID.touch()
