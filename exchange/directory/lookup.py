"""What everybody who looks members up needs of a directory, be it one domain's or a whole tree of them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from exchange.directory.view import DirectoryView
from exchange.envelope import Recipient, Signer
from exchange.schemas import Directory, Member, Role, Suite


class Lookup(Protocol):
    """The own domain by name and role; members by address or certificate wherever they are known from."""

    @property
    def own(self) -> DirectoryView:
        """The own domain alone."""

    @property
    def directory(self) -> Directory:
        """The own domain's directory, as its authority signed it."""

    @property
    def domain(self) -> str:
        """The own domain."""

    @property
    def version(self) -> int:
        """Of the own domain's directory."""

    @property
    def expires_at(self) -> datetime:
        """From when on the own domain needs a newer directory."""

    @property
    def members(self) -> tuple[Member, ...]:
        """All members of the own domain."""

    @property
    def everyone(self) -> tuple[Member, ...]:
        """All members of all domains that are known here and count."""

    def member(self, address: str) -> Member:
        """Return the member at an address, of any known domain. Raises NotFound."""

    def with_role(self, role: Role) -> tuple[Member, ...]:
        """Return the members of the own domain with a role that are not revoked."""

    def recipient(self, address: str, suite: Suite) -> Recipient:
        """Return what to seal to. Raises NotFound when nothing may be sealed to the member now."""

    def reachable(self, address: str, suite: Suite) -> bool:
        """Return whether anything can be sealed to the member now."""

    def authorities(self, domain: str) -> tuple[bytes, ...]:
        """Return the certificates of a domain's authorities that are vouched for here, DER, newest last."""

    def signer(self, x5t: bytes) -> Signer:
        """Find whose certificate has this SHA-256 thumbprint, and until when its signatures count. Raises Untrusted."""
