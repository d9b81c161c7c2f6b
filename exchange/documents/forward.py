"""Forward: a request (请示) goes further up, with the forwarder's own opinion and the whole file (转报)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from exchange.directory.hierarchy import domain_of, superior_of
from exchange.documents.arrive import asked, refuse_secrets
from exchange.documents.convey import refuse_all, sending_faults, stands_above
from exchange.documents.judging import secret_faults, twice_named
from exchange.documents.records import RequestRow
from exchange.documents.request_file import unpack_request
from exchange.documents.request_record import came_as, forwarded_by, note_came, note_forwarded, request_id_of, to_answer
from exchange.documents.rules.broken import BrokenRule, DocumentElement, DocumentFault
from exchange.documents.rules.request_states import RequestSeat, RequestState
from exchange.documents.send import check_enclosures, copied_to
from exchange.documents.store import Requests
from exchange.envelope import verify_signed
from exchange.errors import CallerError, NotFound, Returned
from exchange.messaging.checks import expect
from exchange.messaging.documents import Documents
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Node, Step
from exchange.messaging.records import StoredDocument
from exchange.messaging.register.entering import enter_received, enter_sent
from exchange.schemas import MAX_FORWARDERS, Body, Document, DocumentKind, ForwardedRequest, RequestForwarded, Role

_OPINIONS = (DocumentKind.REQUEST, DocumentKind.OPINION)


def handlers() -> dict[str, Handler]:
    """Return the message handlers of every authority.

    They are for requests passed on to it, and for word of how its own went up.
    """
    return {ForwardedRequest.KIND: take_forwarded, RequestForwarded.KIND: take_progress}


def superior_body(node: Node) -> str:
    """Return whom an authority passes requests on to by default.

    A department passes them to its own government's office, an office to the one above.

    Raises NotFound where there is none, or more than one.
    """
    own = node.directory.domain
    domain = superior_of(own) if node.has_role(node.address, Role.WINDOW) else own
    everyone = node.directory.everyone
    found = [
        one.address
        for one in everyone
        if domain is not None and domain_of(one.address) == domain and Role.WINDOW in one.roles and not one.revoked_at
    ]
    if len(found) != 1:
        raise NotFound(
            "{address} has {count} superior offices",
            remedy="name the superior authority",
            address=node.address,
            count=len(found),
        )
    return found[0]


def forward_request(
    node: Node,
    message_id: str,
    opinion: Document,
    *,
    to: str | None = None,
    copies: Sequence[str] = (),
    enclosures: Sequence[bytes] = (),
) -> str:
    """Pass a request on to a superior authority, by default `superior_body`; returns the message id.

    ``opinion`` is the own one, a 请示 or a 意见, ``enclosures`` its attachments. The request's origin and who passed it
    on before are told. Raises NotFound (no such request came here, or no such superior), Conflict (answered or passed
    on before), Secret, or CallerError for what breaks a rule, with the article.
    """
    with node.step() as step:
        return forward_in(step, message_id, opinion, to=to, copies=copies, enclosures=enclosures)


def forward_in(
    step: Step,
    message_id: str,
    opinion: Document,
    *,
    to: str | None = None,
    copies: Sequence[str] = (),
    enclosures: Sequence[bytes] = (),
) -> str:
    """Do what `forward_request` does, inside a step."""
    node = step.node
    check_enclosures(opinion, enclosures)
    copied = tuple(dict.fromkeys(copies or opinion.copies))
    superior = to or superior_body(node)
    way = way_up(step, message_id, opinion, superior, copied)
    refuse_all(opinion.kind, way.faults)
    row, stored = way.row, way.stored
    if row is None or stored is None:
        raise NotFound(
            "request {request_id} is not on record",
            remedy="restore the database from its backup",
            request_id=message_id,
        )
    forwarded = ForwardedRequest(
        request_id=row.request_id,
        origin=row.origin or "",
        digest=row.digest or "",
        opinion=copied_to(opinion, copied),
        path=(*row.path, node.address),
    )
    sent = step.send(
        forwarded,
        (superior, *copied),
        conversation_id=stored.conversation_id,
        in_reply_to=row.request_id,
        urgency=opinion.urgency,
        enclosures=(*_file(node, stored), *enclosures),
    )
    enter_sent(step, sent, forwarded.opinion, (superior, *copied))
    _tell(step, forwarded, superior, stored.conversation_id)
    note_forwarded(step, row.request_id, sent, node.address, superior)
    return sent


@dataclass(frozen=True)
class WayUp:
    """A request that is to be passed on, held against all rules; None where it is not here to be passed on."""

    row: RequestRow | None
    stored: StoredDocument | None
    faults: tuple[DocumentFault, ...]


def way_up(step: Step, message_id: str, opinion: Document, superior: str, copies: Sequence[str]) -> WayUp:
    """Hold the passing on of a request against everything for which it is refused; nothing is sent."""
    node, found, row, stored = step.node, list(secret_faults(opinion)), None, None
    if opinion.kind not in _OPINIONS:
        found.append(_fault(
            DocumentElement.KIND, "a {kind} is no opinion on a 请示 (article 15(3))",
            remedy="write it as a 请示 or a 意见", kind=opinion.kind.value,
        ))  # fmt: skip
    found += twice_named((superior,), copies)
    try:
        row = to_answer(step.tx, request_id_of(node, step.tx, message_id), node.address)
        stored = came_as(step.tx, row)
    except CallerError as error:
        found.append(DocumentFault(DocumentElement.ANSWERS, error))
    if row is not None and len(row.path) >= MAX_FORWARDERS:
        found.append(_fault(
            DocumentElement.ANSWERS, "it has passed {count} authorities", remedy="answer it here",
            count=len(row.path) + 1,
        ))  # fmt: skip
    origin = row.origin or "" if row is not None else message_id
    found += sending_faults(node, opinion, (superior,), copies, forwards=origin)
    lawful = not any(isinstance(one.what, BrokenRule) for one in found)
    if lawful and not stands_above(node.directory, superior, node.address):
        found.append(_fault(
            DocumentElement.TO, "{superior} is no superior of {address}, and a 请示 goes to a superior (article 8(11))",
            remedy="name a superior authority", superior=superior, address=node.address,
        ))  # fmt: skip
    return WayUp(row, stored, tuple(found))


def _fault(element: DocumentElement, what: str, *, remedy: str, **parameters: Any) -> DocumentFault:
    return DocumentFault(element, CallerError(what, remedy=remedy, **parameters))


def take_forwarded(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in a request that a subordinate authority passes on. Raises Returned for what is invalid."""
    forwarded = expect(body, ForwardedRequest)
    header = incoming.opened.header
    refuse_secrets(forwarded.opinion)
    file = unpack_request(step.node.directory, step.now, header, forwarded, incoming.opened.enclosures)
    for document in (file.request, *file.opinions):
        refuse_secrets(document)
    if step.node.address in forwarded.opinion.copies:
        enter_received(step, incoming, forwarded.opinion)
        return
    came = RequestRow(
        forwarded.request_id, RequestSeat.ASKED, RequestState.OPEN, step.now, origin=forwarded.origin,
        source=incoming.sender, message_id=incoming.message_id, digest=forwarded.digest, path=forwarded.path,
    )  # fmt: skip
    if not note_came(step, came):
        raise Returned(
            "request {request_id} is here already",
            code="id-reused",
            remedy="a request is passed on once",
            request_id=forwarded.request_id,
        )
    enter_received(step, incoming, forwarded.opinion)


def take_progress(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in word that our request, or one that we passed on, went further up.

    Raises Returned where that cannot be.
    """
    told = expect(body, RequestForwarded)
    if not _went_so(step, told):
        raise Returned(
            "no request {request_id} went this way from here",
            code="unknown-request",
            remedy="compare the id",
            request_id=told.request_id,
        )
    ways = zip(told.path, (*told.path[1:], told.to), strict=True)
    if told.path[-1] != incoming.sender or not all(stands_above(step.node.directory, up, low) for low, up in ways):
        raise Returned("not a way up", code="path", remedy="a request goes up from superior to superior")
    if not note_forwarded(step, told.request_id, incoming.message_id, incoming.sender, told.to):
        raise Returned("this was told before", code="already-forwarded", remedy="a request is passed on once")


def _went_so(step: Step, told: RequestForwarded) -> bool:
    """Whether this very request went from here to the next one of the path."""
    own = step.node.address
    if told.origin == own:
        stored = step.tx[Documents].get(own, told.request_id)
        digest = hashlib.sha256(stored.signed).hexdigest() if stored else None
        return digest == told.digest and asked(step, told.request_id) == told.path[0]
    row, ours = step.tx[Requests].get(told.request_id), forwarded_by(step.tx, told.request_id, own)
    if row is None or row.seat is not RequestSeat.ASKED or ours is None or own not in told.path[:-1]:
        return False
    return row.digest == told.digest and ours.passed_to == told.path[told.path.index(own) + 1]


def _file(node: Node, stored: StoredDocument) -> tuple[bytes, ...]:
    """All that came, byte for byte, in the order of `ForwardedRequest`."""
    body = verify_signed(stored.signed, node.directory).body
    own = len(body.opinion.attachments) if isinstance(body, ForwardedRequest) else len(stored.enclosures)
    before = len(stored.enclosures) - own
    return (*stored.enclosures[:before], stored.signed, *stored.enclosures[before:])


def _tell(step: Step, forwarded: ForwardedRequest, superior: str, conversation_id: str) -> None:
    progress = RequestForwarded(
        request_id=forwarded.request_id,
        origin=forwarded.origin,
        digest=forwarded.digest,
        to=superior,
        opinion=forwarded.opinion.body,
        path=forwarded.path,
    )
    told = (forwarded.origin, *forwarded.path[:-1])
    step.send(progress, told, conversation_id=conversation_id, in_reply_to=forwarded.request_id)
