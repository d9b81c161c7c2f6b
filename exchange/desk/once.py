"""An act is one step of the member: effect, audit entry and once-only key are committed together, or none of them.

The key stands in the form. Whoever sends a form twice, because an answer was slow or a page was loaded again, is led
where the first one led, and nothing is done again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct
from exchange.desk.visit import DeskVisit
from exchange.errors import CallerError, KeyReused
from exchange.messaging.node import Step
from exchange.operations.audit.store import AuditLog
from exchange.operations.systems.member.records import GivenAnswer
from exchange.operations.systems.member.store import GivenAnswers
from exchange.web.arriving import source

FIELD = "once"
KEPT = timedelta(hours=24)
_LONGEST = 64
_OF_DOOR = frozenset({"token", "sure", "back"})
_FOR = " for "
"""Stands in no path, and in no account's name."""
_OWN = "desk:"
"""What sets keys of forms apart from those of the API's clients."""


def act_once(visit: DeskVisit, act: DeskAct, what: str) -> str:
    """Do an act within one step and return where it leads; or where it led when this form was sent before.

    ``what`` is the path that was posted to, for the audit log. Raises KeyReused where the key came with another form,
    CallerError where there is none, and whatever the act raises.
    """

    def do(step: Step) -> tuple[str, str]:
        place = act.place(visit, step.tx) if act.place is not None else ""
        return act.do(visit, step), place

    told = f"{what} {act.about(visit)}" if act.about is not None else what
    return step_once(visit, visit.typed(FIELD), _fingerprint(visit, what), act.action, told, do)


def step_once(
    visit: DeskVisit, sent: str, print_: str, action: DeskAction, what: str, do: Callable[[Step], tuple[str, str]]
) -> str:
    """Do something in a step of its own under the key ``sent``, once, with its own entry in the audit log.

    ``print_``: the fingerprint of what is asked for under this key. ``do`` returns where it leads, and in whose place
    it was done. Raises as `act_once` does.
    """
    if not sent or len(sent) > _LONGEST:
        raise CallerError("the form has no key of its own", remedy="load the page again")
    key, now = f"{_OWN}{sent}", visit.face.gate.clock.now()
    with visit.node.step() as step:
        given = step.tx[GivenAnswers].get(key, now - KEPT)
        if given is not None:
            if given.fingerprint != print_:
                raise KeyReused("this form was sent before, with something else in it", remedy="load the page again")
            return given.answer.decode()
        target, place = do(step)
        step.tx[GivenAnswers].keep(GivenAnswer(key, print_, 303, target.encode(), now), now - KEPT)
        step.tx[AuditLog].append(now, visit.who, action, what + for_whom(place), "done", source())
    return target


def for_whom(place: str) -> str:
    """Return what follows the path in the audit log where somebody has acted in another's place."""
    return f"{_FOR}{place}" if place else ""


def told_apart(what: str, outcome: str) -> tuple[str, str]:
    """Return what an entry was about, and in whose place it was done; empty where in nobody's.

    What was refused tells an address that anybody could write, and is shown as it is.
    """
    path, _, place = what.partition(_FOR)
    return (path, place) if outcome == "done" else (what, "")


def fingerprint_of(*facts: object) -> str:
    """Return the fingerprint of what is asked for."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def _fingerprint(visit: DeskVisit, what: str) -> str:
    """Another account, path or text is another form; what was refused has left no key behind."""
    sent = [] if visit.form is None else [(name, str(value)) for name, value in visit.form.multi_items()]
    typed = sorted(one for one in sent if one[0] not in _OF_DOOR)
    return fingerprint_of(what, visit.who, typed)
