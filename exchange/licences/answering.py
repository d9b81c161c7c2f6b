"""A window answers departments that ask for licence information: by itself, from its register, within bounds, signed.

Who asked, and for what, is on record: the signed query and the signed answer are kept, and the journal names both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.clock import CST
from exchange.licences.kept import kept_licences
from exchange.licences.records import LicenceRow
from exchange.licences.rules.holders import written_code
from exchange.licences.rules.sharing import is_masked_code, shared_licence, why_not_told
from exchange.licences.still_verified import still_verified
from exchange.licences.store import Licences, ToldLicences
from exchange.licences.telling_holders import tell_holders
from exchange.messaging.checks import expect, expect_window
from exchange.messaging.documents import Documents
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Node, Step
from exchange.messaging.records import StoredDocument
from exchange.schemas import AnswerResult, Body, LicenceAnswer, LicenceQuery, SharedLicence
from exchange.schemas.filings.sharing import MOST_SHARED
from exchange.store.transaction import Transaction

_LATEST = 100
"""Answers that are told, where no other number of them is wanted."""


@dataclass(frozen=True)
class ToldLicence:
    """Who asked, for what, and what came of it."""

    asker: str
    query_id: str
    answer: LicenceAnswer
    purpose: str
    basis: tuple[str, ...]
    """Both empty where the query does not verify any more."""
    untold: str | None
    """Why the holder is not told of it; None where it is."""
    at: datetime


def handlers() -> dict[str, Handler]:
    """Return the message handlers of a window for what departments ask."""
    return {LicenceQuery.KIND: answer}


def answer(step: Step, incoming: Incoming, body: Body) -> None:
    """Answer a query at once. Only what this window has issued itself is told: of others, others answer."""
    query = expect(body, LicenceQuery)
    refused = why_not_told(query, step.node.directory.member(incoming.sender).roles)
    rows = _rows(step, query) if refused is None else []
    found, more = _shared(step, rows[:MOST_SHARED]), len(rows) > MOST_SHARED
    told = LicenceAnswer(
        query_id=incoming.message_id,
        number=query.number,
        holder=query.holder,
        result=AnswerResult.REFUSED if refused else AnswerResult.FOUND if found else AnswerResult.NONE,
        licences=tuple(found),
        more=more,
        reason=str(refused) if refused is not None else None,
        at=step.now,
    )
    conversation = incoming.opened.header.conversation_id
    message_id = step.send(told, (incoming.sender,), conversation_id=conversation, in_reply_to=incoming.message_id)
    if query.untold is None:
        tell_holders(step, incoming, rows[:MOST_SHARED])
    numbers = [one.number for one in found]
    step.tx[ToldLicences].add(message_id, step.now, {*numbers, *([query.number] if query.number else [])})
    step.note(
        "licence-told", None, message_id,
        asker=incoming.sender, query=incoming.message_id, result=told.result.value, licences=numbers,
    )  # fmt: skip


def told_of(node: Node, number: str | None = None, limit: int = _LATEST) -> list[ToldLicence]:
    """Return who has asked, the latest in front: all, or whoever was told of one licence. Raises Denied."""
    expect_window(node)
    with node.store.reading() as tx:
        documents = tx[Documents]
        if number is None:
            sent = documents.recent("sent", LicenceAnswer.KIND, limit)
        else:
            found = (documents.get(node.address, one) for one in tx[ToldLicences].of(number, limit))
            sent = [one for one in found if one is not None]
        return [told for one in sent if (told := _told(node, tx, one)) is not None]


def _told(node: Node, tx: Transaction, stored: StoredDocument) -> ToldLicence | None:
    said = still_verified(node, stored)
    if said is None or not isinstance(said.body, LicenceAnswer):
        return None
    told, asker = said.body, said.header.addressees[0]
    asked = tx[Documents].get(asker, told.query_id)
    query = still_verified(node, asked) if asked is not None else None
    known = query.body if query is not None and isinstance(query.body, LicenceQuery) else None
    purpose, basis, untold = (known.purpose, known.basis, known.untold) if known is not None else ("", (), None)
    return ToldLicence(asker, told.query_id, told, purpose, basis, untold, told.at)


def _shared(step: Step, rows: Sequence[LicenceRow]) -> Sequence[SharedLicence]:
    day, catalogue = step.now.astimezone(CST).date(), step.node.catalogue
    shared = []
    for kept in kept_licences(step.tx, rows):
        matter = catalogue.get(kept.body.matter)
        persons = matter is not None and matter.shares_persons
        shared.append(shared_licence(kept.body, kept.row.digest, kept.entries, day, persons=persons))
    return shared


def _rows(step: Step, query: LicenceQuery) -> list[LicenceRow]:
    own, register = step.node.address, step.tx[Licences]
    if query.number is not None:
        row = register.get(own, query.number)
        return [row] if row is not None else []
    code = written_code(query.holder or "")
    return register.issued_to(own, code, MOST_SHARED + 1, shown=is_masked_code(code))
