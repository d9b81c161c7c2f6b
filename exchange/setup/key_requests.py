"""Keys that a member makes where it is, certified by the authority where that is; files go between them.

member                                   authority
key request ADDRESS -o REQUEST   ----->  key certify REQUEST -o CHALLENGE
key prove CHALLENGE -o PROOF    <-----
                                 ----->  key certify REQUEST --proof PROOF
key take ADDRESS                <-----  (the directory)
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping

from exchange.directory.at_rest import expect_passphrase
from exchange.directory.authority import MEMBER_TERM, seal_authority_key
from exchange.directory.changes import certified, check_key_is_new
from exchange.directory.freshness import seal_freshness_key
from exchange.directory.key_requests import KeyRequest, OwnKeys, read_key_request
from exchange.directory.keyfiles import finish_request, lay_request, requested, seal_keys
from exchange.directory.tokens import TokenKey
from exchange.directory.tokens.uri import TokenUri
from exchange.envelope.strict import read_json
from exchange.errors import BadKeys, Conflict, Malformed, NotFound
from exchange.runtime.home import open_directory
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.schemas import Member
from exchange.setup.certify import Registry, note_elsewhere, open_registry

Say = Callable[[str], None]


def request(settings: Settings, address: str, place: TokenUri | None = None) -> bytes:
    """Make keys for a member here, and return the request for their certificate; asked again, the same one.

    ``place``: where in a token the signing key is made. What the member has stays in force until the directory lists
    the certificate. Raises BadKeys; Conflict where the token has a key of that name.
    """
    folder, now = Home(settings.home).keys(address), settings.clock.now()
    found = requested(folder)
    if found is not None and found[0].address == address and _holds(found[1], settings) and _there(found[0], place):
        return found[1]
    keys = OwnKeys.generate(address, now, MEMBER_TERM, TokenKey.make(place) if place is not None else None)
    made = keys.request(now)
    lay_request(folder, keys, made)
    return made


def challenge(settings: Settings, asked: bytes, say: Say) -> bytes:
    """At the authority: return the challenge for a request, as a file. Raises BadKeys."""
    with open_registry(settings, say) as registry:
        return _file("challenge", asked, registry.authority().challenge(asked, registry.now))


def prove(settings: Settings, file: bytes) -> bytes:
    """At the member: return the answer to a challenge, as a file. Raises BadKeys."""
    home = Home(settings.home)
    for folder in sorted(home.members.glob("*/keys")):
        found = requested(folder)
        if found is not None and _digest(found[1]) == _facts(file, "challenge").get("request"):
            keys, asked = found
            return _file("proof", asked, keys.prove(_octets(file, "challenge"), asked))
    raise BadKeys("no keys were requested here to which this challenge belongs", remedy="exchange key request ADDRESS")


def certify(settings: Settings, asked: bytes, proof: bytes, say: Say) -> KeyRequest:
    """At the authority: certify requested keys that are proved to be held, and publish them in the directory.

    Raises BadKeys, BadDirectory, NotFound where the member has no profile, or Conflict.
    """
    opened = _octets(proof, "proof")
    with open_registry(settings, say) as registry:
        found = read_key_request(asked, registry.now)
        authority = registry.authority()
        certificate = authority.certify_request(asked, opened, registry.now)
        members = registry.present.members if registry.present else ()
        check_key_is_new(members, found.address, certificate)
        entry = _with(registry, found, certificate)
        others = [one for one in members if one.address != found.address]
        if requested(registry.home.keys(found.address)) is None:
            note_elsewhere(registry.home, found.address)
        registry.publish(authority, [*others, entry])
        finish_request(registry.home.keys(found.address), entry.certificates)
        return found


def take(settings: Settings, address: str) -> bool:
    """At the member: put requested keys in force, once the directory here lists their certificate.

    Return False where they are in force already. Raises NotFound, Conflict or BadDirectory.
    """
    home = Home(settings.home)
    if requested(home.keys(address)) is None:
        if (home.keys(address) / "certificate.der").exists():
            return False
        raise NotFound(
            "no keys were requested here for {address}", remedy="exchange key request {address}", address=address
        )
    if not finish_request(home.keys(address), open_directory(home, settings).member(address).certificates):
        raise Conflict(
            "the directory here does not list the requested keys of {address} yet",
            remedy="put the directory that the authority has published in the place of {directory}, then again",
            address=address,
            directory=home.directory,
        )
    return True


def seal(settings: Settings) -> list[str]:
    """Seal all private keys that are here by the passphrase that is given; return whose they are. Raises BadKeys."""
    expect_passphrase()
    home, sealed = Home(settings.home), []
    for folder in sorted(home.members.glob("*/keys")):
        seal_keys(folder)
        sealed.append(folder.parent.name)
    seal_freshness_key(home.freshness_key)
    if seal_authority_key(home.authority):
        sealed.append("authority")
    return sealed


def _with(registry: Registry, asked: KeyRequest, certificate: bytes) -> Member:
    """The member's entry with the new certificate."""
    profile = load_profiles(registry.home.departments).get(asked.address)
    if profile is None:
        raise NotFound(
            "{address} has no profile here",
            remedy="add its folder to the departments, then `exchange init`",
            address=asked.address,
        )
    for one in registry.present.members if registry.present else ():
        if one.address == asked.address:
            return certified(one, certificate, asked.encryption_keys)
    return Member(
        address=asked.address,
        name=profile.name,
        name_en=profile.name_en,
        roles=profile.roles,
        superior=profile.superior,
        codes=profile.codes,
        certificates=(certificate,),
        encryption_keys=asked.encryption_keys,
    )


def _there(keys: OwnKeys, place: TokenUri | None) -> bool:
    return place is None or (isinstance(keys.signing_key, TokenKey) and keys.signing_key.uri == place.with_module())


def _holds(asked: bytes, settings: Settings) -> bool:
    try:
        read_key_request(asked, settings.clock.now())
    except BadKeys:
        return False
    return True


def _file(kind: str, asked: bytes, octets: Mapping[str, bytes]) -> bytes:
    written = {kid: base64.b64encode(one).decode() for kid, one in octets.items()}
    return json.dumps({"kind": f"yizhan key {kind}", "request": _digest(asked), kind: written}, indent=1).encode()


def _facts(file: bytes, kind: str) -> dict[str, object]:
    try:
        found = read_json(file, f"key-{kind}")
    except Malformed:
        found = None
    if not isinstance(found, dict) or not isinstance(found.get(kind), dict):
        raise _not_a(kind)
    return found


def _octets(file: bytes, kind: str) -> dict[str, bytes]:
    found = _facts(file, kind)[kind]
    try:
        return {str(kid): base64.b64decode(one, validate=True) for kid, one in dict(found).items()}  # type: ignore[call-overload]
    except (ValueError, TypeError):
        raise _not_a(kind) from None


def _not_a(kind: str) -> BadKeys:
    return BadKeys("this is no {kind} for a key request", remedy="give the file that the other side wrote", kind=kind)


def _digest(asked: bytes) -> str:
    return hashlib.sha256(asked).hexdigest()
