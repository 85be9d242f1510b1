"""The WSGI application, for any server: `granian --interface wsgi wsgi:app`."""

from webapp.wsgi import app

__all__ = ["app"]
