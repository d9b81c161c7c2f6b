"""What whoever has a licence takes in: the licence itself, and the entries on it. Nothing of them is ever replaced.

They may come in any order: an entry that comes before its licence waits for it, so that a revocation is never lost.
"""

from __future__ import annotations

import hashlib

from exchange.errors import Returned
from exchange.licences.kept import entries_of, entry_row, register_row, shown_from
from exchange.licences.records import LicenceRow
from exchange.licences.rules.entering import state_by
from exchange.licences.store import Licences
from exchange.messaging.checks import expect, require_role
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Step
from exchange.schemas import Body, Licence, LicenceEntry, Role, TacitAuthorisation


def handlers(*then: Handler) -> dict[str, Handler]:
    """Return the message handlers of whoever is told of licences: a window's portals, and departments consulted.

    What it does ``then``, once one is in the register, it does in the same step.
    """

    def also(take: Handler) -> Handler:
        def taken(step: Step, incoming: Incoming, body: Body) -> None:
            for do in (take, *then):
                do(step, incoming, body)

        return taken

    return {
        Licence.KIND: also(take_licence),
        LicenceEntry.KIND: also(take_entry),
        TacitAuthorisation.KIND: also(take_authorisation),
    }


def take_licence(step: Step, incoming: Incoming, body: Body) -> None:
    """Take a licence into the register. Raises Returned for one that its signer does not issue, and for a second one
    of its number, or on its case.
    """
    licence = expect(body, Licence)
    require_role(step, incoming, Role.WINDOW)
    if licence.issuer != incoming.sender:
        raise Returned(
            "{sender} has signed a licence that {issuer} issues",
            code="not-yours",
            remedy="the window that has decided the case issues its licence, and signs it",
            sender=incoming.sender,
            issuer=licence.issuer,
        )
    register = step.tx[Licences]
    before = register.get(licence.issuer, licence.number) or register.of_case(licence.issuer, licence.case_number)
    if before is not None:
        raise Returned(
            "licence {number} on case {case} is on record",
            code="already-issued",
            remedy="what has changed since is an entry on it",
            number=before.number,
            case=before.case_number,
        )
    digest = hashlib.sha256(incoming.opened.signed).hexdigest()
    waiting = [entry for entry, _ in entries_of(step.tx, licence.issuer, licence.number)]
    register.add(register_row(licence, incoming.message_id, digest, waiting))
    step.note("licence", licence.case_number, incoming.message_id, number=licence.number)


def take_entry(step: Step, incoming: Incoming, body: Body) -> None:
    """Take an entry on a licence into the register. Raises Returned for one that is about other signed bytes, or in the
    place of another.
    """
    entry = expect(body, LicenceEntry)
    require_role(step, incoming, Role.WINDOW)
    register = step.tx[Licences]
    row, others = register.get(incoming.sender, entry.number), register.entries(incoming.sender, entry.number)
    if row is not None:
        _check_licence(row, entry)
    if any(other.position == entry.position for other in others):
        raise Returned(
            "entry {position} on licence {number} is on record",
            code="already-entered",
            remedy="entries are never replaced; make another one",
            position=entry.position,
            number=entry.number,
        )
    new = entry_row(incoming.sender, entry, incoming.message_id)
    if row is None:
        register.keep(new)
    else:
        after = state_by({entry.change, *(other.change for other in others)})
        shown = {} if _named_later(step, incoming.sender, entry) else shown_from(entry)
        register.enter(row, after, new, **shown)
    case = row.case_number if row is not None else None
    step.note(f"licence-{entry.change.value}", case, incoming.message_id, number=entry.number)


def _named_later(step: Step, issuer: str, entry: LicenceEntry) -> bool:
    """Whether an entry that stands behind one with a holder, and has come before it, names a holder, too."""
    if entry.holder is None:
        return False
    others = entries_of(step.tx, issuer, entry.number)
    return any(other.holder is not None and other.position > entry.position for other, _ in others)


def take_authorisation(step: Step, incoming: Incoming, body: Body) -> None:
    """Keep that a renewal has arisen by law; the entry that it has come to is a message of its own. Raises Returned for
    one that is about other signed bytes.
    """
    said = expect(body, TacitAuthorisation)
    require_role(step, incoming, Role.WINDOW)
    row = step.tx[Licences].get(incoming.sender, said.licence)
    if row is not None:
        _check_licence(row, said)
    step.note(body.KIND, said.case_number, incoming.message_id, number=said.licence)


def _check_licence(row: LicenceRow, entry: LicenceEntry | TacitAuthorisation) -> None:
    if (entry.licence_id, entry.licence_digest) != (row.message_id, row.digest):
        raise Returned(
            "the licence {number} that is on record was signed otherwise",
            code="altered",
            remedy="name the licence by the id and digest under which it was sent",
            number=row.number,
        )
