"""The commands backup and restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from exchange.cli.backup.secrets import PassphraseOption, RecoveryKeyOption, opening_key, sealing_key
from exchange.cli.complete import member_addresses
from exchange.cli.options import AnyHomeOption, JsonOption
from exchange.cli.view import console, errors, plain, print_json
from exchange.errors import CallerError
from exchange.language import language, plural, tr
from exchange.runtime.home import need_domain
from exchange.runtime.settings import Home, Settings
from exchange.setup.backup.checking import CheckedBackup, check_backup
from exchange.setup.backup.making import MadeBackup, make_backup
from exchange.setup.backup.restoring import RestoredMember, restore_domain, restore_member


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("backup", rich_help_panel="Upkeep")(backup)
    app.command("restore", rich_help_panel="Upkeep")(restore)


def backup(
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FOLDER", help="A new folder; in one that is there a new one is made."),
    ] = None,
    as_: Annotated[
        list[str] | None,
        typer.Option("--as", help="Only this member's; several times for several.", autocompletion=member_addresses),
    ] = None,
    check: Annotated[
        Path | None, typer.Option("--check", metavar="FOLDER", help="Check a backup instead; nothing is written.")
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option("--keys", metavar="FILE", help="With --check: open its sealed keys, too (FOLDER.keys)."),
    ] = None,
    no_keys: Annotated[
        bool, typer.Option("--no-keys", help="Databases and files alone: keys change with `init` and `certify` only.")
    ] = False,
    certificate: Annotated[
        Path | None,
        typer.Option(
            "--recovery-certificate", metavar="FILE", help="Seal the keys to this certificate (RSA), not a passphrase."
        ),
    ] = None,
    passphrase_file: PassphraseOption = None,
    recovery_key: RecoveryKeyOption = None,
    home: AnyHomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Backs up a domain while it is served: databases and files in a folder, keys sealed in a file beside it.

    All databases are held at one moment and copied from it; each copy is checked. FOLDER.keys has all that is secret,
    sealed to a passphrase or a certificate: keep it apart from the folder, which holds documents in the clear. Nothing
    is overwritten, and what cannot be finished leaves nothing behind. How many backups are kept, and where, is yours.

    Example: `exchange backup -o /backup --passphrase-file backup-passphrase`.
    """
    settings = Settings.read(home=home)
    if check is None:
        need_domain(Home(settings.home))
    if (output is None) == (check is None):
        raise CallerError("say where the backup goes, or which is checked", remedy="-o FOLDER, or --check FOLDER")
    if check is not None:
        key = opening_key(passphrase_file, recovery_key) if keys is not None else None
        with errors.status(tr("checking")) as status:
            checked = check_backup(check, keys, key, status.update)
        print_json(_checked_json(checked)) if as_json else _show_checked(checked)
        return
    sealed_by = None if no_keys else sealing_key(passphrase_file, certificate)
    with errors.status(tr("holding the databases")) as status:
        made = make_backup(settings, output or Path(), sealed_by, as_ or (), status.update)
    print_json(_made_json(made)) if as_json else _show_made(made)


def restore(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The backup, as `exchange backup` made it.")],
    keys: Annotated[
        Path | None, typer.Option("--keys", metavar="FILE", help="Its sealed keys; a whole domain cannot do without.")
    ] = None,
    member: Annotated[
        str | None, typer.Option("--member", metavar="ADDRESS", help="Only this member, into a domain that is there.")
    ] = None,
    replacing: Annotated[
        bool, typer.Option("--replace", help="With --member: put its present database aside, under another name.")
    ] = False,
    passphrase_file: PassphraseOption = None,
    recovery_key: RecoveryKeyOption = None,
    home: AnyHomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Puts a backup back: a whole domain into an empty folder, or one member that is not served into a domain.

    Every digest is checked before anything is written; databases get today's tables, on a server schemas and roles as
    they had them. Nothing that is there is overwritten. A member that is served again signs that its log goes on from
    the backup. What came since is not in it: `exchange reconcile` names each message.

    Example: `exchange restore /backup/hefei-20261130T020000 --keys hefei.keys --home /srv/hefei`.
    """
    settings = Settings.read(home=home)
    key = opening_key(passphrase_file, recovery_key) if keys is not None else None
    with errors.status(tr("checking")) as status:
        checked = check_backup(folder, keys, key, status.update)
        if member is not None:
            restored = [restore_member(settings, checked, member, replacing=replacing, tell=status.update)]
        else:
            restored = restore_domain(settings, checked, status.update)
    if as_json:
        print_json({"home": str(settings.home), **_restored_json(checked, restored)})
        return
    if checked.unvouched is not None:
        console.print(plain("! " + checked.unvouched.written(language()), "yellow"))
    for one in restored:
        aside = tr("; what was there is now {aside}", aside=one.aside) if one.aside is not None else ""
        console.print(plain(tr("{member}: restored", member=one.address) + aside))
    console.print(tr("now: `exchange up`, `exchange doctor`, then `exchange reconcile`, which names what is missing"))


def _show_made(made: MadeBackup) -> None:
    console.print(plain(tr("backup: {folder}", folder=made.folder)))
    if made.keys is not None:
        console.print(plain(tr("sealed keys, to be kept apart from it: {keys}", keys=made.keys)))
    octets = sum(one.file.size for one in made.manifest.databases)
    console.print(
        plural(
            len(made.manifest.databases),
            "{number} database, {megabytes:.1f} MB",
            "{number} databases, {megabytes:.1f} MB",
            megabytes=octets / 1e6,
        )
    )
    for address in made.manifest.not_here:
        console.print(plain("! " + tr("{member} is not on this machine: back it up where it is", member=address)))


def _made_json(made: MadeBackup) -> dict[str, Any]:
    return {
        "folder": str(made.folder),
        "keys": str(made.keys) if made.keys is not None else None,
        **_databases_json(made.manifest.databases),
        "not_here": list(made.manifest.not_here),
    }


def _databases_json(databases: Any) -> dict[str, Any]:
    return {
        "databases": [
            {"member": one.address, "size": one.file.size, "sha256": one.file.sha256, "revision": one.revision,
             "last_entry": one.last_entry, "head_size": one.head_size}
            for one in databases
        ]
    }  # fmt: skip


def _show_checked(checked: CheckedBackup) -> None:
    manifest = checked.manifest
    console.print(plain("✓ " + tr("{folder} is whole", folder=checked.folder), "green"))
    said = tr("{domain}, {at}, release {release}", domain=manifest.domain, at=manifest.begun_at.isoformat(),
              release=manifest.release)  # fmt: skip
    console.print(plain(said))
    if checked.unvouched is not None:
        console.print(plain("! " + checked.unvouched.written(language()), "yellow"))


def _checked_json(checked: CheckedBackup) -> dict[str, Any]:
    manifest = checked.manifest
    return {
        "whole": True,
        "vouched_for": checked.unvouched is None,
        "domain": manifest.domain,
        "begun_at": manifest.begun_at.isoformat(),
        "release": manifest.release,
        **_databases_json(manifest.databases),
        "not_here": list(manifest.not_here),
    }


def _restored_json(checked: CheckedBackup, restored: list[RestoredMember]) -> dict[str, Any]:
    return {
        "vouched_for": checked.unvouched is None,
        "restored": [{"member": one.address, "head_size": one.head_size, "aside": one.aside} for one in restored],
    }
