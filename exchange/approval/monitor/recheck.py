"""Recheck: a deemed consent examined again, by anyone, from its signed bytes and the directory alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from exchange.approval.named_calendar import check_due, named_calendar
from exchange.approval.proof import check_reminder, check_request, require_monitor, with_proof
from exchange.approval.rules.deadline import project
from exchange.approval.rules.defaults import obstacles
from exchange.approval.rules.ledger_bounds import check_ledger
from exchange.approval.rules.permitted import entered_late, first_refused, term_of_state
from exchange.approval.rules.states import BY_SILENCE
from exchange.approval.window.store import Cases
from exchange.clock import end_text
from exchange.directory import Lookup
from exchange.envelope import Verified, verify_signed
from exchange.errors import ExchangeError, Forged, Malformed, NotFound
from exchange.language import Text, joined
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.messaging.receipts import proof_digest
from exchange.messaging.records import StoredDocument
from exchange.schemas import DeadlineState, DeemedConsent, EntryKind, Receipt, StartRule
from exchange.schemas.instants import CLOCK_SKEW
from exchange.store.transaction import Transaction
from exchange.workdays import WorkingCalendar


@dataclass(frozen=True)
class Rechecked:
    """What came of examining one deemed consent."""

    signed: bytes
    deemed: DeemedConsent | None = None
    """None where it does not verify; ``error`` says why."""
    monitor: str = ""
    """Who signed it."""
    message_id: str = ""
    signed_at: datetime | None = None
    error: ExchangeError | None = None
    differs: Text | None = None
    """What the present calendar would have given, where that is another due moment; no fault of anybody."""


def recheck_case(node: Node, number: str) -> list[Rechecked]:
    """Examine again the deemed consents on record of a case.

    At a window these are those that took effect, at a monitor those it signed. A monitor has the receipts for its
    reminders on record: by these one of schema version 1 can be proved, which carries none.

    Raises NotFound where there is none.
    """
    with node.store.reading() as tx:
        if tx[Cases].get(number) is not None:
            found = [recheck(one.signed, node.directory, node.calendar) for one in _of_window(tx, number)]
        else:
            known = lambda deemed: _with_proofs(tx, node.address, deemed)  # noqa: E731
            found = [recheck(one.signed, node.directory, node.calendar, known) for one in _of_monitor(tx, number)]
    if not found:
        raise NotFound(
            "no deemed consent in case {number} is on record at {address}",
            remedy="`exchange status CASE` shows how each department's part stands; windows and monitors have them",
            number=number,
            address=node.address,
        )
    return found


Completed = Callable[[DeemedConsent], DeemedConsent]
"""Adds to a deemed consent what is on record elsewhere of its reminders."""


def recheck(
    signed: bytes, directory: Lookup, calendar: WorkingCalendar, completed: Completed = lambda deemed: deemed
) -> Rechecked:
    """Examine one deemed consent and return what came of it, whatever it is.

    Raises nothing for what does not verify.
    """
    try:
        verified = verify_signed(signed, directory)
        deemed = _recheck(verified, directory, calendar, completed)
    except ExchangeError as error:
        return Rechecked(signed, error=error)
    header = verified.header
    differs = _difference(deemed, calendar)
    return Rechecked(signed, deemed, header.sender, header.message_id, header.created_at, differs=differs)


def recheck_deemed(signed: bytes, directory: Lookup, calendar: WorkingCalendar) -> DeemedConsent:
    """Return the deemed consent, once all it rests on verifies, by the calendar that it names.

    It rests on a monitor's signature, the department's receipts for the request and for a reminder in time, the due
    moment by the ledger, and nothing that keeps silence from counting when it was signed.

    Raises Malformed, Unsupported, Untrusted, Implausible or Forged, naming what does not verify.
    """
    return _recheck(verify_signed(signed, directory), directory, calendar)


def _recheck(
    verified: Verified, directory: Lookup, calendar: WorkingCalendar, completed: Completed = lambda deemed: deemed
) -> DeemedConsent:
    deemed = verified.body
    evidence = deemed.state.evidence if isinstance(deemed, DeemedConsent) else None
    if not isinstance(deemed, DeemedConsent) or evidence is None:
        raise Malformed("not a deemed consent with the department's receipt")
    state = deemed.state
    require_monitor(verified.header.sender, state, directory)
    _check_beginning(state, check_request(state, evidence, directory))
    if proof_digest(evidence) != deemed.receipt_digest:
        raise Forged("the receipt is not the one that is cited")
    if deemed.mode is not state.default:
        raise Forged("the consequence is not the one that the matter provides for")
    check_ledger(state, verified.header.created_at)
    named = named_calendar(deemed, verified.header.created_at, directory, calendar)
    _check_permitted(state, named)
    projection = check_due(deemed, named, calendar)
    hindered = obstacles(state, projection, deemed.reminders, verified.header.created_at)
    if hindered:
        raise Forged("silence could not count: {reasons}", reasons=joined(hindered))
    for reminder in completed(deemed).reminders:
        check_reminder(state, reminder, directory, named)
    return deemed


def _difference(deemed: DeemedConsent, present: WorkingCalendar) -> Text | None:
    """What the present calendar says otherwise than the one that is named, which counts."""
    due_at = project(deemed.state, present).due_at
    if due_at == deemed.due_at:
        return None
    return Text(
        "differs under the present calendar, {version}: it would have been due {due}",
        {"version": present.version, "due": end_text(due_at) if due_at is not None else "–"},
    )


def _check_beginning(state: DeadlineState, receipt: Receipt) -> None:
    """Raise Forged where the term began before the department had the request, by its own receipt."""
    begun = next((entry.at for entry in state.ledger if entry.kind is EntryKind.START), None)
    had = receipt.arrived_at if state.start is StartRule.ARRIVAL else receipt.signed_for_at
    if begun is not None and begun < had - CLOCK_SKEW:
        raise Forged("the term began before the department had the request, by its own receipt")


def _check_permitted(state: DeadlineState, calendar: WorkingCalendar) -> None:
    """Raise Forged for an entry that the matter does not allow. A ledger of a former release says nothing of it."""
    if not state.tells:
        return
    found = first_refused(term_of_state(state, state.amendments, None), state.ledger)
    if found is not None:
        raise Forged("the ledger has an entry that the matter does not allow: {why}", why=found[1].why)
    if entered_late(state, calendar) is not None:
        raise Forged("the term was extended, or begun anew, after its end")


def _with_proofs(tx: Transaction, monitor: str, deemed: DeemedConsent) -> DeemedConsent:
    known = [
        with_proof(tx, monitor, deemed.state.department, reminder) if reminder.proof is None else reminder
        for reminder in deemed.reminders
    ]
    return deemed.model_copy(update={"reminders": tuple(known)})


def _of_window(tx: Transaction, number: str) -> list[StoredDocument]:
    ids = [part.deemed_id for part in tx[Cases].parts(number) if part.state in BY_SILENCE and part.deemed_id]
    return [stored for one in ids for stored in tx[Documents].find(one) if stored.kind == DeemedConsent.KIND]


def _of_monitor(tx: Transaction, number: str) -> list[StoredDocument]:
    noted = dict.fromkeys(entry.message_id for entry in tx.journal_of(number) if entry.message_id)
    return [stored for one in noted for stored in tx[Documents].find(one) if stored.kind == DeemedConsent.KIND]
