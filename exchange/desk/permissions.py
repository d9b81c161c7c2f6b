"""Who may do what at a desk: four roles, and one closed table of what each may do.

A clerk prepares and receives; a reviewer looks over what a clerk has prepared; a signer signs in the member's name; a
supervisor answers for the office, and manages its accounts besides. Where a matter wants a second person, that is a
rule of the feature, and holds whatever the two accounts may do.
"""

from __future__ import annotations

from enum import StrEnum

from exchange.errors import Denied
from exchange.language.action_names import ACTIONS
from exchange.language.names import DESK_ROLES, coded
from exchange.web.door.permissions import AccountRole


class DeskAction(StrEnum):
    """What can be done at a desk; the words are those of the audit log, as commands have them."""

    LOOK = "look"
    TAKE = "take"  # take something on, or give it back
    HAND_OVER = "hand-over"  # to another account
    DRAFT = "draft"  # keep what is not signed yet
    REVIEW = "review"  # look over another's draft
    # A department.
    REPLY = "reply"
    END_PROCEDURE = "end-procedure"
    SUPPLEMENTARY_REVIEW = "supplementary-review"
    RECALL = "recall"
    # A window.
    SUBMIT = "submit"
    FILING_HAND_IN = "filing.hand-in"
    FILING_ACCEPT = "filing.accept"
    FILING_MISSING = "filing.missing"
    FILING_REFUSE = "filing.refuse"
    HEARING_CALL = "hearing.call"
    HEARING_PUT_OFF = "hearing.put-off"
    HEARING_CALL_OFF = "hearing.call-off"
    HEARING_RECORD = "hearing.record"
    DECIDE = "decide"
    ADD_BODY = "add-body"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    DEADLINE = "deadline"
    CASE_TERM = "case-term"
    EXPLAIN = "explain"
    DELIVER = "deliver"
    CHASE = "chase"
    LICENCE_ISSUE = "licence.issue"
    LICENCE_RENEW = "licence.renew"
    LICENCE_CHANGE = "licence.change"
    LICENCE_REVOKE = "licence.revoke"
    LICENCE_CANCEL = "licence.cancel"
    LICENCE_QUERY = "licence.query"
    # Documents, joint ones and notices, at any member.
    SEND = "send"
    FORWARD = "forward"
    RESEND = "resend"
    SIGN_FOR = "sign-for"
    RETURN = "return"
    CIRCULATE = "circulate"
    FILE = "file"
    JOINT_PROPOSE = "joint.propose"
    JOINT_SIGN = "joint.sign"
    JOINT_REFUSE = "joint.refuse"
    JOINT_WITHDRAW = "joint.withdraw"
    NOTICE_SEND = "notice.send"
    NOTICE_SIGN = "notice.sign"
    NOTICE_RETURN = "notice.return"
    NOTICE_REMIND = "notice.remind"
    NOTICE_RECALL = "notice.recall"
    NOTICE_COVER = "notice.cover"
    NOTICE_ANSWER = "notice.answer"
    NOTICE_RECEIPTS = "notice.receipts"
    # The office itself.
    ACCOUNTS = "accounts"
    AUDIT = "audit"


_CLERKS = frozenset({
    DeskAction.LOOK, DeskAction.TAKE, DeskAction.HAND_OVER, DeskAction.DRAFT,
    DeskAction.SUBMIT, DeskAction.FILING_HAND_IN, DeskAction.DELIVER, DeskAction.CHASE, DeskAction.LICENCE_QUERY,
    DeskAction.RESEND, DeskAction.SIGN_FOR, DeskAction.CIRCULATE, DeskAction.FILE,
    DeskAction.NOTICE_SIGN, DeskAction.NOTICE_REMIND, DeskAction.NOTICE_ANSWER, DeskAction.NOTICE_RECEIPTS,
})  # fmt: skip
"""What binds nobody, or says no more than that something has come."""
_REVIEWERS = _CLERKS | {DeskAction.REVIEW}
_GUARDING = frozenset({DeskAction.ACCOUNTS, DeskAction.AUDIT})
_SIGNERS = frozenset(DeskAction) - _GUARDING

DESK_PERMISSIONS: dict[AccountRole, frozenset[DeskAction]] = {
    AccountRole.CLERK: _CLERKS,
    AccountRole.REVIEWER: _REVIEWERS,
    AccountRole.SIGNER: _SIGNERS,
    AccountRole.SUPERVISOR: _SIGNERS | _GUARDING,
}
"""What each role may do; what is not named is denied, and every other role may do nothing."""


def may_at_desk(role: AccountRole) -> frozenset[DeskAction]:
    """Return all that a role may do at a desk."""
    return DESK_PERMISSIONS.get(role, frozenset())


def check_at_desk(role: AccountRole, action: DeskAction) -> None:
    """Raise Denied unless the role may do this at a desk."""
    if action not in may_at_desk(role):
        raise Denied(
            "the role {role} may not {action}",
            remedy="ask somebody whose account has a role that may",
            role=coded(DESK_ROLES, role.value),
            action=coded(ACTIONS, action.value),
        )
