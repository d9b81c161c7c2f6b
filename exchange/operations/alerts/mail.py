"""Alerts by mail: one message a recipient, so that each is told, refused and told again by itself."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from hashlib import sha256

from exchange.clock import Clock
from exchange.machine.posting.mail import MailSecurity, MailServer, Undelivered, hand_over
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
        self._server = MailServer(
            settings.server, settings.port, MailSecurity(settings.security), settings.user, password, settings.ca_file
        )
        self._clock = clock
        self._seconds = seconds

    def tell(self, telling: Telling) -> None:
        sender, recipient = mailbox(self._settings.sender).addr_spec, self._recipient.addr_spec
        try:
            hand_over(self._server, self._letter(telling), sender, recipient, self._seconds)
        except Undelivered as error:
            raise not_told(channel_name(self._recipient), error.text) from None
        except ValueError as error:  # of the letter: a text that cannot be written
            raise not_told(channel_name(self._recipient), type(error).__name__) from None

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


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]
