"""Commands for the tree of domains: domain add, request, join, revoke, list."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.view import console, plain, print_json, say
from exchange.directory import BranchState, KnownDomain, TreeView
from exchange.directory.grants import Grant, Request, fingerprint, read_grant_paper
from exchange.errors import CallerError, ExchangeError
from exchange.language import Text, choose, language, tr
from exchange.machine.files import write_secret
from exchange.operations.said.terms import moment
from exchange.runtime.home import open_tree
from exchange.runtime.settings import Home, Settings
from exchange.runtime.tree_files import read_foreign
from exchange.schemas import Delegation
from exchange.setup import delegate
from exchange.setup.linking import remove_link

Name = Annotated[str, typer.Argument(metavar="NAME", help="The lower domain, for example anhui.hefei.")]
ReplaceOption = Annotated[
    bool, typer.Option("--replace", help="The other side has a new authority, and fingerprints were compared.")
]
_COLOURS = {
    BranchState.CURRENT: "green",
    BranchState.EXPIRED: "yellow",
    BranchState.REVOKED: "red",
    BranchState.MISSING: "yellow",
}
_WORDS = {
    BranchState.CURRENT: "有效",
    BranchState.EXPIRED: "过期",
    BranchState.REVOKED: "撤销",
    BranchState.MISSING: "未到",
}

_REMAINS = 8

_tree = typer.Typer(no_args_is_help=True, help="The tree of domains: upper and lower levels.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_tree, name="domain", rich_help_panel="Levels")


@_tree.command("add")
def add(
    name: Name,
    home: HomeOption = None,
    lower: Annotated[Path | None, typer.Option(help="The lower domain's folder, where it is on this machine.")] = None,
    request_file: Annotated[
        Path | None, typer.Option("--request", help="Else the file that `exchange domain request` made there.")
    ] = None,
    grant_file: Annotated[
        Path | None, typer.Option("--grant", help="Where to write the grant (default: NAME.grant here).")
    ] = None,
    renew: Annotated[bool, typer.Option("--renew", help="Renew the delegation now, not only when it is due.")] = False,
    replace: ReplaceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Delegates to a domain one level below, or renews that.

    The upper domain is that of --home. With --lower both sides are done at once; with --request this side is, and the
    grant it writes is taken by `exchange domain join` at the other. Run again it changes nothing until half of the
    delegation's term is over; then it renews it. Needs the authorities' keys.
    """
    settings = Settings.read(home=home)
    if (lower is None) == (request_file is None):
        raise CallerError("either --lower or --request says who the lower domain is", remedy="give one of the two")
    if lower is not None:
        found = delegate.add(settings, name, Settings.read(home=lower), say, renew=renew, replaces=replace)
        _tell(found, None, as_json=as_json)
    elif request_file is not None:
        added = delegate.grant(settings, name, read_foreign(request_file), say, renew=renew, replaces=replace)
        path = grant_file or Path(f"{name}.grant")
        _write(path, added.paper)
        _tell(added.delegation, path, as_json=as_json)


@_tree.command("request")
def request(
    home: HomeOption = None,
    out: Annotated[Path | None, typer.Option(help="Where to write it (default: NAME.request here).")] = None,
    as_json: JsonOption = False,
) -> None:
    """At the lower domain: writes the request for its superior, on whatever machine that is.

    The directory names the superior from now on. Tell its people the fingerprint by another way than the file. Needs
    the authority's key.
    """
    paper = delegate.request(Settings.read(home=home), say)
    asked = read_grant_paper(paper, Request)
    path = out or Path(f"{asked.domain}.request")
    _write(path, paper)
    facts = {"domain": asked.domain, "superior": asked.superior, "file": str(path)}
    if as_json:
        print_json(facts | {"fingerprint": fingerprint(asked.certificate)})
        return
    console.print(
        plain(
            tr(
                "written: {path}, for {superior}: exchange domain add {domain} --request ...",
                path=path,
                superior=asked.superior,
                domain=asked.domain,
            )
        )
    )
    console.print(
        plain(tr("fingerprint of the authority here: {certificate}", certificate=fingerprint(asked.certificate)))
    )


@_tree.command("join")
def join(
    grant: Annotated[Path, typer.Argument(help="The file that `exchange domain add --request` wrote.")],
    home: HomeOption = None,
    replace: ReplaceOption = False,
    as_json: JsonOption = False,
) -> None:
    """At the lower domain: takes the grant of its superior.

    The directory vouches for the superior's authority from now on. Needs the authority's key.
    """
    data = read_foreign(grant)
    superior = delegate.join(Settings.read(home=home), data, say, replaces=replace)
    shown = fingerprint(read_grant_paper(data, Grant).certificate)
    if as_json:
        print_json({"superior": superior, "fingerprint": shown})
    else:
        console.print(
            plain(tr("joined: {superior}; fingerprint of its authority: {shown}", superior=superior, shown=shown))
        )


@_tree.command("revoke")
def revoke(
    name: Name,
    reason: Annotated[str, typer.Option(help="Kept in the directory, for everybody to read.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ends the delegation to a lower domain, and with it everything below.

    What was signed before goes on verifying, what arrives later waits for two people; nothing new of it is taken by
    anybody, and nothing is sealed to it. The link of its broker is removed with its account; what cannot be removed now
    is said, and the exit code is 8. Needs the authority's key.
    """
    if not 1 <= len(reason) <= 500:
        raise CallerError("--reason: 1 to 500 characters", remedy="say briefly why")
    settings = Settings.read(home=home)
    ended = delegate.revoke(settings, name, reason, say)
    try:
        taken = remove_link(settings, name)
    except ExchangeError as error:
        say(tr("the link of {domain} is still there: {error}", domain=name, error=error.text))
        say(tr("→ {remedy}", remedy=Text("exchange link {domain} --remove", {"domain": name})))
        _tell(ended, None, as_json=as_json)
        raise typer.Exit(_REMAINS) from None
    for one in taken:
        say(tr("link: removed {name}", name=one))
    _tell(ended, None, as_json=as_json)


@_tree.command("list")
def list_domains(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Shows the tree of domains as it is known here: versions, until when each counts, and what is wrong."""
    settings = Settings.read(home=home)
    view = open_tree(Home(settings.home), settings)
    alone = KnownDomain(view.domain, view.version, view.expires_at, BranchState.CURRENT)
    known = view.domains if isinstance(view, TreeView) else (alone,)
    refused = [one.error.text for one in view.tree.refused] if isinstance(view, TreeView) else []
    if as_json:
        print_json(
            {"own": view.domain, "domains": [_facts(one) for one in known], "refused": [str(one) for one in refused]}
        )
        return
    table = Table(border_style="dim", header_style="bold")
    for title in (tr("domain"), tr("version"), tr("valid until"), tr("state"), tr("remarks")):
        table.add_column(title, overflow="fold")
    top = min(one.domain.count(".") for one in known)
    for one in known:
        table.add_row(
            plain("  " * (one.domain.count(".") - top) + one.domain, "bold" if one.domain == view.domain else ""),
            str(one.version or "·"),
            moment(one.expires_at) if one.expires_at else "·",
            plain(choose((_WORDS[one.state], one.state.value)), _COLOURS[one.state]),
            plain(one.reason.written(language()) if one.reason else ""),
        )
    console.print(table)
    for reason in refused:
        console.print(plain(tr("not taken: {reason}", reason=reason)))


def _tell(found: Delegation, path: Path | None, *, as_json: bool) -> None:
    shown = fingerprint(found.certificates[-1])
    if as_json:
        print_json(
            {
                "domain": found.domain,
                "expires_at": found.expires_at,
                "least_version": found.least_version,
                "revoked_at": found.revoked_at,
                "reason": found.revoked_for,
                "fingerprint": shown,
                "grant": str(path) if path else None,
            }
        )
        return
    if found.revoked_at is not None:
        console.print(
            plain(
                tr("revoked: {domain}, from {revoked_at} on", domain=found.domain, revoked_at=moment(found.revoked_at))
            )
        )
        return
    console.print(
        plain(
            tr(
                "delegated: {domain} until {expires_at}; its authority is {shown}",
                domain=found.domain,
                expires_at=moment(found.expires_at),
                shown=shown,
            )
        )
    )
    if path is not None:
        said = tr(
            "grant: {path}; at {domain}: exchange domain join {name}", path=path, domain=found.domain, name=path.name
        )
        console.print(plain(said))


def _facts(one: KnownDomain) -> dict[str, Any]:
    return {
        "domain": one.domain,
        "version": one.version,
        "expires_at": one.expires_at,
        "state": one.state.value,
        "reason": str(one.reason or ""),
    }


def _write(path: Path, paper: bytes) -> None:
    write_secret(path, paper)
