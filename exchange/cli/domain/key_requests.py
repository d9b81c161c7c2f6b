"""The commands below `key`: keys that a member makes, certified by the authority, sealed on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from exchange.cli.domain.token_options import URI_HELP, TokenOption, parsed
from exchange.cli.naming import in_full, learn_domain
from exchange.cli.options import HomeOption
from exchange.cli.view import say
from exchange.directory.grants import fingerprint
from exchange.directory.tokens.uri import TokenUri
from exchange.errors import CallerError
from exchange.language import tr
from exchange.machine.files import told, write_file
from exchange.runtime.settings import Home, Settings
from exchange.setup import key_requests
from exchange.setup.token_keys import tell, use_token

Member = Annotated[str, typer.Argument(metavar="ADDRESS", help="The member, for example hefei.planning.")]
Out = Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where to write it.")]
_MOVED = "the key moves into a token"
_key = typer.Typer(no_args_is_help=True, help="Keys that a member makes for itself, certified by the authority.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_key, name="key", rich_help_panel="Keys")


@_key.command("request")
def request(address: Member, out: Out, pkcs11: TokenOption = None, home: HomeOption = None) -> None:
    """At the member: makes its keys here, and writes the request for a certificate. It holds public keys only.

    Tell the authority's people the fingerprint by another way than the file. Keys in force stay so until `key take`.
    """
    asked = key_requests.request(Settings.read(home=home), address, parsed(pkcs11))
    write_file(out, asked)
    say(tr("written: {path}; for the authority: exchange key certify {path} -o CHALLENGE", path=out))
    say(tr("fingerprint of the request: {digits}", digits=fingerprint(asked)))


@_key.command("certify")
def certify(
    file: Annotated[Path, typer.Argument(metavar="REQUEST", help="What the member has written.")],
    proof: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The member's answer to the challenge: certify, and publish."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where to write the challenge.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """At the authority: writes a challenge for a request; with --proof certifies its keys and publishes them.

    The challenge is a secret for each encryption key, which only who holds it can open. Before you give --proof,
    compare the fingerprint with the member's people. Needs the authority's key, and no key of the member.
    """
    settings, asked = Settings.read(home=home), _read(file)
    say(tr("fingerprint of the request: {digits}", digits=fingerprint(asked)))
    if proof is None:
        path = out or file.with_suffix(".challenge")
        write_file(path, key_requests.challenge(settings, asked, say))
        say(tr("written: {path}; for the member: exchange key prove {path} -o PROOF", path=path))
        return
    found = key_requests.certify(settings, asked, _read(proof), say)
    learn_domain(Home(settings.home))
    where = Home(settings.home).directory
    say(tr("certified: {address}; the member needs {directory}", address=in_full(found.address), directory=where))


@_key.command("prove")
def prove(
    file: Annotated[Path, typer.Argument(metavar="CHALLENGE", help="What the authority has written.")],
    out: Out,
    home: HomeOption = None,
) -> None:
    """At the member: opens the challenge, which proves that its encryption keys are here."""
    write_file(out, key_requests.prove(Settings.read(home=home), _read(file)))
    say(tr("written: {path}; for the authority: exchange key certify REQUEST --proof {path}", path=out))


@_key.command("take")
def take(address: Member, home: HomeOption = None) -> None:
    """At the member: puts the requested keys in force, once the directory here lists their certificate.

    A member that is being served takes them up by itself; old decryption keys stay.
    """
    new = key_requests.take(Settings.read(home=home), address)
    say(
        tr("keys: the new ones of {address} are in force", address=address)
        if new
        else tr("keys: those of {address} are in force already", address=address)
    )


@_key.command("seal")
def seal(home: HomeOption = None) -> None:
    """Seals all private keys here by a passphrase, which every process that uses them is then given likewise.

    It is read from the file that EXCHANGE_PASSPHRASE_FILE names, or from systemd's credential `yizhan-passphrase`.
    Give it again to seal what was made without; nothing opens the keys without it: keep it apart from the backup.
    """
    sealed = key_requests.seal(Settings.read(home=home))
    say(tr("sealed: the keys of {owners}", owners=", ".join(sealed)))


@_key.command("use")
def use(
    whose: Annotated[str, typer.Argument(metavar="ADDRESS|authority", help="A member, or the domain's authority.")],
    pkcs11: Annotated[str, typer.Option("--pkcs11", metavar="URI", help=URI_HELP)],
    reason: Annotated[str, typer.Option(help="Kept in the paper by which the old authority names the new.")] = _MOVED,
    home: HomeOption = None,
) -> None:
    """Has the signing key of a member, or of the authority, in a PKCS#11 token from now on, and removes it from disk.

    If the token has the key of the certificate under that name, it is used. If it has none, one is made in the token
    and certified: for a member as by `certify`, for the authority as by `authority renew`. Keys that open stay in
    files. The URI holds no PIN: it names a file that does.

        exchange key use authority --pkcs11 "pkcs11:token=yizhan;object=authority?pin-source=file:/etc/yizhan/pin"
    """
    settings, uri = Settings.read(home=home), TokenUri.parse(pkcs11).with_module()
    if not 1 <= len(reason) <= 500:
        raise CallerError("--reason: 1 to 500 characters", remedy="say briefly why")
    tell(say, uri, made=use_token(settings, whose, uri, reason, say))


def _read(path: Path) -> bytes:
    with told(path):
        return path.read_bytes()
