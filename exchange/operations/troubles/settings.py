"""How alerts are configured: the table `[alerts]` of `console.toml` in the domain's folder.

Secrets stand in files or environment variables that it names, or in it, and then only its owner may read it. They are
never shown.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from exchange.errors import BadConfiguration
from exchange.language import Text, Unfit
from exchange.machine.urls import ESCAPE, fault_of
from exchange.machine.webhook_signature import key_of
from exchange.operations.troubles.facts import Limits
from exchange.operations.troubles.mailbox import mailbox
from exchange.runtime.settings import Home
from exchange.schemas.base import Wire
from exchange.tomlfile import read_toml

FILE = "console.toml"


class _Secretive(Wire):
    """Something with a secret, which is given in one of three ways."""

    secret: SecretStr | None = None
    secret_file: str | None = None
    secret_env: str | None = None

    @model_validator(mode="after")
    def _at_most_once(self) -> _Secretive:
        if sum(way is not None for way in (self.secret, self.secret_file, self.secret_env)) > 1:
            raise Unfit("give one of secret, secret_file, secret_env")
        return self

    def reveal(self, env: Mapping[str, str]) -> bytes | None:
        """Return the secret; None where none is configured. Raises BadConfiguration where it cannot be had."""
        if self.secret is not None:
            return self.secret.get_secret_value().encode()
        if self.secret_env is not None:
            if not env.get(self.secret_env):
                raise BadConfiguration(
                    "{file}: the environment has no {secret_env}",
                    remedy="set it",
                    file=FILE,
                    secret_env=self.secret_env,
                )
            return env[self.secret_env].encode()
        return None if self.secret_file is None else _read(Path(self.secret_file))


class WebhookSettings(_Secretive):
    """A URL that is told by POST; its secret signs what is sent, and there is no webhook without one.

    While it is being replaced, two stand there, with a space or a line end between them: both sign.
    """

    name: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    url: str = Field(pattern=r"^https?://")

    @field_validator("url")
    @classmethod
    def _can_be_read_in_one_way(cls, url: str) -> str:
        if fault := fault_of(url):
            raise Unfit("{fault}; {escape}", fault=Text(fault), escape=Text(ESCAPE))
        return url

    @model_validator(mode="after")
    def _has_a_secret(self) -> WebhookSettings:
        if self.secret is None and self.secret_file is None and self.secret_env is None:
            raise Unfit("a webhook needs a secret, which signs what it is sent")
        return self

    def signers(self, env: Mapping[str, str]) -> tuple[str, ...]:
        """Return the secrets that sign. Raises BadConfiguration where they cannot be had, or are none."""
        found = tuple((self.reveal(env) or b"").decode(errors="replace").split())
        try:
            for one in found or ("",):
                key_of(one)
        except ValueError:
            raise BadConfiguration(
                "{file}: the webhook {name}: {fault}",
                remedy="`exchange alerts secret` makes one; put it there, and have the receiver know it",
                file=FILE,
                name=self.name,
                fault=Text("a secret is whsec_ and 24 to 64 octets in base64"),
            ) from None
        return found


class MailSettings(_Secretive):
    """A mail server and whom to write to; the secret is the password of ``user``."""

    server: str
    port: int = Field(default=587, ge=1, le=65_535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    ca_file: str | None = None
    """Certificates to trust instead of the system's."""
    user: str | None = None
    sender: str
    recipients: tuple[str, ...] = Field(min_length=1)
    """One mailbox in each entry: ``a@b.example``, or ``Name <a@b.example>``."""

    @field_validator("sender")
    @classmethod
    def _is_a_mailbox(cls, text: str) -> str:
        mailbox(text)
        return text

    @field_validator("recipients")
    @classmethod
    def _are_mailboxes(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        addresses = [mailbox(text).addr_spec for text in texts]
        if len(set(addresses)) < len(addresses):
            raise Unfit("a recipient stands there twice")
        return texts

    @model_validator(mode="after")
    def _no_password_in_clear(self) -> MailSettings:
        if self.security == "none" and self.user is not None:
            raise Unfit('a password is not sent without TLS; take security = "starttls" or "tls"')
        return self


class LimitSettings(Wire):
    """From where on something is told; see `exchange.operations.troubles.facts.Limits`."""

    silent_minutes: float = Field(default=1, gt=0)
    waiting_minutes: float = Field(default=30, gt=0)
    dead_minutes: float = Field(default=60, gt=0)
    default_near_hours: float = Field(default=24, gt=0)
    overdue_minutes: float = Field(default=10, gt=0)
    expiry_days: float = Field(default=30, gt=0)
    calendar_days: float = Field(default=90, gt=0)
    forgotten_hours: float = Field(default=24, gt=0)
    settle_seconds: float = Field(default=30, ge=0)
    unwitnessed_days: float = Field(default=14, gt=0)

    def limits(self) -> Limits:
        """Return the limits as the rules take them."""
        return Limits(
            silent=timedelta(minutes=self.silent_minutes),
            waiting=timedelta(minutes=self.waiting_minutes),
            dead=timedelta(minutes=self.dead_minutes),
            default_near=timedelta(hours=self.default_near_hours),
            overdue=timedelta(minutes=self.overdue_minutes),
            expiry=timedelta(days=self.expiry_days),
            calendar=timedelta(days=self.calendar_days),
            forgotten=timedelta(hours=self.forgotten_hours),
            settle=timedelta(seconds=self.settle_seconds),
            unwitnessed=timedelta(days=self.unwitnessed_days),
        )


class AlertSettings(Wire):
    """All of it; nothing configured means: shown in the console, told to nobody."""

    every_seconds: float = Field(default=15, ge=1)
    console_url: str = Field(default="http://127.0.0.1:8080", pattern=r"^https?://")
    """Where people reach the console; alerts link there."""
    limits: LimitSettings = LimitSettings()
    webhooks: tuple[WebhookSettings, ...] = ()
    mail: MailSettings | None = None

    @model_validator(mode="after")
    def _names_are_unique(self) -> AlertSettings:
        names = [hook.name for hook in self.webhooks]
        if len(set(names)) < len(names) or "mail" in names:
            raise Unfit("webhooks have different names, and none is called mail")
        return self


class _ConsoleFile(Wire):
    alerts: AlertSettings = AlertSettings()


def load_alert_settings(home: Home, env: Mapping[str, str] | None = None) -> AlertSettings:
    """Read EXCHANGE_CONSOLE_CONFIG, or `console.toml` of the domain's folder, if there is one.

    Raises BadConfiguration, also when a file with a secret in it can be read by others.
    """
    env = os.environ if env is None else env
    given = env.get("EXCHANGE_CONSOLE_CONFIG")
    path = Path(given) if given else home.root / FILE
    if not given and not path.exists():
        return AlertSettings()
    file = read_toml(path)
    other = {name: value for name, value in file.data.items() if name == "alerts"}
    settings = type(file)(file.path, other, file.text).validated(_ConsoleFile).alerts
    secretive = [*settings.webhooks, *([settings.mail] if settings.mail else [])]
    if any(one.secret is not None for one in secretive) and path.stat().st_mode & 0o077:
        raise BadConfiguration("{path} holds a secret and can be read by others", remedy="chmod 600 {path}", path=path)
    return settings


def _read(path: Path) -> bytes:
    try:
        found = path.read_bytes().strip()
    except OSError as error:
        raise BadConfiguration(
            "{path}: {reason}", remedy="name a readable file with the secret", path=path, reason=error.strerror
        ) from error
    if not found:
        raise BadConfiguration("{path} is empty", remedy="write the secret into it", path=path)
    return found
