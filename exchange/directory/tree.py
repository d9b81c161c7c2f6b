"""The tree of domains: which directories of other domains hold, by the own one alone.

The law of this module, after ideas of The Update Framework (delegated, versioned, expiring roles):

 1. The own authority is trusted beforehand. It vouches for the superior's authority by ``upper``; a verified superior
    vouches for its own superior likewise, and every verified directory for the domains in its ``delegations``.
    Nothing else vouches for anybody, and what is vouched for by no certificate is not trusted.
 2. A directory is signed by an authority that is vouched for: by the newest of them, or by an older one until anything
    of a newer one has been seen. Members may have been certified by any of them.
 3. It is for the very domain that is vouched for; neighbours are exactly one label apart (the schema sees to it).
 4. A lower directory names its superior, and does not name another authority for it.
 5. Its version is at least the delegation's ``least_version``, and the highest seen of that authority before.
 6. Of several that hold the newest counts: first by its authority, then by its version. The order in which they come
    does not matter.
 7. It ends when it expires, when its delegation expires or is revoked, or when what vouches for it ends. From then on
    nothing new counts and nothing is sealed to its members. What they signed before goes on verifying for ever, which
    is why an ended directory is kept, and why no directory ever drops a certificate, a revocation or a delegation.
 8. What does not verify is refused by name, with the reason; it takes nothing else down with it. What may hold once
    another directory has come is kept until then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from exchange.directory.branches import EARLY, Branch, BranchEnd, BranchState, Refusal, Tree, Warrant, mark
from exchange.directory.certificates import load_certificate
from exchange.directory.view import DirectoryView, Paper, read_directory, read_paper, view_of
from exchange.errors import BadDirectory
from exchange.language import Text
from exchange.schemas import Delegation, Directory


def grow(
    own: DirectoryView, authority: bytes, offered: Iterable[bytes], now: datetime, seen: Mapping[str, int]
) -> Tree:
    """Build the tree that the own verified directory and ``offered`` directories give, whatever their order.

    ``authority`` is the own authority's certificate (DER), ``seen`` the marks of earlier trees. Never raises for what
    is offered: that is among the refusals.
    """
    walk = _Walk(own, now, seen)
    walk.read(offered)
    walk.known[hashlib.sha256(authority).digest()] = own.domain
    chain = list(walk.up())
    walk.down(own.directory, (authority,), ())
    for branch in chain:
        walk.down(branch.view.directory, branch.warrant.certificates, (branch.end,))
    walk.refuse_strangers()
    walk.name_wrong_levels()
    missing = {name: one for name, one in walk.warrants.items() if name not in walk.branches}
    standing = _standing(own, authority, chain[0].view.directory, now) if chain else None
    refused = sorted(walk.refused, key=lambda one: (one.domain, one.version, one.data))
    return Tree(walk.branches, missing, tuple(refused), standing)


def admit(paper: Paper, warrant: Warrant, seen: Mapping[str, int]) -> DirectoryView:
    """Verify a directory by rules 2 to 5; return its members. Raises BadDirectory naming domain and reason."""
    name, thumbprints = warrant.domain, [hashlib.sha256(one).digest() for one in warrant.certificates]
    if paper.directory.domain != name:
        raise BadDirectory(
            "{name}: its directory claims to be that of {domain}", name=name, domain=paper.directory.domain
        )
    if paper.signed_by not in thumbprints:
        raise BadDirectory(
            "{name}: signed by an authority that {by} does not vouch for", code=EARLY, name=name, by=warrant.by
        )
    rank = thumbprints.index(paper.signed_by)
    try:
        view = _verified(paper.data, warrant.certificates, rank)
    except BadDirectory as error:
        raise BadDirectory("{name}: {error}", name=name, error=error) from error
    _check_superior(view.directory, warrant)
    if any(mark(name, newer) in seen for newer in warrant.certificates[rank + 1 :]):
        raise BadDirectory("{name}: signed by an authority that has been replaced", name=name)
    least = max(warrant.least_version, seen.get(mark(name, warrant.certificates[rank]), 0))
    if view.version < least:
        raise BadDirectory(
            "{name}: rolled back to version {version}, at least {least} is known",
            name=name,
            version=view.version,
            least=least,
        )
    return view


class _Walk:
    """Goes from the own domain up and down, once, and notes what it finds."""

    def __init__(self, own: DirectoryView, now: datetime, seen: Mapping[str, int]) -> None:
        self._own, self._now, self._seen = own, now, seen
        self._papers: dict[str, list[Paper]] = {}
        self.known: dict[bytes, str] = {}
        self.warrants: dict[str, Warrant] = {}
        self.branches: dict[str, Branch] = {}
        self.refused: list[Refusal] = []

    def read(self, offered: Iterable[bytes]) -> None:
        """Sort what was offered by the domain that it claims to be for."""
        for data in sorted(set(offered)):
            try:
                paper = _paper(data)
            except BadDirectory as error:
                self.refused.append(Refusal("", error, data))
                continue
            self._papers.setdefault(paper.directory.domain, []).append(paper)

    def up(self) -> Iterable[Branch]:
        """Yield the branches of the superior, its superior and so on, as far as they verify."""
        below = self._own.directory
        ends: tuple[BranchEnd, ...] = ()
        while below.upper is not None:
            upper = below.upper
            branch = self._settle(Warrant(upper.domain, below.domain, upper.certificates, ends))
            if branch is None:
                return
            yield branch
            below, ends = branch.view.directory, (branch.end,)

    def down(self, directory: Directory, certificates: tuple[bytes, ...], ends: tuple[BranchEnd, ...]) -> None:
        """Settle everything below a directory that verifies."""
        for one in directory.delegations:
            if one.domain in self.warrants or one.domain == self._own.domain:
                continue
            end = (*ends, *_ends(one, directory.domain))
            warrant = Warrant(one.domain, directory.domain, one.certificates, end, certificates, one.least_version)
            branch = self._settle(warrant)
            if branch is not None:
                self.down(branch.view.directory, one.certificates, (branch.end,))

    def refuse_strangers(self) -> None:
        """Refuse the directories that nobody vouches for."""
        for name, papers in self._papers.items():
            if name in self.warrants:
                continue
            for paper in papers:
                if name == self._own.domain:
                    self._refuse(paper, BadDirectory("{name}: the own directory is not taken from others", name=name))
                else:
                    why = Text(
                        "{name}: no domain of this tree vouches for it; it is unknown, or of another tree",
                        {"name": name},
                    )
                    self._refuse(paper, BadDirectory(why, code=EARLY))

    def name_wrong_levels(self) -> None:
        """Say where the authority of one domain has signed for another; that will never verify."""
        for n, one in enumerate(self.refused):
            signer = self.known.get(one.signed_by, one.domain)
            if signer != one.domain:
                error = BadDirectory(
                    "{domain}: claimed by the authority of {signer}"
                    if one.domain not in self.warrants
                    else "{domain}: signed at the wrong level, by the authority of {signer}",
                    domain=one.domain,
                    signer=signer,
                )
                self.refused[n] = replace(one, error=error)

    def _settle(self, warrant: Warrant) -> Branch | None:
        self.warrants[warrant.domain] = warrant
        self.known |= {hashlib.sha256(one).digest(): warrant.domain for one in warrant.certificates}
        best: tuple[tuple[int, int], Paper, DirectoryView] | None = None
        for paper in self._papers.get(warrant.domain, ()):
            try:
                view = admit(paper, warrant, self._seen)
            except BadDirectory as error:
                self._refuse(paper, error)
                continue
            rank = _rank(paper, warrant), view.version
            if best is not None and rank == best[0]:
                self._refuse(
                    paper,
                    BadDirectory(
                        "{domain}: another directory of version {version} holds",
                        domain=warrant.domain,
                        version=view.version,
                    ),
                )
            elif best is None or rank > best[0]:
                best = rank, paper, view
        if best is None:
            return None
        _, paper, view = best
        own_end = BranchEnd(
            view.expires_at,
            BranchState.EXPIRED,
            Text("its directory expired at {at}", {"at": view.expires_at.isoformat()}),
        )
        end = min((*warrant.ends, own_end), key=lambda one: one.at)
        signed_by = warrant.certificates[_rank(paper, warrant)]
        branch = self.branches[warrant.domain] = Branch(warrant, view, paper.data, signed_by, end)
        if branch.state_at(self._now) is not BranchState.CURRENT:
            self._refuse(paper, BadDirectory("{domain}: {reason}", domain=warrant.domain, reason=end.reason))
        return branch

    def _refuse(self, paper: Paper, error: BadDirectory) -> None:
        directory = paper.directory
        self.refused.append(Refusal(directory.domain, error, paper.data, directory.version, paper.signed_by))


_paper = lru_cache(maxsize=512)(read_paper)


@lru_cache(maxsize=512)
def _verified(data: bytes, certificates: tuple[bytes, ...], rank: int) -> DirectoryView:
    """Signature and certificates; times are not looked at, so that it holds once for all."""
    authorities = [load_certificate(one) for one in certificates]
    return view_of(read_directory(data, authorities[rank]), authorities)


def _rank(paper: Paper, warrant: Warrant) -> int:
    return [hashlib.sha256(one).digest() for one in warrant.certificates].index(paper.signed_by)


def _check_superior(directory: Directory, warrant: Warrant) -> None:
    if warrant.superior is None:
        return
    upper = directory.upper
    if upper is None:
        raise BadDirectory(
            "{domain}: it does not name {by} as its superior", code=EARLY, domain=warrant.domain, by=warrant.by
        )
    if upper.certificates and not set(upper.certificates) & set(warrant.superior):
        raise BadDirectory(
            "{domain}: it names another authority for {by}", code=EARLY, domain=warrant.domain, by=warrant.by
        )


def _ends(delegation: Delegation, by: str) -> Iterable[BranchEnd]:
    until = delegation.expires_at
    yield BranchEnd(
        until, BranchState.EXPIRED, Text("the delegation by {by} expired at {at}", {"by": by, "at": until.isoformat()})
    )
    if delegation.revoked_at is not None:
        reason = Text(
            "the delegation was revoked by {by} at {at}: {why}",
            {"by": by, "at": delegation.revoked_at.isoformat(), "why": delegation.revoked_for},
        )
        yield BranchEnd(delegation.revoked_at, BranchState.REVOKED, reason)


def _standing(own: DirectoryView, authority: bytes, superior: Directory, now: datetime) -> Text | None:
    for one in superior.delegations:
        if one.domain == own.domain and authority in one.certificates:
            over = [end.reason for end in _ends(one, superior.domain) if now >= end.at]
            return over[-1] if over else None
    return Text("{superior} does not delegate to {domain}", {"superior": superior.domain, "domain": own.domain})
