"""What the environment says of telling applicants: the mail server, who writes, and where the public window is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from exchange.errors import BadConfiguration
from exchange.machine.files import told
from exchange.machine.posting.mail import MailSecurity, MailServer
from exchange.machine.urls import check_url, fault_of
from exchange.paper.links import SITE, site_named
from exchange.portal.told.addresses import read_mail_address

MAIL_URL, MAIL_FROM, PASSWORD_FILE = "EXCHANGE_MAIL_URL", "EXCHANGE_MAIL_FROM", "EXCHANGE_MAIL_PASSWORD_FILE"
_SECURITY = {"smtp+starttls": (MailSecurity.STARTTLS, 587), "smtps": (MailSecurity.TLS, 465)}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class ToldSettings:
    """By which ways applicants are told."""

    site: str = ""
    """Where the public window is, without a slash at its end; empty: nobody is told anything."""
    mail_url: str = ""
    sender: str = ""
    password_file: Path | None = None

    @classmethod
    def read(cls, env: Mapping[str, str]) -> ToldSettings:
        """Read EXCHANGE_WINDOW_URL, EXCHANGE_MAIL_URL, EXCHANGE_MAIL_FROM and EXCHANGE_MAIL_PASSWORD_FILE. The password
        itself is not read. Raises BadConfiguration.
        """
        site, url, sender = site_named(env), env.get(MAIL_URL, "").strip(), env.get(MAIL_FROM, "").strip()
        leads = _leads_there(site)
        if not url:
            return cls(site if leads else "")
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
        if not leads:
            raise BadConfiguration(
                "{name} is set, and {site} is not an https address: mails lead there",
                remedy="set {site}=https://apply.example.cn",
                name=MAIL_URL,
                site=SITE,
            )
        file = env.get(PASSWORD_FILE, "")
        return cls(site, url, address, Path(file) if file else None)

    @property
    def mails(self) -> bool:
        """Whether letters are sent."""
        return bool(self.site and self.mail_url)

    @property
    def posts(self) -> bool:
        """Whether webhooks are told."""
        return bool(self.site)

    def server(self) -> MailServer:
        """Return the mail server, with the password as its file has it now. Raises FileUnusable."""
        parts = urlsplit(self.mail_url)
        security, port = _SECURITY[parts.scheme]
        password = None
        if self.password_file is not None:
            with told(self.password_file):
                password = self.password_file.read_bytes().strip(b"\r\n")
        user = unquote(parts.username) if parts.username else None
        return MailServer(parts.hostname or "", parts.port or port, security, user, password)


def _leads_there(site: str) -> bool:
    """Whether links with tokens may lead there: by TLS, or to this machine itself; the whole path is the window's."""
    if not site or fault_of(site) or not site.isascii():
        return False
    parts = urlsplit(site)
    by_tls = parts.scheme == "https" or (parts.hostname or "") in _LOOPBACK
    return by_tls and not (parts.username or parts.query or parts.fragment)
