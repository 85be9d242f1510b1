"""Other people's sites: pages on origins of their own that frame the check, or try to."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from select import select
from socketserver import BaseRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit

from tests.conftest import free_port, running

CLINIC = "vecht"

LISTEN = """addEventListener("message", ({ data, origin }) => {
  if (data.asked) window.answered = data.asked;
  else (window.heard = window.heard || []).push({ data, origin });
});"""
"""Messages arrive in order: once a test hears what it has asked a frame to say, nothing said before is on its way."""

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>A clinic</title><script src="/listen.js"></script>{head}</head>
<body><h1>A clinic</h1><p><a id="before" href="#before">Something else</a></p>
{body}
</body></html>"""


@dataclass(frozen=True)
class Street:
    """The check on one origin, a clinic's site on another, and a stranger's on a third."""

    check: str
    clinic: str
    stranger: str
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)
    """What else the clinic's site has: head and body, by path."""

    def put(self, body: str, head: str = "") -> str:
        """Put a page on the clinic's site; return its address. `{check}` in it stands for the check's."""
        path = f"/page/{len(self.pages)}"
        self.pages[path] = head.replace("{check}", self.check), body.replace("{check}", self.check)
        return f"{self.clinic}{path}"

    @property
    def frame(self) -> str:
        return f"{self.check}/en/embed/{CLINIC}/"


@contextmanager
def street(folder: Path) -> Iterator[Street]:
    """Serve the three. `localhost` and `127.0.0.1` are different sites to a browser."""
    clinic, stranger = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    file = folder / "clinics.toml"
    file.write_text(
        f'[{CLINIC}]\nname = "De Vecht Clinic"\norigins = ["{clinic}"]\nphone = "+31 30 555 0100"\n'
        'appointment = "https://www.devecht.example/appointment"\naccent = "#8a1c3b"\n',
        encoding="utf-8",
    )
    with running(MAGNESIUM_CLINICS=str(file)) as address:
        check = address.replace("127.0.0.1", "localhost")
        found = Street(check, clinic, stranger)
        with _serving(clinic, found), _serving(stranger, found):
            yield found


@contextmanager
def _serving(origin: str, street: Street) -> Iterator[None]:
    check = street.check
    script = f'<script src="{check}/embed.js" data-clinic="{CLINIC}" data-lang="en" data-title="Check" async></script>'
    link = f'<p><a href="{check}/en/at/{CLINIC}/">The check by itself</a></p><p>Opening hours</p>'
    frame = f'<iframe src="{check}/en/embed/{CLINIC}/" title="Check" width="100%" height="800"></iframe>'
    post = f'<form method="post" action="{check}/en/embed/{CLINIC}/result" {{target}}><button>Win</button></form>'
    bodies = {
        "/script": script + link,
        "/strict": script + link,
        "/frame": frame + link,
        "/adopted": frame + link + f'<script src="{check}/embed.js" async></script>',
        "/post": post.format(target=""),
        "/post-into-frame": post.format(target='target="own"') + '<iframe name="own" height="800"></iframe>',
        "/download": f'<form method="post" action="{check}/en/embed/{CLINIC}/answers.json" target="own">'
        '<input name="alarm_now" value="collapse"><button>Win</button></form><iframe name="own" height="800"></iframe>',
        "/empty": "",
    }

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            is_script = path == "/listen.js"
            head, body = street.pages.get(path, ("", bodies.get(path, "")))
            self.send_response(200 if is_script or body or path in bodies else 404)
            self.send_header("Content-Type", "text/javascript" if is_script else "text/html; charset=utf-8")
            if path == "/strict":
                policy = f"default-src 'self'; script-src 'self' {check}; frame-src {check}"
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write((LISTEN if is_script else PAGE.format(head=head, body=body)).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", urlsplit(origin).port or 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


class Line(ThreadingTCPServer):
    """A line to a server, with an address of its own, that can be cut and mended."""

    daemon_threads = True

    def __init__(self, server: str) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.far_end = urlsplit(server)
        self.address = f"http://localhost:{self.server_address[1]}"
        self.ends: list[socket.socket] = []
        self.is_cut = False
        self.calls_in_vain = 0
        self.clinic = ""
        """The address of a clinic's page whose frame comes by this line."""

    def cut(self) -> None:
        """Drop every connection, and from now on every new one."""
        self.is_cut, self.calls_in_vain = True, 0
        for end in self.ends:
            with suppress(OSError):  # dropped before
                end.shutdown(socket.SHUT_RDWR)
        self.ends.clear()

    def mend(self) -> None:
        self.is_cut = False


class _Call(BaseRequestHandler):
    server: Line

    def handle(self) -> None:
        if self.server.is_cut:
            self.server.calls_in_vain += 1
            return
        with socket.create_connection((self.server.far_end.hostname, self.server.far_end.port)) as there:
            other = {self.request: there, there: self.request}
            self.server.ends += other
            with suppress(OSError):  # cut
                while all(_pass_on(one, other[one]) for one in select(list(other), [], [])[0]):
                    pass


def _pass_on(one: socket.socket, other: socket.socket) -> bool:
    """Pass on what has come; return whether more can come."""
    data = one.recv(65536)
    other.sendall(data)
    return bool(data)


@contextmanager
def line_to(server: str) -> Iterator[Line]:
    with Line(server) as line:
        threading.Thread(target=line.serve_forever, args=[0.02], daemon=True).start()
        try:
            yield line
        finally:
            line.cut()
            line.shutdown()
