"""Recall: only the origin may, nothing is erased, and the sender learns who had signed before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from exchange.errors import Conflict, Malformed, Untrusted
from exchange.rules.recall import AfterRecall, Recalled, check_anew, check_recall, holding, in_force, recall_report
from exchange.rules.tally import merge_all, received, returned, signed_for
from schemas import Reader, Recall
from tests.unit.facts import ID, OTHER_ID, at

THIRD_ID = "33333333-3333-4333-8333-333333333333"
ORIGIN = "anhui.office"
DIGEST = "ab" * 32
ORIGINS = {ID: ORIGIN, OTHER_ID: ORIGIN, THIRD_ID: ORIGIN}


def recalls(
    document: str = ID, replaced_by: str | None = None, by: str = ORIGIN, day: str = "03-04", proof: str = "0"
) -> Recalled:
    recall = Recall(notice_id=document, digest=DIGEST, replaced_by=replaced_by, reason="附件有误", at=at(day))
    return Recalled(by, at(day), proof * 64, recall)


def test_only_the_origin_recalls() -> None:
    check_recall(ORIGIN, recalls())
    with pytest.raises(Untrusted) as refused:
        check_recall(ORIGIN, recalls(by="anhui.relay"))
    assert ORIGIN in refused.value.mend
    assert holding([recalls(by="anhui.relay")], ORIGINS) == {}


def test_a_document_is_recalled_once() -> None:
    check_anew([])
    with pytest.raises(Conflict) as refused:
        check_anew([recalls()])
    assert "took its place" in refused.value.mend


def test_what_holds_at_last_is_found_along_replacements() -> None:
    held = holding([recalls(ID, OTHER_ID), recalls(OTHER_ID, THIRD_ID)], ORIGINS)
    assert in_force(ID, held) == THIRD_ID
    assert in_force(THIRD_ID, held) == THIRD_ID
    assert in_force(ID, holding([recalls(ID, OTHER_ID), recalls(OTHER_ID)], ORIGINS)) is None


def test_replacements_in_a_circle_are_refused() -> None:
    with pytest.raises(Malformed, match="circle"):
        in_force(ID, holding([recalls(ID, OTHER_ID), recalls(OTHER_ID, ID)], ORIGINS))
    with pytest.raises(ValidationError, match="another document"):
        Recall(notice_id=ID, digest=DIGEST, replaced_by=ID, reason="x", at=at("03-04"))


RECALLS = st.lists(
    st.builds(
        recalls,
        st.sampled_from((ID, OTHER_ID)),
        st.sampled_from((None, THIRD_ID)),
        st.sampled_from((ORIGIN, "anhui.relay")),
        st.sampled_from(("03-04", "03-05")),
        st.sampled_from("0123456789"),
    ),
    max_size=8,
    unique_by=lambda one: one.proof,  # one digest is one recall
)


@given(RECALLS, st.data())
def test_order_and_repetition_do_not_change_which_recall_holds(several: list[Recalled], data: st.DataObject) -> None:
    held = holding(several, ORIGINS)
    assert holding(data.draw(st.permutations([*several, *several])), ORIGINS) == held
    assert all(one.by == ORIGIN for one in held.values())


BODIES = tuple(f"anhui.hefei.{name}" for name in ("fire", "planning", "police", "tax", "water"))
FACTS = (
    received(BODIES[1], at("03-03"), "1" * 64),
    received(BODIES[2], at("03-02"), "2" * 64),
    signed_for(BODIES[2], at("03-03"), "3" * 64),
    signed_for(BODIES[3], at("03-05"), "4" * 64),
    returned(BODIES[4], at("03-03"), "not ours", "5" * 64),
)


@given(st.permutations([*FACTS, *FACTS]))
def test_the_sender_is_told_who_had_signed_before_whatever_order_receipts_come_in(facts: list[Reader]) -> None:
    assert recall_report(merge_all(facts, BODIES), at("03-04")) == {
        AfterRecall.NOT_ARRIVED: (BODIES[0],),
        AfterRecall.UNSIGNED: (BODIES[1],),
        AfterRecall.SIGNED_BEFORE: (BODIES[2],),
        AfterRecall.SIGNED_AFTER: (BODIES[3],),
        AfterRecall.RETURNED: (BODIES[4],),
    }


def test_a_signature_at_the_moment_of_the_recall_was_not_before_it() -> None:
    (reader,) = merge_all([signed_for(BODIES[0], at("03-04"), "0" * 64)], BODIES[:1])
    assert recall_report([reader], at("03-04"))[AfterRecall.SIGNED_AFTER] == (BODIES[0],)
