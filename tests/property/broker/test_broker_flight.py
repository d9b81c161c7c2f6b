"""Whatever the broker says in whatever order, every publication in flight has exactly one fate."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exchange.broker.traffic.flight import Flight
from exchange.messaging.ports import Publication, PublishOutcome

Word = tuple[str, int, bool]


def words() -> st.SearchStrategy[list[Word]]:
    """What a broker may say, in steps: publish, or confirm or refuse one tag or all up to it."""
    return st.lists(st.tuples(st.sampled_from(["send", "return", "ack", "nack"]), st.integers(1, 30), st.booleans()))


@given(words())
def test_every_publication_lands_once_with_what_the_broker_said_of_it(said: list[Word]) -> None:
    flight, sent, returned = Flight(), 0, set[int]()
    expected: dict[int, PublishOutcome] = {}
    landed: list[tuple[int, PublishOutcome]] = []
    for word, tag, multiple in said:
        if word == "send":
            sent += 1
            flight.sent(Publication(sent, "c.b.inbox", b"", f"m{sent}", "c", "document"), float(sent))
        elif word == "return" and tag <= sent and tag not in expected:
            if tag not in returned:
                flight.returned(f"m{tag}", "c.b.inbox")
            returned.add(tag)
        elif word in ("ack", "nack") and tag <= sent:
            found = flight.confirmed(tag, multiple) if word == "ack" else flight.refused(tag, multiple)
            landed += [(publication.id, result.outcome) for publication, result in found]
            for each in range(1 if multiple else tag, tag + 1):
                taken = PublishOutcome.UNROUTABLE if each in returned else PublishOutcome.CONFIRMED
                expected.setdefault(each, taken if word == "ack" else PublishOutcome.REFUSED)
        left = set(range(1, sent + 1)) - set(expected)
        assert len(flight) == len(left)
        assert flight.oldest_since() == (min(left) if left else None)
    assert dict(landed) == expected
    assert len(landed) == len(expected)
    assert [publication.id for publication in flight.abandon()] == sorted(set(range(1, sent + 1)) - set(expected))
    assert len(flight) == 0
