"""The official document (公文), by the elements of GB/T 9704-2012 and the 2012 Regulation on its handling."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from exchange.schemas.base import Address, Attachment, Body, Digest, Line, MessageId, Room, Title, Urgency, Wire
from exchange.schemas.claim import ClaimCheck
from exchange.schemas.instants import Day, Instant
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


Period = Annotated[str, StringConstraints(pattern=r"^(?:[1-9][0-9]{0,2}(?:年|个月|天)|长期)$")]
"""A period of secrecy, as it is written behind the classification."""

Number = DocumentNumber | OrderNumber | AnnouncementNumber
"""What a document may be called by."""


class Concerned(Wire):
    """Another authority whose powers a document touches, and where that authority agreed to it (会商)."""

    authority: Address
    agreed_in: MessageId | None = None
    """Id of the document, signed by that authority and sent to the issuer, in which it agreed; None before it did."""


class Printing(Wire):
    """Who printed a document and when (印发机关和印发日期, GB/T 9704-2012, 7.4.2)."""

    by: Line
    on: Day


def _absent(value: object) -> bool:
    return value is None


class Document(Body):
    """An official document. Addressees (主送) must act on it, copy recipients (抄送) are informed of it.

    Addressees here are the authorities as the text names them; the envelope's addressees are where it is delivered.
    Schema version 1 had no ``claims``, version 2 neither ``copies`` nor ``purpose``, version 3 no numbers of
    announcements, version 4 nothing of what stands below ``purpose``; all are still read, and written where nothing
    newer is said.
    """

    KIND: ClassVar[str] = "document"
    TITLE: ClassVar[Title] = ("公文", "Document")
    ROOM: ClassVar[Room] = Room.DOCUMENTS
    VERSION: ClassVar[int] = 5
    READ: ClassVar[tuple[int, ...]] = (1, 2, 3, 4, 5)

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(says("kind", DocumentKind.REQUEST), given(signatory=A_TEXT, addressees=ONE)),
            when(given(classification_period=A_TEXT), given(classification={"not": {"const": Classification.NONE}})),
        )
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
    concerns: Annotated[tuple[Concerned, ...], Field(max_length=50, exclude_if=lambda concerns: not concerns)] = ()
    """Other authorities whose powers it touches: downward it goes once they have agreed (article 16(4))."""
    copy_number: Annotated[int | None, Field(ge=1, le=999_999, exclude_if=_absent)] = None
    """Which of the printed copies it is (份号, 7.2.1), written with six digits."""
    classification_period: Annotated[Period | None, Field(exclude_if=_absent)] = None
    """For how long it is classified (保密期限, 7.2.2): 10年, 6个月, 长期."""
    issuing_mark: Annotated[Line | None, Field(exclude_if=_absent)] = None
    """What stands at its head in red (发文机关标志, 7.2.4): the authority's name, as a rule with 文件 behind it."""
    printing: Annotated[Printing | None, Field(exclude_if=_absent)] = None

    @property
    def written_version(self) -> int:
        """The lowest that can say it: byte for byte what it was before there was more to say."""
        newest = (self.concerns, self.copy_number, self.classification_period, self.issuing_mark, self.printing)
        if any(newest):
            return 5
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

    @model_validator(mode="after")
    def _only_what_is_classified_has_a_period(self) -> Self:
        if self.classification_period is not None and self.classification is Classification.NONE:
            raise ValueError("only a classified document has a period of classification (GB/T 9704-2012, 7.2.2)")
        return self

    @model_validator(mode="after")
    def _concerned_are_named_once(self) -> Self:
        named = [one.authority for one in self.concerns]
        if len(set(named)) < len(named):
            raise ValueError("names an authority that it concerns twice")
        return self

    @model_validator(mode="after")
    def _printed_when_issued(self) -> Self:
        if self.printing is not None and self.date is not None and self.printing.on < self.date:
            raise ValueError("was printed before its date of issue (GB/T 9704-2012, 7.4.2)")
        return self


class DocumentReturn(Body):
    """An addressee sends a document back (退文), with the reason: it does not satisfy the rules (article 24)."""

    KIND: ClassVar[str] = "document-return"
    TITLE: ClassVar[Title] = ("退文", "Document sent back")
    ROOM: ClassVar[Room] = Room.DOCUMENTS
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    document_id: MessageId
    """The document that is sent back."""
    digest: Digest
    """SHA-256 of its signed bytes."""
    reason: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
    officer: Line
    at: Instant
