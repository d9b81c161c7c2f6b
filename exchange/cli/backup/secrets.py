"""What seals and opens the keys of a backup, as it is named on a command line: files, or a prompt; never the words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from exchange.directory.recovery import CertificateKey, ContentKey, PassphraseKey, PrivateKey
from exchange.errors import CallerError
from exchange.language import tr
from exchange.machine.files import told

PassphraseOption = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file", metavar="FILE", help="The passphrase of the sealed keys, in a file; else it is asked for."
    ),
]
RecoveryKeyOption = Annotated[
    Path | None,
    typer.Option(
        "--recovery-key", metavar="FILE", help="The private key (PEM) of the recovery certificate they are sealed to."
    ),
]


def sealing_key(passphrase: Path | None, certificate: Path | None) -> ContentKey:
    """Return what new keys are sealed with; asks for a passphrase, twice, where nothing is named."""
    if certificate is not None:
        if passphrase is not None:
            raise CallerError(
                "a passphrase and a recovery certificate are given", remedy="give one of them: either opens the keys"
            )
        with told(certificate):
            return CertificateKey(certificate.read_bytes())
    return PassphraseKey(_read(passphrase) if passphrase is not None else _ask(confirm=True))


def opening_key(passphrase: Path | None, recovery_key: Path | None) -> ContentKey:
    """Return what opens sealed keys; asks for a passphrase where nothing is named."""
    if recovery_key is None:
        return PassphraseKey(_read(passphrase) if passphrase is not None else _ask(confirm=False))
    with told(recovery_key):
        return PrivateKey(recovery_key.read_bytes(), _read(passphrase) if passphrase is not None else None)


def _read(path: Path) -> bytes:
    with told(path):
        return path.read_bytes().strip()


def _ask(*, confirm: bool) -> bytes:
    said: str = typer.prompt(
        tr("passphrase of the sealed keys"), hide_input=True, confirmation_prompt=confirm, err=True
    )
    return said.encode()
