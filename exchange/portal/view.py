"""How a filing and its case stand, by the signed papers alone: what was sent, signed for, and answered."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from exchange.envelope import verify_signed
from exchange.errors import Conflict
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState, OutboxView, StoredDocument
from exchange.portal.drafting import draft_in
from exchange.portal.invited import open_invitations
from exchange.portal.records import ApplicationDraft
from exchange.schemas import (
    Acceptance,
    AcceptanceOutcome,
    Body,
    CaseProgress,
    CaseStep,
    DecisionServed,
    Filing,
    FilingReceipt,
    FilingStatement,
    FilingSupplement,
    FilingWithdrawal,
    HearingNotice,
    HearingRecord,
    Promised,
    RenewalTerm,
    SupplementInvitation,
    TacitAuthorisation,
)
from exchange.store.transaction import Transaction

T = TypeVar("T", bound=Body)


class FilingStanding(StrEnum):
    """Where a filing stands."""

    SENT = "sent"  # 已提交, 窗口尚未签收
    RETURNED = "returned"  # 窗口退回, 无法接收
    RECEIVED = "received"  # 已收件
    INCOMPLETE = "incomplete"  # 待补正
    COMPLETED = "completed"  # 已补正
    NOT_ACCEPTED = "not-accepted"  # 不予受理, 不需许可
    UNDER_WAY = "under-way"  # 已受理
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    BY_LAW = "by-law"  # 视为准予延续


@dataclass(frozen=True)
class CasePaper:
    """One signed paper of the conversation."""

    body: Body
    message_id: str
    ours: bool
    """Sent by the portal."""
    at: datetime
    signed_for: bool | None = None
    """Of one of ours: whether the window has signed for it; None while nothing is known."""
    reason: str = ""
    """Why the window has sent it back."""


@dataclass(frozen=True)
class CaseView:
    """A filing and all that has come of it, oldest paper first."""

    number: str
    papers: tuple[CasePaper, ...]

    def last(self, kind: type[T]) -> T | None:
        """Return the body of the latest paper of a kind."""
        return next((paper.body for paper in reversed(self.papers) if isinstance(paper.body, kind)), None)

    @property
    def filing(self) -> Filing:
        """The filing as it was handed in first."""
        return next(paper.body for paper in self.papers if isinstance(paper.body, Filing))

    @property
    def progress(self) -> CaseProgress | None:
        """How its case stands: of the highest serial."""
        told = [paper.body for paper in self.papers if isinstance(paper.body, CaseProgress)]
        return max(told, key=lambda one: one.serial, default=None)

    @property
    def acceptances(self) -> tuple[Acceptance, ...]:
        """The window's documents on the filing, in order."""
        return tuple(paper.body for paper in self.papers if isinstance(paper.body, Acceptance))

    @property
    def statements(self) -> tuple[FilingStatement, ...]:
        """What the applicant has stated."""
        return tuple(paper.body for paper in self.papers if isinstance(paper.body, FilingStatement))

    @property
    def promised(self) -> tuple[Promised, ...]:
        """What was accepted against a promise, and has not come."""
        bodies = [paper.body for paper in self.papers]
        sent = [body.application for body in bodies if isinstance(body, FilingSupplement)]
        there = {material.code for application in sent for material in application.materials}
        last = self.acceptances[-1].promised if self.acceptances else ()
        return tuple(one for one in last if one.material not in there)

    @property
    def invited(self) -> tuple[SupplementInvitation, ...]:
        """What departments ask for after the acceptance, and nothing has brought yet; none once it is over."""
        return () if self.is_over else open_invitations([paper.body for paper in self.papers])

    @property
    def hearing(self) -> HearingNotice | None:
        """What was told last of a hearing that is to be held."""
        notice, held = self.last(HearingNotice), self.last(HearingRecord)
        return None if notice is None or held is not None or notice.held_at is None else notice

    @property
    def decision(self) -> DecisionServed | None:
        """The decision that was served last."""
        return self.last(DecisionServed)

    @property
    def renews(self) -> str | None:
        """The licence of which the renewal is asked for."""
        return self.filing.application.renews

    @property
    def renewal(self) -> RenewalTerm | None:
        """Whether the renewal was asked for in time, as the window has signed it."""
        first = next((paper.body for paper in self.papers if isinstance(paper.body, FilingReceipt)), None)
        return first.renewal if first is not None else None

    @property
    def renewed_by_law(self) -> TacitAuthorisation | None:
        """The document by which it has arisen by law, undecided."""
        return self.last(TacitAuthorisation)

    @property
    def revision(self) -> str:
        """Another one after any new paper, and after what was signed for or sent back."""
        known = [(paper.message_id, paper.signed_for) for paper in self.papers]
        return hashlib.sha256(repr(known).encode()).hexdigest()[:32]

    @property
    def is_over(self) -> bool:
        """Whether there is nothing any more for an applicant to state, complete or take back."""
        return self.standing in _OVER

    @property
    def standing(self) -> FilingStanding:
        """Return where it stands, by what was signed last."""
        progress, acceptances = self.progress, self.acceptances
        if self.renewed_by_law is not None:
            return FilingStanding.BY_LAW
        if progress is not None and progress.step in _CLOSED:
            return _CLOSED[progress.step]
        if self._withdrawn():
            return FilingStanding.WITHDRAWN
        if acceptances:
            return self._after(acceptances[-1])
        if self.last(FilingReceipt) is not None:
            return FilingStanding.RECEIVED
        first = self.papers[0]
        return FilingStanding.RETURNED if first.signed_for is False else FilingStanding.SENT

    def _withdrawn(self) -> bool:
        """The window has signed for the withdrawal: one that came too late, it returns."""
        return any(isinstance(paper.body, FilingWithdrawal) and paper.signed_for for paper in self.papers)

    def _after(self, acceptance: Acceptance) -> FilingStanding:
        if acceptance.opens:
            return FilingStanding.UNDER_WAY
        if acceptance.outcome is not AcceptanceOutcome.INCOMPLETE:
            return FilingStanding.NOT_ACCEPTED
        bodies = [paper.body for paper in self.papers]
        completed = any(isinstance(body, FilingSupplement) for body in bodies[bodies.index(acceptance) :])
        return FilingStanding.COMPLETED if completed else FilingStanding.INCOMPLETE


_CLOSED = {
    CaseStep.DECIDED: FilingStanding.DECIDED,
    CaseStep.WITHDRAWN: FilingStanding.WITHDRAWN,
    CaseStep.BY_LAW: FilingStanding.BY_LAW,
}


_OVER = (*_CLOSED.values(), FilingStanding.NOT_ACCEPTED, FilingStanding.RETURNED)


def case_view(node: Node, number: str) -> CaseView:
    """Return how a filing stands. Raises NotFound, Conflict (a draft that was not handed in), or SenderError where a
    paper on record is not what was signed.
    """
    with node.store.reading() as tx:
        return case_view_in(tx, node, number)


def case_view_in(tx: Transaction, node: Node, number: str) -> CaseView:
    """Do what `case_view` does, inside a transaction."""
    return _view(tx, node, draft_in(tx, number))


def view_of_draft(node: Node, draft: ApplicationDraft) -> CaseView:
    """Do what `case_view` does, for a draft that was just read."""
    with node.store.reading() as tx:
        return _view(tx, node, draft)


def _view(tx: Transaction, node: Node, draft: ApplicationDraft) -> CaseView:
    if draft.filing_id is None:
        raise Conflict("{number} has not been handed in", remedy="go on with the draft", number=draft.number)
    stored = tx[Documents].of_conversation(draft.filing_id)
    return CaseView(draft.number, tuple(_papers(tx, node, stored)))


def _papers(tx: Transaction, node: Node, stored: Sequence[StoredDocument]) -> list[CasePaper]:
    shown = [one for one in stored if one.kind in _SHOWN]
    copies = tx[Outbox].rows_of([one.message_id for one in shown if one.sender == node.address])
    return [_paper(node, one, copies.get(one.message_id, ())) for one in shown]


_SHOWN = frozenset(
    model.KIND
    for model in (
        Filing, FilingSupplement, FilingStatement, FilingWithdrawal, FilingReceipt, Acceptance, CaseProgress,
        DecisionServed, HearingNotice, HearingRecord, TacitAuthorisation, SupplementInvitation,
    )
)  # fmt: skip


def _paper(node: Node, one: StoredDocument, copies: Sequence[OutboxView]) -> CasePaper:
    verified = verify_signed(one.signed, node.directory)
    ours = one.sender == node.address
    if not ours:
        return CasePaper(verified.body, one.message_id, False, verified.header.created_at)
    state = copies[0].state if copies else None
    signed_for = {OutboxState.DELIVERED: True, OutboxState.RETURNED: False}.get(state) if state else None
    reason = (copies[0].last_error or "") if copies and signed_for is False else ""
    return CasePaper(verified.body, one.message_id, True, verified.header.created_at, signed_for, reason)
