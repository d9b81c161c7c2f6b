"""What a certificate that has ended signed is taken only where something but its own date proves that it is older."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.envelope import Signer
from exchange.messaging.rules.arrival_time import Arrival, ArrivalSource
from exchange.messaging.rules.withholding import ended_at, proves_older

END = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SIGNER = Signer("hefei.planning", Ed25519PrivateKey.generate().public_key(), END - 300 * MINUTE, END + 900 * MINUTE)
REVOKED = replace(SIGNER, revoked_at=END)


def stamped(at: datetime) -> Arrival:
    return Arrival(at, at, ArrivalSource.BROKER)


@pytest.mark.parametrize(
    ("signer", "arrival", "on_record_since", "older"),
    [
        (REVOKED, stamped(END - MINUTE), None, True),
        (REVOKED, stamped(END), None, False),
        (
            REVOKED,
            Arrival(END - 60 * MINUTE, END + MINUTE, ArrivalSource.OWN),
            None,
            False,
        ),  # an interval must lie before
        (REVOKED, stamped(END + MINUTE), END - MINUTE, True),
        (REVOKED, stamped(END + MINUTE), END, False),
        (SIGNER, stamped(END), None, True),
        (replace(SIGNER, not_after=END), stamped(END + MINUTE), None, False),  # an old key can be stolen, too
        (replace(REVOKED, not_after=END - 9 * MINUTE), stamped(END - MINUTE), None, False),
    ],
)
def test_only_what_was_here_before_the_end_is_older(
    signer: Signer, arrival: Arrival, on_record_since: datetime | None, older: bool
) -> None:
    assert proves_older(signer, arrival, on_record_since) is older


def test_a_certificate_ends_by_its_revocation_or_by_its_term_whichever_comes_first() -> None:
    assert ended_at(REVOKED) == END
    assert ended_at(replace(REVOKED, not_after=END - MINUTE)) == END - MINUTE
