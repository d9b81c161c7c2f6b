"""A mail server of one account, which takes letters by TLS and with a password alone."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from exchange.operations.troubles.settings import AlertSettings
from tests.web.alerts.alerting import SECRET


@dataclass
class Post:
    """A mail server of one account."""

    letters: list[EmailMessage] = field(default_factory=list)
    tried: list[bytes] = field(default_factory=list)

    refused: tuple[str, ...] = ()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refused:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.tried.append(data.password)
        return AuthResult(success=data.password == SECRET.encode(), handled=False)


class AtAnyPort(Controller):
    """Listens where something is free."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(certificate: Path) -> Iterator[tuple[Post, int]]:
    post = Post()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = AtAnyPort(
        post, hostname="127.0.0.1", port=0, tls_context=context, require_starttls=True, auth_required=True,
        authenticator=post.authenticate,
    )  # fmt: skip
    server.start()
    try:
        yield post, server.port
    finally:
        server.stop()


def mail_settings(port: int, certificate: Path | None, password: str = SECRET) -> AlertSettings:
    mail = {
        "server": "localhost", "port": port, "user": "exchange", "secret": password, "sender": "exchange@c.test",
        "recipients": ["ops@c.test"], "ca_file": str(certificate) if certificate else None,
    }  # fmt: skip
    return AlertSettings.model_validate_json(json.dumps({"mail": mail, "limits": {"settle_seconds": 0}}))
