"""Levels: one domain's authority delegates to another's. A request from below, a grant from above, joined below.

With both folders on one machine all three steps are one command; else files carry them. Each step can be repeated:
what is there already stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from exchange.directory import Authority, BranchState, Ties, TreeView, load_authority_certificate, load_directory
from exchange.directory.certificates import der, load_certificate
from exchange.directory.grants import Grant, Request, read_grant_paper, sign_paper
from exchange.directory.hierarchy import superior_of
from exchange.errors import BadDirectory, CallerError, Conflict, NotFound
from exchange.language import tr
from exchange.runtime.home import open_directory
from exchange.runtime.settings import Home, Settings
from exchange.runtime.tree_files import TreeFiles
from exchange.schemas import MAX_AUTHORITIES, Delegation, Directory, Upper
from exchange.setup.certify import Registry, Say, open_registry

DELEGATION_TERM = timedelta(days=730)


@dataclass(frozen=True)
class Added:
    """What a delegation came to."""

    delegation: Delegation
    paper: bytes
    """The grant, for the lower domain."""


def request(settings: Settings, say: Say) -> bytes:
    """Ask for a delegation, as the lower side: its directory names its superior from now on, and the file goes there.

    Raises CallerError for a domain of one label, BadKeys without the authority's key.
    """
    with open_registry(settings, say) as registry:
        present, authority = _present(registry), registry.authority()
        superior = superior_of(present.domain)
        if superior is None:
            remedy = "a lower domain has a name below its superior's, as anhui.hefei is below anhui"
            raise CallerError("{domain} is a root: nothing is above it", remedy=remedy, domain=present.domain)
        if present.upper is None:
            _publish(registry, authority, replace(Ties.of(present), upper=Upper(domain=superior)))
        paper = Request(
            domain=present.domain,
            superior=superior,
            certificate=der(authority.certificate),
            directory=registry.home.directory.read_bytes(),
            made_at=registry.now,
        )
        return sign_paper(paper, authority)


def grant(
    settings: Settings, name: str, data: bytes, say: Say, *, renew: bool = False, replaces: bool = False
) -> Added:
    """Delegate, as the upper side, to a domain that asked; a delegation in the second half of its term is renewed.

    ``renew`` renews in any case, ``replaces`` takes another authority for a known domain. Raises BadDirectory for a
    request that is invalid, CallerError for one of another domain, Conflict where it would change who is trusted.
    """
    asked = read_grant_paper(data, Request)
    with open_registry(settings, say) as registry:
        present, authority = _present(registry), registry.authority()
        _expect(asked.domain == name, f"the request is from {asked.domain}, not from {name}")
        _expect(superior_of(name) == present.domain, f"{name} does not lie directly below {present.domain}")
        before = next((one for one in present.delegations if one.domain == name and one.revoked_at is None), None)
        former = [load_certificate(one) for one in before.certificates] if before is not None else []
        lower = load_directory(asked.directory, load_certificate(asked.certificate), registry.now, 0, former)
        _expect(lower.domain == name, f"the directory in the request is that of {lower.domain}")
        _expect(lower.directory.upper is not None, f"the directory of {name} does not name its superior")
        known = next((one for one in present.delegations if one.domain == name), None)
        delegation = _delegation(registry, known, asked, lower.version, renew=renew, replaces=replaces)
        others = tuple(one for one in present.delegations if one.domain != name)
        _publish(registry, authority, replace(Ties.of(present), delegations=_sorted((*others, delegation))))
        _take(registry, [asked.directory])
        paper = Grant(
            domain=name,
            superior=present.domain,
            certificate=der(authority.certificate),
            lower_certificate=asked.certificate,
            directories=(registry.home.directory.read_bytes(), *_chain(registry)),
            made_at=registry.now,
        )
        return Added(delegation, sign_paper(paper, authority))


def join(settings: Settings, data: bytes, say: Say, *, replaces: bool = False) -> str:
    """Take in a grant, as the lower side: its directory vouches for the superior's authority; returns the superior.

    ``replaces`` takes another authority for the superior. Raises BadDirectory, CallerError or Conflict.
    """
    granted = read_grant_paper(data, Grant)
    with open_registry(settings, say) as registry:
        present, authority = _present(registry), registry.authority()
        _expect(granted.domain == present.domain, f"the grant is for {granted.domain}, not for {present.domain}")
        _expect(granted.superior == superior_of(present.domain), f"{granted.superior} is not the superior here")
        if granted.lower_certificate != der(authority.certificate):
            raise BadDirectory(
                "the grant delegates to another authority of {domain} than the one here",
                remedy="make a new request: exchange domain request",
                domain=present.domain,
            )
        trusted = present.upper.certificates if present.upper is not None else ()
        former = [load_certificate(one) for one in trusted]
        load_directory(granted.directories[0], load_certificate(granted.certificate), registry.now, 0, former)
        if trusted and granted.certificate not in trusted and not replaces:
            raise Conflict(
                "{superior} is trusted here under another authority",
                remedy="compare fingerprints; if its authority was replaced, run this again with --replace",
                superior=granted.superior,
            )
        if granted.certificate not in trusted:
            certificates = (*trusted, granted.certificate)[-MAX_AUTHORITIES:]
            upper = Upper(domain=granted.superior, certificates=certificates)
            _publish(registry, authority, replace(Ties.of(present), upper=upper))
        _take(registry, granted.directories)
    return granted.superior


def add(
    upper: Settings, name: str, lower: Settings, say: Say, *, renew: bool = False, replaces: bool = False
) -> Delegation:
    """Do both sides' steps at once, where both folders are here: request, grant, join. Raises what these raise."""
    found = _domain_of(lower)
    _expect(found == name, f"{lower.home} is the domain {found}, not {name}")
    _expect(superior_of(name) == _domain_of(upper), f"{name} does not lie directly below {_domain_of(upper)}")
    added = grant(upper, name, request(lower, say), say, renew=renew, replaces=replaces)
    join(lower, added.paper, say, replaces=replaces)
    with open_registry(upper, say) as registry:
        _take(registry, [Home(lower.home).directory.read_bytes()])
    return added.delegation


def revoke(settings: Settings, name: str, reason: str, say: Say) -> Delegation:
    """End a delegation from now on; the domain stays listed, so that what was signed before goes on verifying.

    Raises NotFound; Conflict when it is revoked already.
    """
    with open_registry(settings, say) as registry:
        present, authority = _present(registry), registry.authority()
        for one in present.delegations:
            if one.domain == name and one.revoked_at is None:
                ended = one.model_copy(update={"revoked_at": registry.now, "revoked_for": reason})
                rest = tuple(other for other in present.delegations if other.domain != name)
                _publish(registry, authority, replace(Ties.of(present), delegations=_sorted((*rest, ended))))
                return ended
            if one.domain == name:
                raise Conflict(
                    "{name} is revoked already: {revoked_for}",
                    remedy="nothing is to be done",
                    name=name,
                    revoked_for=one.revoked_for,
                )
    raise NotFound(
        "{domain} does not delegate to {name}",
        remedy="`exchange domain list` shows to whom it does",
        domain=present.domain,
        name=name,
    )


def _delegation(
    registry: Registry, known: Delegation | None, asked: Request, version: int, *, renew: bool, replaces: bool
) -> Delegation:
    now = registry.now
    if known is not None and known.certificates[-1] == asked.certificate:
        if known.revoked_at is not None:
            remedy = "the domain makes a new authority, and asks with that: --replace"
            raise Conflict(
                "{domain} was revoked with this authority: {revoked_for}",
                remedy=remedy,
                domain=known.domain,
                revoked_for=known.revoked_for,
            )
        due = now >= known.issued_at + (known.expires_at - known.issued_at) / 2
        if not (renew or due):
            return known
    elif known is not None and (asked.certificate in known.certificates or not replaces):
        raise Conflict(
            "{domain} is delegated to under another authority",
            remedy="compare fingerprints; if its authority was replaced by a new one, run this again with --replace",
            domain=asked.domain,
        )
    certificates: tuple[bytes, ...] = (asked.certificate,)
    if known is not None and known.revoked_at is None:
        older = tuple(one for one in known.certificates if one != asked.certificate)
        certificates = (*older, asked.certificate)[-MAX_AUTHORITIES:]
    return Delegation(
        domain=asked.domain,
        certificates=certificates,
        issued_at=now,
        expires_at=now + DELEGATION_TERM,
        least_version=version,
    )


def _publish(registry: Registry, authority: Authority, ties: Ties) -> None:
    registry.publish(authority, _present(registry).members, ties)


def _take(registry: Registry, directories: list[bytes] | tuple[bytes, ...]) -> None:
    """Into the tree folder, by the rules of the tree; what is not taken is said."""
    files = TreeFiles(registry.home, load_authority_certificate(registry.home.authority))
    taken = files.take(open_directory(registry.home, registry.settings), directories, registry.now)
    for reason in taken.refused:
        registry.say(tr("tree: not taken: {reason}", reason=reason))


def _chain(registry: Registry) -> list[bytes]:
    """Directories of the superiors that hold here, nearest first."""
    files = TreeFiles(registry.home, load_authority_certificate(registry.home.authority))
    view = files.view(open_directory(registry.home, registry.settings), registry.now, {})
    branches = view.tree.branches if isinstance(view, TreeView) else {}
    name, chain = superior_of(view.domain), list[bytes]()
    while name and name in branches and branches[name].state_at(registry.now) is BranchState.CURRENT:
        chain.append(branches[name].data)
        name = superior_of(name)
    return chain


def _present(registry: Registry) -> Directory:
    if registry.present is None:
        raise NotFound("there is no domain in {root}", remedy="make it first: exchange init", root=registry.home.root)
    return registry.present


def _domain_of(settings: Settings) -> str:
    return open_directory(Home(settings.home), settings).domain


def _sorted(delegations: tuple[Delegation, ...]) -> tuple[Delegation, ...]:
    return tuple(sorted(delegations, key=lambda one: one.domain))


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise CallerError(otherwise, remedy="compare the names: a lower domain's is its superior's and one label more")
