"""Commands about the domain's authority: authority show, renew, replace, accept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from exchange.audit.acting import acting_account
from exchange.cli.domain.token_options import TokenOption, parsed
from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.recorded import recorded
from exchange.cli.view import console, plain, print_json, say
from exchange.directory import load_authority_certificate
from exchange.directory.certificates import Certificate, der, load_certificate
from exchange.directory.grants import fingerprint
from exchange.directory.succession import former_authorities
from exchange.errors import CallerError, FileUnusable
from exchange.language import tr
from exchange.operations.said.terms import moment
from exchange.runtime.settings import Home, Settings
from exchange.setup import succession

ReasonOption = Annotated[str, typer.Option(help="Kept in the audit log, and in the paper of the old authority.")]
_authority = typer.Typer(no_args_is_help=True, help="The domain's authority: who it is, and how it is replaced.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_authority, name="authority", rich_help_panel="Keys")


@_authority.command("show")
def show(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Shows the fingerprint of the authority that is trusted here, until when it holds, and how many were before it.

    Compare it by another way than the files took.
    """
    folder = Home(Settings.read(home=home).home).authority
    certificate, former = load_authority_certificate(folder), former_authorities(folder)
    _tell(certificate, len(former), as_json)


@_authority.command("renew")
def renew(
    reason: ReasonOption, pkcs11: TokenOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Replaces the authority by a new one that the old key names. Needs the old key; not for one that was stolen.

    Members on this machine take the new one by themselves, within seconds. Where a member has a folder of its own, copy
    the new `authority/authority.der`, the newest paper of `authority/succession/` and `public/directory.cose` there:
    `exchange authority accept authority.der --paper FILE`. In a tree the superior takes it by `exchange domain request`
    here and `exchange domain add --request FILE --replace` there, lower domains by the same from their side.
    """
    settings = _prepared(home, reason)
    with recorded(settings, "authority.renew", reason):
        certificate = succession.renew(settings, reason, say, parsed(pkcs11))
    _tell(certificate, len(former_authorities(Home(settings.home).authority)), as_json)


@_authority.command("replace")
def replace(reason: ReasonOption, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Replaces an authority whose key is lost or stolen by a new one, which nobody names: people compare fingerprints.

    The directory is signed anew; what the old authority certified and the directory lists goes on verifying. Look it
    through first, and `exchange revoke` what should not be in it. Members on this machine take the new authority when
    they are started again. Where a member has a folder of its own:
    `exchange authority accept authority.der --fingerprint ...`. In a tree have the superior run
    `exchange domain add NAME --request FILE --replace` at once: from then on nothing that the old key signs is taken.
    """
    settings = _prepared(home, reason)
    with recorded(settings, "authority.replace", reason):
        certificate = succession.replace_lost(settings, say)
    say(tr("members that are being served go on with the old one until they are started again: exchange down, up"))
    _tell(certificate, len(former_authorities(Home(settings.home).authority)), as_json)


@_authority.command("accept")
def accept(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new authority.der.")],
    paper: Annotated[
        Path | None, typer.Option("--paper", help="The old authority's word: from authority/succession/ there.")
    ] = None,
    shown: Annotated[
        str | None, typer.Option("--fingerprint", help="What `exchange authority show` says there, told another way.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Trusts a new authority in a folder that has no key of it: by the old one's paper, or by its fingerprint."""
    settings = Settings.read(home=home)
    with recorded(settings, "authority.accept", acting_account()):
        certificate = load_certificate(_bytes(file))
        succession.accept(settings, certificate, _bytes(paper) if paper is not None else None, shown, say)


def _prepared(home: Path | None, reason: str) -> Settings:
    if not 1 <= len(reason) <= 500:
        raise CallerError("--reason: 1 to 500 characters", remedy="say briefly why")
    return Settings.read(home=home)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        why = error.strerror
        raise FileUnusable("{path}: {reason}", remedy="name a file that can be read", path=path, reason=why) from error


def _tell(certificate: Certificate, former: int, as_json: bool) -> None:
    shown, until = fingerprint(der(certificate)), certificate.not_valid_after_utc
    if as_json:
        print_json({"fingerprint": shown, "until": until, "former": former})
        return
    console.print(plain(tr("fingerprint: {shown}", shown=shown)))
    console.print(plain(tr("until {until}; authorities before it: {former}", until=moment(until), former=former)))
