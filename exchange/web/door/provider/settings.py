"""What the environment says of the provider by which people may sign in beside their passwords."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from exchange.errors import BadConfiguration
from exchange.machine.files import told
from exchange.machine.urls import fault_of

ISSUER, CLIENT, SECRET_FILE, NAME = (
    "EXCHANGE_OIDC_ISSUER",
    "EXCHANGE_OIDC_CLIENT",
    "EXCHANGE_OIDC_SECRET_FILE",
    "EXCHANGE_OIDC_NAME",
)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_LONGEST = 40
"""Characters of the provider's name on the page."""


@dataclass(frozen=True)
class ProviderSettings:
    """One provider, and who we are to it."""

    issuer: str
    """As it names itself in what it signs, letter by letter."""
    client: str
    secret_file: Path | None = None
    """Holds the client's secret; None for a client that has none and goes by PKCE alone."""
    name: str = ""
    """What people call it; empty: its host."""

    @classmethod
    def read(cls, env: Mapping[str, str]) -> ProviderSettings | None:
        """Read EXCHANGE_OIDC_ISSUER, _CLIENT, _SECRET_FILE and _NAME; None where people sign in by passwords alone.

        The secret itself is not read. Raises BadConfiguration.
        """
        issuer, client, file = (env.get(name, "").strip() for name in (ISSUER, CLIENT, SECRET_FILE))
        if not issuer:
            return None
        if not is_safe(issuer) or urlsplit(issuer).query or urlsplit(issuer).fragment:
            raise BadConfiguration(
                "{name} is not an https address",
                remedy="write the issuer as the provider's own configuration names it, for example https://id.example.cn",
                name=ISSUER,
            )
        if not client:
            remedy = "set {name} to the id under which the provider knows this desk"
            raise BadConfiguration("{issuer} is set, and no client", remedy=remedy, issuer=ISSUER, name=CLIENT)
        named = " ".join(env.get(NAME, "").split())[:_LONGEST]
        return cls(issuer, client, Path(file) if file else None, named or urlsplit(issuer).netloc)

    def secret(self) -> str | None:
        """Return the client's secret as its file has it now; None where it has none. Raises FileUnusable."""
        if self.secret_file is None:
            return None
        with told(self.secret_file):
            return self.secret_file.read_text(encoding="utf-8").strip("\r\n")


def is_safe(url: object) -> bool:
    """Return whether secrets may go to an address: by TLS, or to this machine itself."""
    if not isinstance(url, str) or not url.isascii() or fault_of(url):
        return False
    parts = urlsplit(url)
    by_tls = parts.scheme == "https" or (parts.scheme == "http" and (parts.hostname or "") in _LOOPBACK)
    return by_tls and bool(parts.hostname) and "@" not in parts.netloc
