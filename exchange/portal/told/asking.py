"""Who wants to be told: asked for by who has the number's code, confirmed by who gets the first word, stopped by both.

Nothing but the question goes to an address before that is answered; and nobody is asked often, whoever wants it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from exchange.envelope.document import parse_body, payload_of
from exchange.errors import TooManyRequests
from exchange.licences.store import Licences
from exchange.machine.posting.addresses import counted_as
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node, Step
from exchange.portal.drafting import draft_in
from exchange.portal.records import ApplicationDraft
from exchange.portal.superior import window_of
from exchange.portal.told.events import AFTERWARDS
from exchange.portal.told.noting import note_for
from exchange.portal.told.records import ContactRow
from exchange.portal.told.states import ContactState, ToldEvent, ToldWay
from exchange.portal.told.store import Contacts
from exchange.portal.told.wanted import Wanted
from exchange.portal.view import case_view_in
from exchange.schemas import Acceptance

MOST_OF_A_DAY = {ToldWay.MAIL: 3, ToldWay.WEBHOOK: 30}
"""How often within a day one address is asked, for whatever numbers; of webhooks, one host."""
MOST_OF_A_NUMBER = 6
"""How many questions go out within a day for one number."""
WITHIN = timedelta(days=1)
CONFIRM_WITHIN = timedelta(days=3)
"""A contact that is not confirmed by then is deleted."""


def ask(node: Node, number: str, wanted: Wanted) -> bool:
    """Ask an address whether it wants to be told of a number; the one before it of that way is told no more.

    Returns whether it is asked; one that is confirmed is not asked again. Raises NotFound or TooManyRequests.
    """
    with node.step() as step:
        draft_in(step.tx, number)
        contacts = step.tx[Contacts]
        before = [one for one in contacts.of(number) if one.way is wanted.way]
        if any(one.address == wanted.address and one.state is ContactState.CONFIRMED for one in before):
            return False
        _count(step, number, wanted)
        contacts.erase([one.contact_id for one in before])
        row = ContactRow(
            step.node.new_id(), number, wanted.way, wanted.address, wanted.language, ContactState.ASKED, wanted.token,
            wanted.secret, step.now, step.now + CONFIRM_WITHIN,
        )  # fmt: skip
        contacts.add(row)
        note_for(step, row, ToldEvent.CONFIRM, row.contact_id)
        step.note("contact-asked", None, None, filing=number, way=wanted.way.value)
        return True


def _count(step: Step, number: str, wanted: Wanted) -> None:
    """Count a question to an address. Raises TooManyRequests."""
    contacts, since = step.tx[Contacts], step.now - WITHIN
    whom = counted_as(wanted.address) if wanted.way is ToldWay.MAIL else (urlsplit(wanted.address).hostname or "")
    limits = {_digest(wanted.way.value, whom): MOST_OF_A_DAY[wanted.way], _digest("number", number): MOST_OF_A_NUMBER}
    if any(contacts.times_asked(digest, since) >= most for digest, most in limits.items()):
        error = TooManyRequests("this address was asked several times today whether it wants to be told")
        error.seconds = int(WITHIN.total_seconds())
        raise error
    contacts.asked(limits, step.now)


def _digest(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}:{text}".encode()).hexdigest()


def contact_of(node: Node, token: str) -> ContactRow | None:
    """Return the contact of whoever has this token."""
    with node.store.reading() as tx:
        return tx[Contacts].by_token(token)


def contacts_of(node: Node, number: str) -> list[ContactRow]:
    """Return the contacts of a number, for whoever has its code."""
    with node.store.reading() as tx:
        return tx[Contacts].of(number)


def confirm(node: Node, token: str) -> bool:
    """Let a contact be told from now on; tells whether there is one of this token. Twice is as good as once."""
    with node.step() as step:
        row = step.tx[Contacts].by_token(token)
        if row is None:
            return False
        if row.state is ContactState.ASKED:
            draft = draft_in(step.tx, row.number)
            case_number = _case_of(step, draft)
            step.tx[Contacts].confirm(row.contact_id, case_number, _ends_at(step, draft, case_number))
            step.note("contact-confirmed", None, None, filing=row.number, way=row.way.value)
        return True


def stop(node: Node, token: str) -> bool:
    """Delete the contact of a token, with its address; tells whether there was one."""
    with node.step() as step:
        row = step.tx[Contacts].by_token(token)
        return row is not None and _erase(step, row)


def stop_way(node: Node, number: str, way: ToldWay) -> bool:
    """Delete a number's contact of a way, for whoever has its code; tells whether there was one."""
    with node.step() as step:
        return sum(_erase(step, one) for one in step.tx[Contacts].of(number) if one.way is way) > 0


def _erase(step: Step, row: ContactRow) -> bool:
    step.note("contact-deleted", None, None, filing=row.number, way=row.way.value)
    return step.tx[Contacts].erase([row.contact_id]) == 1


def _case_of(step: Step, draft: ApplicationDraft) -> str | None:
    stored = step.tx[Documents].of_conversation(draft.filing_id, Acceptance.KIND) if draft.filing_id else []
    numbers = [parse_body(Acceptance, payload_of(one.signed)).case_number for one in stored]
    return next((number for number in reversed(numbers) if number is not None), None)


def _ends_at(step: Step, draft: ApplicationDraft, case_number: str | None) -> datetime | None:
    """Until when a contact is kept that is confirmed now."""
    if draft.filing_id is None or not case_view_in(step.tx, step.node, draft.number).is_over:
        return None
    issued = case_number is not None and step.tx[Licences].of_case(window_of(step.node), case_number) is not None
    return None if issued else step.now + AFTERWARDS
