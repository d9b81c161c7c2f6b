"""Each kind of message says which of its instants are the moment of signing, which have passed, and which lie ahead."""

from __future__ import annotations

from datetime import date, datetime
from typing import get_args

import pytest

from exchange.schemas import MESSAGES, Body

AHEAD = {
    "act_by", "decide_by", "deliver_by", "due_at", "effective_on", "hearing_by", "held_at", "paper_owed_by",
    "promised_at", "promised_by", "tell_by", "until", "valid_from", "valid_until",
}  # fmt: skip
"""Fields that may speak of the future."""
NOT_ITS_OWN = {"date", "issued_on"}


def _dates(annotation: object) -> bool:
    return annotation in (datetime, date) or any(_dates(one) for one in get_args(annotation))


@pytest.mark.parametrize("kind", sorted(MESSAGES))
def test_every_instant_of_a_message_is_of_the_signing_of_the_past_or_ahead(kind: str) -> None:
    model: type[Body] = MESSAGES[kind]
    own = {name for name, field in model.model_fields.items() if _dates(field.annotation)}
    said = {*model.MOMENT, *model.HAPPENED}
    assert own - AHEAD - NOT_ITS_OWN <= said
    for place in said:
        assert place.split(".")[0] in model.model_fields
