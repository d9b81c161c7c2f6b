"""Alerts by mail: one message a recipient, so that each is told, refused and told again by itself.

The whole conversation with a mail server has one deadline: a watch cuts the connection, whatever it is waiting for.
"""

from __future__ import annotations

import os
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from hashlib import sha256

from exchange.clock import Clock, monotonic
from exchange.language import Text
from exchange.machine.web_client import Unanswered, connect, reason_of
from exchange.operations.alerts.telling import TIMEOUT, Telling, not_told
from exchange.operations.troubles.mailbox import mailbox
from exchange.operations.troubles.settings import MailSettings

PREFIX = "mail:"
"""Begins the names of these channels; the recipient's address follows."""

_LONGEST = 80
"""Characters of a channel's name on record."""


def channel_name(recipient: Address) -> str:
    """Return the name of a recipient's channel; a long address is cut and told from others by a digest."""
    name = f"{PREFIX}{recipient.addr_spec}"
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 13]}~{sha256(name.encode()).hexdigest()[:12]}"


class Mail:
    """Writes to one recipient."""

    def __init__(
        self, settings: MailSettings, recipient: Address, password: bytes | None, clock: Clock, seconds: float = TIMEOUT
    ) -> None:
        self._settings = settings
        self._recipient = recipient
        self._password = password
        self._clock = clock
        self._seconds = seconds

    def tell(self, telling: Telling) -> None:
        until = monotonic() + self._seconds
        cut = threading.Event()
        try:
            connection = connect(self._settings.server, self._settings.port, self._seconds)
            with connection, _cut_off(connection, until - monotonic(), cut):
                self._send(connection, self._letter(telling))
        except Exception as error:
            reason = _late(self._seconds) if cut.is_set() else _reason(error)
            if not reason:
                raise
            raise not_told(channel_name(self._recipient), reason) from None

    def _send(self, connection: socket.socket, letter: EmailMessage) -> None:
        connection.settimeout(self._seconds)
        host = self._settings.server
        if self._settings.security == "tls":
            connection = self._context().wrap_socket(connection, server_hostname=host)
        with _Conversation(connection, host) as server:
            if self._settings.security == "starttls":
                server.starttls(context=self._context())
            if self._settings.user is not None:
                server.login(self._settings.user, (self._password or b"").decode())
            server.send_message(letter, mailbox(self._settings.sender).addr_spec, [self._recipient.addr_spec])

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._settings.ca_file)

    def _letter(self, telling: Telling) -> EmailMessage:
        mark = {"over": "解除 over", "test": "测试 test"}.get(telling.event, telling.severity)
        letter = EmailMessage()
        letter["From"], letter["To"] = mailbox(self._settings.sender), self._recipient
        letter["Subject"] = _one_line(f"[驿站 {telling.domain}] {mark}: {telling.chinese} · {telling.english}")
        letter["Date"] = format_datetime(self._clock.now())
        letter["Message-ID"] = make_msgid(domain="yizhan.invalid")
        letter["Yizhan-Delivery"] = telling.delivery
        letter.set_content(f"{telling.chinese}\n{telling.english}\n\n{telling.at}\n{telling.url}\n")
        return letter


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


def _late(seconds: float) -> Text:
    return Text("no whole answer within {seconds:g} s", {"seconds": seconds})


def _reason(error: Exception) -> Text | str:
    """In a few words; empty for what is a mistake of ours. Servers' texts may quote what they were sent."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = ", ".join(sorted({str(code) for code, _ in error.recipients.values()}))
        return Text("the mail server refuses this recipient ({codes})", {"codes": codes})
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Text("the mail server denies this account ({code})", {"code": error.smtp_code})
    if isinstance(error, smtplib.SMTPResponseException):
        return Text(
            "the mail server refuses it ({error} {code})", {"error": type(error).__name__, "code": error.smtp_code}
        )
    if isinstance(error, smtplib.SMTPException):
        return type(error).__name__
    if isinstance(error, (Unanswered, OSError)):
        return reason_of(error)
    return type(error).__name__ if isinstance(error, ValueError) else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]
