"""The WSGI application, for any server: `granian --interface wsgi webapp.wsgi:app`."""

from click import ClickException
from flask.helpers import get_debug_flag

from webapp.app import create_app
from webapp.questionnaire import ContentError

try:
    app = create_app()
except ContentError as error:
    # Told without a traceback. With `make dev` the server shows it, and waits for the next change.
    raise (ClickException if get_debug_flag() else SystemExit)(str(error)) from None
