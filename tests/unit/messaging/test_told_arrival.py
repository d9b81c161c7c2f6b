"""What a receipt says of an arrival: which moment counts, by what it is known, and what the stamp said beside it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from exchange.messaging.rules.arrival_time import Arrival, ArrivalSource, told_arrival
from exchange.schemas import ArrivalBasis, Receipt, ReceiptArrival
from tests.unit.examples import EXAMPLES
from tests.unit.facts import at

HOUR = timedelta(hours=1)
NOW = at("03-02", "12:00")
THEN = NOW - HOUR
STAMPED = Arrival(THEN, THEN, ArrivalSource.BROKER, THEN)


@pytest.mark.parametrize(
    ("arrival", "counts", "told"),
    [
        (STAMPED, THEN, ReceiptArrival(basis=ArrivalBasis.BROKER_STAMP)),
        (
            Arrival(THEN - HOUR, THEN, ArrivalSource.OWN),
            THEN,
            ReceiptArrival(basis=ArrivalBasis.OWN_CLOCK, not_before=THEN - HOUR),
        ),
        (Arrival(THEN, THEN, ArrivalSource.EVENT), THEN, ReceiptArrival(basis=ArrivalBasis.SIGNING)),
        (
            Arrival(THEN - HOUR, THEN, ArrivalSource.SET_ASIDE),
            THEN,
            ReceiptArrival(basis=ArrivalBasis.SET_ASIDE, not_before=THEN - HOUR),
        ),
        (
            STAMPED.of_earlier(Arrival(THEN - HOUR, THEN - HOUR, ArrivalSource.BROKER)),
            THEN - HOUR,
            ReceiptArrival(basis=ArrivalBasis.BROKER_STAMP, earlier_copy=True, stamped_at=THEN),
        ),
        (
            Arrival(NOW + HOUR, NOW + HOUR, ArrivalSource.BROKER, NOW + HOUR),
            NOW,
            ReceiptArrival(basis=ArrivalBasis.OWN_CLOCK, stamped_at=NOW + HOUR),
        ),
        (Arrival(NOW + HOUR, NOW + HOUR, ArrivalSource.EVENT), NOW, ReceiptArrival(basis=ArrivalBasis.OWN_CLOCK)),
    ],
    ids=["stamped", "interval", "replay", "set aside", "an earlier copy", "broker ahead", "replay ahead"],
)
def test_a_receipt_says_which_moment_counts_and_why(arrival: Arrival, counts: object, told: ReceiptArrival) -> None:
    assert told_arrival(arrival, NOW) == (counts, told)
    receipt = _receipt(version=2, arrived_at=counts, arrival=told)
    assert Receipt.model_validate_json(receipt.as_json()) == receipt


def test_what_came_once_has_the_arrival_that_it_has() -> None:
    assert STAMPED.of_earlier(None) is STAMPED


@pytest.mark.parametrize(
    "wrong",
    [
        {"basis": ArrivalBasis.OWN_CLOCK, "not_before": THEN},
        {"basis": ArrivalBasis.BROKER_STAMP, "not_before": THEN - HOUR},
        {"basis": ArrivalBasis.BROKER_STAMP, "stamped_at": THEN + HOUR},
        {"basis": ArrivalBasis.OWN_CLOCK, "stamped_at": THEN - HOUR},
        {"basis": ArrivalBasis.BROKER_STAMP, "stamped_at": THEN, "earlier_copy": True},
    ],
    ids=["an empty interval", "exact and not", "a stamp passed over", "an earlier stamp passed over", "the same"],
)
def test_no_stamp_is_passed_over_without_a_reason(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="does not agree"):
        _receipt(version=2, arrived_at=THEN, arrival=ReceiptArrival.model_validate(wrong))


def test_a_receipt_of_the_first_version_is_what_it_was() -> None:
    """Byte for byte: leaves of earlier releases are hashed as they came, and are read for ever."""
    first = _receipt(version=1, arrived_at=THEN, arrival=None)
    assert b'arrival"' not in first.as_json()
    assert Receipt.model_validate_json(first.as_json()) == first


def _receipt(**changes: object) -> Receipt:
    example = EXAMPLES["receipt-leaf"]
    return Receipt.model_validate(example.model_dump() | changes)
