"""Rules of accounts: how they are named, and who may change whose."""

from __future__ import annotations

import re
from unicodedata import normalize

from exchange.errors import BadAccount, Denied
from exchange.language import NamedText
from exchange.web.door.permissions import AccountRole
from exchange.web.door.roles import DoorRoles

_NAME = re.compile(r"[^\W_][\w.-]{1,39}")


def account_name(text: str) -> str:
    """Return a name as accounts are kept under it: composed, lower case, 2 to 40 letters, digits, `.`, `-` or `_`.

    Raises BadAccount for anything else.
    """
    name = normalize("NFKC", text).strip().casefold()
    if not _NAME.fullmatch(name):
        raise BadAccount(
            "an account's name has 2 to 40 letters, digits, dots, dashes or underscores",
            remedy="choose a name like zhang.wei, which begins with a letter or digit",
        )
    return name


def role_of(text: str, roles: DoorRoles) -> AccountRole:
    """Return a role behind this door by its word. Raises BadAccount for any other."""
    if text not in tuple(roles.names):
        raise BadAccount(
            "there is no role {text!r}",
            remedy="choose one of: {accountrole}",
            text=text,
            accountrole=", ".join(roles.names),
        )
    return AccountRole(text)


def check_manages(actor: str, role: AccountRole, target: str, roles: DoorRoles) -> None:
    """Raise Denied where ``actor`` may not change the account ``target``: of another role, or its own."""
    if role is not roles.keeper:
        raise Denied(
            "accounts are managed by the role {keeper} alone",
            remedy="ask somebody whose account has a role that may",
            keeper=NamedText(roles.keeper_name),
        )
    if actor == target:
        raise Denied(
            "nobody changes the role or the lock of their own account",
            remedy="ask another {keeper}; the own password is changed on the page of the own account",
            keeper=NamedText(roles.keeper_name),
        )


def check_keeper_left(target: str, keepers: frozenset[str], roles: DoorRoles) -> None:
    """Raise Denied where nobody in ``keepers`` (who manage accounts, and can sign in) but ``target`` would be left."""
    if not keepers - {target}:
        raise Denied(
            "the last {keeper} stays one",
            code="last-officer",
            remedy="make another {keeper} first",
            keeper=NamedText(roles.keeper_name),
        )
