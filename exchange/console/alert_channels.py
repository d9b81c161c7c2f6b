"""How alerts are told: webhooks, whose bodies are signed, and mail.

Webhooks are signed as the API's are, by `exchange.rules.signing`; their id is the same at every repetition.
"""

from __future__ import annotations

import json
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Protocol

import httpx

from exchange.clock import Clock
from exchange.console.alert_settings import AlertSettings, MailSettings, WebhookSettings
from exchange.errors import OperatorError
from exchange.rules.signing import signed_headers

TIMEOUT = 10.0
"""Seconds that a receiver has to answer."""


@dataclass(frozen=True)
class Telling:
    """One event of an alert, as it is told."""

    delivery: str
    """The same at every repetition."""
    event: str
    """``raised``, ``over`` or ``test``."""
    kind: str
    severity: str
    subject: str
    chinese: str
    english: str
    url: str
    at: str
    """When it happened, ISO 8601."""
    domain: str

    def body(self) -> bytes:
        """As JSON."""
        return json.dumps(self.__dict__, ensure_ascii=False, sort_keys=True).encode()


class Channel(Protocol):
    """Tells somebody."""

    def tell(self, telling: Telling) -> None:
        """Raises OperatorError where it was not taken; what it says holds no secret."""


def channels(settings: AlertSettings, clock: Clock, env: Mapping[str, str]) -> dict[str, Channel]:
    """All configured channels by name. Raises BadConfiguration where a secret cannot be had."""
    found: dict[str, Channel] = {hook.name: Webhook(hook, hook.signers(env), clock) for hook in settings.webhooks}
    if settings.mail is not None:
        found["mail"] = Mail(settings.mail, settings.mail.reveal(env), clock)
    return found


class Webhook:
    """Tells one URL. Redirections are not followed: they would lead what is signed elsewhere."""

    def __init__(self, settings: WebhookSettings, secrets: Sequence[str], clock: Clock) -> None:
        self._settings = settings
        self._secrets = secrets
        self._clock = clock

    def tell(self, telling: Telling) -> None:
        body, timestamp = telling.body(), int(self._clock.now().timestamp())
        headers = {
            "content-type": "application/json",
            "user-agent": "yizhan",
            **signed_headers(self._secrets, telling.delivery, timestamp, body),
        }
        try:
            answer = httpx.post(
                self._settings.url, content=body, headers=headers, timeout=TIMEOUT, follow_redirects=False
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _not_told(self._settings.name, type(error).__name__) from None  # the text may quote the URL
        if not answer.is_success:
            raise _not_told(self._settings.name, f"it answered {answer.status_code}")


class Mail:
    """Writes to all recipients by one message."""

    def __init__(self, settings: MailSettings, password: bytes | None, clock: Clock) -> None:
        self._settings = settings
        self._password = password
        self._clock = clock

    def tell(self, telling: Telling) -> None:
        try:
            with self._connected() as server:
                if self._settings.user is not None:
                    server.login(self._settings.user, (self._password or b"").decode())
                server.send_message(self._letter(telling))
        except smtplib.SMTPResponseException as error:
            raise _not_told("mail", f"{type(error).__name__} {error.smtp_code}") from None
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise _not_told("mail", type(error).__name__) from None

    def _connected(self) -> smtplib.SMTP:
        place = (self._settings.server, self._settings.port)
        if self._settings.security == "none":
            return smtplib.SMTP(*place, timeout=TIMEOUT)
        context = ssl.create_default_context(cafile=self._settings.ca_file)
        if self._settings.security == "tls":
            return smtplib.SMTP_SSL(*place, timeout=TIMEOUT, context=context)
        server = smtplib.SMTP(*place, timeout=TIMEOUT)
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
        return server

    def _letter(self, telling: Telling) -> EmailMessage:
        mark = {"over": "解除 over", "test": "测试 test"}.get(telling.event, telling.severity)
        letter = EmailMessage()
        letter["From"], letter["To"] = self._settings.sender, ", ".join(self._settings.recipients)
        letter["Subject"] = _one_line(f"[驿站 {telling.domain}] {mark}: {telling.chinese} · {telling.english}")
        letter["Date"] = format_datetime(self._clock.now())
        letter["Message-ID"] = make_msgid(domain="yizhan.invalid")
        letter["Yizhan-Delivery"] = telling.delivery
        letter.set_content(f"{telling.chinese}\n{telling.english}\n\n{telling.at}\n{telling.url}\n")
        return letter


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]


def _not_told(channel: str, reason: str) -> OperatorError:
    mend = "check the channel in console.toml and the receiver's log; `exchange alerts test` tries it"
    return OperatorError(f"the channel {channel} was not reached: {reason}", mend=mend, code="channel")
