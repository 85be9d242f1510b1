"""What each response tells the browser, and who may post."""

import unicodedata
from functools import cache
from typing import Literal
from urllib.parse import quote

from flask import Flask, Response, abort, request

from webapp.clinics import Clinic

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}

PARTS_OF_PAGES = ("text/css", "text/javascript")
"""Never a document of their own, so that what only counts for documents would be bytes without effect."""

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}

BY_THE_PAGE = ("Strict-Transport-Security", "Referrer-Policy")
"""What holds for the parts that a page loads from the same host; ours load nothing themselves."""

DOCUMENTS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), browsing-topics=()",
}


def tell_browser(
    response: Response, framed_by: Clinic | None, for_other_sites: bool = False, frames_us: bool = False
) -> Response:
    """Add the headers of every response, error pages included, and those of everything that can be a document.

    `framed_by` is the clinic on whose site the response stands in a frame; None where nobody may frame it.
    `for_other_sites` is true for what clinics load on their own pages; `frames_us` for a page of ours that shows
    such a frame. For its sake we are among the ancestors of every frame ourselves.
    """
    ancestors = " ".join(("'self'", *framed_by.origins)) if framed_by else "'none'"
    is_part = response.mimetype in PARTS_OF_PAGES
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.extend(_headers(ancestors, for_other_sites or framed_by is not None, is_part, frames_us))
    return response


@cache
def _headers(ancestors: str, is_shared: bool, is_part: bool, frames_us: bool) -> dict[str, str]:
    headers = EVERYWHERE | {"Cross-Origin-Resource-Policy": "cross-origin" if is_shared else "same-origin"}
    if is_part:
        return {name: value for name, value in headers.items() if name not in BY_THE_PAGE}
    policy = POLICY | {"frame-ancestors": ancestors} | ({"frame-src": "'self'"} if frames_us else {})
    headers["Content-Security-Policy"] = "; ".join(f"{name} {value}" for name, value in policy.items())
    return headers | DOCUMENTS | ({"X-Frame-Options": "DENY"} if ancestors == "'none'" else {})


def name_file(response: Response, disposition: Literal["inline", "attachment"], name: str) -> Response:
    """Give a response the name that it has as a file; in letters that every server can send (RFC 6266)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().strip()
    whole = {"filename*": f"UTF-8''{quote(name, safe='')}"} if plain != name else {}
    response.headers.set("Content-Disposition", disposition, filename=plain, **whole)
    return response


PAGES_IN_FRAMES = ("check_embed.check_filled_in", "check_embed.result")
"""What may be posted to from a frame without an origin: `frame-ancestors` guards pages, but no downloads."""


def guard_posts(app: Flask) -> None:
    """Let only our own pages post, by Fetch Metadata, or by Origin where a browser does not send it.

    Our own `Origin` suffices, since no page can forge one: from a frame, WebKit calls a form that opens on top
    cross-site. In a frame that a clinic sandboxes we have no origin, and every post counts as cross-site; there
    `frame-ancestors` guards what is shown. See the OWASP cheat sheet on cross-site request forgery.
    """

    @app.before_request
    def refuse_foreign_posts() -> None:
        if request.method == "POST" and not _comes_from_us():
            abort(403)


def _comes_from_us() -> bool:
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    is_our_origin = bool(request.host) and origin == f"{request.scheme}://{request.host}"
    if is_our_origin or site in ("same-origin", "none") or (site is None and origin is None):
        return True
    return request.endpoint in PAGES_IN_FRAMES and request.headers.get("Sec-Fetch-Dest") == "iframe"
