"""What the environment says of telling applicants: the letters that go out, and where the public window is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from exchange.errors import BadConfiguration
from exchange.machine.posting.outgoing import MAIL_URL, OutgoingMail
from exchange.machine.urls import fault_of
from exchange.paper.links import SITE, site_named

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class ToldSettings:
    """By which ways applicants are told."""

    site: str = ""
    """Where the public window is, without a slash at its end; empty: nobody is told anything."""
    mail: OutgoingMail | None = None

    @classmethod
    def read(cls, env: Mapping[str, str]) -> ToldSettings:
        """Read EXCHANGE_WINDOW_URL, and what `OutgoingMail` does. Raises BadConfiguration."""
        site, mail = site_named(env), OutgoingMail.read(env)
        leads = _leads_there(site)
        if mail is None:
            return cls(site if leads else "")
        if not leads:
            raise BadConfiguration(
                "{name} is set, and {site} is not an https address: mails lead there",
                remedy="set {site}=https://apply.example.cn",
                name=MAIL_URL,
                site=SITE,
            )
        return cls(site, mail)

    @property
    def mails(self) -> bool:
        """Whether letters are sent."""
        return bool(self.site) and self.mail is not None

    @property
    def posts(self) -> bool:
        """Whether webhooks are told."""
        return bool(self.site)


def _leads_there(site: str) -> bool:
    """Whether links with tokens may lead there: by TLS, or to this machine itself; the whole path is the window's."""
    if not site or fault_of(site) or not site.isascii():
        return False
    parts = urlsplit(site)
    by_tls = parts.scheme == "https" or (parts.hostname or "") in _LOOPBACK
    return by_tls and not (parts.username or parts.query or parts.fragment)
