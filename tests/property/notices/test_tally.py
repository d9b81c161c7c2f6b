"""Counts of a notice: the same facts end in the same counts, however they come."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from exchange.audit import inclusion_path, root_from_path, tree_root
from exchange.errors import Malformed, Untrusted
from exchange.notices.rules.tally import combine, leaves_of, merge, received, returned, signed_for, tally_of
from exchange.schemas import Count, Reader, ReaderState, ReturnedBy, Tally
from exchange.schemas.tally import MAX_NAMES
from tests.unit.facts import ID, OTHER_ID, at, merge_all

HEFEI = tuple(f"anhui.hefei.{name}" for name in ("fire", "planning", "police"))
OFFSETS = tuple(timezone(timedelta(hours=hours)) for hours in (8, 0, -3))
MOMENTS = st.builds(
    lambda minutes, zone: (at("03-02") + timedelta(minutes=minutes)).astimezone(zone),
    st.integers(0, 3),
    st.sampled_from(OFFSETS),
)
DIGESTS = st.sampled_from([digit * 64 for digit in "0123"])


def facts_about(*addresses: str) -> st.SearchStrategy[Reader]:
    """Receipts, signatures and returns of some bodies; few moments and digests, so that they contradict and tie."""
    who = st.sampled_from(addresses)
    return st.one_of(
        st.builds(received, who, MOMENTS, DIGESTS),
        st.builds(signed_for, who, MOMENTS, DIGESTS),
        st.builds(returned, who, MOMENTS, st.sampled_from(("not ours", "not in form")), DIGESTS),
        st.builds(lambda address: Reader(address=address), who),
    )


def bytes_of(reader: Reader) -> str:
    return reader.model_dump_json()


ONE = facts_about(HEFEI[0])


@given(ONE, ONE, ONE)
def test_merging_is_commutative_associative_and_idempotent_to_the_byte(a: Reader, b: Reader, c: Reader) -> None:
    assert bytes_of(merge(a, b)) == bytes_of(merge(b, a))
    assert bytes_of(merge(merge(a, b), c)) == bytes_of(merge(a, merge(b, c)))
    assert bytes_of(merge(a, a)) == bytes_of(a)
    assert bytes_of(merge(merge(a, b), b)) == bytes_of(merge(a, b))


RANK = {ReaderState.NONE: 0, ReaderState.HAS: 1, ReaderState.SIGNED: 2, ReaderState.RETURNED: 2}


@given(ONE, ONE)
def test_what_is_known_of_a_reader_only_grows_and_stays_a_valid_record(a: Reader, b: Reader) -> None:
    joined = merge(a, b)
    assert RANK[joined.state] == max(RANK[a.state], RANK[b.state])
    assert Reader.model_validate_json(joined.model_dump_json()) == joined


def test_the_earlier_of_two_contradicting_answers_holds_then_the_lower_digest() -> None:
    early, late = returned(HEFEI[0], at("03-02"), "not ours", "f" * 64), signed_for(HEFEI[0], at("03-03"), "0" * 64)
    assert merge(late, early) == early
    same = signed_for(HEFEI[0], at("03-02"), "0" * 64)
    assert merge(early, same) == same
    assert merge(received(HEFEI[0], at("03-01"), "1" * 64), same).has_at == at("03-01")


@given(st.lists(facts_about(*HEFEI), max_size=12), st.data())
def test_any_order_and_any_repetition_give_the_same_counts(facts: list[Reader], data: st.DataObject) -> None:
    repeated = data.draw(st.lists(st.sampled_from(facts), max_size=5)) if facts else []
    again = data.draw(st.permutations([*facts, *repeated]))
    once, twice = merge_all(facts, HEFEI), merge_all(again, HEFEI)
    assert [*map(bytes_of, once)] == [*map(bytes_of, twice)]
    assert combine("anhui.hefei", once, {}) == combine("anhui.hefei", twice, {})


def test_a_long_reason_is_cut_as_far_as_an_aggregate_carries_it() -> None:
    assert returned(HEFEI[0], at("03-02"), "长" * 500, "0" * 64).reason == "长" * 500
    assert returned(HEFEI[0], at("03-02"), "长" * 20_000, "0" * 64).reason == "长" * 499 + "…"


def test_facts_about_bodies_that_are_not_meant_count_nothing() -> None:
    stranger = signed_for("anhui.hefei.stranger", at("03-02"), "0" * 64)
    assert combine("anhui.hefei", merge_all([stranger], HEFEI), {}) == (Count(level=1, meant=3),)


# --- over the levels --------------------------------------------------------------------------------------------------

TREE: dict[str, tuple[str, ...]] = {
    "anhui": ("anhui.hefei", "anhui.wuhu"),
    "anhui.hefei": ("anhui.hefei.luyang", "anhui.hefei.shushan"),
    "anhui.wuhu": (),
    "anhui.hefei.luyang": (),
    "anhui.hefei.shushan": (),
}
MEANT = {domain: tuple(f"{domain}.{name}" for name in ("fire", "planning")) for domain in TREE}
ALL = facts_about(*(address for bodies in MEANT.values() for address in bodies))


def tally(domain: str, facts: list[Reader], serial: int = 1) -> Tally:
    """The tally of a domain when all relays below have heard of the facts."""
    own = merge_all(facts, MEANT[domain])
    branches = {lower: tally(lower, facts, serial) for lower in TREE[domain]}
    leaves = leaves_of(own, branches)
    return tally_of(ID, domain, serial, own, branches, tree_root(leaves) if leaves else None)


@given(st.lists(ALL, max_size=25), st.data())
def test_counts_carried_from_level_to_level_are_those_of_all_facts_together(
    facts: list[Reader], data: st.DataObject
) -> None:
    top = tally("anhui", facts)
    assert top == tally("anhui", data.draw(st.permutations([*facts, *facts])))
    everyone = merge_all(facts, [address for bodies in MEANT.values() for address in bodies])
    for state, found in (
        (ReaderState.SIGNED, sum(count.signed for count in top.counts)),
        (ReaderState.RETURNED, sum(count.returned for count in top.counts)),
        (ReaderState.NONE, sum(count.meant - count.has for count in top.counts)),
    ):
        assert found == sum(reader.state is state for reader in everyone)
    assert [count.meant for count in top.counts] == [2, 4, 4]
    assert set(top.unsigned) == {r.address for r in everyone if r.state in (ReaderState.NONE, ReaderState.HAS)}
    assert {(b.address, b.reason) for b in top.returned} == {(r.address, r.reason) for r in everyone if r.reason}


def test_a_receipt_of_a_county_is_proved_under_the_root_of_the_province() -> None:
    fact = received("anhui.hefei.luyang.fire", at("03-02"), "ab" * 32)
    others = [received(body, at("03-02"), "0" * 64) for body in (*MEANT["anhui"], "anhui.wuhu.fire")]
    facts = [fact, *others]
    leaf = bytes.fromhex("ab" * 32)
    for domain in ("anhui.hefei.luyang", "anhui.hefei", "anhui"):
        leaves = leaves_of(merge_all(facts, MEANT[domain]), {lower: tally(lower, facts) for lower in TREE[domain]})
        place = leaves.index(leaf)
        root = root_from_path(leaf, place, len(leaves), inclusion_path(leaves, place))
        assert root.hex() == tally(domain, facts).root
        leaf = root


def test_names_are_bounded_and_the_rest_is_counted() -> None:
    own = merge_all([], [f"anhui.wuhu.b{number}" for number in range(MAX_NAMES + 7)])
    found = tally_of(ID, "anhui.wuhu", 1, own, {}, None)
    assert (len(found.unsigned), found.unsigned_more) == (MAX_NAMES, 7)
    above = tally_of(ID, "anhui", 1, merge_all([], ["anhui.fire"]), {"anhui.wuhu": found}, None)
    assert (len(above.unsigned), above.unsigned_more) == (MAX_NAMES, 8)
    back = [returned(f"anhui.wuhu.b{number}", at("03-02"), "not ours", "0" * 64) for number in range(MAX_NAMES + 7)]
    found = tally_of(ID, "anhui.wuhu", 1, merge_all(back, [fact.address for fact in back]), {}, b"\x00" * 32)
    assert (len(found.returned), found.returned_more, found.unsigned) == (MAX_NAMES, 7, ())


# --- what is refused --------------------------------------------------------------------------------------------------


def test_a_tally_is_taken_from_directly_below_only_and_for_its_own_domain() -> None:
    for domain, branch, one in (
        ("anhui", "jiangsu", tally("anhui.wuhu", [])),
        ("anhui", "anhui.hefei", tally("anhui.wuhu", [])),
        ("anhui", "anhui.hefei.luyang", tally("anhui.hefei.luyang", [])),
        ("anhui.wuhu", "anhui.hefei.luyang", tally("anhui.hefei.luyang", [])),
        ("anhui.hefei", "anhui", tally("anhui", [])),
    ):
        with pytest.raises(Untrusted) as refused:
            combine(domain, (), {branch: one})
        assert "directly above" in refused.value.remedy


def test_a_relay_does_not_speak_of_others_bodies_or_of_a_level_above() -> None:
    honest = tally("anhui.wuhu", [])
    with pytest.raises(Untrusted, match="other domains"):
        combine("anhui", (), {"anhui.wuhu": honest.model_copy(update={"unsigned": ("anhui.wuhu.fire", "anhui.fire")})})
    back = honest.model_copy(update={"returned": (ReturnedBy(address="anhui.hefei.fire", reason="no"),)})
    with pytest.raises(Untrusted, match="other domains"):
        combine("anhui", (), {"anhui.wuhu": back})
    with pytest.raises(Malformed, match="above its own"):
        combine("anhui", (), {"anhui.wuhu": honest.model_copy(update={"counts": (Count(level=0, meant=2),)})})
    with pytest.raises(Malformed, match="another notice"):
        tally_of(OTHER_ID, "anhui", 1, (), {"anhui.wuhu": honest}, None)


@pytest.mark.parametrize(
    "figures", [{"has": 3}, {"has": 1, "signed": 2}, {"has": 2, "signed": 1, "returned": 2}, {"meant": -1}]
)
def test_counts_that_cannot_be_are_refused_wherever_they_come_from(figures: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Count(**{"level": 1, "meant": 2} | figures)
    made = Count(level=1, meant=2).model_copy(update=figures)
    with pytest.raises(Malformed, match="more than there can be"):
        combine("anhui", (), {"anhui.wuhu": tally("anhui.wuhu", []).model_copy(update={"counts": (made,)})})


@pytest.mark.parametrize(
    "change",
    [
        {"unsigned": ("anhui.wuhu.fire",)},
        {"unsigned_more": 1},
        {"returned_more": 1},
        {"root": "0" * 64},
        {"counts": (Count(level=1, meant=1), Count(level=1, meant=1))},
        {"counts": (Count(level=1, meant=2, has=1),)},
    ],
)
def test_names_and_root_fit_the_counts_or_the_tally_does_not_hold(change: dict[str, object]) -> None:
    honest = tally("anhui.wuhu", [])
    with pytest.raises(ValidationError):
        Tally.model_validate_json(honest.model_copy(update=change).model_dump_json())


def test_own_readers_are_of_the_domain_itself_each_once() -> None:
    reader = Reader(address="anhui.fire")
    for own in ((reader, reader), (Reader(address="anhui.hefei.fire"),)):
        with pytest.raises(ValueError, match="each once"):
            combine("anhui", own, {})


@pytest.mark.parametrize(
    "fields",
    [
        {"state": ReaderState.HAS},
        {"state": ReaderState.HAS, "proof": "0" * 64},
        {"state": ReaderState.SIGNED, "proof": "0" * 64},
        {"state": ReaderState.RETURNED, "proof": "0" * 64, "signed_at": at("03-02")},
        {"state": ReaderState.SIGNED, "proof": "0" * 64, "signed_at": at("03-02"), "reason": "no"},
        {"has_at": at("03-02")},
        {"proof": "0" * 64},
    ],
)
def test_a_reader_without_what_its_state_rests_on_does_not_hold(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Reader(address="anhui.fire", **fields)  # type: ignore[arg-type]
