"""A case of 64 departments is proved like any other, by both verifiers, far within the bounds of a bundle."""

from __future__ import annotations

from typing import Any

from exchange.evidence.bundle.contents import LARGEST_WHOLE, MOST_FILES
from exchange.evidence.proof.findings import Conclusion, FindingCode, Weight
from exchange.evidence.proof.verifying import verify_bundle
from tests.corpus.evidence.crowd import MOST, SILENT, crowd


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
