"""Rules of console accounts: how they are named, and who may change whose."""

from __future__ import annotations

import re
from unicodedata import normalize

from exchange.errors import BadAccount, Denied
from exchange.web.door.permissions import AccountRole, Action, check_allowed

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


def role_of(text: str) -> AccountRole:
    """Return a role by its word. Raises BadAccount for any other."""
    if text not in tuple(AccountRole):
        raise BadAccount(
            "there is no role {text!r}",
            remedy="choose one of: {accountrole}",
            text=text,
            accountrole=", ".join(AccountRole),
        )
    return AccountRole(text)


def check_manages(actor: str, role: AccountRole, target: str) -> None:
    """Raise Denied where ``actor`` may not change the account ``target``: without the action, or its own."""
    check_allowed(role, Action.ACCOUNTS)
    if actor == target:
        raise Denied(
            "nobody changes the role or the lock of their own account",
            remedy="ask another security officer; the own password is changed on the page of the own account",
        )


def check_officer_left(target: str, officers: frozenset[str]) -> None:
    """Raise Denied where nobody in ``officers`` (security officers who can sign in) but ``target`` would be left."""
    if not officers - {target}:
        raise Denied(
            "the last security officer stays one", code="last-officer", remedy="make another security officer first"
        )
