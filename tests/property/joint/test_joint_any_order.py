"""A joint document comes out the same in whatever order, how often, and through whatever restarts signatures come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.clock import CST
from exchange.envelope import read_cosigned
from exchange.joint.lead import propose_joint, withdraw_joint
from exchange.joint.signer import refuse_joint, sign_joint
from exchange.schemas import JointDocument, JointEnded
from tests.property.joint_table import LEAD, READER, SECOND, SIGNERS, THIRD, Table, days, report


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    table = Table(tmp_path_factory.mktemp("table"))
    yield table
    table.close()


@dataclass(frozen=True)
class Turn:
    """One copy is handed over: which of those that lie there, and what happens to its addressee."""

    which: int
    again: bool
    dies: bool
    restarts: bool


TURNS = st.lists(st.builds(Turn, st.integers(0, 9), st.booleans(), st.booleans(), st.booleans()), max_size=12)


def play(table: Table, turns: list[Turn]) -> None:
    """Hands things over as the turns say, and then all the rest."""
    for turn in turns:
        if not table.lying:
            break
        parcel = table.lying[turn.which % len(table.lying)]
        table.hand_over(parcel, dies=turn.dies)
        if turn.restarts:
            table.restart(parcel.addressee)
        if not turn.dies and not turn.again:
            table.lying.remove(parcel)
    table.settle()


@settings(max_examples=25)
@given(order=st.permutations(SIGNERS[1:]), waits=st.lists(st.integers(0, 20), min_size=2, max_size=2), turns=TURNS)
def test_it_goes_out_once_with_all_signatures_and_the_date_of_the_last(
    table: Table, order: list[str], waits: list[int], turns: list[Turn]
) -> None:
    joint_id = propose_joint(table.nodes[LEAD], report(), SIGNERS[1:], [READER])
    table.settle()
    for signer, hours in zip(order, waits, strict=True):
        table.clock.step_to(table.clock.now() + timedelta(hours=hours))
        sign_joint(table.nodes[signer], joint_id)
    last = table.clock.now().astimezone(CST)

    play(table, turns)

    assert [table.row(signer, joint_id).state for signer in SIGNERS] == ["issued"] * 3
    assert days(table, joint_id, SIGNERS) == [last.date()] * 3
    (sent,) = table.kept(LEAD, joint_id, JointDocument.KIND)
    (came,) = table.kept(READER, joint_id, JointDocument.KIND)
    assert (came.signed, came.enclosures) == (sent.signed, sent.enclosures)
    found = read_cosigned(came.enclosures[0], table.nodes[READER].directory)
    assert tuple(one.by for one in found.signatures) == SIGNERS
    assert {copy.state for copy in table.copies(LEAD, sent.message_id)} == {"delivered"}
    assert table.dead() == []


@settings(max_examples=15)
@given(st.permutations(SIGNERS[1:]), TURNS, st.sampled_from(["refused", "withdrawn"]))
def test_a_refusal_or_withdrawal_before_the_last_signature_ends_it_for_all_whatever_else_is_under_way(
    table: Table, order: list[str], turns: list[Turn], ending: str
) -> None:
    joint_id = propose_joint(table.nodes[LEAD], report(), SIGNERS[1:], [READER])
    table.settle()
    first, second = order
    sign_joint(table.nodes[first], joint_id)
    if ending == "refused":
        refuse_joint(table.nodes[second], joint_id, "涉及资金，须先报批")
    else:
        withdraw_joint(table.nodes[LEAD], joint_id, "文稿有误")

    play(table, turns)

    ended_by = second if ending == "refused" else LEAD
    rows = [table.row(signer, joint_id) for signer in SIGNERS]
    assert [(row.state, row.ended_by) for row in rows] == [(ending, ended_by)] * 3
    assert len({row.reasons for row in rows}) == 1
    for address in (LEAD, READER):
        assert table.kept(address, joint_id, JointDocument.KIND) == []
    told = {LEAD, second} if ending == "refused" else {LEAD}
    for signer in (SECOND, THIRD):
        assert len(table.kept(signer, joint_id, JointEnded.KIND)) == (signer not in told)
    assert table.dead() == []
