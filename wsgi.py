"""The WSGI application, for any server: `granian --interface wsgi wsgi:app`."""

from click import ClickException

from webapp.app import create_app
from webapp.questionnaire import ContentError

try:
    app = create_app()
except ContentError as error:
    # The `flask` command shows this one without its traceback; a server stops at it as at any other.
    raise ClickException(str(error)) from None
