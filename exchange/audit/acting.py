"""Who acts from a command line: the account of this system that the process runs under, which no setting changes.

Root is nobody in particular: whom sudo let in is named with it. That is read from the environment, so it is believed of
root alone, who could write anything here anyway; of all others it would be what they like.
"""

from __future__ import annotations

import os
import pwd

from exchange.audit.people import behind_sudo
from exchange.audit.source import Source, SourceKind


def acting_account() -> str:
    """Return the account's name; of one without a name (in a container, most of all) its number, as ``uid 1234``.

    Root behind sudo is ``root (sudo by NAME)``, which `exchange.audit.people.same_person` takes for NAME.
    """
    account, person = _account()
    return account if person is None else behind_sudo(account, person)


def acting_source() -> Source:
    """Return where a command comes from: the account, and who came to it by sudo."""
    account, person = _account()
    return Source(SourceKind.COMMAND_LINE, account if person is None else f"{account} via sudo by {person}")


def _account() -> tuple[str, str | None]:
    uid = os.getuid()
    return _name(uid), _called_sudo() if uid == 0 else None


def _called_sudo() -> str | None:
    """The account that sudo was called from, by its number; None where it was root's own, or there was no sudo."""
    number = os.environ.get("SUDO_UID", "")
    if not (number.isascii() and number.isdigit()) or len(number) > _LONGEST or int(number) == 0:
        return None
    return _name(int(number))


_LONGEST = 10
"""Digits of a user's number, which has 32 bits."""


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):
        return f"uid {uid}"
