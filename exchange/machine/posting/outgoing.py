"""Letters that go out: by which server and in whose name, as the environment says; and what became of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

from exchange.errors import BadConfiguration, ExchangeError
from exchange.machine.files import told
from exchange.machine.logger import get_logger
from exchange.machine.posting.addresses import read_mail_address
from exchange.machine.posting.mail import MailFault, MailSecurity, MailServer, Undelivered, hand_over
from exchange.machine.urls import check_url

MAIL_URL, MAIL_FROM, PASSWORD_FILE = "EXCHANGE_MAIL_URL", "EXCHANGE_MAIL_FROM", "EXCHANGE_MAIL_PASSWORD_FILE"
_SECURITY = {"smtp+starttls": (MailSecurity.STARTTLS, 587), "smtps": (MailSecurity.TLS, 465)}
SECONDS = 10.0
"""For one letter: the name, the connection, TLS and all that is said."""

log = get_logger()


@dataclass(frozen=True)
class OutgoingMail:
    """By which server letters go, and in whose name."""

    url: str
    sender: str
    password_file: Path | None = None

    @classmethod
    def read(cls, env: Mapping[str, str]) -> OutgoingMail | None:
        """Read EXCHANGE_MAIL_URL, EXCHANGE_MAIL_FROM and EXCHANGE_MAIL_PASSWORD_FILE; None where no letters go out.

        The password itself is not read. Raises BadConfiguration.
        """
        url, sender = env.get(MAIL_URL, "").strip(), env.get(MAIL_FROM, "").strip()
        if not url:
            return None
        check_url(MAIL_URL, url, _SECURITY, "smtp+starttls://user@mail.example.cn:587")
        if urlsplit(url).password is not None or not urlsplit(url).hostname:
            remedy = "name the host, and give the password in a file: {file}=/path"
            raise BadConfiguration(
                "{name} holds a password, or no host", remedy=remedy, name=MAIL_URL, file=PASSWORD_FILE
            )
        address = read_mail_address(sender)
        if not isinstance(address, str):
            remedy = "write for example no-reply@example.cn"
            raise BadConfiguration("EXCHANGE_MAIL_FROM {fault}", remedy=remedy, fault=address[0])
        file = env.get(PASSWORD_FILE, "")
        return cls(url, address, Path(file) if file else None)

    def server(self) -> MailServer:
        """Return the mail server, with the password as its file has it now. Raises FileUnusable."""
        parts = urlsplit(self.url)
        security, port = _SECURITY[parts.scheme]
        password = None
        if self.password_file is not None:
            with told(self.password_file):
                password = self.password_file.read_bytes().strip(b"\r\n")
        user = unquote(parts.username) if parts.username else None
        return MailServer(parts.hostname or "", parts.port or port, security, user, password)


@dataclass(frozen=True)
class LetterFate:
    """What became of a letter; nothing of it quotes the letter, its recipient, or what the server said."""

    untaken: str | None = None
    """Why it was not taken; None once it is."""
    for_good: bool = False
    """Whether there is no use in trying it again."""
    server: str | None = None
    """What is wrong with the server itself, if that is the trouble: the next letters would fare no better."""


def send_letter(
    mail: OutgoingMail, write: Callable[[], EmailMessage], recipient: str, letter_id: str, seconds: float = SECONDS
) -> LetterFate:
    """Write one letter and hand it over."""
    try:
        hand_over(mail.server(), write(), mail.sender, recipient, seconds)
    except Undelivered as error:
        trouble = str(error.text) if error.fault is MailFault.SERVER else None
        return LetterFate(str(error.text), error.fault is MailFault.RECIPIENT, trouble)
    except ExchangeError as error:  # its password cannot be read
        return LetterFate(error.code, server=error.code)
    except Exception as error:  # a mistake of ours; its text may quote the address
        log.error("letter.failed", letter=letter_id, error=type(error).__name__)
        return LetterFate(type(error).__name__)
    return LetterFate()
