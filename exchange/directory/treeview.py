"""The tree as members use it: the own domain first, and everybody else by address or certificate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from exchange.directory.branches import BranchEnd, BranchState, Tree
from exchange.directory.view import DirectoryView
from exchange.envelope import Recipient, Signer
from exchange.errors import NotFound, Untrusted
from exchange.language import Joined, Text
from exchange.schemas import Directory, Member, Role, Suite

_ASK = "ask its superior's authority: `exchange domain list` there shows how it stands"


@dataclass(frozen=True)
class KnownDomain:
    """How one domain of the tree stands."""

    domain: str
    version: int | None
    """Of its directory; None where none has come."""
    expires_at: datetime | None
    """From when on nothing new of it counts: the earliest end of its directory and of what leads to it."""
    state: BranchState
    reason: Text | Joined | None = None
    """Why it does not count."""


@dataclass(frozen=True)
class TreeView:
    """A `Lookup` over a tree. Own names and roles are the own domain's; signatures verify by their own domain's."""

    own: DirectoryView
    signed: bytes
    """The own directory as its authority signed it."""
    tree: Tree
    at: datetime
    """The moment for which the tree was grown."""

    @property
    def directory(self) -> Directory:
        """The own domain's directory."""
        return self.own.directory

    @property
    def domain(self) -> str:
        """The own domain."""
        return self.own.domain

    @property
    def version(self) -> int:
        """Of the own domain's directory."""
        return self.own.version

    @property
    def expires_at(self) -> datetime:
        """From when on the own domain needs a newer directory."""
        return self.own.expires_at

    @property
    def members(self) -> tuple[Member, ...]:
        """All members of the own domain."""
        return self.own.members

    @cached_property
    def everyone(self) -> tuple[Member, ...]:
        """All members of the own domain and of all that count at present."""
        current = (one.view for one in self.tree.branches.values() if one.state_at(self.at) is BranchState.CURRENT)
        return (*self.own.members, *(member for view in current for member in view.members))

    @cached_property
    def domains(self) -> tuple[KnownDomain, ...]:
        """All known domains by name, the own one included."""
        here = KnownDomain(self.domain, self.version, self.expires_at, BranchState.CURRENT, self.tree.standing)
        found = [here]
        for name, one in self.tree.branches.items():
            state = one.state_at(self.at)
            ended = None if state is BranchState.CURRENT else one.end.reason
            found.append(KnownDomain(name, one.view.version, one.end.at, state, ended))
        reasons = {one.domain: one.error.text for one in self.tree.refused}
        for name in self.tree.missing:
            why = reasons.get(name) or Text("its directory has not come")
            found.append(KnownDomain(name, None, None, BranchState.MISSING, why))
        return tuple(sorted(found, key=lambda one: one.domain.split(".")))

    @property
    def until(self) -> datetime | None:
        """When the next domain ends; None when none will."""
        ends = [one.end.at for one in self.tree.branches.values() if one.end.at > self.at]
        return min(ends, default=None)

    def of(self, domain: str) -> DirectoryView:
        """Return the directory of a known domain, also of one that has ended. Raises NotFound."""
        return self.own if domain == self.domain else self._view(domain)

    def member(self, address: str) -> Member:
        """Return the member at an address, of any known domain, also of one that has ended. Raises NotFound."""
        return self._of(address).member(address)

    def with_role(self, role: Role) -> tuple[Member, ...]:
        """Return the members of the own domain with a role that are not revoked."""
        return self.own.with_role(role)

    def recipient(self, address: str, suite: Suite) -> Recipient:
        """Return what to seal to. Raises NotFound, also for a domain that has ended or whose directory has not come."""
        view = self._of(address)
        branch = self.tree.branches.get(view.domain)
        if branch is not None and branch.state_at(self.at) is not BranchState.CURRENT:
            raise NotFound(
                "nothing is sealed to {address}: {domain}: {reason}",
                remedy=_ASK,
                address=address,
                domain=view.domain,
                reason=branch.end.reason,
            )
        return view.recipient(address, suite)

    def reachable(self, address: str, suite: Suite) -> bool:
        """Return whether anything can be sealed to the member now."""
        try:
            self.recipient(address, suite)
        except NotFound:
            return False
        return True

    def authorities(self, domain: str) -> tuple[bytes, ...]:
        """Return the certificates of a known domain's authorities, newest last."""
        branch = self.tree.branches.get(domain)
        return self.own.authorities(domain) if branch is None else branch.warrant.certificates

    def signer(self, x5t: bytes) -> Signer:
        """Find whose certificate it is; signatures of a domain that has ended count up to its end. Raises Untrusted."""
        found = self.own.signers.get(x5t) or self._foreign.get(x5t)
        if found is None:
            raise Untrusted("certificate: in none of the directories known here")
        return found

    @cached_property
    def _foreign(self) -> Mapping[bytes, Signer]:
        return {
            x5t: _bounded(signer, one.end)
            for one in self.tree.branches.values()
            for x5t, signer in one.view.signers.items()
        }

    def _of(self, address: str) -> DirectoryView:
        domain = address.rpartition(".")[0]
        return self.own if domain == self.domain else self._view(domain)

    def _view(self, domain: str) -> DirectoryView:
        branch = self.tree.branches.get(domain)
        if branch is not None:
            return branch.view
        if domain.split(".")[0] != self.domain.split(".")[0]:
            raise NotFound(
                "{domain} is of another tree than {self_domain}",
                remedy="check the address",
                domain=domain or "an empty domain",
                self_domain=self.domain,
            )
        if domain in self.tree.missing:
            raise NotFound(
                "the directory of {domain} has not come here yet, or does not verify", remedy=_ASK, domain=domain
            )
        raise NotFound(
            "no domain {domain!r} is known in the tree of {self_domain}",
            remedy="check the address",
            domain=domain,
            self_domain=self.domain,
        )


def _bounded(signer: Signer, end: BranchEnd) -> Signer:
    """A signer whose signatures count up to the end of its domain and no longer."""
    if end.state is BranchState.REVOKED:
        return replace(signer, revoked_at=min(end.at, signer.revoked_at or end.at))
    return replace(signer, not_after=min(end.at, signer.not_after))
