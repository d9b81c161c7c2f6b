"""A certificate that is renewed on disk is taken up by the server that runs, and its end is watched."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from exchange.clock import RealClock, SteppedClock
from exchange.operations.health.checkups.tls import certificate as checkup
from exchange.operations.health.snapshots import SnapshotTaker
from exchange.runtime.settings import Home, Settings
from exchange.web.tls import RenewedTls
from tests.web.api.test_reach import certificate
from tests.web.house import small_view


@contextmanager
def _serving(context: ssl.SSLContext) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    caller, _ = listening.accept()
                    context.wrap_socket(caller, server_side=True).close()
                except ssl.SSLError:
                    continue
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


def test_new_connections_get_the_renewed_certificate_and_a_broken_file_changes_nothing(tmp_path: Path) -> None:
    pem = certificate(tmp_path, "old.example")
    first = pem.read_text()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, pem)
    renewed = RenewedTls(context, pem, pem)
    with _serving(context) as port:

        def seen() -> str:
            return ssl.get_server_certificate(("127.0.0.1", port))

        assert not renewed.look()
        assert seen() in first
        pem.write_text("half a file")
        assert not renewed.look()
        assert seen() in first
        certificate(tmp_path, "new.example").replace(pem)
        assert renewed.look()
        assert seen() in pem.read_text()
        assert seen() not in first
        assert not renewed.look()


def test_the_doctor_says_when_the_consoles_certificate_ends(tmp_path: Path) -> None:
    pem = certificate(tmp_path, "oa.example")
    clock = SteppedClock(RealClock().now())
    settings = Settings(tmp_path, None, None, None, clock)
    assert list(checkup(settings)) == []
    Home(tmp_path).console.write_text(json.dumps({"url": "https://x", "port": 1, "pid": 1, "tls_cert": str(pem)}))
    (soon,) = checkup(settings)
    assert (soon.level, soon.finding) == ("note", "0 days left")
    clock.step_to(clock.now() + timedelta(days=2))
    (over,) = checkup(settings)
    assert (over.level, over.finding) == ("bad", "has expired")
    pem.unlink()
    (gone,) = checkup(settings)
    assert gone.level == "bad"


def test_the_list_of_troubles_says_when_the_consoles_certificate_ends(tmp_path: Path) -> None:
    pem = certificate(tmp_path, "oa.example")
    view = small_view(tmp_path)
    taker = SnapshotTaker(view)
    try:

        def told() -> list[tuple[str, str, str]]:
            return [
                (one.kind.value, one.severity.value, one.english)
                for one in taker.take().standing.alerts
                if one.subject == "console-tls"
            ]

        assert told() == [], "served without TLS"
        view.home.console.write_text(json.dumps({"url": "https://x", "port": 1, "pid": 1, "tls_cert": str(pem)}))
        assert told() == [("certificate", "critical", "the console's TLS certificate: 0 days left")]
        pem.write_text("half a file")
        assert told() == [("certificate", "critical", "the console's TLS certificate: missing")]
    finally:
        taker.close()
        view.close()
