"""A document's number is the same whether it is read from the signed bytes or from what was read of them."""

from __future__ import annotations

import pytest

from exchange.envelope.numbers import KINDS, number_in, number_of
from exchange.envelope.sign1 import ALG, EDDSA, sign1
from exchange.schemas import MESSAGES, Body
from tests.unit.examples import EXAMPLES
from tests.unit.levels import Level

BODIES = {name: body for name, body in EXAMPLES.items() if isinstance(body, Body) and name in MESSAGES}


@pytest.mark.parametrize("name", sorted(BODIES))
def test_both_ways_give_one_number(name: str) -> None:
    body, key = BODIES[name], Level("a").authority.key
    signed = sign1(body.model_dump_json().encode(), {ALG: EDDSA}, key)
    document = sign1(BODIES["document"].model_dump_json().encode(), {ALG: EDDSA}, key)
    found = number_in(body.KIND, signed, (document,))
    assert number_of(body, signed, (document,)) == found
    assert (found is not None) == (body.KIND in KINDS)
