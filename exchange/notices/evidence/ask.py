"""Evidence: the origin of a notice, or a relay office that it passed, asks for the receipts behind the counts.

What comes is kept as every message is, its bytes as they came; a report is made anew from these whenever one is asked
for, so that parts may come late, twice or in any order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from exchange.directory.hierarchy import domain_of, is_within
from exchange.envelope import Trust, sign_document, verify_signed
from exchange.errors import CallerError, NotFound, Returned, SenderError
from exchange.messaging.checks import expect, returned_for
from exchange.messaging.documents import Documents
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Node, Step
from exchange.messaging.records import StoredDocument
from exchange.notices.counting import tally_in
from exchange.notices.evidence.originals import EvidencePart, Subject, account_of, by_domain, read_page
from exchange.notices.evidence.rules import DomainEvidence, Evidence, judge
from exchange.notices.evidence.show import pages_here, pass_down
from exchange.notices.records import NoticeRow
from exchange.notices.rules.states import NoticeSeat
from exchange.notices.store import Notices
from exchange.schemas import Body, Forwarding, Header, Notice, ReceiptsRequest, ReceiptsShown, Tally
from exchange.store.transaction import Transaction


def handlers() -> dict[str, Handler]:
    """Return the message handlers of the side that requested the receipts."""
    return {ReceiptsShown.KIND: take_shown}


def take_shown(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in what a relay office shows of what was asked for.

    It is kept as it came, and judged whenever somebody looks.
    """
    shown = expect(body, ReceiptsShown)
    row = step.tx[Notices].get(shown.notice_id)
    if row is None or row.seat is NoticeSeat.READER:
        raise Returned(
            "no receipts of {notice_id} are asked for here",
            code="unknown-notice",
            remedy="keep them",
            notice_id=shown.notice_id,
        )
    with returned_for(SenderError):
        read_page(incoming.opened.signed, incoming.opened.enclosures, step.node.directory)
    step.note("receipts-came", None, incoming.message_id, notice=row.notice_id, part=shown.part, parts=shown.parts)


def ask_receipts(node: Node, notice_id: str, of: str | None = None) -> ReceiptsRequest:
    """Ask for the receipts behind the counts of a notice; returns what was asked. Raises as `ask_receipts_in` does."""
    with node.step() as step:
        return ask_receipts_in(step, notice_id, of)


def ask_receipts_in(step: Step, notice_id: str, of: str | None = None) -> ReceiptsRequest:
    """Ask within the caller's step for the receipts of one authority, of a domain and those below, or of all.

    Raises NotFound for a notice that was not issued here nor passed on, CallerError for what lies outside of it.
    """
    row = _counted(step.tx, notice_id)
    request = _request(step.node, row, of)
    if row.seat is NoticeSeat.RELAY:
        pass_down(step, row, request)
    else:
        step.node.expect((row.source,))
        step.send(request, (row.source,), conversation_id=notice_id)
    step.note("receipts-asked", None, request.request_id, notice=notice_id, domain=request.domain, body=request.body)
    return request


def last_request(node: Node, notice_id: str) -> ReceiptsRequest:
    """Return the last request for receipts that was made here. Raises NotFound."""
    with node.store.reading() as tx:
        _counted(tx, notice_id)
        found = [one for one in tx[Documents].of_conversation(notice_id, ReceiptsRequest.KIND)
                 if one.sender == node.address]  # fmt: skip
    for stored in reversed(found):
        body = verify_signed(stored.signed, node.directory).body
        if isinstance(body, ReceiptsRequest) and body.asker == node.address:
            return body
    raise NotFound("no receipts of this notice were asked for yet", remedy="ask for them first")


def evidence_of(
    request: ReceiptsRequest, subject: Subject, pages: Sequence[EvidencePart], told: Tally | None, trust: Trust
) -> Evidence:
    """Compare the parts that came with each other and with the tally on record where the request was made."""
    shown = {domain: account_of(some, subject, trust) for domain, some in by_domain(pages).items()}
    return judge(request, domain_of(request.asker), told, shown)


@dataclass(frozen=True)
class Kept:
    """All that a request's evidence rests on, as signed bytes."""

    notice: bytes
    request: ReceiptsRequest
    pages: tuple[EvidencePart, ...]
    tally: bytes | None
    """What the origin's relay office has told last."""


@dataclass
class Gathering:
    """What has come of one request so far, each part read and verified once."""

    node: Node
    request: ReceiptsRequest
    subject: Subject = field(init=False)
    pages: dict[tuple[str, str], EvidencePart] = field(default_factory=dict)
    shown: tuple[EvidencePart, ...] = ()
    """All parts that the last look was at."""
    others: set[tuple[str, str]] = field(default_factory=set)
    """Messages that belong to other requests."""
    _judged: dict[str, tuple[object, DomainEvidence]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.node.store.reading() as tx:
            self.subject = _subject(tx, _counted(tx, self.request.notice_id))

    def look(self) -> Evidence:
        """Compare the counts with everything that has come by now."""
        with self.node.store.reading() as tx:
            row = _counted(tx, self.request.notice_id)
            self._take(tx)
            own = self._own(tx, row) if row.seat is NoticeSeat.RELAY else []
            branches = tx[Notices].branches(row.notice_id) if row.seat is NoticeSeat.ORIGIN else []
        self.shown = (*own, *self.pages.values())
        told = next((Tally.model_validate_json(one.tally) for one in branches if one.tally), None)
        accounts = {domain: self._account(domain, pages) for domain, pages in by_domain(self.shown).items()}
        return judge(self.request, domain_of(self.request.asker), told, accounts)

    def _account(self, domain: str, pages: list[EvidencePart]) -> DomainEvidence:
        """Verified once for the same parts and directories, however often somebody looks."""
        key = tuple(page.signed for page in pages), self.node.directory
        judged = self._judged.get(domain)
        if judged is None or judged[0] != key:
            judged = self._judged[domain] = (key, account_of(pages, self.subject, self.node.directory))
        return judged[1]

    def kept(self) -> Kept:
        """Return what the last look examined, as it came. Raises NotFound where the notice itself is not on record."""
        with self.node.store.reading() as tx:
            row = _counted(tx, self.request.notice_id)
            told = [] if row.seat is NoticeSeat.RELAY else tx[Documents].of_conversation(row.notice_id, Tally.KIND)
            return Kept(_notice(tx, row), self.request, self.shown, _newest(self.node, row, told))

    def _take(self, tx: Transaction) -> None:
        known = self.pages.keys() | self.others
        for key in tx[Documents].named(self.request.notice_id, ReceiptsShown.KIND):
            stored = tx[Documents].get(*key) if key not in known else None
            if stored is None:
                continue
            page = _read(self.node, stored)
            if page is not None and page.body.request_id == self.request.request_id:
                self.pages[key] = page
            else:
                self.others.add(key)

    def _own(self, tx: Transaction, row: NoticeRow) -> list[EvidencePart]:
        """What this relay office itself shows: signed as for anybody else, so that it can be kept as the rest is."""
        node, own = self.node, self.node.directory.domain
        found = []
        for body, enclosures in pages_here(tx, row, tally_in(tx, row, own), own, self.request):
            header = Header(
                message_id=node.new_id(), conversation_id=row.notice_id, kind=body.KIND, sender=node.address,
                addressees=(node.address,), created_at=node.clock.now(), suite=node.suite,
            )  # fmt: skip
            signed = sign_document(header.as_json(), body, node.identity, enclosures)
            found.append(read_page(signed, enclosures, node.directory))
        return found


def _read(node: Node, stored: StoredDocument) -> EvidencePart | None:
    """A part that came; None for what was sent from here, or was returned when it came."""
    if stored.direction != "received":
        return None
    try:
        return read_page(stored.signed, stored.enclosures, node.directory)
    except SenderError:
        return None


def _counted(tx: Transaction, notice_id: str) -> NoticeRow:
    row = tx[Notices].get(notice_id)
    if row is None or row.seat is NoticeSeat.READER:
        raise not_counted(notice_id)
    return row


def not_counted(notice_id: str) -> NotFound:
    """Return the error for a notice that was neither issued here nor passed on; the caller raises it."""
    return NotFound(
        "notice {notice_id} is not counted here",
        remedy="its origin and relay offices count it",
        notice_id=notice_id,
    )


def _subject(tx: Transaction, row: NoticeRow) -> Subject:
    """What receipts must be about."""
    return Subject(row.notice_id, hashlib.sha256(_notice(tx, row)).hexdigest())


def _notice(tx: Transaction, row: NoticeRow) -> bytes:
    """What the origin has signed: at the origin its own message, at a relay office the first thing in what it passed
    on."""
    if row.seat is NoticeSeat.ORIGIN:
        stored = tx[Documents].get(row.origin, row.notice_id)
    else:
        passed = tx[Documents].of_conversation(row.notice_id, Forwarding.KIND)
        stored = next((one for one in passed if one.message_id == row.forwarding_id), None)
    if stored is None:
        raise NotFound(
            "the signed notice {notice_id} is not on record",
            remedy="restore it from the backup",
            notice_id=row.notice_id,
        )
    return stored.signed if stored.kind == Notice.KIND else stored.enclosures[0]


def _newest(node: Node, row: NoticeRow, told: Sequence[StoredDocument]) -> bytes | None:
    """Of tallies that came from the own relay office, the signed one that holds."""
    found: tuple[int, bytes] | None = None
    for stored in told:
        body = verify_signed(stored.signed, node.directory).body if stored.sender == row.source else None
        if isinstance(body, Tally) and (found is None or body.serial > found[0]):
            found = body.serial, stored.signed
    return found[1] if found is not None else None


def _request(node: Node, row: NoticeRow, of: str | None) -> ReceiptsRequest:
    own = node.directory.domain
    listed = {member.address for member in node.directory.everyone}
    body = of if of is not None and of in listed else None
    domain = own if of is None else domain_of(of) if body is not None else of
    if not is_within(domain, own):
        raise CallerError(
            "{of} is neither {own} nor below it",
            remedy="name an authority or a domain of your own subtree",
            of=of,
            own=own,
        )
    if domain != own and domain not in {domain_of(address) for address in listed}:
        raise CallerError(
            "{of} is no authority and no domain of this tree",
            remedy="`exchange notice status` names authorities",
            of=of,
        )
    return ReceiptsRequest(
        request_id=node.new_id(), notice_id=row.notice_id, asker=node.address, domain=domain, body=body
    )
