"""What an applicant sends its window: a filing, its completion, statements, a withdrawal. All of it by a portal."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from exchange.schemas.application import Applicant, Application
from exchange.schemas.base import Address, Body, CaseNumber, Digest, Line, MessageId, Room, Text, Title
from exchange.schemas.filings.scanned import Scanned
from exchange.schemas.instants import Instant

FilingNumber = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z][0-9A-Z-]{3,39}$")]
"""Number of a filing (收件编号), by which its applicant asks for it; unique at the portal that took it."""


class FilingChannel(StrEnum):
    """By which way an application came in."""

    WEB = "web"
    COUNTER = "counter"
    """On paper, entered by a clerk."""
    API = "api"


class Filing(Body):
    """An application as it was handed in at a portal (收到): nobody has looked at it, so it is not accepted yet.

    Its files travel beside it in the order in which the application names them.
    """

    KIND: ClassVar[str] = "filing"
    TITLE: ClassVar[Title] = ("申请提交", "Filing")
    ROOM: ClassVar[Room] = Room.APPROVAL
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    filing: FilingNumber
    application: Application
    agent: Applicant | None = None
    """Who hands it in for the applicant, where that is somebody else."""
    channel: FilingChannel
    declaration: Line
    """The statement of truth that the applicant has affirmed, word for word (article 31)."""
    at: Instant
    scanned: Scanned = ()
    """SHA-256 of the files in which a scanner at the portal has found nothing; no other was scanned. 已扫描的文件。"""


class FilingSupplement(Body):
    """The applicant completes or corrects a filing: the whole application once more, with all its files."""

    KIND: ClassVar[str] = "filing-supplement"
    TITLE: ClassVar[Title] = ("补正材料", "Supplement to a filing")
    ROOM: ClassVar[Room] = Room.APPROVAL
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    filing: FilingNumber
    application: Application
    at: Instant
    scanned: Scanned = ()
    """As in a filing."""


class FilingStatement(Body):
    """The applicant states its view of the case (陈述申辩, article 36), or asks for a hearing (article 47)."""

    KIND: ClassVar[str] = "filing-statement"
    TITLE: ClassVar[Title] = ("陈述申辩", "Applicant's statement")
    ROOM: ClassVar[Room] = Room.APPROVAL
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    filing: FilingNumber
    text: Annotated[str, Field(min_length=1, max_length=20_000)]
    hearing: bool = False
    """Whether a hearing is asked for."""
    at: Instant


class CaseAddition(Body):
    """The window shows the departments that are still to answer what came in from the applicant on a running case.

    It is a statement, or a supplement with what was promised: enclosed as the portal signed it, with its files.
    """

    KIND: ClassVar[str] = "case-addition"
    TITLE: ClassVar[Title] = ("转送申请人材料", "Applicant's paper, shown")
    ROOM: ClassVar[Room] = Room.APPROVAL

    case_number: CaseNumber
    filing: FilingNumber
    portal: Address
    """Who signed it for the applicant."""
    paper_id: MessageId
    digest: Digest
    """SHA-256 of the first enclosure, the signed paper."""


class FilingWithdrawal(Body):
    """The applicant takes its application back, before the decision."""

    KIND: ClassVar[str] = "filing-withdrawal"
    TITLE: ClassVar[Title] = ("撤回申请", "Withdrawal of a filing")
    ROOM: ClassVar[Room] = Room.APPROVAL
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    filing: FilingNumber
    reasons: Text = ""
    at: Instant
