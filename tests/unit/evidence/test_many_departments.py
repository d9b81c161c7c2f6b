"""A case of 64 departments is proved like any other, by both verifiers, far within the bounds of a bundle."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from exchange.evidence.bundle.contents import LARGEST_WHOLE, MOST_FILES
from exchange.evidence.proof.findings import Conclusion, FindingCode, Weight
from exchange.evidence.proof.verifying import verify_bundle
from tests.corpus.evidence.crowd import MOST, SILENT, crowd
from tests.corpus.evidence.town import PaperTown
from tests.corpus.evidence.witnessed import PaperLog


def test_each_of_64_departments_is_judged(second: Any) -> None:
    town = crowd()
    bundle, authority = town.bind(), town.kin.certificate
    found = verify_bundle(bundle, authority)
    silent = len(range(0, MOST, SILENT))
    told = [one.code for one in found.findings]
    assert found.conclusion is Conclusion.PROVED
    assert [told.count(code) for code in (FindingCode.ASKED, FindingCode.TERM)] == [MOST, MOST]
    assert told.count(FindingCode.OPINION_IN_TIME) == MOST - silent
    assert told.count(FindingCode.SILENCE_LAWFUL) == silent
    conclusion, theirs, _ = second.verify(bundle, authority)
    own = {
        code: told.count(code)
        for code in set(told) - {FindingCode.AUTHORITY, FindingCode.RECEIVED, FindingCode.SIGNED_BETWEEN}
    }
    assert conclusion == found.conclusion
    assert own == {code: sum(one == code for one, _, _ in theirs) for code, _, _ in theirs}
    assert len(town.parts.files) * 100 < MOST_FILES
    assert len(bundle) * 1000 < LARGEST_WHOLE


def test_one_opinion_of_64_that_is_left_out_is_missed() -> None:
    town = crowd(objects="c.d37")
    found = verify_bundle(town.bind(), town.kin.certificate)
    others = [(one.code, one.about) for one in found.findings if one.weight is not Weight.PROVED]
    assert others == [(FindingCode.OPINION_DROPPED, "c.d37")]


def _logged(entries: int) -> PaperTown:
    """A log of so many entries, of which others have seen each second size, and what leads from there to its head."""
    town, events = crowd(departments=1), ("opinion",) * entries
    town.log("window", events)
    log = PaperLog(town, events)
    for size in range(2, entries, 2):
        log.seen(size, "police" if size % 4 else "transport")
        log.grown(size, entries)
    return town


@pytest.mark.parametrize(
    ("made", "number"), [(lambda number: crowd(departments=number), 16), (_logged, 32)], ids=["departments", "entries"]
)
def test_twice_as_much_takes_the_second_verifier_twice_the_work(
    second: Any, made: Callable[[int], PaperTown], number: int
) -> None:
    """By the lines that it runs, each turn of a loop counted: nothing is looked for in all that is there."""
    work = [_lines_run(second, made(many)) for many in (number, number * 2, number * 4)]
    assert [later < earlier * 2.2 for earlier, later in pairwise(work)] == [True, True], work


def _lines_run(second: Any, town: PaperTown) -> int:
    bundle, run = town.bind(), 0

    def line(frame: FrameType, event: str, _: object) -> Any:
        nonlocal run
        run += event == "line"
        return line

    def call(frame: FrameType, event: str, _: object) -> Any:
        return line if Path(frame.f_code.co_filename).parent == Path(second.__file__).parent else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        conclusion, _, why = second.verify(bundle, town.kin.certificate)
    finally:
        sys.settrace(before)
    assert (conclusion, why) == ("proved", "")
    return run
