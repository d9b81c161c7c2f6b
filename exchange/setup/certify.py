"""Certify: what only the domain's authority can do. Certificates for members, and new versions of the directory.

The authority keeps a copy of the directory it signed last beside its key, since the one in use may be damaged and
can be signed anew by nobody else: old certificates and revocations stand nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from exchange.directory import (
    Authority,
    Ties,
    expect_issued,
    load_authority_certificate,
    load_identity,
    read_directory_file,
    renewal_due,
    save_identity,
)
from exchange.directory.authority import authority_at_hand
from exchange.directory.changes import LEFT, revoked, rotated
from exchange.directory.keyfiles import finish_request, finish_rotation, prepare_rotation, signing_place
from exchange.directory.tokens import TokenKey
from exchange.directory.tokens.uri import TokenUri
from exchange.errors import BadDirectory, BadKeys, CallerError, Conflict, NotFound
from exchange.language import tr
from exchange.machine.files import lock_file, read_json, write_secret
from exchange.runtime.confinement.public import set_apart_held
from exchange.runtime.profiles import Profile, load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.schemas import Directory, Member
from exchange.setup.freshness import equip

Say = Callable[[str], None]

_ELSEWHERE = "keys-elsewhere.json"
DIRECTORY_TERM = timedelta(days=365)


@dataclass(frozen=True)
class Registry:
    """The directory as the authority's side has it, and the folder in which it may be changed."""

    settings: Settings
    home: Home
    present: Directory | None
    say: Say

    @property
    def now(self) -> datetime:
        """The time by the domain's clock."""
        return self.settings.clock.now()

    def member(self, address: str) -> Member:
        """Return the entry of a member. Raises NotFound."""
        for member in self.present.members if self.present else ():
            if member.address == address:
                return member
        raise NotFound(
            "no member {address!r} in {directory}",
            remedy="`exchange keys` lists them all",
            address=address,
            directory=self.home.directory,
        )

    def authority(self, domain: str | None = None) -> Authority:
        """Return the authority with its key. Raises BadKeys when that is kept elsewhere."""
        name = domain or (self.present.domain if self.present else "")
        return Authority.open_or_create(self.home.authority, name, self.now)

    def publish(self, authority: Authority, members: Sequence[Member], ties: Ties | None = None) -> None:
        """Sign the next version of the directory, if it says anything new; without ``ties`` all else stays."""
        equip(self.home, authority, self.now)
        if authority.publish(self.home.directory, members, self.now, self.now + DIRECTORY_TERM, ties):
            version = read_directory_file(self.home.directory, authority.certificate).version
            keep_copy(self.home)
            self.say(
                tr(
                    "directory: version {version}, {count} members, signed by {domain}",
                    version=version,
                    count=len(members),
                    domain=authority.domain,
                )
            )

    def replace(self, member: Member) -> None:
        """Publish the directory with another entry for one member."""
        members = self.present.members if self.present else ()
        self.publish(self.authority(), [member if one.address == member.address else one for one in members])


@contextmanager
def open_registry(settings: Settings, say: Say, *, clock_is_right: bool = False) -> Iterator[Registry]:
    """Open the directory, to be changed by nobody else meanwhile.

    Raises BadDirectory; also, unless ``clock_is_right``, for one that is signed in this machine's future: what is
    signed by a wrong clock, others refuse.
    """
    home = Home(settings.home)
    with lock_file(home.directory_lock):
        set_apart_held(home)
        present = _present(home, say)
        if present is not None and not clock_is_right:
            expect_issued(present, settings.clock.now())
        yield Registry(settings, home, present, say)
        set_apart_held(home)


def certify_all(settings: Settings, profiles: Mapping[str, Profile], say: Say, *, clock_is_right: bool = False) -> None:
    """Make keys for members that have none, and a directory that says what the profiles say.

    A member without a profile stays in the directory, revoked. Without a change the authority's key is not touched.
    ``clock_is_right``: a directory that is signed in the future was so by mistake, and is signed anew.
    """
    with open_registry(settings, say, clock_is_right=clock_is_right) as registry:
        domain = next(iter(profiles)).rsplit(".", 1)[0]
        listed = {member.address: member for member in registry.present.members} if registry.present else {}
        members = [_entry(registry, domain, profile, listed.get(address)) for address, profile in profiles.items()]
        members += [_left(registry, member) for address, member in listed.items() if address not in profiles]
        if authority_at_hand(registry.home.authority):
            equip(registry.home, registry.authority(domain), registry.now)
        if registry.present is None or registry.present.members != tuple(members) or _due(registry):
            registry.publish(registry.authority(domain), members)


def certify(settings: Settings, address: str, say: Say, place: TokenUri | None = None) -> None:
    """Make a new key pair for a member; ``place``: where in a token its signing key is made.

    The old certificate stays in the directory, old decryption keys with the member.

    Raises NotFound, BadKeys, BadDirectory or Conflict.
    """
    if address not in load_profiles(Home(settings.home).departments):
        raise NotFound(
            "{address} has no profile here",
            remedy="add its folder to the departments, then `exchange init`",
            address=address,
        )
    with open_registry(settings, say) as registry:
        member, folder = registry.member(address), registry.home.keys(address)
        finish_rotation(folder, address, member.certificates)
        authority = registry.authority()
        if place is None and folder.exists() and signing_place(folder) is not None:
            raise Conflict(
                "the signing key of {address} is in a token, where a new one has to be made too",
                remedy="exchange key use {address} --pkcs11 URI, with another object=",
                address=address,
            )
        signing = TokenKey.make(place) if place is not None else None
        identity = authority.certify(address, registry.now, signing=signing)
        after = rotated(member, identity)
        prepare_rotation(folder, identity)
        registry.replace(after)
        finish_rotation(folder, address, after.certificates)
        say(
            tr(
                "keys: {address} has new ones; it has had {count} certificates",
                address=address,
                count=len(after.certificates),
            )
        )


def revoke(settings: Settings, address: str, at: datetime | None, reason: str, say: Say) -> datetime:
    """Revoke a member from ``at`` on; returns the instant. Raises NotFound, CallerError or Conflict.

    Without ``at`` from now on, or, where it is revoked already, from when it is.
    """
    with open_registry(settings, say) as registry:
        before = registry.member(address).revoked_at
        if at is None and before is not None:
            return before
        moment = at or registry.now
        if moment > registry.now:
            raise CallerError(
                "{moment} is still to come",
                remedy="revoke it then, or leave --at out to do it now",
                moment=moment.isoformat(),
            )
        registry.replace(revoked(registry.member(address), moment, reason))
        return moment


def _entry(registry: Registry, domain: str, profile: Profile, listed: Member | None) -> Member:
    folder = registry.home.keys(profile.address)
    if listed is None and not folder.exists():
        save_identity(registry.authority(domain).certify(profile.address, registry.now), folder)
        registry.say(tr("keys: {address}", address=profile.address))
    named: dict[str, object] = {
        "name": profile.name, "name_en": profile.name_en, "roles": profile.roles, "superior": profile.superior,
        "codes": profile.codes,
    }  # fmt: skip
    if listed is not None:
        finish_rotation(folder, profile.address, listed.certificates)
        finish_request(folder, listed.certificates)
        if not folder.exists() and profile.address in elsewhere(registry.home):
            return listed.model_copy(update=named)
    identity = load_identity(folder)
    if listed is None:
        return registry.authority(domain).member(
            identity, profile.name, profile.name_en, profile.roles, superior=profile.superior, codes=profile.codes
        )
    if identity.certificate not in listed.certificates:
        raise BadKeys(
            "the certificate in {folder} is not one of those the directory lists for {address}",
            remedy="restore the key folder from the backup, or make new keys: exchange certify {address}",
            folder=folder,
            address=profile.address,
        )
    return listed.model_copy(update=named)


def elsewhere(home: Home) -> frozenset[str]:
    """Return the members whose keys were certified by request and are not on this machine."""
    return frozenset((read_json(home.authority / _ELSEWHERE) or {}).get("members", ()))


def note_elsewhere(home: Home, address: str) -> None:
    """Note that a member has its keys on another machine."""
    members = sorted(elsewhere(home) | {address})
    write_secret(home.authority / _ELSEWHERE, json.dumps({"members": members}))


def _left(registry: Registry, member: Member) -> Member:
    """What it signed goes on verifying; nothing new is taken from it, and nothing more is sealed to it."""
    if member.revoked_at is not None:
        return member
    registry.say(tr("directory: {address} has no profile any more and is revoked from now on", address=member.address))
    return revoked(member, registry.now, LEFT)


def _due(registry: Registry) -> bool:
    """Whether the directory is to be renewed; without the authority's key that can wait while it is in force."""
    present = registry.present
    if present is None or not renewal_due(present, registry.now):
        return False
    left = present.expires_at - registry.now
    if left > timedelta(0) and not authority_at_hand(registry.home.authority):
        where = registry.home.authority
        registry.say(
            tr(
                "directory: {days} days left; renew it in time, with the authority's key in {where}",
                days=left.days,
                where=where,
            )
        )
        return False
    return True


def _present(home: Home, say: Say) -> Directory | None:
    """The newest directory there is; the authority's own copy takes the place of one that is damaged, gone or older."""
    copy = home.authority / home.directory.name
    if not home.directory.exists() and not copy.exists():
        return None
    certificate = load_authority_certificate(home.authority)
    read = partial(read_directory_file, certificate=certificate)
    found, kept = _if_it_holds(read, home.directory), _if_it_holds(read, copy)
    if kept is not None and (found is None or kept.version > found.version):
        write_secret(home.directory, copy.read_bytes())
        say(tr("directory: version {version} put back from {copy}", version=kept.version, copy=copy))
        return kept
    if found is None:
        return read(home.directory)  # raises, and says what is wrong
    if kept is None or kept.version < found.version:
        keep_copy(home)
    return found


def _if_it_holds(read: Callable[[Path], Directory], path: Path) -> Directory | None:
    try:
        return read(path)
    except BadDirectory:
        return None


def keep_copy(home: Home) -> None:
    """Keep a copy of the directory beside the authority's key."""
    write_secret(home.authority / home.directory.name, home.directory.read_bytes())
