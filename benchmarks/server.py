"""A server as `make run` starts it, alone or behind the sample nginx, and what its processes use (Linux)."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT, SECONDS_TO_STOP, command_to_run, free_port

HOST = "check.example.org"  # The name of the site in the sample configuration.


@dataclass(frozen=True)
class Server:
    """A running server: its port on this machine, the ids of its first processes, and the file its output goes to."""

    port: int
    pids: tuple[int, ...]
    log: Path = Path(os.devnull)

    @property
    def workers(self) -> list[int]:
        """The ids of the processes that answer; none when the server is gone."""
        children = [Path(f"/proc/{pid}/task/{pid}/children") for pid in self.pids]
        return [int(pid) for file in children if file.exists() for pid in file.read_text(encoding="ascii").split()]

    @property
    def cpu(self) -> float:
        """The seconds of CPU that its processes have used so far, in the program and in the kernel."""
        stats = [Path(f"/proc/{pid}/stat").read_text(encoding="utf-8") for pid in (*self.pids, *self.workers)]
        fields = [stat.rpartition(")")[2].split() for stat in stats]
        return sum(int(field[11]) + int(field[12]) for field in fields) / os.sysconf("SC_CLK_TCK")

    @property
    def memory(self) -> float:
        """The memory that its workers hold together now (RSS), in megabytes."""
        pages = [Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1] for pid in self.workers]
        return sum(map(int, pages)) * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def serving(
    app: str = "wsgi:app", folder: Path = ROOT, workers: int = 1, like: Server | None = None, **environment: str
) -> Iterator[Server]:
    """Serve an app of a checkout from the moment it answers until the block ends.

    Every checkout is served by this Python and by the command of this Makefile, so that the code alone differs. A
    server `like` another one shares its port. Raises `TimeoutError` when it does not answer.
    """
    port = like.port if like else free_port()
    ours = str(Path(sys.executable).with_name("granian"))
    command = [re.sub(r".*/granian$", ours, word) for word in command_to_run(app, PORT=port, WORKERS=workers)]
    command[-1:-1] = "--log-level", "info"  # It tells of the start of each worker.
    with tempfile.NamedTemporaryFile() as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=os.environ | environment)  # noqa: S603
        with _until_left(process, port):
            yield Server(port, (process.pid,), Path(log.name))


@contextmanager
def behind_nginx() -> Iterator[Server]:
    """Serve the check behind deploy/nginx.conf with other ports, files in a folder of its own, and no limit of rate."""
    trusted = {"MAGNESIUM_PROXY_HOPS": "1", "MAGNESIUM_TRUSTED_HOSTS": f'["{HOST}"]'}
    with tempfile.TemporaryDirectory() as folder, serving(**trusted) as check:
        Path(folder).chmod(0o711)  # nginx started by root works as somebody else.
        ports = {"443": free_port(), "80": free_port()}
        words = f"req -x509 -nodes -subj /CN={HOST} -keyout {folder}/privkey.pem -out {folder}/fullchain.pem"
        subprocess.run(["openssl", *words.split()], check=True, capture_output=True)  # noqa: S603, S607
        sample = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
        sample = re.sub(r"listen \[::\]:[^;]*;", "", sample)
        sample = re.sub(r"\bserver 127\.0\.0\.1:\d+", f"server 127.0.0.1:{check.port}", sample)
        sample = re.sub(r"\blisten (\d+)", lambda found: f"listen 127.0.0.1:{ports[found[1]]}", sample)
        sample = re.sub(r"(?<=\s)/(?:etc|var|run|dev/shm)/(?:[\w.-]+/)*(?=[\w.-]+)", f"{folder}/", sample)
        sample = re.sub(r"\brate=\d+r/s", "rate=1000000r/s", sample)
        kinds = "client_body", "proxy", "fastcgi", "uwsgi", "scgi"
        own = " ".join(f"{kind}_temp_path {folder}/temp_{kind};" for kind in kinds)
        config = Path(folder, "nginx.conf")
        config.write_text(f"daemon off; pid {folder}/pid; events {{}} http {{ {own}\n{sample} }}", encoding="utf-8")
        nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"
        process = subprocess.Popen([nginx, "-p", folder, "-c", config, "-e", f"{folder}/start.log"])  # noqa: S603
        with _until_left(process, ports["80"]):
            yield Server(ports["443"], (process.pid, *check.pids))


@contextmanager
def _until_left(process: subprocess.Popen[bytes], port: int) -> Iterator[None]:
    """Wait until something answers on a port, and stop the process when the block is left."""
    try:
        latest, answer = time.monotonic() + SECONDS_TO_STOP, b""
        while not answer:
            if process.poll() is not None or time.monotonic() > latest:
                raise TimeoutError(f"nothing answered on port {port}")
            time.sleep(0.01)
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                answer = connection.recv(1)
        yield
    finally:
        process.terminate()
        process.wait(SECONDS_TO_STOP)
