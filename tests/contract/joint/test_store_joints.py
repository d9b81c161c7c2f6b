"""What signers of a joint document keep: its state, moved once; at the lead one place for every signature."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from exchange.joint.records import JointRow, JointSignatureRow
from exchange.joint.store import JointDocuments
from exchange.store import Store
from tests.contract.rows import LATER, NOW, PLANNING, TRANSPORT, US, new_id

JOINT = "11111111-1111-4111-8111-111111111111"
SIGNERS = (US, TRANSPORT, PLANNING)


def row(joint_id: str = JOINT, **fields: object) -> JointRow:
    plain = JointRow(joint_id, "lead", "open", US, "a" * 64, "关于路网的“报告”", "合规〔2026〕3号", NOW)
    return replace(plain, **fields)


def places() -> list[JointSignatureRow]:
    return [JointSignatureRow(JOINT, signer, at) for at, signer in enumerate(SIGNERS)]


def signature(signer: str = TRANSPORT, at: int = 0, text: bytes = b"\x00\xff one") -> JointSignatureRow:
    return JointSignatureRow(JOINT, signer, SIGNERS.index(signer), NOW + timedelta(seconds=at), text, new_id())


def opened(store: Store) -> None:
    with store.transaction() as tx:
        tx[JointDocuments].open(row(), places())


def test_a_joint_document_comes_back_as_it_was_kept_with_a_place_for_every_signer_in_order(store: Store) -> None:
    opened(store)
    asked = row(new_id(), seat="signer", received_at=LATER)
    with store.transaction() as tx:
        tx[JointDocuments].open(asked)
        assert tx[JointDocuments].get(JOINT) == row()
        assert tx[JointDocuments].get(new_id()) is None
        assert tx[JointDocuments].signatures(JOINT) == places()
        assert tx[JointDocuments].signatures(asked.joint_id) == []
        assert tx[JointDocuments].recent() == [asked, row()]
        assert tx[JointDocuments].recent(1) == [asked]


def test_lists_are_read_newest_first_page_by_page_from_several_seats_and_states(store: Store) -> None:
    open_, signed = ("lead", "open"), ("signer", "signed")
    rows = [
        row(f"{at}{new_id()[1:]}", seat=seat, state=state, received_at=NOW + timedelta(minutes=at // 2))
        for at, (seat, state) in enumerate((open_, signed, open_, signed, ("signer", "open")))
    ]
    newest = sorted(rows[:4], key=lambda one: (one.received_at, one.joint_id), reverse=True)
    with store.transaction() as tx:
        for one in rows:
            tx[JointDocuments].open(one)
        joints = tx[JointDocuments]
        first = joints.latest((open_, signed), None, 3)
        assert first == newest[:3]
        assert joints.latest((open_, signed), first[-1].place, 3) == newest[3:]
        assert joints.how_many("lead", "open", 10) == 2
        assert joints.how_many("lead", "open", 1) == 1


def test_it_moves_once_from_the_states_that_are_meant_and_keeps_how_it_ended(store: Store) -> None:
    opened(store)
    ended = {"settled_at": LATER, "ended_by": PLANNING, "reasons": "涉及资金"}
    with store.transaction() as tx:
        assert not tx[JointDocuments].move(JOINT, ("signed",), "refused", **ended)
        assert tx[JointDocuments].move(JOINT, ("open", "signed"), "refused", **ended)
        assert not tx[JointDocuments].move(JOINT, ("open",), "issued", issue_id=new_id(), issued_on="2026-03-02")
        assert not tx[JointDocuments].move(new_id(), ("open",), "issued")
    with store.reading() as tx:
        assert tx[JointDocuments].get(JOINT) == row(state="refused", **ended)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_place_holds_the_earliest_signature_in_whatever_order_they_come(store: Store, order: tuple[int, ...]) -> None:
    opened(store)
    rows = [signature(at=1), signature(at=0, text=b"holds"), signature(at=2)]
    with store.transaction() as tx:
        news = [tx[JointDocuments].take_signature(rows[at]) for at in order]
        assert tx[JointDocuments].signatures(JOINT) == [places()[0], rows[1], places()[2]]
    assert news[0]
    assert news.count(True) == len({min(order[: at + 1], key=lambda i: rows[i].at or NOW) for at in range(3)})


def test_a_signature_says_whether_it_was_news_and_finds_no_place_where_it_was_not_asked(store: Store) -> None:
    opened(store)
    first = signature()
    with store.transaction() as tx:
        assert tx[JointDocuments].take_signature(first)
        assert not tx[JointDocuments].take_signature(replace(first, proof_id=new_id()))
        assert not tx[JointDocuments].take_signature(replace(first, signer="hefei.water"))
        assert not tx[JointDocuments].take_signature(replace(signature(PLANNING), joint_id=new_id()))
        assert [one.signature for one in tx[JointDocuments].signatures(JOINT)] == [None, first.signature, None]


def test_what_a_transaction_that_failed_has_taken_is_not_there(store: Store) -> None:
    opened(store)

    def die() -> None:
        with store.transaction() as tx:
            tx[JointDocuments].take_signature(signature())
            tx[JointDocuments].move(JOINT, ("open",), "issued")
            raise RuntimeError("dies")

    with pytest.raises(RuntimeError, match="dies"):
        die()
    with store.reading() as tx:
        assert (tx[JointDocuments].get(JOINT), tx[JointDocuments].signatures(JOINT)) == (row(), places())
