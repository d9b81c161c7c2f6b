"""Which notices a department must have been told by before its silence counts: those that bring its end nearer."""

from __future__ import annotations

from exchange.approval.rules.amendments import owed_notices
from exchange.schemas import LedgerEntry
from tests.unit.facts import CALENDAR, deadline, extend, restart, resume, start, stop


def owed(*ledger: LedgerEntry) -> list[str]:
    return [entry.kind.value for entry in owed_notices(deadline(*ledger), CALENDAR)]


def test_what_lengthens_a_term_or_leaves_it_need_not_be_signed_for() -> None:
    assert owed() == []
    assert owed(start("03-02"), extend("03-03", 3)) == []
    assert owed(start("03-02"), stop("03-04", 2)) == []
    assert owed(stop("03-02", 4), start("03-04")) == [], "the beginning is proved by a receipt of its own"
    assert owed(start("03-02"), restart("03-05")) == []
    assert owed(start("03-02"), stop("03-04", 1), resume("03-09")) == [], "the announced time was over"


def test_a_clock_that_runs_on_before_it_was_to_must_be_told() -> None:
    assert owed(start("03-02"), stop("03-04", 20), resume("03-06")) == ["resume"]
    assert owed(start("03-02"), stop("03-04"), resume("03-06")) == ["resume"]
    assert owed(start("03-02"), stop("03-04", 20), restart("03-06")) == ["restart"]


def test_a_later_notice_tells_as_well() -> None:
    assert owed(start("03-02"), stop("03-04", 20), resume("03-06"), extend("03-09", 1)) == ["resume", "extend"]
    assert owed(start("03-02"), stop("03-03", 9), resume("03-04"), stop("03-05", 9), resume("03-06")) == ["resume"]
