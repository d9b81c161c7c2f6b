"""Keyring: a member's keys, old and new, and whether anything may still be sealed to an old one.

What is counted: the copies for the member, in the outboxes of all members whose databases are here, that are sealed
to the key and whose receipt has not come. A receipt is not answered by one, nor is a revoked sender: such a copy is
settled when the member has recorded it. Beside that, a member that is not served with the present directory yet may
seal to an old key at any moment.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from exchange.directory import DirectoryView, load_identity
from exchange.directory.keyfiles import drop_decryption_keys
from exchange.envelope import DecryptionKey, sealed_to
from exchange.errors import Conflict, DatabaseUnavailable
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.runtime.home import open_directory
from exchange.runtime.member_record import SERVED_WITH
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.schemas import Member
from exchange.setup.certify import Say, open_registry
from exchange.store import Store, open_store

_LATER = "serve every member until all of it has gone its way (`exchange up`), then ask again"


class KeyState(StrEnum):
    """What a key is good for. OLD: what was signed or sealed with it still is read; nothing new is."""

    CURRENT = "current"
    OLD = "old"
    REVOKED = "revoked"


@dataclass(frozen=True)
class KeyLine:
    """One key of a member."""

    use: str
    """``signing`` or ``decryption``."""
    name: str
    """First 16 digits of the certificate's SHA-256; the key id."""
    suite: str
    since: datetime
    until: datetime
    state: KeyState
    revoked_at: datetime | None = None
    reason: str = ""
    unsettled: int | None = None
    """Of an old decryption key: how many copies sealed to it are unsettled."""


@dataclass(frozen=True)
class Keyring:
    """A member's keys, and what keeps its old decryption keys from being deleted whatever the counts are."""

    address: str
    keys: tuple[KeyLine, ...]
    unread: tuple[str, ...]
    """Members whose databases are not here or cannot be read: what they hold is not counted."""
    behind: tuple[str, ...]
    """Members that have not been served with the present directory."""

    @property
    def drained(self) -> tuple[str, ...]:
        """Old decryption keys that nothing needs any more."""
        if self.unread or self.behind:
            return ()
        return tuple(key.name for key in self.keys if key.unsettled == 0)


def survey(settings: Settings, address: str) -> Keyring:
    """Return a member's keyring. Raises NotFound, BadKeys or BadDirectory."""
    home = Home(settings.home)
    view = open_directory(home, settings)
    member = view.member(address)
    held = load_identity(home.keys(address)).decryption_keys if home.keys(address).exists() else ()
    listed = {key.kid for key in member.encryption_keys}
    old = [key for key in held if key.kid not in listed]
    counts, unread, behind = _census(settings, home, view, address) if old else (Counter[str](), (), ())
    lines = (*_signing(view, member), *(_decryption(key, key in old, counts) for key in held))
    return Keyring(address, lines, unread, behind)


def retire(settings: Settings, address: str, say: Say) -> tuple[str, ...]:
    """Delete a member's drained decryption keys; returns their names. Raises Conflict when there is none to delete."""
    with open_registry(settings, say) as registry:
        found = survey(settings, address)
        if not found.drained:
            raise Conflict(
                "{address} has no old key to delete: {found}", remedy=_LATER, address=address, found=_why(found)
            )
        drop_decryption_keys(registry.home.keys(address), found.drained)
        return found.drained


def _why(found: Keyring) -> str:
    waiting = [key for key in found.keys if key.unsettled is not None]
    if not waiting:
        return "there is no old one"
    if found.unread:
        return f"what these hold is not known: {', '.join(found.unread)}"
    if found.behind:
        return f"not served with the present directory yet: {', '.join(found.behind)}"
    return "; ".join(f"{key.unsettled} unsettled copies are sealed to {key.name}" for key in waiting)


def _signing(view: DirectoryView, member: Member) -> Iterator[KeyLine]:
    reasons = {one.certificate: one.reason for one in member.revocations}
    for certificate in member.certificates:
        x5t = hashlib.sha256(certificate).digest()
        signer = view.signer(x5t)
        state = KeyState.CURRENT if certificate == member.certificates[-1] else KeyState.OLD
        yield KeyLine(
            "signing",
            x5t.hex()[:16],
            "Ed25519",
            signer.not_before,
            signer.not_after,
            KeyState.REVOKED if signer.revoked_at else state,
            signer.revoked_at,
            reasons.get(x5t.hex(), member.revoked_for or "") if signer.revoked_at else "",
        )


def _decryption(key: DecryptionKey, old: bool, counts: Counter[str]) -> KeyLine:
    unsettled = counts[key.kid] if old else None
    state = KeyState.OLD if old else KeyState.CURRENT
    return KeyLine("decryption", key.kid, key.suite.value, key.not_before, key.not_after, state, unsettled=unsettled)


def _census(
    settings: Settings, home: Home, view: DirectoryView, address: str
) -> tuple[Counter[str], tuple[str, ...], tuple[str, ...]]:
    """Unsettled copies by key, members that could not be asked, and members that may still seal to an old key."""
    counts: Counter[str] = Counter()
    unread: list[str] = []
    behind: list[str] = []
    served = load_profiles(home.departments)
    recorder = _open(settings, home, address)
    try:
        for member in view.members:
            try:
                store = _open(settings, home, member.address)
                try:
                    counts.update(_unsettled(store, recorder, member, address))
                    late = _served_with(store) < view.version
                finally:
                    store.close()
            except DatabaseUnavailable:
                unread.append(member.address)
                continue
            if late and member.revoked_at is None and member.address in served:
                behind.append(member.address)
    finally:
        recorder.close()
    return counts, tuple(unread), tuple(behind)


def _open(settings: Settings, home: Home, address: str) -> Store:
    return open_store(home.kept_database_url(address, settings.database_url), member=address)


def _served_with(store: Store) -> int:
    with store.reading() as tx:
        return int(tx.get_meta(SERVED_WITH) or 0)


def _unsettled(store: Store, recorder: Store, sender: Member, address: str) -> list[str]:
    """The key that each unsettled copy of one sender is sealed to."""
    with store.reading() as tx:
        copies = tx[Outbox].unreceipted(address)
    answered = [copy.needs_receipt and sender.revoked_at is None for copy in copies]
    ids = [copy.message_id for copy, by_receipt in zip(copies, answered, strict=True) if not by_receipt]
    recorded = _recorded(recorder, [(sender.address, message_id) for message_id in ids])
    return [
        sealed_to(copy.recipient)
        for copy, by_receipt in zip(copies, answered, strict=True)
        if by_receipt or (sender.address, copy.message_id) not in recorded
    ]


def _recorded(recorder: Store, keys: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    with recorder.reading() as tx:
        for first in range(0, len(keys), 500):
            found.update(tx[Inbox].known(keys[first : first + 500]))
    return found
