"""Joint signatures: several bodies over the same bytes; whatever is not exactly that is refused, and says why."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from cbor2 import CBORTag, loads
from hypothesis import given
from hypothesis import strategies as st

from exchange.envelope import Identity, countersign, join, read_cosigned, verify_countersignature
from exchange.envelope.cosign import BODY_PROTECTED
from exchange.errors import ExchangeError, Forged, Malformed, SenderError, Unsupported, Untrusted, WrongClock
from exchange.joint.rules import Joint, check_issue
from tests.corpus.forge import IDS, cbor
from tests.corpus.vectors import joint_text
from tests.corpus.world import NOW, load_world

WORLD = load_world()
NAMES = ("alice", "bob", "mallory")
PAYLOAD = joint_text().model_dump_json().encode()
SIGNATURES = [countersign(PAYLOAD, WORLD[name], NOW + timedelta(minutes=at)) for at, name in enumerate(NAMES)]
WHOLE = join(PAYLOAD, SIGNATURES)


def judged(data: bytes) -> None:
    """All that a reader asks of a joint document's signatures and date."""
    found = read_cosigned(data, WORLD.directory, NOW + timedelta(hours=1))
    joint = Joint(found.signatures[0].digest, found.text.signers)
    check_issue(joint, found.signatures, NOW.date())


def labels(name: str = "bob", **changes: Any) -> dict[Any, Any]:
    """The protected header of an honest signature, with changes; a value of None removes a label."""
    made = loads(loads(countersign(PAYLOAD, WORLD[name], NOW))[0])
    changed = {**made, **{{"alg": 1, "crit": 2, "kid": 4, "claims": 15, "x5t": 34}[k]: v for k, v in changes.items()}}
    return {label: value for label, value in changed.items() if value is not None}


def signed_with(header: dict[Any, Any], who: Identity = WORLD["bob"], payload: bytes = PAYLOAD) -> bytes:
    """A signature that holds, under whatever header."""
    protected = cbor(header)
    covered = cbor(["Signature", BODY_PROTECTED, protected, b"", payload])
    return cbor([protected, {}, who.signing_key.sign(covered)])


def test_all_who_are_named_have_signed_the_same_bytes_each_at_its_own_time() -> None:
    judged(WHOLE)
    found = read_cosigned(WHOLE, WORLD.directory)
    assert (found.payload, found.text) == (PAYLOAD, joint_text())
    assert [(one.by, one.at) for one in found.signatures] == [
        (f"city.{name}", NOW + timedelta(minutes=at)) for at, name in enumerate(NAMES)
    ]


def test_a_signature_is_made_and_verified_without_the_others_and_in_whole_seconds() -> None:
    made = countersign(PAYLOAD, WORLD["bob"], NOW + timedelta(seconds=1, microseconds=999_999))
    assert verify_countersignature(made, PAYLOAD, WORLD.directory).at == NOW + timedelta(seconds=1)
    assert made == countersign(PAYLOAD, WORLD["bob"], NOW + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("signatures", "error", "why"),
    [
        (SIGNATURES[:2], Forged, "not signed by city.mallory"),
        ([SIGNATURES[0], SIGNATURES[1], SIGNATURES[1]], Forged, "not signed by city.mallory"),
        ([*SIGNATURES, SIGNATURES[1]], Forged, "signed twice by city.bob"),
        ([*SIGNATURES, countersign(PAYLOAD, WORLD["bob"], NOW)], Forged, "signed twice by city.bob"),
        ([SIGNATURES[1], SIGNATURES[0], SIGNATURES[2]], Forged, "not in the order"),
        (
            [*SIGNATURES[:2], countersign(PAYLOAD + b" ", WORLD["mallory"], NOW)],
            Forged,
            "does not verify for this text",
        ),
        ([*SIGNATURES[:2], countersign(PAYLOAD, WORLD["carol"], NOW)], Untrusted, "was revoked before it signed"),
        ([*SIGNATURES[:2], countersign(PAYLOAD, WORLD["dave"], NOW)], Untrusted, "its certificate ended at"),
        ([*SIGNATURES[:2], countersign(PAYLOAD, WORLD["stranger"], NOW)], Untrusted, "not one of the directory"),
        ([*SIGNATURES[:2], countersign(PAYLOAD, WORLD["mallory"], NOW + timedelta(hours=2))], WrongClock, "clock says"),
        ([], Malformed, "has 1 to"),
        ([SIGNATURES[0]] * 21, Malformed, "has 1 to"),
    ],
)
def test_a_signature_too_few_too_many_anothers_or_over_other_bytes_is_refused(
    signatures: list[bytes], error: type[ExchangeError], why: str
) -> None:
    with pytest.raises(error, match=why):
        judged(join(PAYLOAD, signatures))


def test_one_who_is_not_named_is_refused_though_its_signature_holds() -> None:
    text = joint_text().model_copy(update={"signers": ("city.alice", "city.bob")}).model_dump_json().encode()
    signatures = [countersign(text, WORLD[name], NOW) for name in NAMES]
    with pytest.raises(Untrusted, match=r"city\.mallory is not among the signers"):
        judged(join(text, signatures))
    judged(join(text, signatures[:2]))


def test_a_carol_who_signed_before_she_was_revoked_still_counts() -> None:
    early = countersign(PAYLOAD, WORLD["carol"], NOW - timedelta(hours=2))
    assert verify_countersignature(early, PAYLOAD, WORLD.directory).by == "city.carol"


@pytest.mark.parametrize(
    ("made", "error", "why"),
    [
        (signed_with(labels(), WORLD["alice"]), Forged, r"that of city\.bob does not verify"),
        (signed_with(labels(kid=b"city.alice")), Forged, "names another"),
        (signed_with(labels(kid="city.bob")), Forged, "names another"),
        (signed_with(labels(x5t=[-16, WORLD["alice"].x5t]), WORLD["alice"]), Forged, "names another"),
        (signed_with(labels(alg=-7)), Unsupported, "not EdDSA"),
        (signed_with(labels(crit=[15, 99])), Unsupported, "critical"),
        (signed_with(labels(crit=[4])), Malformed, "exactly the labels"),
        (signed_with(labels(crit=None)), Malformed, "exactly the labels"),
        (signed_with(labels(kid=None)), Malformed, "exactly the labels"),
        (signed_with({**labels(), 3: "text/plain"}), Malformed, "exactly the labels"),
        (signed_with({**labels(), 99: 1}), Unsupported, "label is not known"),
        (signed_with(labels(claims={6: -1})), Malformed, "time of signing"),
        (signed_with(labels(claims={6: 2**62})), Malformed, "time of signing"),
        (signed_with(labels(claims={6: b"1"})), Malformed, "time of signing"),
        (signed_with(labels(claims={1: "x", 6: 1})), Malformed, "time of signing"),
        (signed_with(labels(claims=7)), Malformed, "time of signing"),
        (signed_with(labels(x5t=[-16, b"short"])), Unsupported, "thumbprint"),
        (cbor([loads(SIGNATURES[1])[0], {4: b"x"}, loads(SIGNATURES[1])[2]]), Malformed, "wrong type"),
        (cbor([loads(SIGNATURES[1])[0], {}]), Malformed, "three parts"),
        (cbor([cbor([1]), {}, b"x" * 64]), Malformed, "not a map"),
        (b"", Malformed, "joint signature"),
        (b"\x83" * 2_000, Malformed, "joint signature"),
    ],
)
def test_a_signature_that_is_not_exactly_one_is_refused(made: bytes, error: type[ExchangeError], why: str) -> None:
    with pytest.raises(error, match=why):
        verify_countersignature(made, PAYLOAD, WORLD.directory, NOW)


@pytest.mark.parametrize(
    ("whole", "error"),
    [
        (cbor(CBORTag(18, [BODY_PROTECTED, {}, PAYLOAD, [loads(one) for one in SIGNATURES]])), Malformed),
        (cbor([BODY_PROTECTED, {}, PAYLOAD, [loads(one) for one in SIGNATURES]]), Malformed),
        (cbor(CBORTag(98, [b"", {}, PAYLOAD, [loads(one) for one in SIGNATURES]])), Unsupported),
        (cbor(CBORTag(98, [BODY_PROTECTED, {3: "x"}, PAYLOAD, [loads(one) for one in SIGNATURES]])), Malformed),
        (cbor(CBORTag(98, [BODY_PROTECTED, {}, PAYLOAD])), Malformed),
        (cbor(CBORTag(98, [BODY_PROTECTED, {}, PAYLOAD, SIGNATURES])), Malformed),
        (join(b"{}", [countersign(b"{}", WORLD["alice"], NOW)]), Malformed),
        (WHOLE + b"\x00", Malformed),
    ],
)
def test_what_is_no_joint_document_is_refused(whole: bytes, error: type[ExchangeError]) -> None:
    with pytest.raises(error):
        judged(whole)


@given(st.integers(0, len(WHOLE) * 8 - 1))
def test_no_bit_of_it_can_be_changed(bit: int) -> None:
    changed = bytearray(WHOLE)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SenderError):
        judged(bytes(changed))


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_in_which_they_signed_is_nowhere_but_in_their_times(order: tuple[int, ...]) -> None:
    made = {at: countersign(PAYLOAD, WORLD[NAMES[at]], NOW + timedelta(minutes=at)) for at in order}
    assert join(PAYLOAD, [made[at] for at in range(3)]) == WHOLE


def test_a_signature_of_one_round_fits_no_other_round_of_the_same_text() -> None:
    other = joint_text().model_copy(update={"joint_id": IDS[1]}).model_dump_json().encode()
    with pytest.raises(Forged, match="does not verify for this text"):
        verify_countersignature(SIGNATURES[1], other, WORLD.directory, NOW)
