"""Fixtures of the tests of alerts."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from exchange.clock import CST
from exchange.operations.domain_view import DomainView
from exchange.runtime.settings import Settings
from exchange.setup.init import init_files
from tests.processes import write_departments
from tests.web.alerts.alerting import Hook, WallClock, consume


@pytest.fixture
def view(tmp_path: Path) -> Iterator[DomainView]:
    """A small domain whose members were all seen to consume just now."""
    clock = WallClock(datetime(2026, 3, 2, 9, tzinfo=CST))
    settings = Settings(tmp_path / "home", None, None, None, clock)
    write_departments(tmp_path / "departments", "hefei", ["planning"])
    init_files(settings, lambda text: None, tmp_path / "departments")
    view = DomainView(settings)
    consume(view)
    yield view
    view.close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    found = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if found.status == 204:
                found.taken.append(({name.lower(): text for name, text in self.headers.items()}, body))
            self.send_response(found.status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of localhost with its key, in one file."""
    folder = tmp_path_factory.mktemp("tls")
    file, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(file)],
        check=True, capture_output=True,
    )  # fmt: skip
    file.write_text(file.read_text() + key.read_text())
    return file
