"""Counts held against receipts: honest ones hold whatever the state of the readers; each kind of lie is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.audit import tree_root
from exchange.directory.hierarchy import domain_of, is_within
from exchange.language import Text
from exchange.notices.evidence.rules import DomainEvidence, Evidence, judge, may_ask, on_way, shows
from exchange.notices.rules.tally import leaves_of, received, returned, signed_for, tally_of
from exchange.schemas import Reader, ReceiptsRequest, Rest, Tally
from tests.unit.facts import ID, OTHER_ID, at, merge_all

TREE: dict[str, tuple[str, ...]] = {
    "anhui": ("anhui.hefei", "anhui.wuhu"),
    "anhui.hefei": ("anhui.hefei.luyang", "anhui.hefei.shushan"),
    "anhui.wuhu": (),
    "anhui.hefei.luyang": (),
    "anhui.hefei.shushan": (),
}
MEANT = {domain: tuple(f"{domain}.{name}" for name in ("fire", "planning", "tax")) for domain in TREE}
EVERYBODY = tuple(address for bodies in MEANT.values() for address in bodies)
ORIGIN = "anhui.office"
INVENTED = "f" * 64


def fact(address: str, state: str) -> Reader:
    """What a body has signed; its digest is its own."""
    proof = f"{EVERYBODY.index(address):064x}"
    if state == "signed":
        return signed_for(address, at("03-02"), proof)
    return (
        returned(address, at("03-02"), "不属我局", proof)
        if state == "returned"
        else received(address, at("03-02"), proof)
    )


STATES = st.fixed_dictionaries(
    {address: st.sampled_from(("none", "has", "signed", "returned")) for address in EVERYBODY}
)


def asked(domain: str = "anhui", body: str | None = None) -> ReceiptsRequest:
    return ReceiptsRequest(request_id=OTHER_ID, notice_id=ID, asker=ORIGIN, domain=domain, body=body)


def shown(facts: Sequence[Reader], request: ReceiptsRequest) -> dict[str, DomainEvidence]:
    """What honest relay offices show."""
    tallies: dict[str, Tally] = {}
    accounts: dict[str, DomainEvidence] = {}
    for domain in sorted(TREE, key=len, reverse=True):
        own = merge_all(facts, MEANT[domain])
        below = {lower: tallies[lower] for lower in TREE[domain]}
        leaves = leaves_of(own, below)
        root = tree_root(leaves) if leaves else None
        tallies[domain] = tally_of(ID, domain, 1, own, below, root)
        mine = [one for one in own if one.proof and shows(domain, request) and request.body in (None, one.address)]
        accounts[domain] = DomainEvidence(
            tally=tallies[domain],
            proofs=tuple(sorted(one.proof for one in own if one.proof)),
            branches=tuple(Rest(domain=low, serial=1, counts=t.counts, root=t.root) for low, t in below.items()),
            rebuilt=root.hex() if root else None,
            whole=True,
            facts=tuple(mine),
        )
    return {domain: account for domain, account in accounts.items() if on_way(domain, request)}


def held(
    accounts: Mapping[str, DomainEvidence], request: ReceiptsRequest | None = None, told: Tally | None = None
) -> Evidence:
    return judge(request or asked(), "anhui", told or accounts["anhui"].tally, accounts)


def of_states(states: Mapping[str, str]) -> list[Reader]:
    return [fact(address, state) for address, state in states.items() if state != "none"]


@given(STATES)
def test_honest_counts_hold_and_everybody_who_signed_something_is_proved(states: dict[str, str]) -> None:
    found = held(shown(of_states(states), asked()))
    assert found.holds
    assert {one.address for one in found.proved} == {address for address, state in states.items() if state != "none"}
    assert set(found.answered) == set(TREE)


@given(STATES, st.sampled_from(sorted(TREE)))
def test_of_one_domain_its_own_and_those_below_are_proved_and_others_only_asked_for_their_root(
    states: dict[str, str], domain: str
) -> None:
    request = asked(domain)
    found = held(shown(of_states(states), request), request)
    assert found.holds
    assert all(is_within(domain_of(one.address), domain) for one in found.proved)
    assert set(found.answered) == {name for name in TREE if is_within(name, domain) or is_within(domain, name)}


@given(STATES, st.sampled_from(EVERYBODY))
def test_of_one_body_its_receipt_is_proved_or_missing(states: dict[str, str], body: str) -> None:
    request = asked(domain_of(body), body)
    found = held(shown(of_states(states), request), request)
    assert found.holds == (states[body] != "none")
    assert [one.address for one in found.proved] == ([body] if found.holds else [])
    assert not found.faults


@given(STATES, st.data())
def test_what_has_not_come_yet_is_waited_for_and_nothing_holds_before(
    states: dict[str, str], data: st.DataObject
) -> None:
    accounts = shown(of_states(states), asked())
    gone = data.draw(st.sets(st.sampled_from(sorted(TREE)), min_size=1))
    found = held({domain: one for domain, one in accounts.items() if domain not in gone}, told=accounts["anhui"].tally)
    assert found.waiting
    assert not found.holds
    assert not found.faults
    assert not found.missing


@given(STATES, st.sampled_from(sorted(TREE)), st.integers(1, 3))
def test_a_relay_that_invents_receipts_cannot_show_them(states: dict[str, str], liar: str, number: int) -> None:
    """Its root, its counts and all counts above are made to fit."""
    facts = of_states(states)
    lies = [address for address in MEANT[liar] if states[address] == "none"][:number]
    invented = [signed_for(address, at("03-02"), f"{INVENTED[:-1]}{place}") for place, address in enumerate(lies)]
    accounts = shown([*facts, *invented], asked())
    proofs = {one.proof for one in invented}
    accounts[liar] = replace(
        accounts[liar], facts=tuple(one for one in accounts[liar].facts if one.proof not in proofs)
    )
    found = held(accounts)
    assert [(one.domain, one.number) for one in found.missing] == ([(liar, len(lies))] if lies else [])
    assert found.holds == (not lies)


ALL_SIGNED = of_states(dict.fromkeys(EVERYBODY, "signed"))
HEFEI = "anhui.hefei"


def test_a_relay_that_counts_more_below_than_it_was_told_is_found() -> None:
    accounts = shown(of_states({**dict.fromkeys(EVERYBODY, "has"), f"{HEFEI}.fire": "signed"}), asked())
    own, below = accounts[HEFEI].tally.counts
    raised = below.model_copy(update={"signed": below.signed + 3})
    accounts[HEFEI] = replace(accounts[HEFEI], tally=accounts[HEFEI].tally.model_copy(update={"counts": (own, raised)}))
    found = held(accounts)
    assert (HEFEI, "what it counts below is not what the levels below have told") in [
        (one.domain, str(one.why)) for one in found.faults
    ]


def test_a_relay_that_says_of_a_level_below_what_that_did_not_tell_is_found() -> None:
    accounts = shown(ALL_SIGNED, asked())
    first, *others = accounts[HEFEI].branches
    lie = first.model_copy(update={"root": INVENTED})
    accounts[HEFEI] = replace(accounts[HEFEI], branches=(lie, *others))
    assert any("luyang is another here" in str(one.why) for one in held(accounts).faults)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"rebuilt": INVENTED}, "root"),
        ({"proofs": (INVENTED,)}, "authorities that have it"),
        ({"facts": (fact(f"{HEFEI}.fire", "signed"), fact(f"{HEFEI}.fire", "signed"))}, "2 times"),
        ({"facts": (signed_for(f"{HEFEI}.fire", at("03-02"), INVENTED),)}, "not counted"),
        ({"branches": (Rest(domain="anhui.wuhu", serial=0),)}, "not directly below"),
        ({"faults": (Text("what is shown for somebody does not verify"),)}, "does not verify"),
    ],
    ids=["root", "number", "one body twice", "uncounted", "not below", "unverified"],
)
def test_what_goes_against_itself_is_named(change: dict[str, object], why: str) -> None:
    accounts = shown(ALL_SIGNED, asked())
    accounts[HEFEI] = replace(accounts[HEFEI], **change)  # type: ignore[arg-type]
    found = held(accounts)
    assert any(one.domain == HEFEI and why in str(one.why) for one in found.faults)
    assert not found.holds


def test_returns_that_are_counted_as_signatures_are_found() -> None:
    accounts = shown(ALL_SIGNED, asked())
    turned = tuple(
        returned(one.address, at("03-02"), "不属我局", one.proof or "") if one.address == f"{HEFEI}.fire" else one
        for one in accounts[HEFEI].facts
    )
    accounts[HEFEI] = replace(accounts[HEFEI], facts=turned)
    assert any("counts 3 as signed, and 2 have" in str(one.why) for one in held(accounts).faults)


def test_somebody_who_has_signed_and_is_named_as_not_having_is_found() -> None:
    accounts = shown(of_states(dict.fromkeys(EVERYBODY, "has")), asked())
    one = accounts[HEFEI].facts[0]
    accounts[HEFEI] = replace(accounts[HEFEI], facts=(signed_for(one.address, at("03-02"), one.proof or ""),))
    assert any("named as not having signed" in str(fault.why) for fault in held(accounts).faults)


def test_a_relay_that_shows_another_tally_than_it_told_is_found_and_a_later_one_is_asked_for_again() -> None:
    accounts = shown(ALL_SIGNED, asked())
    other = shown(of_states(dict.fromkeys(EVERYBODY, "has")), asked())["anhui"].tally
    assert [one.domain for one in held(accounts, told=other).faults] == ["anhui"]
    earlier = held(accounts, told=other.model_copy(update={"serial": 7}))
    assert (earlier.faults, earlier.moved, earlier.holds) == ((), ("anhui",), False)


def test_nothing_shown_proves_nothing() -> None:
    assert not judge(asked(), "anhui", None, {}).holds
    assert not Evidence().holds


def test_receipts_are_shown_to_the_origin_and_to_relay_offices_that_the_notice_has_passed() -> None:
    county = "anhui.hefei.luyang"
    assert may_ask(ORIGIN, ORIGIN, county)
    assert may_ask("anhui.relay", ORIGIN, county)
    assert may_ask("anhui.hefei.relay", ORIGIN, county)
    assert not may_ask("anhui.hefei.office", ORIGIN, county)
    assert not may_ask("anhui.wuhu.relay", ORIGIN, county)
    assert not may_ask("anhui.relay", "anhui.hefei.office", county)
