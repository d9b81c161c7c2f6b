"""A member's keys on this machine, taken only once they are those that the directory lists for it."""

from __future__ import annotations

from pathlib import Path

from exchange.directory import Lookup, load_identity
from exchange.envelope import Identity
from exchange.errors import BadKeys, NotFound, Untrusted


def open_identity(folder: Path, address: str, directory: Lookup) -> Identity:
    """Open the keys of ``folder``.

    Raises BadKeys where they are missing, damaged, or not what ``address`` is known by.
    """
    if not folder.exists():
        restore = "restore them from the backup, or have `exchange certify ADDRESS` make new ones"
        raise BadKeys("{address} has no keys in {folder}", remedy=restore, address=address, folder=folder)
    identity = load_identity(folder)
    fault = _fault_of(identity, address, directory)
    if fault:
        raise BadKeys("{folder}: {fault}", folder=folder, fault=fault)
    return identity


def _fault_of(identity: Identity, address: str, directory: Lookup) -> str:
    """What is wrong with keys that are to be ``address``'s: nobody else could read or verify what it does."""
    if identity.address != address:
        return f"these are the keys of {identity.address}"
    try:
        signer = directory.signer(identity.x5t)
        listed = sorted(directory.member(address).encryption_keys, key=lambda key: key.not_before)
    except (Untrusted, NotFound) as error:
        return str(error)
    if signer.address != address:
        return f"the certificate is that of {signer.address}"
    sealed_to = {key.suite: key.kid for key in listed}  # the newest of each suite
    if not all(identity.key(bytes.fromhex(kid)) for kid in sealed_to.values()):
        return "a decryption key that the directory lists is missing"
    return ""
