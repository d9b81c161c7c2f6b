"""The official document (公文), by the elements of GB/T 9704-2012 and the 2012 Regulation on its handling."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from exchange.schemas.base import Address, Attachment, Body, Line, Room, Title, Urgency, Wire
from exchange.schemas.claim import ClaimCheck
from exchange.schemas.instants import Day
from exchange.schemas.published.conditions import A_TEXT, ONE, given, rules, says, when


class DocumentKind(StrEnum):
    """The fifteen kinds of official document (Regulation of 2012, article 8)."""

    RESOLUTION = "决议"
    DECISION = "决定"
    ORDER = "命令"
    COMMUNIQUE = "公报"
    PROCLAMATION = "公告"
    ANNOUNCEMENT = "通告"
    OPINION = "意见"
    NOTICE = "通知"
    CIRCULAR = "通报"
    REPORT = "报告"
    REQUEST = "请示"
    REPLY = "批复"
    MOTION = "议案"
    LETTER = "函"
    MINUTES = "纪要"


class Classification(StrEnum):
    """Security classification (密级). Only unclassified documents may travel here."""

    NONE = "none"
    SECRET = "秘密"  # noqa: S105
    CONFIDENTIAL = "机密"
    TOP_SECRET = "绝密"  # noqa: S105


class Purpose(StrEnum):
    """What those who get a document are to do with it."""

    ACTION = "action"  # 办理
    INFORMATION = "information"  # 周知
    RECORD = "record"  # 存档: a paper whose way is over, for somebody's files


class DocumentNumber(Wire):
    """Document number (发文字号): agency code, year in 〔〕, serial without leading zeros: 国办发〔2019〕6号."""

    agency: Annotated[str, StringConstraints(pattern=r"^[^\s〔〕\[\]()（）0-9]{1,20}$")]
    year: Annotated[int, Field(ge=1949, le=2999)]
    serial: Annotated[int, Field(ge=1, le=99_999)]

    def __str__(self) -> str:
        return f"{self.agency}〔{self.year}〕{self.serial}号"


class OrderNumber(Wire):
    """Number of an order (令号), counted through an office's term without a year: 国令第707号."""

    agency: Annotated[str, StringConstraints(pattern=r"^[^\s〔〕0-9]{1,20}令$")]
    serial: Annotated[int, Field(ge=1, le=99_999)]

    def __str__(self) -> str:
        return f"{self.agency}第{self.serial}号"


class AnnouncementNumber(Wire):
    """Number of what is made public (公告, 通告, 公报), or of an order counted by years: 公告2026年第14号."""

    agency: Annotated[str, StringConstraints(pattern=r"^[^\s〔〕\[\]()（）0-9]{0,20}(?:公告|通告|公报|令)$")]
    year: Annotated[int, Field(ge=1949, le=2999)] | None = None
    """None where they are counted without years: 通告第3号."""
    issue: Annotated[int, Field(ge=1, le=99_999)]

    def __str__(self) -> str:
        return f"{self.agency}{f'{self.year}年' if self.year else ''}第{self.issue}号"


Number = DocumentNumber | OrderNumber | AnnouncementNumber
"""What a document may be called by."""


class Document(Body):
    """An official document. Addressees (主送) must act on it, copy recipients (抄送) are informed of it.

    Addressees here are the authorities as the text names them; the envelope's addressees are where it is delivered.
    Schema version 1 had no ``claims``, version 2 neither ``copies`` nor ``purpose``, version 3 no numbers of
    announcements; all are still read, and written where nothing newer is said.
    """

    KIND: ClassVar[str] = "document"
    TITLE: ClassVar[Title] = ("公文", "Document")
    ROOM: ClassVar[Room] = Room.DOCUMENTS
    VERSION: ClassVar[int] = 4
    READ: ClassVar[tuple[int, ...]] = (1, 2, 3, 4)

    model_config = ConfigDict(
        json_schema_extra=rules(when(says("kind", DocumentKind.REQUEST), given(signatory=A_TEXT, addressees=ONE)))
    )

    number: Number
    kind: DocumentKind
    classification: Classification = Classification.NONE
    urgency: Urgency = Urgency.ORDINARY
    issuer: Line
    signatory: Line | None = None
    title: Line
    addressees: Annotated[tuple[Line, ...], Field(max_length=200)] = ()
    copy_recipients: Annotated[tuple[Line, ...], Field(max_length=200)] = ()
    body: Annotated[str, StringConstraints(min_length=1, max_length=200_000)]
    attachment_note: Annotated[tuple[Line, ...], Field(max_length=100)] = ()
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=20)] = ()
    claims: Annotated[tuple[ClaimCheck, ...], Field(max_length=20, exclude_if=lambda claims: not claims)] = ()
    """Attachments too large for the envelope."""
    date: Day | None
    """Date of issue (成文日期); None only where the text that was taken over bears none."""
    notes: Annotated[str, StringConstraints(max_length=2_000)] = ""
    copies: Annotated[tuple[Address, ...], Field(max_length=200, exclude_if=lambda copies: not copies)] = ()
    """Which of the envelope's addressees get it as a copy (抄送); all others must act on it."""
    purpose: Annotated[Purpose, Field(exclude_if=lambda purpose: purpose is Purpose.ACTION)] = Purpose.ACTION

    @property
    def written_version(self) -> int:
        """The lowest that can say it: byte for byte what it was before there was more to say."""
        if isinstance(self.number, AnnouncementNumber):
            return 4
        if self.copies or self.purpose is not Purpose.ACTION:
            return 3
        return 2 if self.claims else 1

    @model_validator(mode="after")
    def _upward_names_its_signatory(self) -> Self:
        if self.kind is DocumentKind.REQUEST and (self.signatory is None or len(self.addressees) != 1):
            raise ValueError("a 请示 names its signatory and has one addressee (Regulation of 2012, article 15)")
        return self
