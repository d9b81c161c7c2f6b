"""Signing keys that move into tokens: the authority's, and members'. Opening keys stay in files.

A key that is in the token already, and is that of the certificate, is used from then on. Else a new one is made in the
token, which never was anywhere else: for a member by certification, for the authority by its succession.
"""

from __future__ import annotations

from collections.abc import Callable

from exchange.directory import load_authority_certificate
from exchange.directory.authority import authority_place, keep_authority_key
from exchange.directory.keyfiles import certifies, keep_signing_key
from exchange.directory.tokens import TokenKey
from exchange.directory.tokens.uri import TokenUri
from exchange.errors import BadKeys, NotFound
from exchange.language import tr
from exchange.runtime.settings import Home, Settings
from exchange.setup import succession
from exchange.setup.certify import certify, open_registry

Say = Callable[[str], None]

AUTHORITY = "authority"
"""What stands for the authority where a member's address could stand: an address has a point."""


def use_token(settings: Settings, whose: str, uri: TokenUri, reason: str, say: Say) -> bool:
    """Have the authority, or the member ``whose``, sign with a key in a token; return whether that was made anew.

    The key in the file is gone afterwards. Raises BadKeys, BadDirectory, NotFound or Conflict.
    """
    return _authority(settings, uri, reason, say) if whose == AUTHORITY else _member(settings, whose, uri, say)


def _authority(settings: Settings, uri: TokenUri, reason: str, say: Say) -> bool:
    home = Home(settings.home)
    if (home.authority / "next").exists():  # one that was broken off, with a key here or in a token
        succession.renew(settings, reason, say, uri)
        if authority_place(home.authority) == uri.with_module():
            return True
    found = TokenKey.find(uri)
    if found is None:
        succession.renew(settings, reason, say, uri)
        return True
    with open_registry(settings, say):
        if load_authority_certificate(home.authority).public_key() != found.public_key():
            raise _anothers(uri)
        keep_authority_key(home.authority, found)
    return False


def _member(settings: Settings, address: str, uri: TokenUri, say: Say) -> bool:
    folder = Home(settings.home).keys(address)
    if not folder.exists():
        raise NotFound(
            "no keys of {address} are here",
            remedy="do this where it is served, or `exchange init` first",
            address=address,
        )
    found = TokenKey.find(uri)
    if found is None:
        certify(settings, address, say, uri)
        return True
    with open_registry(settings, say):
        if not certifies(folder, found):
            raise _anothers(uri)
        keep_signing_key(folder, found)
    return False


def _anothers(uri: TokenUri) -> BadKeys:
    return BadKeys(
        "the token has a key for {uri}, and it is not that of the certificate",
        remedy="name another object=: where there is none, a key is made",
        uri=str(uri),
    )


def tell(say: Say, uri: TokenUri, *, made: bool) -> None:
    """Say where the key is from now on."""
    say(tr("made in the token: {uri}", uri=str(uri)) if made else tr("used from the token: {uri}", uri=str(uri)))
