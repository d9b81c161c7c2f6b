"""A mail server in a process of its own, for tests of what sends letters."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from tests.journeys.city import wait_until


@dataclass
class MailProcess:
    """A mail server in a process of its own, that speaks by STARTTLS alone and keeps what comes as files."""

    folder: Path
    pem: Path
    port: int
    _running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        words = ["-n", "-l", f"127.0.0.1:{self.port}", "-c", "aiosmtpd.handlers.Mailbox"]
        words += ["--tlscert", str(self.pem), "--tlskey", str(self.pem), str(self.folder / "mail")]
        self._running = subprocess.Popen([sys.executable, "-m", "aiosmtpd", *words])

        def answers() -> bool:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as line:
                return line.recv(3) == b"220"
            return False

        wait_until(answers, what="the mail server")

    def stop(self) -> None:
        """End it; what it has stays."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()
            self._running = None

    def letters(self) -> list[EmailMessage]:
        """All that came, the oldest first."""
        files = sorted((self.folder / "mail" / "new").glob("*"), key=lambda file: file.stat().st_mtime_ns)
        return [message_from_bytes(file.read_bytes(), policy=default) for file in files]  # type: ignore[misc]


@contextmanager
def mail_process(folder: Path, pem: Path) -> Iterator[MailProcess]:
    """Run one on a free port; ``pem`` is its certificate with its key."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = MailProcess(folder, pem, port)
    found.start()
    try:
        yield found
    finally:
        found.stop()
