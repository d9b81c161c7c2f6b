"""Replace a domain's authority: with the old key, which names the new one, or without it, by people's word.

Broken off anywhere, the same command goes on where it stopped: the new key lies in ``next`` until its directory is
published.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from exchange.directory import Authority, load_authority_certificate
from exchange.directory.certificates import Certificate, der
from exchange.directory.grants import fingerprint
from exchange.directory.succession import (
    Succession,
    former_authorities,
    keep_succession,
    next_authority,
    read_succession,
    sign_succession,
    take_over,
    thumb,
    trust,
)
from exchange.directory.tokens.uri import TokenUri
from exchange.directory.view import read_directory_file, sign_directory
from exchange.errors import BadDirectory, CallerError, Conflict
from exchange.language import tr
from exchange.machine.files import lock_file, write_secret
from exchange.runtime.confinement.public import set_apart_held
from exchange.runtime.settings import Home, Settings
from exchange.schemas import Directory
from exchange.setup.calendars import publish_again
from exchange.setup.certify import DIRECTORY_TERM, keep_copy
from exchange.setup.freshness import equip

Say = Callable[[str], None]


def renew(settings: Settings, reason: str, say: Say, place: TokenUri | None = None) -> Certificate:
    """Replace the authority by a new one that the old key names; returns its certificate.

    ``place``: where in a token the new key is made. Raises BadKeys without the old key, BadDirectory, Conflict.
    """
    home, now = Home(settings.home), settings.clock.now()
    with lock_file(home.directory_lock):
        before, present = load_authority_certificate(home.authority), _present(home)
        if _next(home).exists():
            after = next_authority(_next(home), present.domain, now)
            if der(after.certificate) == der(before):  # broken off: it is in office, only its directory is missing
                take_over(home.authority, after)
                return _publish(settings, home, after, present, say)
        old = Authority.open_or_create(home.authority, present.domain, now)
        after = next_authority(_next(home), present.domain, now, place)
        paper = Succession(
            domain=present.domain, before=thumb(before), certificate=der(after.certificate), made_at=now, reason=reason
        )
        keep_succession(home.authority, before, sign_succession(paper, old))
        take_over(home.authority, after)
        return _publish(settings, home, after, present, say)


def replace_lost(settings: Settings, say: Say) -> Certificate:
    """Replace an authority whose key is lost, or in other hands, by a new one that nobody names; returns it.

    Whoever trusts the old one takes the new one only by people's word. Raises BadDirectory.
    """
    home = Home(settings.home)
    with lock_file(home.directory_lock):
        present = _present(home)
        after = next_authority(_next(home), present.domain, settings.clock.now())
        take_over(home.authority, after)
        return _publish(settings, home, after, present, say)


def accept(settings: Settings, certificate: Certificate, paper: bytes | None, said: str | None, say: Say) -> None:
    """Trust another authority in a folder that has no key of it: by the old one's ``paper``, or a fingerprint ``said``.

    Raises BadDirectory where neither holds, CallerError without one, Conflict where it is trusted already.
    """
    home = Home(settings.home)
    with lock_file(home.directory_lock):
        before = load_authority_certificate(home.authority)
        if der(certificate) == der(before):
            raise Conflict("this authority is trusted here already", remedy="nothing is to be done")
        if paper is not None:
            if der(read_succession(paper, before)) != der(certificate):
                raise BadDirectory("the succession names another authority than the one given")
            keep_succession(home.authority, before, paper)
        elif said is None:
            raise CallerError(
                "nothing says that this is the domain's new authority",
                remedy="give the old authority's --paper, or the --fingerprint that you were told by another way",
            )
        elif _digits(said) != _digits(fingerprint(der(certificate))):
            raise BadDirectory(
                "the fingerprint is another one",
                remedy="compare it with what `exchange authority show` says at the authority; trust nothing before",
            )
        trust(home.authority, certificate)
        set_apart_held(home)
        say(tr("trusted from now on: {shown}", shown=fingerprint(der(certificate))))


def _publish(settings: Settings, home: Home, after: Authority, present: Directory, say: Say) -> Certificate:
    """Sign the directory anew, with the new key and under the next version; then nothing is left to be done."""
    now = settings.clock.now()
    set_apart_held(home)
    update = {"version": present.version + 1, "issued_at": now, "expires_at": now + DIRECTORY_TERM}
    write_secret(home.directory, sign_directory(present.model_copy(update=update), after.key, after.certificate))
    keep_copy(home)
    publish_again(settings, after)
    equip(home, after, now)
    shutil.rmtree(_next(home), ignore_errors=True)
    say(tr("directory: version {version}, signed by the new authority", version=present.version + 1))
    return after.certificate


def _present(home: Home) -> Directory:
    """The newest directory by the present authority or, where a replacement was broken off, by one before it.

    Raises BadDirectory.
    """
    known = [load_authority_certificate(home.authority)]
    known += former_authorities(home.authority) if _next(home).exists() else ()
    found: list[Directory] = []
    for path in (home.directory, home.authority / home.directory.name):
        for certificate in known if path.exists() else ():
            try:
                found.append(read_directory_file(path, certificate))
            except BadDirectory:
                continue
    if not found:
        raise BadDirectory(
            "{path} is not by the authority that is known here", remedy="restore it from a backup", path=home.directory
        )
    return max(found, key=lambda one: one.version)


def _next(home: Home) -> Path:
    return home.authority / "next"


def _digits(shown: str) -> str:
    return "".join(shown.split()).casefold()
