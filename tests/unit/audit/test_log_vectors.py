"""The vectors of a member's log: the product and the second reader come to what is printed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from exchange.audit.log.cosignatures import read_cosignature
from exchange.audit.log.growth import HeadStanding, read_growth, standing_of
from exchange.audit.log.heads import open_log_head, read_log_head
from exchange.audit.log.leaves import LogEntry, read_leaf
from exchange.audit.log.receipts import verify_consistency, verify_inclusion
from exchange.audit.log.tiles import Tiles, extended
from exchange.audit.merkle import leaf_hash
from exchange.directory import load_directory
from exchange.envelope import cbor
from exchange.errors import Malformed, SenderError
from tests.unit import second_log
from tests.unit.second_checks import Refused

LOG = json.loads((Path(__file__).parents[3] / "docs" / "vectors" / "log.json").read_text(encoding="utf-8"))
CERTIFICATES = {
    hashlib.sha256(data).digest(): second_log.certified(data)
    for data in map(bytes.fromhex, (one["certificate_der"] for one in LOG["certificates"]))
}
AUTHORITY = x509.load_der_x509_certificate(bytes.fromhex(LOG["authority_certificate_der"]))
DIRECTORY = load_directory(bytes.fromhex(LOG["directory"]), AUTHORITY, datetime.fromisoformat(LOG["read_at"]), 0)
ENTRIES = [
    LogEntry(
        one["id"],
        datetime.fromisoformat(one["at"]),
        one["event"],
        one["case"],
        one["message"],
        one["detail"],
        one["message_sha256"] and bytes.fromhex(one["message_sha256"]),
    )
    for one in LOG["entries"]
]
LEAVES = [entry.as_leaf() for entry in ENTRIES]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]
ROOTS = {one["size"]: bytes.fromhex(one["root"]) for one in LOG["roots"]}


def taken(read: Callable[[], object]) -> bool:
    """Whether a reader takes what it is given; what breaks the second one is refused by it too."""
    try:
        read()
    except (SenderError, Refused, ValueError, KeyError, TypeError, AssertionError, IndexError):
        return False
    return True


def test_leaves_are_the_same_bytes_in_both_and_read_back() -> None:
    spelled = [f"{entry.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}+00:00" for entry in ENTRIES]
    second = [second_log.leaf(one, at) for one, at in zip(LOG["entries"], spelled, strict=True)]
    assert second == LEAVES
    assert hashlib.sha256(b"".join(LEAVES)).hexdigest() == LOG["leaves_sha256"]
    assert [read_leaf(leaf) for leaf in LEAVES] == ENTRIES


@pytest.mark.parametrize(
    "parts",
    [
        [3, 1, "2026-03-02T01:00:00.000000+00:00", "e", "", "", "{}"],
        [2, 1, "2026-03-02T01:00:00.000000+00:00", "e", "", "", "{}"],
        [2, 1, "2026-03-02T01:00:00.000000+00:00", "e", "", "", "{}", b"d" * 32],
        [2, 1, "2026-03-02T01:00:00.000000+00:00", "e", "", "m", "{}", b"d" * 31],
        [2, 1, "2026-03-02T01:00:00.000000+00:00", "e", "", "m", "{}", "d" * 32],
        [2, 1, "2026-03-02T01:00:00.000000+00:00", "e", "", "m", "{}", None],
        [1, 1, "2026-03-02T01:00:00.000000+00:00", "e", "", "m", "{}", b"d" * 32],
        [1, 1, "2026-03-02T01:00:00.000000+00:00", "e", "", ""],
        [1, "1", "2026-03-02T01:00:00.000000+00:00", "e", "", "", "{}"],
        [1, 1, "2026-03-02T01:00:00+00:00", "e", "", "", "{}"],
        [1, 1, "2026-03-02T09:00:00.000000+08:00", "e", "", "", "{}"],
        [1, 1, "2026-03-02T01:00:00.000000", "e", "", "", "{}"],
        [1, 1, "noon", "e", "", "", "{}"],
        [1, 1, "2026-03-02T01:00:00.000000+00:00", "e", "", "", b"{}"],
    ],
)
def test_an_entry_has_one_form(parts: list[Any]) -> None:
    with pytest.raises(Malformed, match="entry of a log"):
        read_leaf(cbor.encode(parts))


def test_roots_are_those_printed() -> None:
    kept = extended(lambda level, number: b"", 0, HASHES)
    tiles = Tiles(lambda level, number: kept.get((level, number), b""))
    assert {size: tiles.root(size) for size in ROOTS} == ROOTS
    assert {size: second_log.root(HASHES[:size]) for size in ROOTS} == ROOTS


def test_both_take_every_receipt_of_an_entry() -> None:
    for one in LOG["inclusion"]:
        data, index, size = bytes.fromhex(one["receipt"]), one["index"], one["size"]
        found = verify_inclusion(data, LEAVES[index], DIRECTORY)
        assert (found.index, found.size, found.root, found.signer.address) == (index, size, ROOTS[size], "p.window")
        assert second_log.included(data, HASHES[index], CERTIFICATES) == (index, size, ROOTS[size], "p.window")
        assert not taken(lambda: verify_inclusion(data, LEAVES[index] + b" ", DIRECTORY))  # noqa: B023


def test_both_take_every_receipt_of_growth() -> None:
    for one in LOG["consistency"]:
        data, before, size = bytes.fromhex(one["receipt"]), one["before"], one["size"]
        found = verify_consistency(data, ROOTS[before], ROOTS[size], DIRECTORY)
        assert (found.before, found.size, found.signer.address) == (before, size, "p.window")
        assert second_log.grown(data, HASHES, CERTIFICATES) == (before, size, "p.window")
        assert not taken(lambda: verify_consistency(data, ROOTS[size], ROOTS[size], DIRECTORY))  # noqa: B023


@pytest.mark.parametrize("case", LOG["heads"], ids=lambda case: case["name"])
def test_a_head_is_taken_or_refused_by_both_as_the_vector_says(case: dict[str, Any]) -> None:
    data, said = bytes.fromhex(case["head"]), case["outcome"] == "taken"
    assert taken(lambda: read_log_head(data, DIRECTORY)) is said
    assert taken(lambda: second_log.head(data, CERTIFICATES)) is said


@pytest.mark.parametrize("case", LOG["receipts_of_entry_4"], ids=lambda case: case["name"])
def test_a_receipt_is_taken_or_refused_by_both_as_the_vector_says(case: dict[str, Any]) -> None:
    data, said = bytes.fromhex(case["receipt"]), case["outcome"] == "taken"
    assert taken(lambda: verify_inclusion(data, LEAVES[4], DIRECTORY)) is said
    assert taken(lambda: second_log.included(data, HASHES[4], CERTIFICATES)) is said


def test_heads_name_the_one_before() -> None:
    first, second, *_ = [bytes.fromhex(one["head"]) for one in LOG["heads"]]
    heads = [read_log_head(data, DIRECTORY) for data in (first, second)]
    assert (heads[0].head.previous, heads[1].head.previous) == (None, heads[0].digest)
    assert {one.head.claimed for one in heads} == {2}


@pytest.mark.parametrize("case", LOG["cosignatures"], ids=lambda case: case["name"])
def test_a_cosignature_is_taken_or_refused_by_both_as_the_vector_says(case: dict[str, Any]) -> None:
    data, said = bytes.fromhex(case["cosignature"]), case["outcome"] == "taken"
    assert taken(lambda: read_cosignature(data, DIRECTORY)) is said
    assert taken(lambda: second_log.cosignature(data, CERTIFICATES)) is said


@pytest.mark.parametrize("case", LOG["growth_to_7"], ids=lambda case: case["name"])
def test_growth_is_taken_or_refused_by_both_as_the_vector_says(case: dict[str, Any]) -> None:
    """The second reader has all leaves, and compares."""
    data, said = bytes.fromhex(case["growth"]), case["outcome"] == "taken"
    head = read_log_head(bytes.fromhex(LOG["heads"][1]["head"]), DIRECTORY)

    def second() -> None:
        root, receipt = cbor.decode(data, "growth", 8_192)
        before, size, _ = second_log.grown(receipt, HASHES[:7], CERTIFICATES)
        assert (root, size) == (second_log.root(HASHES[:before]), 7)

    assert taken(lambda: read_growth(data, head, DIRECTORY)) is said
    assert taken(second) is said


@pytest.mark.parametrize("case", LOG["standings"], ids=lambda case: case["name"])
def test_how_a_shown_head_stands_to_the_held_one(case: dict[str, Any]) -> None:
    held, shown, growth = (bytes.fromhex(case[name]) for name in ("held", "shown", "growth"))
    stands = standing_of(open_log_head(held).head, read_log_head(shown, DIRECTORY), growth, DIRECTORY)
    assert stands == case["standing"]
    assert stands.contradicts is (case["standing"] in ("forked", "shorter"))


def test_every_standing_has_a_vector() -> None:
    assert {one["standing"] for one in LOG["standings"]} == set(HeadStanding)
