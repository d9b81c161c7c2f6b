"""What a paper that a portal takes in means for those who want to be told; in the step that takes it in."""

from __future__ import annotations

from exchange.envelope.document import parse_body, payload_of
from exchange.licences.store import Licences
from exchange.messaging.documents import Documents
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Step
from exchange.portal.superior import window_of
from exchange.portal.told.events import (
    AFTERWARDS,
    event_of_entry,
    events_of,
    is_over,
    kept_with_licence,
    remind_at,
)
from exchange.portal.told.noting import note_in
from exchange.portal.told.records import PromiseReminder
from exchange.portal.told.states import ToldEvent
from exchange.portal.told.store import Contacts, Promises
from exchange.schemas import Acceptance, Body, CaseProgress, Licence, LicenceChange, LicenceEntry
from exchange.workdays import end_of_day


def paper_taken(step: Step, number: str, incoming: Incoming, body: Body) -> None:
    """Note what a paper on a filing tells, until when addresses are kept, and what to remind of."""
    contacts = step.tx[Contacts]
    if isinstance(body, Acceptance) and body.case_number is not None:
        contacts.opened(number, body.case_number)
        _keep_promises(step, number, body)
    if not contacts.confirmed(number):
        return
    for event in events_of(body, _known(step, incoming, body)):
        note_in(step, number, event, incoming.message_id)
    if is_over(body):
        if not _has_licence(step, body):
            contacts.keep(number, step.now + AFTERWARDS)
        step.tx[Promises].forget(number)
    elif isinstance(body, CaseProgress):
        contacts.keep(number, None)


def _known(step: Step, incoming: Incoming, body: Body) -> CaseProgress | None:
    """The progress of the highest serial that is on record besides this paper."""
    if not isinstance(body, CaseProgress):
        return None
    kept = step.tx[Documents].of_conversation(incoming.opened.header.conversation_id, CaseProgress.KIND)
    others = [parse_body(CaseProgress, payload_of(one.signed)) for one in kept if one.message_id != incoming.message_id]
    return max(others, key=lambda one: one.serial, default=None)


def _has_licence(step: Step, body: Body) -> bool:
    case = body.case_number if isinstance(body, CaseProgress) else None
    return case is not None and step.tx[Licences].of_case(window_of(step.node), case) is not None


def _keep_promises(step: Step, number: str, acceptance: Acceptance) -> None:
    ends = [(one.material, end_of_day(one.until)) for one in acceptance.promised]
    step.tx[Promises].keep(
        number, [PromiseReminder(number, material, remind_at(end, step.now), end) for material, end in ends]
    )


def licence_taken(step: Step, incoming: Incoming, body: Body) -> None:
    """Note what a licence, or an entry on it, tells its holder, once it is in the register."""
    if isinstance(body, Licence):
        _issued(step, incoming, body)
    elif isinstance(body, LicenceEntry):
        _entered(step, incoming, body)


def _issued(step: Step, incoming: Incoming, licence: Licence) -> None:
    number = step.tx[Contacts].number_of(licence.case_number)
    if number is not None:
        note_in(step, number, ToldEvent.LICENSED, incoming.message_id)
        step.tx[Contacts].keep(number, kept_with_licence(licence.valid_until, False, step.now))


def _entered(step: Step, incoming: Incoming, entry: LicenceEntry) -> None:
    row = step.tx[Licences].get(incoming.sender, entry.number)
    number = step.tx[Contacts].number_of(row.case_number) if row is not None else None
    if number is None:
        return
    event = event_of_entry(entry)
    note_in(step, number, event, incoming.message_id)
    if event is ToldEvent.LICENCE_ENDED or entry.change is LicenceChange.RENEWED:
        ended = event is ToldEvent.LICENCE_ENDED
        step.tx[Contacts].keep(number, kept_with_licence(entry.valid_until, ended, step.now))
