"""Who may do what at a desk: every role by every act, written out here once more, so that a change is said twice."""

from __future__ import annotations

import pytest

from exchange.desk.permissions import DESK_PERMISSIONS, DeskAction, check_at_desk, may_at_desk
from exchange.desk.sections import SECTIONS
from exchange.errors import Denied
from exchange.language.action_names import ACTIONS
from exchange.schemas import Role
from exchange.web.door.permissions import AccountRole
from exchange.web.door.roles import DESK_DOOR

C, R, S, U = AccountRole.CLERK, AccountRole.REVIEWER, AccountRole.SIGNER, AccountRole.SUPERVISOR
ALL, FROM_REVIEWER, FROM_SIGNER, SUPERVISOR = {C, R, S, U}, {R, S, U}, {S, U}, {U}

MAY: dict[str, set[AccountRole]] = {
    "look": ALL, "take": ALL, "hand-over": ALL, "draft": ALL, "review": FROM_REVIEWER,
    "submit-for-signature": ALL, "stand-in": ALL, "view": ALL,
    "reply": FROM_SIGNER, "end-procedure": FROM_SIGNER, "supplementary-review": FROM_SIGNER, "recall": FROM_SIGNER,
    "ask-supplement": FROM_SIGNER, "pass-supplement-on": FROM_SIGNER, "decline-supplement": FROM_SIGNER,
    "submit": ALL, "filing.hand-in": ALL, "filing.accept": FROM_SIGNER, "filing.missing": FROM_SIGNER,
    "filing.refuse": FROM_SIGNER, "hearing.call": FROM_SIGNER, "hearing.put-off": FROM_SIGNER,
    "hearing.call-off": FROM_SIGNER, "hearing.record": FROM_SIGNER, "decide": FROM_SIGNER, "add-body": FROM_SIGNER,
    "reopen": FROM_SIGNER, "withdraw": FROM_SIGNER, "deadline": FROM_SIGNER, "case-term": FROM_SIGNER,
    "explain": FROM_SIGNER, "deliver": ALL, "chase": ALL, "licence.issue": FROM_SIGNER, "licence.renew": FROM_SIGNER,
    "licence.change": FROM_SIGNER, "licence.revoke": FROM_SIGNER, "licence.cancel": FROM_SIGNER, "licence.query": ALL,
    "send": FROM_SIGNER, "forward": FROM_SIGNER, "resend": ALL, "return": FROM_SIGNER,
    "circulate": ALL, "file": ALL, "joint.propose": FROM_SIGNER, "joint.sign": FROM_SIGNER,
    "joint.refuse": FROM_SIGNER, "joint.withdraw": FROM_SIGNER, "notice.send": FROM_SIGNER, "notice.sign": ALL,
    "notice.return": FROM_SIGNER, "notice.remind": ALL, "notice.recall": FROM_SIGNER, "notice.cover": FROM_SIGNER,
    "notice.answer": ALL, "notice.receipts": ALL, "calendar.subscribe": ALL, "officer.mail": ALL,
    "accounts": SUPERVISOR, "audit": SUPERVISOR,
}  # fmt: skip


def test_every_act_stands_in_the_table_and_every_act_has_a_name_for_people() -> None:
    assert set(DeskAction) == set(MAY)
    assert set(DESK_PERMISSIONS) == set(DESK_DOOR.names) == ALL
    assert set(DeskAction) <= set(ACTIONS)


@pytest.mark.parametrize("action", list(DeskAction))
def test_every_role_may_what_the_table_says_and_nothing_else(action: DeskAction) -> None:
    for role in AccountRole:
        assert (action in may_at_desk(role)) == (role in MAY[action])
        if role in MAY[action]:
            check_at_desk(role, action)
        else:
            with pytest.raises(Denied):
                check_at_desk(role, action)


def test_every_form_of_a_desk_changes_something_and_needs_more_than_looking() -> None:
    acts = [act for section in SECTIONS for act in section.acts]
    assert acts
    looking = {act.path for act in acts if act.action is DeskAction.LOOK}
    assert looking == {"/account/password"}, "the own password, which the door looks at itself"
    for role in Role:
        served = [act.path for one in SECTIONS if not one.roles or role in one.roles for act in one.acts]
        assert len(set(served)) == len(served), f"one path, one act, at the desk of a {role}"
