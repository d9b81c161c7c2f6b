"""What somebody saw when they acted: a form bears a mark of it, and what has changed since is told, with nothing lost.

The mark is a digest of the records that the page went by. Steps of a member follow one another, so that whoever finds
them unchanged within a step is the only one who acts on them.
"""

from __future__ import annotations

import hashlib
import hmac

from exchange.desk.visit import DeskVisit
from exchange.errors import Changed

FIELD = "seen"


def mark_of(*facts: object) -> str:
    """Return the mark of records, as `repr` tells them: another one after any change of one of them."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


def expect_seen(visit: DeskVisit, *facts: object) -> None:
    """Raise Changed unless the records are as they were when the page of this form was made; call it within the step.

    The facts are read within the step, and are the ones that the page made its mark of.
    """
    expect_mark(visit.typed(FIELD), *facts)


def expect_mark(mark: str, *facts: object) -> None:
    """The same of one of several marks of a form."""
    if not hmac.compare_digest(mark_of(*facts).encode(), mark.encode()):
        raise Changed(
            "somebody has acted on this meanwhile, and nothing of yours was done",
            remedy="look at how it stands now, then send it again",
        )
