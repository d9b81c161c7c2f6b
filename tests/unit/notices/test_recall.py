"""Recall: of the text that was issued; nothing is erased, and the sender learns who had signed before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from exchange.errors import Malformed, Returned, Untrusted
from exchange.notices.rules.recall import AfterRecall, at_recall, check_recall, recall_report
from exchange.notices.rules.tally import check_branch, received, returned, signed_for, tally_of
from exchange.schemas import AtRecall, Named, Reader, Recall, Tally
from exchange.schemas.tally import MAX_NAMES
from tests.unit.facts import ID, at, merge_all

DIGEST = "ab" * 32


def test_a_recall_is_of_the_text_that_was_issued() -> None:
    recall = Recall(notice_id=ID, digest=DIGEST, reason="附件有误", at=at("03-04"))
    check_recall(recall, DIGEST)
    with pytest.raises(Returned, match="another text"):
        check_recall(recall, "cd" * 32)


def test_nothing_replaces_itself() -> None:
    with pytest.raises(ValidationError, match="another document"):
        Recall(notice_id=ID, digest=DIGEST, replaced_by=ID, reason="x", at=at("03-04"))


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


COUNTY = tuple(f"anhui.hefei.feixi.{name}" for name in ("fire", "planning", "police", "tax", "water"))
ROOT = b"\x00" * 32


def county_facts(facts: list[Reader]) -> list[Reader]:
    return [fact.model_copy(update={"address": fact.address.replace("hefei.", "hefei.feixi.")}) for fact in facts]


@given(st.lists(st.sampled_from(FACTS), max_size=10), st.lists(st.sampled_from(FACTS), max_size=10))
def test_a_tally_after_the_recall_names_everybody_of_all_levels_and_fits_its_counts(
    own: list[Reader], below: list[Reader]
) -> None:
    recalled = at("03-04")
    readers, lower = merge_all(own, BODIES), merge_all(county_facts(below), COUNTY)
    has_leaf = any(reader.proof for reader in lower)
    county = tally_of(ID, "anhui.hefei.feixi", 1, lower, {}, ROOT if has_leaf else None, recalled)
    check_branch("anhui.hefei", "anhui.hefei.feixi", county)
    any_leaf = has_leaf or any(reader.proof for reader in readers)
    city = tally_of(ID, "anhui.hefei", 1, readers, {"anhui.hefei.feixi": county}, ROOT if any_leaf else None, recalled)
    assert city.at_recall is not None
    assert city.written_version == 2
    together = recall_report([*readers, *lower], recalled)
    assert city.at_recall.signed_before.names == together[AfterRecall.SIGNED_BEFORE]
    assert city.at_recall.signed_after.names == together[AfterRecall.SIGNED_AFTER]
    assert city.at_recall.unsigned.names == together[AfterRecall.UNSIGNED]
    assert city.at_recall.not_arrived.names == together[AfterRecall.NOT_ARRIVED]
    assert Tally.model_validate_json(city.model_dump_json()) == city


def test_a_level_that_has_not_heard_of_the_recall_adds_nothing_yet() -> None:
    readers = merge_all(FACTS, BODIES)
    assert at_recall(readers, [None, None], at("03-04")) == at_recall(readers, [], at("03-04"))


def test_a_tally_of_a_notice_that_was_not_recalled_is_written_as_ever() -> None:
    plain = tally_of(ID, "anhui.hefei", 1, merge_all((), BODIES), {}, None)
    assert plain.written_version == 1
    assert "at_recall" not in plain.model_dump_json()


def test_names_at_the_recall_are_bounded_and_the_rest_is_counted() -> None:
    many = [f"anhui.hefei.b{number}" for number in range(MAX_NAMES + 7)]
    found = at_recall(
        merge_all((), many), [AtRecall(not_arrived=Named(names=("anhui.hefei.feixi.a",), more=2))], at("03-04")
    )
    assert (len(found.not_arrived.names), found.not_arrived.more) == (MAX_NAMES, 10)


def test_a_relay_names_nobody_elses_bodies_at_the_recall_and_no_more_than_it_counts() -> None:
    honest = tally_of(ID, "anhui.hefei", 1, merge_all(FACTS, BODIES), {}, ROOT, at("03-04"))
    stranger = honest.model_copy(update={"at_recall": AtRecall(signed_before=Named(names=("anhui.fire",)))})
    with pytest.raises(Untrusted, match="other domains"):
        check_branch("anhui", "anhui.hefei", stranger)
    more = honest.model_copy(update={"at_recall": AtRecall(signed_before=Named(more=3))})
    with pytest.raises(Malformed):
        check_branch("anhui", "anhui.hefei", more)
    with pytest.raises(Malformed):
        check_branch("anhui", "anhui.hefei", honest.model_copy(update={"at_recall": AtRecall(unsigned=Named(more=3))}))
