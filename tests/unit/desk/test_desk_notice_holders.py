"""Of several things that are known of one authority's having a notice, the page shows the one that tells most."""

from __future__ import annotations

from itertools import permutations

from exchange.desk.notices.holders import HAVING, Having, NoticeHolder, merged
from tests.unit.facts import at

WHEN = at("03-02")


def test_what_tells_most_is_shown_whatever_came_first() -> None:
    silent = NoticeHolder("a.fire", Having.SILENT)
    has = NoticeHolder("a.fire", Having.RECEIVED, WHEN)
    unsigned = NoticeHolder("a.fire", Having.UNSIGNED)
    owes = NoticeHolder("a.fire", Having.UNKNOWN, owes=True)
    other = NoticeHolder("a.health", Having.UNSIGNED)
    for some in permutations((silent, has, unsigned, owes, other)):
        assert merged(some) == [NoticeHolder("a.fire", Having.RECEIVED, WHEN, owes=True), other]
    back = NoticeHolder("a.fire", Having.RETURNED, reason="不属本单位")
    assert merged([back, NoticeHolder("a.fire", Having.RETURNED, WHEN)])[0].reason == "不属本单位"


def test_everything_that_may_be_known_has_words() -> None:
    assert set(HAVING) == set(Having)
