"""What a signer says of time is held against its own signing and against what is known, with a tolerance for clocks."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from exchange.audit import tree_root
from exchange.clock import CST
from exchange.envelope import Opened, pack_leaves
from exchange.errors import Implausible
from exchange.language import Text
from exchange.messaging.receipts import read_receipts
from exchange.messaging.rules.moments import check_after, check_moments
from exchange.schemas import MESSAGES, Body, Receipt, ReceiptBatch
from exchange.schemas.instants import CLOCK_SKEW
from tests.unit.examples import EXAMPLES

SIGNED = datetime(2026, 3, 2, 9, tzinfo=CST)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def dated(kind: str, place: str, at: datetime) -> Body:
    """An example whose field says this, and all others the moment of signing."""
    example = EXAMPLES[kind]
    assert isinstance(example, Body)
    said = dict.fromkeys((*type(example).MOMENT, *type(example).HAPPENED), SIGNED) | {place: at}
    fields: dict[str, object] = {}
    for one, moment in said.items():
        first, _, rest = one.partition(".")
        value: object = moment.date() if one == "decided_on" else moment
        fields[first] = getattr(example, first).model_copy(update={rest: moment}) if rest else value
    return example.model_copy(update=fields)


PLACES = [(kind, place) for kind, model in sorted(MESSAGES.items()) for place in (*model.MOMENT, *model.HAPPENED)]


@pytest.mark.parametrize(("kind", "place"), PLACES)
def test_nothing_speaks_of_what_comes_after_its_signing(kind: str, place: str) -> None:
    check_moments(dated(kind, place, SIGNED), SIGNED)
    if place != "decided_on":
        check_moments(dated(kind, place, SIGNED + CLOCK_SKEW), SIGNED)
    with pytest.raises(Implausible, match=rf"^{place}: says 2026-03-03.* after it was signed at 2026-03-02 09:00:00"):
        check_moments(dated(kind, place, SIGNED + DAY), SIGNED)


@pytest.mark.parametrize(
    ("kind", "place"), [(kind, place) for kind, model in sorted(MESSAGES.items()) for place in model.MOMENT]
)
def test_the_moment_of_signing_is_the_headers(kind: str, place: str) -> None:
    check_moments(dated(kind, place, SIGNED - CLOCK_SKEW), SIGNED)
    with pytest.raises(Implausible, match="long before"):
        check_moments(dated(kind, place, SIGNED - CLOCK_SKEW - MINUTE), SIGNED)


def test_the_day_of_an_opinion_is_one_of_china() -> None:
    late = datetime(2026, 3, 2, 23, 55, tzinfo=CST)
    check_moments(dated("opinion", "decided_on", late + DAY), late)  # ten to midnight, and clocks differ


def test_what_must_follow_something_is_not_dated_before_it() -> None:
    what, before = Text("the opinion"), Text("the case was put to its department")
    check_after(what, SIGNED - CLOCK_SKEW, before, SIGNED)
    with pytest.raises(Implausible) as caught:
        check_after(what, SIGNED - DAY, before, SIGNED)
    assert "2026-03-01 09:00:00" in str(caught.value)
    assert "2026-03-02 09:00:00" in str(caught.value)


@pytest.mark.parametrize(
    ("arrived", "signed_for"),
    [(SIGNED + DAY, SIGNED + DAY), (SIGNED, SIGNED + CLOCK_SKEW + MINUTE), (SIGNED, SIGNED - DAY)],
)
def test_a_receipt_does_not_speak_of_the_future_nor_sign_for_what_has_not_arrived(
    arrived: datetime, signed_for: datetime
) -> None:
    with pytest.raises(Implausible, match="arrived at"):
        read_receipts(_batch(arrived, signed_for))
    assert len(read_receipts(_batch(SIGNED - MINUTE, SIGNED))) == 1


def _batch(arrived: datetime, signed_for: datetime) -> Opened:
    example = EXAMPLES["receipt-leaf"]
    assert isinstance(example, Receipt)
    leaf = example.model_copy(update={"arrived_at": arrived, "signed_for_at": signed_for}).model_dump_json().encode()
    body = ReceiptBatch(
        root=tree_root([leaf]).hex(), size=1, receiver=example.receiver, sender=example.sender, at=SIGNED
    )
    header = SimpleNamespace(
        sender=example.receiver, addressees=(example.sender,), message_id=example.message_id, created_at=SIGNED
    )
    return cast(Opened, SimpleNamespace(body=body, header=header, enclosures=(pack_leaves([leaf]),)))
