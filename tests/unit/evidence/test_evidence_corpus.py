"""Each bundle of the corpus is found to be what it is; and no bit of a good one changes unnoticed."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.errors import BadBundle
from exchange.evidence.proof.findings import Conclusion, FindingCode, Weight
from exchange.evidence.proof.verifying import VerifiedBundle, verify_bundle
from tests.corpus.evidence.cases import CASES as MADE
from tests.corpus.evidence.town import ASKED, DECISION, OPINION, ROLES, PaperTown, good
from tests.corpus.evidence.witnessed import SEEN
from tests.corpus.kin import Kin
from tests.unit.facts import at

BETWEEN = FindingCode.SIGNED_BETWEEN
VECTORS = Path(__file__).parents[3] / "docs" / "vectors" / "evidence"
CASES: list[dict[str, Any]] = json.loads((VECTORS / "expected.json").read_text(encoding="utf-8"))["cases"]


@cache
def _good() -> tuple[bytes, bytes]:
    town = good()
    return town.bind(), town.kin.certificate


def _told(found: VerifiedBundle) -> list[str]:
    return [f"{one.weight} {one.code} {one.about} {one.text}" for one in found.findings]


@pytest.mark.parametrize("case", CASES, ids=[one["name"] for one in CASES])
def test_a_verifier_finds_what_was_done(case: dict[str, Any]) -> None:
    bundle, authority = (VECTORS / f"{case['name']}.zip").read_bytes(), bytes.fromhex(case["authority_certificate_der"])
    if case["conclusion"] == "no-bundle":
        with pytest.raises(BadBundle):
            verify_bundle(bundle, authority)
        return
    stampers = [bytes.fromhex(one) for one in case["time_authority_certificates_der"]]
    found = verify_bundle(bundle, authority, stampers)
    codes = sorted({one.code.value for one in found.findings if one.weight is not Weight.PROVED})
    assert (found.conclusion.value, codes) == (case["conclusion"], case["codes"])


def test_the_vectors_are_the_corpus() -> None:
    made = [(one.name, one.expected.conclusion, sorted(one.expected.codes)) for one in MADE]
    assert made == [(one["name"], one["conclusion"], one["codes"]) for one in CASES]
    assert {path.stem for path in VECTORS.glob("*.zip")} == {one.name for one in MADE}


def test_another_authority_proves_nothing() -> None:
    bundle, _ = _good()
    with pytest.raises(BadBundle, match="no directory in it is signed by the authority"):
        verify_bundle(bundle, Kin("c", ROLES, name="another").certificate)
    with pytest.raises(BadBundle, match="cannot be read"):
        verify_bundle(bundle, b"no certificate")


def test_a_bundle_without_a_directory_proves_nothing() -> None:
    town = PaperTown()
    town.consult()
    with pytest.raises(BadBundle, match="there is none"):
        verify_bundle(town.bind(), town.kin.certificate)


@settings(max_examples=40)
@given(st.data())
def test_no_flipped_bit_is_unnoticed(data: st.DataObject) -> None:
    bundle, certificate = _good()
    place = data.draw(st.integers(0, len(bundle) * 8 - 1))
    flipped = bytearray(bundle)
    flipped[place // 8] ^= 1 << place % 8
    try:
        found = verify_bundle(bytes(flipped), certificate)
    except BadBundle:
        return
    assert found.conclusion is not Conclusion.PROVED or _told(found) == _told(verify_bundle(bundle, certificate))


def _bounds(town: PaperTown) -> dict[str, tuple[datetime | None, datetime | None]]:
    found = verify_bundle(town.bind(), town.kin.certificate)
    told = {one.about: (one.at_earliest, one.at_latest) for one in found.findings if one.code is BETWEEN}
    assert told == {
        one.message_id: (one.at_earliest, one.at_latest) for one in found.timeline if one.message_id in told
    }
    return told


def test_each_document_is_bounded_by_what_others_have_signed() -> None:
    town = good()
    found = _bounds(town)
    assert found[ASKED] == (None, at("03-02"))
    assert found[OPINION] == (at("03-02"), at("03-04"))
    assert found[DECISION] == (at("03-10", "00:01"), None)
    town.log("window", ("decided",), messages={0: DECISION})
    assert _bounds(town)[DECISION] == found[DECISION], "its own log is its own word"
    town.log("monitor", ("seen",), messages={0: DECISION}, digests={0: None})
    assert _bounds(town)[DECISION] == found[DECISION], "an id alone names no bytes"
    town.log("monitor", ("seen",), messages={0: DECISION})
    assert _bounds(town)[DECISION] == (at("03-10", "00:01"), at("03-10", "10:00"))


def test_what_witnesses_have_seen_is_told_with_when_and_how_much() -> None:
    [case] = [one for one in CASES if one["name"] == "log-witnessed"]
    found = verify_bundle(
        (VECTORS / "log-witnessed.zip").read_bytes(), bytes.fromhex(case["authority_certificate_der"])
    )
    told = [(str(one.text), one.at_latest) for one in found.findings if one.code is FindingCode.WITNESSED]
    assert [text.partition(",")[0] for text, _ in told] == [
        "c.police has countersigned c.window's log with 3 entries", "c.transport has countersigned c.window's log with"
        " 4 entries",
    ]  # fmt: skip
    assert ["3 of the entries here" in text or "4 of the entries here" in text for text, _ in told] == [True, True]
    assert [at for _, at in told] == [SEEN, SEEN + timedelta(hours=1, minutes=1)]
