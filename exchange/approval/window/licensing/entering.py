"""Enter on a licence what happens to it: renewed, changed, revoked, cancelled. Told to whoever has got the licence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from exchange.approval.window.licensing.issuing import departments_of
from exchange.clock import CST
from exchange.envelope.document import clear_header
from exchange.errors import CallerError, Conflict, NotFound
from exchange.licences.kept import KeptLicence, entry_row, kept_licence, shown_from
from exchange.licences.rules.entering import BASIS, LicenceState, check_entry, state_after
from exchange.licences.store import Licences
from exchange.licences.telling_holders import portals_of
from exchange.messaging.checks import expect_window
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.wording import check_reason
from exchange.schemas import LicenceChange, LicenceEntry, LicenceHolder


@dataclass(frozen=True)
class EntryWanted:
    """What an officer enters on a licence."""

    change: LicenceChange
    officer: str
    reasons: str
    basis: tuple[str, ...] = ()
    """The article of the law that each change rests on, where no other is named."""
    effective_on: date | None = None
    """Today where no other day is named."""
    valid_until: date | None = None
    permits: str | None = None
    conditions: str | None = None
    holder: LicenceHolder | None = None
    decision_id: str | None = None
    """Of a renewal: the decision that grants it."""
    authorisation_id: str | None = None
    """Of a renewal that has arisen by law: the document that says so."""


def enter(node: Node, number: str, wanted: EntryWanted) -> str:
    """Enter on a licence what happens to it; returns the message id. The licence itself stays as it was signed.

    Raises Denied (this is no window), NotFound, Conflict (revoked or cancelled, days that do not fit, somebody has
    entered something meanwhile) or CallerError.
    """
    with node.step() as step:
        return enter_in(step, number, wanted)


def enter_in(step: Step, number: str, wanted: EntryWanted) -> str:
    """Do what `enter` does, inside a step."""
    officer = check_reason(wanted.officer, "no officer is named", "say who enters it (--officer)")
    check_reason(wanted.reasons, "an entry says why", "say why (--reasons): whoever has the licence reads it")
    return enter_by(step, own_licence(step, number), wanted, officer)


def enter_by(step: Step, kept: KeptLicence, wanted: EntryWanted, by: str) -> str:
    """Enter on a licence what somebody, or the law, has brought about; returns the message id. Raises Conflict."""
    number, (after, entry) = kept.row.number, entry_that_fits(kept, wanted, step.now)
    message_id = step.send(entry, _told(step, kept), conversation_id=clear_header(kept.signed).conversation_id)
    row = entry_row(step.node.address, entry, message_id)
    if not step.tx[Licences].enter(kept.row, after, row, **shown_from(entry)):
        raise Conflict("something else was entered on {number} meanwhile", remedy="look at it again", number=number)
    step.note(f"licence-{entry.change.value}", kept.row.case_number, message_id, number=number, by=by)
    return message_id


def entry_that_fits(kept: KeptLicence, wanted: EntryWanted, now: datetime) -> tuple[LicenceState, LicenceEntry]:
    """Return the state after it and the entry as it would be signed now. Raises Conflict or CallerError."""
    after, entry = state_after(kept.row.state, wanted.change), _entry(kept, wanted, now)
    check_entry(kept.body, kept.entries, entry)
    return after, entry


def own_licence(step: Step, number: str) -> KeptLicence:
    """Return a licence that this window has issued. Raises Denied or NotFound."""
    expect_window(step.node)
    row = step.tx[Licences].get(step.node.address, number)
    if row is None:
        raise NotFound(
            "no licence {number} of {window}",
            remedy="`exchange licence list` shows them",
            number=number,
            window=step.node.address,
        )
    return kept_licence(step.tx, row)


def _entry(kept: KeptLicence, wanted: EntryWanted, now: datetime) -> LicenceEntry:
    try:
        return LicenceEntry(
            number=kept.row.number,
            licence_id=kept.row.message_id,
            licence_digest=kept.row.digest,
            position=kept.row.entries + 1,
            change=wanted.change,
            reasons=wanted.reasons.strip(),
            basis=wanted.basis or BASIS[wanted.change],
            effective_on=wanted.effective_on or now.astimezone(CST).date(),
            valid_until=wanted.valid_until,
            permits=wanted.permits,
            conditions=wanted.conditions,
            holder=wanted.holder,
            decision_id=wanted.decision_id,
            authorisation_id=wanted.authorisation_id,
            at=now,
        )
    except ValueError as error:
        raise CallerError(
            "a renewal names its last day, a change what is another one, and nothing else does",
            remedy="name what has changed: --until for a renewal; --permits, --conditions or --holder for a change",
        ) from error


def _told(step: Step, kept: KeptLicence) -> tuple[str, ...]:
    """Whoever has got the licence, the window's portals, and the departments of its case."""
    told = [*clear_header(kept.signed).addressees, *portals_of(step.node)]
    return tuple(dict.fromkeys([*told, *departments_of(step, kept.row.case_number)]))
