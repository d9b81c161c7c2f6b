"""A case of as many departments as a request can name: most have agreed, every fourth was silent."""

from __future__ import annotations

from exchange.schemas import Considered, DeadlineState, Role, Standing, Verdict
from tests.corpus.evidence.town import ASKED, LEAD, MONITOR, ROLES, PaperTown
from tests.corpus.kin import Kin
from tests.unit.facts import at

MOST = 64
"""Departments that a request can name."""
SILENT = 4
"""One in so many."""


def crowd(objects: str | None = None, departments: int = MOST) -> PaperTown:
    """Asked, signed for, answered or silent, and granted. ``objects``: who disagrees, and is called moot in the end."""
    names = [f"d{number:02d}" for number in range(departments)]
    town = PaperTown(kin=Kin("c", {**ROLES, **dict.fromkeys(names, Role.DEPARTMENT)}))
    addresses = [f"c.{name}" for name in names]
    asked = town.consult(tuple(addresses))
    states = [town.state(one, town.receipt(asked, ASKED, LEAD, one, town.asked_at)) for one in addresses]
    town.notice(*states)
    town.decide(*(_part(town, number, state, objects) for number, state in enumerate(states)))
    town.vouch()
    return town


def _part(town: PaperTown, number: int, state: DeadlineState, objects: str | None) -> Considered:
    """What becomes of a department, and what the decision says of it."""
    department, own = state.department, f"a{number:07d}-0000-4000-8000-000000000000"
    if number % SILENT == 0:
        sent, moment = town.remind(state, at("03-06", "18:00")), at("03-10", "00:01")
        town.receipt(town.deem(state, (sent,), moment, message_id=own), own, MONITOR, LEAD, moment)
        return town.considered(department, Standing.DEEMED, own)
    verdict = Verdict.DISAGREE if department == objects else Verdict.AGREE
    signed = town.opinion(department, verdict, at("03-04"), own)
    town.receipt(signed, own, department, LEAD, at("03-04"))
    if department == objects:
        return town.considered(department, Standing.MOOT, None)
    return town.considered(department, Standing.ANSWERED, own)
