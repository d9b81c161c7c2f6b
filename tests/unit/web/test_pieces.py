"""What is sent while it is made goes out in pieces of some size."""

from __future__ import annotations

import pytest

from exchange.web.pieces import in_pieces


@pytest.mark.parametrize("parts", [[], [b""], [b"a"], [b"ab"] * 5_000, [b"x" * 70_000, b"y"]])
def test_the_octets_are_the_same_and_the_pieces_few(parts: list[bytes]) -> None:
    pieces = list(in_pieces(iter(parts), 1000))
    assert b"".join(pieces) == b"".join(parts)
    assert all(len(one) >= 1000 for one in pieces[:-1])
