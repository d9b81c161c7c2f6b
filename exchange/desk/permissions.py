"""Who may do what at a desk: four roles, and one closed table of what each may do.

A clerk prepares and receives; a reviewer looks over what a clerk has prepared; a signer signs in the member's name; a
supervisor answers for the office, and manages its accounts besides. Where a matter wants a second person, that is a
rule of the feature, and holds whatever the two accounts may do.
"""

from __future__ import annotations

from enum import StrEnum

from exchange.errors import Denied
from exchange.language import NamedText
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
    SUBMIT_DRAFT = "submit-for-signature"
    # A department.
    REPLY = "reply"
    END_PROCEDURE = "end-procedure"
    SUPPLEMENTARY_REVIEW = "supplementary-review"
    RECALL = "recall"
    ASK_SUPPLEMENT = "ask-supplement"
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
    SUPPLEMENT_ON = "pass-supplement-on"
    DECLINE_SUPPLEMENT = "decline-supplement"
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
    # The office itself, and what its officers are told.
    KEEP_VIEW = "view"  # the own view of a list
    STAND_IN = "stand-in"  # for oneself; for others the supervisor
    CALENDAR = "calendar.subscribe"
    MAIL = "officer.mail"
    ACCOUNTS = "accounts"
    AUDIT = "audit"


_ORDER = (AccountRole.CLERK, AccountRole.REVIEWER, AccountRole.SIGNER, AccountRole.SUPERVISOR)
"""Each may what those before it may."""

_FROM: dict[DeskAction, AccountRole] = {
    DeskAction.LOOK: AccountRole.CLERK,
    DeskAction.TAKE: AccountRole.CLERK,
    DeskAction.HAND_OVER: AccountRole.CLERK,
    DeskAction.DRAFT: AccountRole.CLERK,
    DeskAction.REVIEW: AccountRole.REVIEWER,
    DeskAction.SUBMIT_DRAFT: AccountRole.CLERK,
    DeskAction.REPLY: AccountRole.SIGNER,
    DeskAction.END_PROCEDURE: AccountRole.SIGNER,
    DeskAction.SUPPLEMENTARY_REVIEW: AccountRole.SIGNER,
    DeskAction.RECALL: AccountRole.SIGNER,
    DeskAction.ASK_SUPPLEMENT: AccountRole.SIGNER,
    DeskAction.SUBMIT: AccountRole.CLERK,
    DeskAction.FILING_HAND_IN: AccountRole.CLERK,
    DeskAction.FILING_ACCEPT: AccountRole.SIGNER,
    DeskAction.FILING_MISSING: AccountRole.SIGNER,
    DeskAction.FILING_REFUSE: AccountRole.SIGNER,
    DeskAction.HEARING_CALL: AccountRole.SIGNER,
    DeskAction.HEARING_PUT_OFF: AccountRole.SIGNER,
    DeskAction.HEARING_CALL_OFF: AccountRole.SIGNER,
    DeskAction.HEARING_RECORD: AccountRole.SIGNER,
    DeskAction.DECIDE: AccountRole.SIGNER,
    DeskAction.ADD_BODY: AccountRole.SIGNER,
    DeskAction.REOPEN: AccountRole.SIGNER,
    DeskAction.WITHDRAW: AccountRole.SIGNER,
    DeskAction.DEADLINE: AccountRole.SIGNER,
    DeskAction.CASE_TERM: AccountRole.SIGNER,
    DeskAction.EXPLAIN: AccountRole.SIGNER,
    DeskAction.DELIVER: AccountRole.CLERK,
    DeskAction.CHASE: AccountRole.CLERK,
    DeskAction.SUPPLEMENT_ON: AccountRole.SIGNER,
    DeskAction.DECLINE_SUPPLEMENT: AccountRole.SIGNER,
    DeskAction.LICENCE_ISSUE: AccountRole.SIGNER,
    DeskAction.LICENCE_RENEW: AccountRole.SIGNER,
    DeskAction.LICENCE_CHANGE: AccountRole.SIGNER,
    DeskAction.LICENCE_REVOKE: AccountRole.SIGNER,
    DeskAction.LICENCE_CANCEL: AccountRole.SIGNER,
    DeskAction.LICENCE_QUERY: AccountRole.CLERK,
    DeskAction.SEND: AccountRole.SIGNER,
    DeskAction.FORWARD: AccountRole.SIGNER,
    DeskAction.RESEND: AccountRole.CLERK,
    DeskAction.RETURN: AccountRole.SIGNER,
    DeskAction.CIRCULATE: AccountRole.CLERK,
    DeskAction.FILE: AccountRole.CLERK,
    DeskAction.JOINT_PROPOSE: AccountRole.SIGNER,
    DeskAction.JOINT_SIGN: AccountRole.SIGNER,
    DeskAction.JOINT_REFUSE: AccountRole.SIGNER,
    DeskAction.JOINT_WITHDRAW: AccountRole.SIGNER,
    DeskAction.NOTICE_SEND: AccountRole.SIGNER,
    DeskAction.NOTICE_SIGN: AccountRole.CLERK,
    DeskAction.NOTICE_RETURN: AccountRole.SIGNER,
    DeskAction.NOTICE_REMIND: AccountRole.CLERK,
    DeskAction.NOTICE_RECALL: AccountRole.SIGNER,
    DeskAction.NOTICE_COVER: AccountRole.SIGNER,
    DeskAction.NOTICE_ANSWER: AccountRole.CLERK,
    DeskAction.NOTICE_RECEIPTS: AccountRole.CLERK,
    DeskAction.KEEP_VIEW: AccountRole.CLERK,
    DeskAction.STAND_IN: AccountRole.CLERK,
    DeskAction.CALENDAR: AccountRole.CLERK,
    DeskAction.MAIL: AccountRole.CLERK,
    DeskAction.ACCOUNTS: AccountRole.SUPERVISOR,
    DeskAction.AUDIT: AccountRole.SUPERVISOR,
}
"""The first role that may do it: a clerk what binds nobody, or says no more than that something has come; a signer what
binds the member."""

DESK_PERMISSIONS: dict[AccountRole, frozenset[DeskAction]] = {
    role: frozenset(action for action, first in _FROM.items() if _ORDER.index(first) <= place)
    for place, role in enumerate(_ORDER)
}
"""What each role may do; what is not named is denied, and every other role may do nothing."""


def may_at_desk(role: AccountRole) -> frozenset[DeskAction]:
    """Return all that a role may do at a desk."""
    return DESK_PERMISSIONS.get(role, frozenset())


def check_at_desk(role: AccountRole, action: DeskAction) -> None:
    """Raise Denied unless the role may do this at a desk."""
    if action not in may_at_desk(role):
        raise Denied(
            "the role {role} may not do this: {action_named}",
            remedy="ask somebody whose account has a role that may",
            role=coded(DESK_ROLES, role.value),
            action_named=NamedText(ACTIONS[action.value]),
        )
