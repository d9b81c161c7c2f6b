"""Who may do what at the console: three roles with separate duties, and one table of what each may do.

An account has one role. Who manages accounts neither repairs nor discards, and who repairs manages no accounts.
The roles of a desk may do nothing here; what they may do there stands in `exchange.desk.permissions`.
"""

from __future__ import annotations

from enum import StrEnum

from exchange.errors import Denied
from exchange.language.action_names import ACTIONS
from exchange.language.names import ACCOUNT_ROLES, coded


class AccountRole(StrEnum):
    """The roles of accounts: the first three of a console's, the others of a member's desk."""

    OBSERVER = "observer"
    OPERATOR = "operator"
    SECURITY = "security-officer"
    CLERK = "clerk"
    REVIEWER = "reviewer"
    SIGNER = "signer"
    SUPERVISOR = "supervisor"


class Action(StrEnum):
    """What can be done at the console or through the API with an account."""

    LOOK = "look"  # figures, boards, clear headers, traces
    REDRIVE = "redrive"
    DISCARD = "discard"  # propose, or confirm what another proposed
    EXPORT = "export"
    HOLD = "hold"  # hold and release a department or a kind of message
    DRAIN = "drain"
    DIAGNOSE = "diagnose"  # the diagnostics bundle
    ACCOUNTS = "accounts"  # make, change and lock accounts; make and revoke tokens
    AUDIT = "audit"  # read the audit log


_LOOKING = frozenset({Action.LOOK})
_REPAIRING = _LOOKING | {Action.REDRIVE, Action.DISCARD, Action.EXPORT, Action.HOLD, Action.DRAIN, Action.DIAGNOSE}
_GUARDING = _LOOKING | {Action.ACCOUNTS, Action.AUDIT}

PERMISSIONS: dict[AccountRole, frozenset[Action]] = {
    AccountRole.OBSERVER: _LOOKING,
    AccountRole.OPERATOR: _REPAIRING,
    AccountRole.SECURITY: _GUARDING,
    AccountRole.CLERK: frozenset(),
    AccountRole.REVIEWER: frozenset(),
    AccountRole.SIGNER: frozenset(),
    AccountRole.SUPERVISOR: frozenset(),
}
"""What each role may do; what is not named is denied."""


def check_allowed(role: AccountRole, action: Action) -> None:
    """Raise Denied unless the role may do this."""
    if action not in PERMISSIONS.get(role, frozenset()):
        raise Denied(
            "the role {role} may not {action}",
            remedy="ask somebody whose account has a role that may",
            role=coded(ACCOUNT_ROLES, role.value),
            action=coded(ACTIONS, action.value),
        )
