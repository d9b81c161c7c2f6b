"""What may become of a member's entry: it gets a new key pair, it is revoked, it leaves. Nothing is ever taken out.

Old certificates stay, since what was signed with them must go on verifying; each keeps the revocation it had.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from exchange.directory.profile import key_in, read_certificate
from exchange.envelope import Identity
from exchange.errors import Conflict
from exchange.language import Text
from exchange.schemas import MAX_CERTIFICATES, EncryptionKey, Member, Revocation

LEFT = "has left the domain"


def rotated(member: Member, identity: Identity) -> Member:
    """Return the entry with the newest key pair of ``identity``: a further certificate, and its encryption keys.

    A member that was revoked counts again, with the new certificate only. Raises Conflict when it has had too many.
    """
    return certified(member, identity.certificate, tuple(key.entry() for key in identity.decryption_keys))


def certified(member: Member, certificate: bytes, encryption_keys: tuple[EncryptionKey, ...]) -> Member:
    """Return the entry with a further certificate and the encryption keys beside it, as `rotated` does."""
    if len(member.certificates) >= MAX_CERTIFICATES:
        raise Conflict(
            "{address} has had {max_certificates} certificates",
            remedy="give it a new address",
            address=member.address,
            max_certificates=MAX_CERTIFICATES,
        )
    return member.model_copy(
        update={
            "certificates": (*member.certificates, certificate),
            "encryption_keys": encryption_keys,
            "revoked_at": None,
            "revoked_for": None,
            "revocations": (*member.revocations, *_revocations(member)),
        }
    )


def check_key_is_new(members: Iterable[Member], address: str, certificate: bytes) -> None:
    """Raise Conflict where the key of a new certificate for ``address`` is another member's, or was revoked before.

    Requests and their proofs are files: one of a key that was stolen meanwhile may be brought again.
    """
    key = _key_of(certificate)
    for member in members:
        for one in member.certificates:
            if (member.address != address or _is_revoked(member, one)) and _key_of(one) == key:
                raise Conflict(
                    "the signing key that {address} asks for is one of {holder}, and revoked"
                    if member.address == address
                    else "the signing key that {address} asks for is one of {holder}",
                    remedy="have the member make new keys: exchange key request {address}",
                    address=address,
                    holder=member.address,
                )


def revoked(member: Member, at: datetime, reason: str) -> Member:
    """Return the entry revoked from ``at`` on. Raises Conflict if that would make valid what was refused before."""
    if member.revoked_at is not None and at > member.revoked_at:
        raise Conflict(
            "{address} is revoked since {revoked_at} already",
            remedy="a revocation can be dated earlier, never later; `exchange certify` gives it a new certificate",
            address=member.address,
            revoked_at=member.revoked_at.isoformat(),
        )
    return member.model_copy(update={"revoked_at": at, "revoked_for": reason})


def _is_revoked(member: Member, certificate: bytes) -> bool:
    thumbprint = hashlib.sha256(certificate).hexdigest()
    return member.revoked_at is not None or any(one.certificate == thumbprint for one in member.revocations)


def _key_of(certificate: bytes) -> bytes:
    return key_in(read_certificate(certificate, Text("a member's certificate"))).public_bytes_raw()


def _revocations(member: Member) -> tuple[Revocation, ...]:
    """The member's own revocation, handed down to the certificates it was for; an earlier one of theirs stays."""
    if member.revoked_at is None:
        return ()
    reason = member.revoked_for or "no reason on record"
    thumbprints = [hashlib.sha256(one).hexdigest() for one in member.certificates]
    known = {one.certificate for one in member.revocations if one.at <= member.revoked_at}
    return tuple(
        Revocation(certificate=one, at=member.revoked_at, reason=reason) for one in thumbprints if one not in known
    )
