"""Agent: the exchange as a library, for a department's own system.

    with Agent.open("hefei.planning") as agent:
        agent.send(document, ["hefei.housing"])
        large = agent.attach(Path("survey.zip"))  # name it in the document's claims
        for received in agent.receive():
            file_it(received.body)
            received.acknowledge()

A document that was received is signed for by the agent at once; ``acknowledge`` says that the department's own system
has it too. Until then it is handed out again, after a crash as well: file by ``message_id`` and nothing is doubled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from types import TracebackType

from exchange.bootstrap import logs
from exchange.bootstrap.draining import check_not_drained
from exchange.bootstrap.home import Opened, open_claims, open_link, open_member, open_work
from exchange.bootstrap.member import RunningMember
from exchange.bootstrap.settings import Home, Settings
from exchange.claims import Progress, fetch, upload
from exchange.clock import monotonic
from exchange.envelope import verify_signed
from exchange.flow import forward, respond, send
from exchange.flow.joint_reader import JointIssue, open_issue
from exchange.flow.ports import OutboxView, StoredDocument
from exchange.flow.request_record import RequestStatus, request_status
from exchange.store.claim import Claim
from schemas import Body, ClaimCheck, Document, JointDocument, Opinion


@dataclass(frozen=True)
class Received:
    """A verified message for the department's own system."""

    sender: str
    message_id: str
    kind: str
    body: Body
    enclosures: tuple[bytes, ...]
    signed: bytes
    """The signed document as it came: keep it, it proves the rest."""
    _take: Callable[[], bool]
    joint: JointIssue | None = None
    """Of a joint document: what it says, its date, and who has signed it when."""

    def acknowledge(self) -> bool:
        """The department's own system has it; False if that was said before."""
        return self._take()


class Agent:
    """One member, served inside this process. Only one process at a time may serve an identity."""

    def __init__(
        self,
        settings: Settings,
        opened: Opened,
        member: RunningMember,
        close: ExitStack,
        arrived: Event,
        claim: Claim,
    ) -> None:
        self._settings = settings
        self._opened = opened
        self._member = member
        self._close = close
        self._arrived = arrived
        self._claim = claim

    @classmethod
    def open(cls, address: str, home: Path | None = None) -> Agent:
        """Opens the member ``address`` of the domain at ``home`` and serves it until closed.

        Raises NotFound, IdentityInUse, BadKeys, BadDirectory, DatabaseUnavailable, BrokerUnavailable, or Conflict for a
        member that is drained.
        """
        logs.configure_for_library()
        settings = Settings.read(home=home)
        opened, arrived = open_member(settings, address, patient=True), Event()
        with ExitStack() as stack:
            claim = stack.enter_context(opened.store.claim_identity(address))
            check_not_drained(opened.store, address)
            member = RunningMember(
                opened.node,
                opened.store,
                open_link(settings, address),
                open_work(opened.profile, opened.take),
                on_activity=arrived.set,
            )
            stack.callback(member.close)
            member.start()
            claim.on_lost = member.close  # what others hold by now must not be taken from its queue here
            return cls(settings, opened, member, stack.pop_all(), arrived, claim)

    def __enter__(self) -> Agent:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stops serving; what was sent stays in the outbox and goes out when the member is served again."""
        self._close.close()

    @property
    def address(self) -> str:
        """The member's address."""
        return self._opened.node.address

    def send(
        self,
        document: Document,
        addressees: Sequence[str],
        enclosures: Sequence[bytes] = (),
        *,
        copies: Sequence[str] = (),
        in_reply_to: str | None = None,
    ) -> str:
        """Sends an official document; returns its message id. A 批复 names the request that it answers.

        Raises Secret, NotFound, Conflict, or CallerError for what the rules of its kind do not allow.
        """
        message_id = send.send_document(
            self._opened.node, document, addressees, copies=copies, enclosures=enclosures, in_reply_to=in_reply_to
        )
        self._member.wake()
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
        """Passes a request on to a superior body with the own opinion and the whole file; returns the message id.

        Raises NotFound, Conflict, Secret or CallerError.
        """
        sent = forward.forward_request(
            self._opened.node, message_id, opinion, to=to, copies=copies, enclosures=enclosures
        )
        self._member.wake()
        return sent

    def request(self, message_id: str) -> RequestStatus | None:
        """Where a request stands: received, returned, passed on (by whom, with what opinion), answered."""
        return request_status(self._opened.node, message_id)

    def attach(self, path: Path, *, media_type: str | None = None, progress: Progress | None = None) -> ClaimCheck:
        """Leaves a large file, up to 2 GiB, in the claim store; name the claim check in a document and send that.

        Killed in the middle, the same call goes on where it was. Raises CallerError, Conflict, ClaimStoreUnavailable
        or FileUnusable.
        """
        uploads = Home(self._settings.home).uploads(self.address)
        return upload(path, open_claims(self._settings), uploads, media_type=media_type, progress=progress)

    def fetch(self, claim: ClaimCheck, target: Path, *, progress: Progress | None = None) -> Path:
        """Brings a received document's large attachment to ``target``, which appears once all of it is verified.

        Interrupted, the same call goes on where it was. Raises BadClaim's kinds, Conflict, ClaimStoreUnavailable or
        FileUnusable.
        """
        return fetch(claim, target, open_claims(self._settings), progress=progress)

    def deliveries(self, message_id: str) -> list[OutboxView]:
        """Where each addressee's copy of a sent message stands; DELIVERED means a signed receipt is on record."""
        with self._opened.store.reading() as tx:
            return tx.outbox.rows(message_id)

    def receive(self, *, wait: float = 0.0, limit: int = 50) -> Iterator[Received]:
        """What was received and not acknowledged, oldest first; waits up to ``wait`` seconds for the first.

        Everything yielded is verified. Once exhausted, call again for what came meanwhile. Raises IdentityLost once
        another process has claimed the identity: close the agent then, and open it anew when that one has ended.
        Raises PartEnded when it can take in nothing more because a loop of it has ended: close it and open it again.
        """
        self._member.check_loops()
        until = monotonic() + wait
        while True:
            if self._claim.lost is not None:
                raise self._claim.lost
            self._arrived.clear()
            with self._opened.store.reading() as tx:
                found = tx.inbox.untaken(limit)
            left = until - monotonic()
            if found or left <= 0:
                break
            self._arrived.wait(left)
        for stored in found:
            yield self._received(stored)

    def reply(self, opinion: Opinion) -> str:
        """Answers a consultation of the desk; returns the message id. Raises NotFound, Conflict or BadOpinion."""
        message_id = respond.reply(self._opened.node, opinion)
        self._member.wake()
        return message_id

    def _received(self, stored: StoredDocument) -> Received:
        directory = self._opened.node.directory
        verified = verify_signed(stored.signed, directory)
        body, joint = verified.body, None
        if isinstance(body, JointDocument):
            joint = open_issue(directory, verified.header, body, stored.enclosures)

        def take() -> bool:
            with self._opened.store.transaction() as tx:
                return tx.inbox.take(stored.sender, stored.message_id, self._opened.node.clock.now())

        return Received(
            stored.sender, stored.message_id, stored.kind, body, stored.enclosures, stored.signed, take, joint
        )
