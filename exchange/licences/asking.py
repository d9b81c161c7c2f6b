"""A department asks a window for licence information, and takes its answer in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.envelope import verify_signed
from exchange.errors import BadOpinion, CallerError, NotFound, Returned
from exchange.licences.still_verified import still_verified
from exchange.messaging.checks import expect
from exchange.messaging.documents import Documents
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Node, Step
from exchange.messaging.records import StoredDocument
from exchange.messaging.rules.wording import check_reason
from exchange.schemas import AnswerResult, Body, LicenceAnswer, LicenceQuery, Role


@dataclass(frozen=True)
class QueryWanted:
    """What a department asks: for one licence by its number, or for a holder's."""

    purpose: str
    basis: tuple[str, ...]
    number: str | None = None
    holder: str | None = None
    case_number: str | None = None
    untold: str | None = None
    """Why the holder is not told of it, by law; None: it is."""


@dataclass(frozen=True)
class AnsweredQuery:
    """An answer on record, with who has given it."""

    message_id: str
    """By which an opinion may name it."""
    window: str
    answer: LicenceAnswer


def handlers() -> dict[str, Handler]:
    """Return the message handlers of whoever asks."""
    return {LicenceAnswer.KIND: take_answer}


def ask(node: Node, wanted: QueryWanted, window: str | None = None) -> str:
    """Ask a window, the only one of the domain where none is named; returns the query's message id.

    Raises NotFound (no such window, or several) or CallerError (no purpose, no basis, neither number nor holder).
    """
    with node.step() as step:
        return ask_in(step, wanted, window)


def ask_in(step: Step, wanted: QueryWanted, window: str | None = None) -> str:
    """Do what `ask` does, inside a step."""
    purpose = check_reason(wanted.purpose, "nothing is said of what it is needed for", "say it (--purpose)")
    if not wanted.basis:
        raise CallerError("no law is named that lets you ask", remedy="name the article (--basis)")
    basis = tuple(check_reason(one, "a basis is blank", "name the article (--basis)") for one in wanted.basis)
    untold = wanted.untold
    if untold is not None:
        untold = check_reason(untold, "it is not said why the holder is not told", "name the rule (--untold)")
    to = window or _window(step.node)
    step.node.expect([to])
    try:
        query = LicenceQuery(
            number=wanted.number, holder=wanted.holder, purpose=purpose, basis=basis, case_number=wanted.case_number,
            untold=untold, at=step.now,
        )  # fmt: skip
    except ValueError as error:
        raise CallerError(
            "a query names a licence or a holder, one of the two", remedy="give its number, or the holder's code"
        ) from error
    message_id = step.send(query, (to,))
    step.note("licence-asked", wanted.case_number, message_id, window=to)
    return message_id


def take_answer(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in an answer to what was asked here. Raises Returned for anything else."""
    told = expect(body, LicenceAnswer)
    asked = step.tx[Documents].get(step.node.address, told.query_id)
    query = verify_signed(asked.signed, step.node.directory) if asked is not None else None
    if query is None or not isinstance(query.body, LicenceQuery) or incoming.sender not in query.header.addressees:
        raise Returned(
            "{query} was not asked of {sender} here",
            code="unknown-query",
            remedy="answer queries to whoever has asked",
            query=told.query_id,
            sender=incoming.sender,
        )
    step.note("licence-answer", None, incoming.message_id, query=told.query_id, result=told.result.value)


def answers(node: Node, query_id: str | None = None, limit: int = 50) -> list[AnsweredQuery]:
    """Return the latest answers on record, newest first, or those to one query."""
    with node.store.reading() as tx:
        if query_id is None:
            stored: Sequence[StoredDocument] = tx[Documents].recent("received", LicenceAnswer.KIND, limit)
        else:
            stored = tx[Documents].of_conversation(query_id, LicenceAnswer.KIND)
    found = []
    for one in stored:
        said = still_verified(node, one)
        if said is not None and isinstance(said.body, LicenceAnswer) and one.sender != node.address:
            found.append(AnsweredQuery(one.message_id, one.sender, said.body))
    return found


def check_held(step: Step, message_id: str) -> None:
    """Raise BadOpinion unless a window has given this answer to the member here, and told something by it."""
    for stored in step.tx[Documents].find(message_id):
        said = still_verified(step.node, stored) if stored.direction == "received" else None
        if said is not None and isinstance(said.body, LicenceAnswer) and said.body.result is not AnswerResult.REFUSED:
            return
    raise BadOpinion(
        "licence_answer: {answer} is no answer about licences that was given to {address}",
        remedy="`exchange licence answers` lists those that were, and their ids",
        answer=message_id,
        address=step.node.address,
    )


def _window(node: Node) -> str:
    found = [one.address for one in node.directory.with_role(Role.WINDOW)]
    if len(found) != 1:
        raise NotFound(
            "the domain has {number} windows",
            remedy="name the one that has issued the licence (--window)",
            number=len(found),
        )
    return found[0]
