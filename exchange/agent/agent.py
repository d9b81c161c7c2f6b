"""The agent itself: sending, receiving with acknowledgement, answering; at a window all that `WindowAgent` has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from exchange.agent.received import Received, received
from exchange.agent.window import WindowAgent
from exchange.approval.department import desk, procedures, recalling
from exchange.claims import Progress, fetch, upload
from exchange.clock import monotonic
from exchange.documents import forward, send
from exchange.documents.request_record import RequestStatus, request_status
from exchange.errors import ExchangeError, IdentityInUse
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxView
from exchange.operations.systems.member.handout import Handout
from exchange.runtime import logs
from exchange.runtime.draining import check_not_drained
from exchange.runtime.home import OpenedMember, open_claims, open_member
from exchange.runtime.seat import AgentSeat, SeatBeside, ServingSeat
from exchange.runtime.settings import Home, Settings
from exchange.schemas import ClaimCheck, Document, Opinion


class Agent(WindowAgent):
    """One member, for a system of its own: served in this process, or used beside the process that serves it."""

    def __init__(self, settings: Settings, opened: OpenedMember, seat: AgentSeat) -> None:
        self._settings = settings
        self._opened = opened
        self._seat = seat
        self._handout = Handout(opened.store, seat.lease_id)

    @classmethod
    def open(cls, address: str, home: Path | None = None, *, serve: bool | None = None) -> Agent:
        """Open the member ``address`` of the domain at ``home``, until closed.

        Where another process serves it, as under `exchange up`, the agent works beside that one; else it serves the
        member itself. ``serve=True`` insists on serving, ``serve=False`` never does. Any number may work beside.

        Raises NotFound, BadKeys, BadDirectory, DatabaseUnavailable, BrokerUnavailable, Conflict for a member that is
        drained, or IdentityInUse with ``serve=True``.
        """
        logs.configure_for_library()
        settings = Settings.read(home=home)
        opened = open_member(settings, address, patient=True)
        agent = cls(settings, opened, _seat(settings, opened, serve))
        agent._handout.give_back()  # what one that was killed while serving had in hand
        return agent

    def __enter__(self) -> Agent:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back what was not acknowledged, and stop serving; what was sent stays in the outbox and goes out when
        the member is served again.
        """
        with suppress(ExchangeError):  # then its lease ends it
            self._handout.give_back()
        self._seat.close()

    @property
    def address(self) -> str:
        """Return the member's address."""
        return self._opened.node.address

    @property
    def serving(self) -> bool:
        """Tell whether the member is served in this process, and not beside it."""
        return self._seat.serving

    def _wrote(self) -> None:
        self._seat.wake()

    def send(
        self,
        document: Document,
        addressees: Sequence[str],
        enclosures: Sequence[bytes] = (),
        *,
        copies: Sequence[str] = (),
        in_reply_to: str | None = None,
    ) -> str:
        """Send an official document; return its message id. A 批复 names the request that it answers.

        Raises Secret, NotFound, Conflict, IntakeStopped, or CallerError for what the rules of its kind do not allow.
        """
        self._admit()
        message_id = send.send_document(
            self._node(), document, addressees, copies=copies, enclosures=enclosures, in_reply_to=in_reply_to
        )
        self._wrote()
        return message_id

    def forward(
        self,
        message_id: str,
        opinion: Document,
        *,
        to: str | None = None,
        copies: Sequence[str] = (),
        enclosures: Sequence[bytes] = (),
    ) -> str:
        """Pass a request on to a superior authority with the own opinion and the whole file; return the message id.

        Raises NotFound, Conflict, Secret or CallerError.
        """
        sent = forward.forward_request(self._node(), message_id, opinion, to=to, copies=copies, enclosures=enclosures)
        self._wrote()
        return sent

    def request(self, message_id: str) -> RequestStatus | None:
        """Tell where a request stands: received, returned, passed on (by whom, with what opinion), answered."""
        return request_status(self._node(), message_id)

    def attach(self, path: Path, *, media_type: str | None = None, progress: Progress | None = None) -> ClaimCheck:
        """Leave a large file, up to 2 GiB, in the claim store; name the claim check in a document and send that.

        Killed in the middle, the same call goes on where it was. Raises CallerError, Conflict, ClaimStoreUnavailable
        or FileUnusable.
        """
        uploads = Home(self._settings.home).uploads(self.address)
        return upload(path, open_claims(self._settings), uploads, media_type=media_type, progress=progress)

    def fetch(self, claim: ClaimCheck, target: Path, *, progress: Progress | None = None) -> Path:
        """Bring a received document's large attachment to ``target``, which appears once all of it is verified.

        Interrupted, the same call goes on where it was. Raises BadClaim's kinds, Conflict, ClaimStoreUnavailable or
        FileUnusable.
        """
        return fetch(claim, target, open_claims(self._settings), progress=progress)

    def deliveries(self, message_id: str) -> list[OutboxView]:
        """Tell where each addressee's copy of a sent message stands; DELIVERED means a signed receipt is on record."""
        with self._opened.store.reading() as tx:
            return tx[Outbox].rows(message_id)

    def receive(self, *, wait: float = 0.0, limit: int = 50, hold: float = 60.0) -> Iterator[Received]:
        """Return what was received and not acknowledged, oldest first; wait up to ``wait`` seconds for the first.

        Everything yielded is verified, and nobody else's for ``hold`` seconds; acknowledge within them, or others may
        get it too. Once exhausted, call again for what came meanwhile, and for what was not acknowledged. What does not
        verify any more stands in nobody's way: its error is raised behind all that does. Raises IdentityLost once
        another process has claimed the identity, or PartEnded once a loop of it has ended: close the agent then, and
        open it anew.
        """
        until = monotonic() + wait
        self._handout.give_back()
        while True:
            self._seat.ready()
            found = self._handout.take(limit, hold, self._opened.node.clock)
            left = until - monotonic()
            if found or left <= 0:
                break
            self._seat.wait(left)
        node, fault = self._node(), None
        for stored in found:
            try:
                message = received(node, stored, self._handout)
            except ExchangeError as error:
                fault = fault or error
            else:
                yield message
        if fault is not None:
            raise fault

    def reply(self, opinion: Opinion) -> str:
        """Answer a consultation of the desk; return the message id. Raises NotFound, Conflict or BadOpinion."""
        message_id = desk.reply(self._node(), opinion)
        self._wrote()
        return message_id

    def end_procedure(self, case_number: str, reason: str, officer: str) -> str:
        """Tell the window that the own special procedure is over before its announced length; return the message id.

        Raises NotFound, Conflict (none stops the clock) or CallerError.
        """
        message_id = procedures.end_procedure(self._node(), case_number, reason, officer)
        self._wrote()
        return message_id

    def recall(self, case_number: str, officer: str, reasons: str) -> str:
        """Recall the member's opinion on a case, before the lead decides; return the message id.

        Raises NotFound, Conflict or CallerError. The window's receipt says whether it counts: `deliveries`.
        """
        message_id = recalling.recall(self._node(), case_number, officer, reasons)
        self._wrote()
        return message_id


def _seat(settings: Settings, opened: OpenedMember, serve: bool | None) -> AgentSeat:
    try:
        if serve is not False:
            try:
                return ServingSeat.take(settings, opened)
            except IdentityInUse:
                if serve:
                    raise
        check_not_drained(opened.store, opened.node.address)
        return SeatBeside(opened)
    except BaseException:
        opened.store.close()
        raise
