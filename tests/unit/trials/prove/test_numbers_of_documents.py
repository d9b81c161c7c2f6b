"""A run hands in as many documents as it is told to, each under a number of its own that a document may bear."""

from __future__ import annotations

from exchange.trials.prove.load import numbered


def test_each_of_a_million_documents_has_a_number_of_its_own() -> None:
    some = (1, 2, 99_998, 99_999, 100_000, 100_001, 199_998, 199_999, 1_000_000)
    assert len({str(numbered(serial)) for serial in some}) == len(some)
    assert str(numbered(99_999)) == "验〔2026〕99999号"
    assert str(numbered(100_000)) == "验〔2027〕1号"
