"""A breaker for each account: opened by what proves nobody and by too much, closed by itself; never for opinions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace

import pytest

from exchange.messaging.ports import Delivery
from exchange.messaging.quotas import gate
from exchange.messaging.quotas.gate import InboxGate
from exchange.messaging.records import DeadLetter
from exchange.messaging.rules.breaker import Breach, BreakerState, SenderLimits, SenderMeter
from exchange.messaging.rules.carriage import Carriage

LIMITS = SenderLimits(rate=10, burst=20, unproved=3, rest=60, longest=200, pause=5)
CLOSED, OPEN, TRYING = BreakerState.CLOSED, BreakerState.OPEN, BreakerState.TRYING


def meter() -> SenderMeter:
    return SenderMeter(LIMITS, 0.0)


def came(one: SenderMeter, count: int, now: float, octets: int = 100) -> int:
    """How many of so many messages are opened."""
    return sum(not one.keeps_out(octets, now) for _ in range(count))


def test_a_sender_within_its_share_is_never_kept_out() -> None:
    one = meter()
    assert sum(came(one, 10, float(second)) for second in range(100)) == 1000
    assert one.state is CLOSED


def test_more_than_its_share_is_kept_out_for_a_while_and_no_longer() -> None:
    one = meter()
    assert came(one, 100, 0.0) == 20
    assert (one.state, one.breach, one.shed) == (OPEN, Breach.RATE, 80)
    assert came(one, 10, 4.9) == 0
    assert came(one, 10, 5.0) == 10
    assert one.state is CLOSED


def test_large_messages_count_for_several() -> None:
    assert came(meter(), 100, 0.0, octets=65_536 * 9) == 2


def test_without_a_rate_any_number_is_opened() -> None:
    one = SenderMeter(replace(LIMITS, rate=0), 0.0)
    assert came(one, 1000, 0.0) == 1000


def test_what_proves_nobody_opens_it_and_each_time_for_longer() -> None:
    one = meter()
    one.proved_nobody(3, 0.0)
    assert one.state is CLOSED
    one.proved_nobody(1, 1.0)
    assert (one.state, one.breach) == (OPEN, Breach.UNPROVED)
    assert came(one, 5, 60.9) == 0
    assert came(one, 1, 61.0) == 1, "one is tried"
    one.proved_nobody(1, 61.0)
    assert (one.state, one.until) == (OPEN, 181.0)
    assert came(one, 1, 181.0) == 1
    one.proved_nobody(1, 181.0)
    assert one.until == 381.0, "no longer than the longest"


def test_it_closes_when_a_message_proves_whose_it_is_and_after_a_long_quiet_time() -> None:
    for close in (lambda one: one.proved(61.0), lambda one: one.settle(260.0)):
        one = meter()
        one.proved_nobody(9, 0.0)
        one.settle(61.0)
        assert one.state is TRYING
        close(one)
        assert (one.state, one.times) == (CLOSED, 0)


def test_a_few_a_minute_open_nothing() -> None:
    one = meter()
    for minute in range(50):
        one.proved_nobody(3, minute * 60.0)
    assert one.state is CLOSED


# --- the gate -----------------------------------------------------------------------------------------------------

BAD, GOOD = "t.bad", "t.good"


def delivery(source: str | None, queue: str = "t.us.inbox") -> Delivery:
    return Delivery(queue, b"nothing", None, None, {}, False, None, False, carriage=Carriage(source))


def letter(source: str, *, unproved: bool = True) -> DeadLetter:
    return DeadLetter("forged", "", "open", "t.us.inbox", b"", key_sender=source, sender=GOOD, unproved=unproved)


class Gated:
    """A gate whose time is the test's, with a record in memory."""

    def __init__(self) -> None:
        self.at = 0.0
        self.gate = InboxGate("t", LIMITS, now=lambda: self.at)

    def admit(self, *deliveries: Delivery) -> Sequence[Delivery]:
        return self.gate.admit(deliveries)


def test_who_brought_what_proves_nobody_is_kept_out_and_not_whom_it_named() -> None:
    gated = Gated()
    gated.gate.judge((), [letter(BAD) for _ in range(4)])
    assert gated.admit(delivery(BAD), delivery(GOOD)) == [delivery(GOOD)]


def test_what_may_be_what_it_claims_opens_nothing() -> None:
    gated = Gated()
    gated.gate.judge((), [letter(BAD, unproved=False) for _ in range(40)])
    assert len(gated.admit(delivery(BAD))) == 1


def test_opinions_and_what_no_account_brought_are_opened_however_many_there_are() -> None:
    gated = Gated()
    opinions = [delivery(BAD, "t.us.opinions") for _ in range(500)]
    assert gated.admit(*opinions) == opinions
    gated.gate.judge((), [letter(BAD) for _ in range(4)])
    assert gated.admit(*opinions) == opinions
    unknown = [delivery(None) for _ in range(500)]
    assert gated.admit(*unknown) == unknown


def test_one_floods_and_another_is_opened_at_once() -> None:
    gated = Gated()
    flood = [delivery(BAD) for _ in range(1000)]
    assert len(gated.admit(*flood, delivery(GOOD))) == LIMITS.burst + 1
    assert gated.admit(*flood, delivery(GOOD)) == [delivery(GOOD)]


def test_who_brings_a_proved_message_after_the_rest_is_let_in_again() -> None:
    gated = Gated()
    gated.gate.judge((), [letter(BAD) for _ in range(4)])
    gated.at = 60.0
    tried = gated.admit(delivery(BAD))
    assert len(tried) == 1
    gated.gate.judge(tried, [])
    assert len(gated.admit(*[delivery(BAD)] * 10)) == 10
    assert gated.gate._meters[BAD].state is CLOSED


# --- before a relay office's transit ------------------------------------------------------------------------------


def envelope(sender: str, kind: str = "document") -> bytes:
    return f"{sender} {kind}".encode()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads the headers of such envelopes."""

    def peeked(body: bytes) -> SimpleNamespace | None:
        words = body.decode().split()
        return SimpleNamespace(sender=words[0], kind=words[1]) if len(words) == 2 else None

    monkeypatch.setattr(gate, "peeked", peeked)


def passing(user: str | None, over: str | None, body: bytes = b"nothing") -> Delivery:
    account = f"link.{over}" if over else user
    return Delivery(
        "t.relay.transit", body, None, user, {}, False, None, False, came_over=over, carriage=Carriage(account)
    )


def test_before_the_transit_each_account_has_its_share_and_a_link_none() -> None:
    gated = Gated()
    gated.gate.passing((), [passing(BAD, None)] * 4)
    assert gated.admit(passing(BAD, None), passing(GOOD, None)) == [passing(GOOD, None)]
    gated.gate.passing((), [passing("t.low.bad", "t.low")] * 4)
    others = [passing("t.low.good", "t.low"), passing("t.other.bad", "t.other")]
    assert gated.admit(passing("t.low.bad", "t.low"), *others) == others
    gated.at = 60.0
    (tried,) = gated.admit(passing("t.low.bad", "t.low"))
    gated.gate.passing([tried], ())
    assert gated.gate._meters["t.low.bad"].state is CLOSED, "what goes on shows that it may be brought"


def test_a_neighbour_cannot_have_anybody_elsewhere_kept_out() -> None:
    gated = Gated()
    for name in (GOOD, "t.other.good", "nobody"):
        gated.gate.passing((), [passing(name, "t.low")] * 4)
    assert gated.admit(passing(GOOD, None), passing("t.other.good", "t.other")) == [
        passing(GOOD, None), passing("t.other.good", "t.other"),
    ]  # fmt: skip
    assert gated.admit(passing(GOOD, "t.low")) == []
    assert gated.gate._meters.keys() == {GOOD, "t.other.good", "t.low.relay"}


@pytest.mark.usefixtures("read")
def test_of_what_a_neighbours_relay_brings_the_sender_it_names_is_kept_out() -> None:
    gated, low = Gated(), "t.low.relay"
    bad, good = (passing(low, "t.low", envelope(f"t.low.deep.{name}")) for name in ("bad", "good"))
    assert len(gated.admit(*[bad] * 1000, good)) == LIMITS.burst + 1
    assert gated.admit(bad, good) == [good]


@pytest.mark.usefixtures("read")
def test_an_opinion_passes_through_however_much_its_account_has_brought() -> None:
    gated = Gated()
    gated.gate.passing((), [passing(BAD, None)] * 4)
    opinion = passing(BAD, None, envelope(BAD, "opinion"))
    assert gated.admit(passing(BAD, None, envelope(BAD)), opinion) == [opinion]
