"""A role of its own at the database server for each member: made with a new domain, where the given account may."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection

from exchange.errors import CallerError, DatabaseUnavailable
from exchange.language import Text, tr
from exchange.machine.files import make_folder, read_json, write_secret
from exchange.runtime.settings import Home, Settings
from exchange.setup.certify import Say
from exchange.store import connect_with_patience
from exchange.store.engine import is_server
from exchange.store.roles import log_in, make_role, revoke_public, why_no_roles, with_account

REMEDY = (
    "as an account that owns the database and may make roles and schemas: `exchange init --database-roles`, once; "
    "processes need no account in EXCHANGE_DATABASE_URL afterwards"
)


def give_roles(settings: Settings, addresses: Collection[str], say: Say, *, wanted: bool | None, new: bool) -> None:
    """Give each its role, or leave them with the given account.

    ``wanted`` None: in a ``new`` domain, and where some have one already, as far as the given account may make roles;
    what stands in the way is said. Raises CallerError or DatabaseUnavailable where they are wanted and cannot be made.
    """
    url = settings.database_url
    if wanted is False or not (wanted or (is_server(url) and _are_due(settings, addresses, new))):
        return
    if url is None or not is_server(url):
        remedy = "set EXCHANGE_DATABASE_URL to PostgreSQL, with an account that may make roles"
        raise CallerError("there is no database server that could have roles", remedy=remedy)
    connect_with_patience(url, member=next(iter(addresses))).close()  # a server may start later than its domain
    why_not = why_no_roles(url) or _tried(url, Home(settings.home), next(iter(addresses)))
    if why_not is None:
        _make(url, Home(settings.home), addresses, say)
    elif wanted:
        raise CallerError("members get no roles of their own: {why}", remedy=REMEDY, why=why_not)
    else:
        say(tr("databases: all members share the given account: {why}; {remedy}", why=why_not, remedy=tr(REMEDY)))


def without_role(settings: Settings, addresses: Collection[str]) -> list[str]:
    """Return who uses the given account of a database server instead of a role of its own."""
    if not is_server(settings.database_url):
        return []
    home = Home(settings.home)
    return [address for address in addresses if not home.database_account(address).exists()]


def _are_due(settings: Settings, addresses: Collection[str], new: bool) -> bool:
    lacking = without_role(settings, addresses)
    return bool(lacking) and (new or len(lacking) < len(addresses))


def _tried(url: str, home: Home, address: str) -> Text | None:
    """Why a role could not come in: a server may let in only accounts that its administrator has named."""
    before = home.database_account(address).exists()
    account = _give(url, home, address)
    try:
        log_in(account)
    except DatabaseUnavailable as error:
        if not before:
            home.database_account(address).unlink()
        return Text("the role made for {address} is not let in: {error}", {"address": address, "error": error.text})
    return None


def _make(url: str, home: Home, addresses: Collection[str], say: Say) -> None:
    for address in addresses:
        _give(url, home, address)
    say(tr("databases: each of {count} members has a role of its own", count=len(addresses)))
    if revoke_public(url):
        say(tr("databases: no other account of the server comes into this one without being granted it"))


def _give(url: str, home: Home, address: str) -> str:
    """Make a member's role, its account beside its keys; return the URL under it. Passwords that are there stay."""
    kept = read_json(home.database_account(address)) or {}
    password = str(kept.get("password") or secrets.token_urlsafe(24))
    role = make_role(url, address, password)
    make_folder(home.member(address), 0o700)
    write_secret(home.database_account(address), json.dumps({"user": role, "password": password}))
    return with_account(url, role, password)
