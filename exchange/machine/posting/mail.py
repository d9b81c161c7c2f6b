"""Handing one letter to a mail server: whatever it does, the conversation ends by its deadline.

A watch cuts the connection, whatever it is waiting for. What a server says is never quoted: it may hold what it was
sent.
"""

from __future__ import annotations

import os
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum

from exchange.clock import monotonic
from exchange.language import Text
from exchange.machine.web_client import Unanswered, connect, reason_of


class MailSecurity(StrEnum):
    """How a mail server is spoken with."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True)
class MailServer:
    """A mail server, and who we are to it."""

    host: str
    port: int
    security: MailSecurity
    user: str | None = None
    password: bytes | None = field(default=None, repr=False)
    ca_file: str | None = None
    """Certificates to trust instead of the system's."""


class MailFault(StrEnum):
    """What a letter that was not taken says of the next ones."""

    SERVER = "server"
    """Nothing can be handed in there now."""
    LETTER = "letter"
    """This letter, or its recipient, is not taken now."""
    RECIPIENT = "recipient"
    """This recipient is refused for good."""


class Undelivered(Exception):
    """A letter was not taken; ``text`` says why in a few words and quotes nothing."""

    def __init__(self, fault: MailFault, text: Text | str) -> None:
        super().__init__(str(text))
        self.fault, self.text = fault, text


def hand_over(server: MailServer, letter: EmailMessage, sender: str, recipient: str, seconds: float) -> None:
    """Hand a letter over within ``seconds`` in all. Raises Undelivered; the server may have it even then."""
    until = monotonic() + seconds
    cut = threading.Event()
    try:
        connection = connect(server.host, server.port, seconds)
        with connection, _cut_off(connection, until - monotonic(), cut):
            _send(server, connection, letter, sender, recipient, seconds)
    except Exception as error:
        if cut.is_set():
            late = Text("no whole answer within {seconds:g} s", {"seconds": seconds})
            raise Undelivered(MailFault.SERVER, late) from None
        found = _undelivered(error)
        if found is None:
            raise
        raise found from None


def _send(
    server: MailServer, connection: socket.socket, letter: EmailMessage, sender: str, recipient: str, seconds: float
) -> None:
    connection.settimeout(seconds)
    if server.security is MailSecurity.TLS:
        connection = _context(server).wrap_socket(connection, server_hostname=server.host)
    with _Conversation(connection, server.host) as talk:
        if server.security is MailSecurity.STARTTLS:
            talk.starttls(context=_context(server))
        if server.user is not None:
            talk.login(server.user, (server.password or b"").decode())
        talk.send_message(letter, sender, [recipient])


def _context(server: MailServer) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=server.ca_file)


class _Conversation(smtplib.SMTP):
    """The library's own, over a connection that is there already, and without asking any name service who we are."""

    def __init__(self, connection: socket.socket, host: str) -> None:
        own = connection.getsockname()[0]
        super().__init__(local_hostname=f"[IPv6:{own}]" if ":" in own else f"[{own}]")
        self.sock = connection
        self._host = host  # whose certificate is wanted
        code, said = self.getreply()
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)


@contextmanager
def _cut_off(connection: socket.socket, seconds: float, cut: threading.Event) -> Iterator[None]:
    """Ends the connection after ``seconds``, under whatever name it is used by then; `cut` says that it did."""
    line = socket.socket(fileno=os.dup(connection.fileno()))

    def end() -> None:
        cut.set()
        with suppress(OSError):  # it is over already
            line.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(max(0.0, seconds), end)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        watch.join(1)
        line.close()


def _undelivered(error: Exception) -> Undelivered | None:
    """What an error says; None for what is a mistake of ours."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        found = sorted({code for code, _ in error.recipients.values()})
        codes = ", ".join(map(str, found))
        fault = MailFault.RECIPIENT if found and found[0] >= 500 else MailFault.LETTER
        return Undelivered(fault, Text("the mail server refuses this recipient ({codes})", {"codes": codes}))
    if isinstance(error, smtplib.SMTPAuthenticationError):
        denied = Text("the mail server denies this account ({code})", {"code": error.smtp_code})
        return Undelivered(MailFault.SERVER, denied)
    if isinstance(error, smtplib.SMTPResponseException):
        fault = MailFault.LETTER if isinstance(error, smtplib.SMTPDataError) else MailFault.SERVER
        kind, code = type(error).__name__, error.smtp_code
        return Undelivered(fault, Text("the mail server refuses it ({error} {code})", {"error": kind, "code": code}))
    if isinstance(error, smtplib.SMTPException):
        return Undelivered(MailFault.SERVER, type(error).__name__)
    if isinstance(error, (Unanswered, OSError)):
        return Undelivered(MailFault.SERVER, reason_of(error))
    return Undelivered(MailFault.LETTER, type(error).__name__) if isinstance(error, ValueError) else None
