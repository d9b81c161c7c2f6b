"""Which roles the accounts behind a door have: a console's and a desk's have nothing in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from exchange.language import Words
from exchange.language.names import ACCOUNT_ROLES, DESK_ROLES
from exchange.web.door.permissions import AccountRole


@dataclass(frozen=True)
class DoorRoles:
    """The roles behind one kind of door."""

    names: Mapping[AccountRole, Words]
    """What they are called, in the order in which they are offered."""
    keeper: AccountRole
    """Who manages accounts: the first account has this role, and one that can sign in is always left."""

    @property
    def keeper_name(self) -> Words:
        """Return what people call whoever manages accounts."""
        return self.names[self.keeper]


CONSOLE_DOOR = DoorRoles({AccountRole(role): words for role, words in ACCOUNT_ROLES.items()}, AccountRole.SECURITY)
DESK_DOOR = DoorRoles({AccountRole(role): words for role, words in DESK_ROLES.items()}, AccountRole.SUPERVISOR)
