"""What the window answers a filing: that it has it, and whether it is accepted (Administrative License Law, 32)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, model_validator

from exchange.schemas.base import Basis, Body, CaseNumber, Digest, Line, MatterCode, MessageId, Room, Text, Title, Wire
from exchange.schemas.claim import CLAIM_LIMIT
from exchange.schemas.filings.filing import FilingNumber
from exchange.schemas.filings.renewal import RenewalTerm
from exchange.schemas.instants import Day, Instant
from exchange.schemas.published.conditions import A_TEXT, NONE, NOTHING, SOME, VISIBLE, given, may, rules, says, when

ACCEPTED_BY_LAW = "逾期未告知补正，自收到之日起视为受理，无人审查 · accepted by law; no person has looked at it"
"""What an acceptance says that arose by law; no person has looked."""
LONGEST_PROMISE = 60
"""Working days within which a material that was promised is to be handed in, at most."""


class FiledFile(Wire):
    """A file as the window has it."""

    name: Line
    size: Annotated[int, Field(ge=0, le=CLAIM_LIMIT)]
    digest: Digest


class FilingReceipt(Body):
    """The window has a filing (收件凭证): what it got, when, and until when it tells whether anything is missing.

    It is no acceptance: nobody has looked.
    """

    KIND: ClassVar[str] = "filing-receipt"
    TITLE: ClassVar[Title] = ("收件凭证", "Submission receipt")
    ROOM: ClassVar[Room] = Room.PORTAL
    HAPPENED: ClassVar[tuple[str, ...]] = ("received_at",)

    filing: FilingNumber
    filing_id: MessageId
    """The filing's, or the supplement's, message."""
    matter: MatterCode
    received_at: Instant
    files: Annotated[tuple[FiledFile, ...], Field(max_length=500)]
    tell_by: Instant
    """The end of the fifth working day: what is not told by then is taken to be complete."""
    provisional: bool = False
    """Whether that lies beyond the published calendar, which may still move it."""
    renewal: Annotated[RenewalTerm | None, Field(exclude_if=lambda term: term is None)] = None
    """Of a renewal: whether it was asked for in time."""


class AcceptanceOutcome(StrEnum):
    """What becomes of a filing; a closed set (article 32)."""

    NOT_NEEDED = "not-needed"  # 依法不需要取得行政许可
    NOT_COMPETENT = "not-competent"  # 不属于本行政机关职权范围
    INCOMPLETE = "incomplete"  # 材料不齐全或者不符合法定形式: 一次告知
    ACCEPTED = "accepted"  # 受理
    BY_LAW = "accepted-by-law"  # 逾期不告知的，自收到申请材料之日起即为受理
    REFUSED = "refused"  # 补正后仍不齐全: 不予受理


OUTCOME_TITLES: dict[AcceptanceOutcome, Title] = {
    AcceptanceOutcome.NOT_NEEDED: ("不需许可告知书", "No licence is needed"),
    AcceptanceOutcome.NOT_COMPETENT: (
        "不予受理决定书（不属本机关职权）",
        "Not accepted: another authority is competent",
    ),
    AcceptanceOutcome.INCOMPLETE: ("补正告知书", "Notice of what is missing"),
    AcceptanceOutcome.ACCEPTED: ("受理通知书", "Notice of acceptance"),
    AcceptanceOutcome.BY_LAW: ("视为受理通知书", "Notice of acceptance by law"),
    AcceptanceOutcome.REFUSED: ("不予受理决定书", "Not accepted"),
}
"""What the document of each outcome is called."""


class MissingItem(Wire):
    """One thing that is missing or not in form, and what to do about it."""

    what: Line
    remedy: Line


class Promised(Wire):
    """A material that is handed in later, as the applicant has promised (容缺受理)."""

    material: MatterCode
    until: Day


_OPENS = (AcceptanceOutcome.ACCEPTED, AcceptanceOutcome.BY_LAW)


class Acceptance(Body):
    """The window's document on a filing: one of the outcomes of article 32, with what each must say."""

    KIND: ClassVar[str] = "acceptance"
    TITLE: ClassVar[Title] = ("受理文书", "Acceptance document")
    ROOM: ClassVar[Room] = Room.PORTAL
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)
    HAPPENED: ClassVar[tuple[str, ...]] = ("accepted_from",)

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(
                says("outcome", *_OPENS),
                given(case_number=A_TEXT, accepted_from=A_TEXT, decide_by=A_TEXT),
                may(case_number=NOTHING, accepted_from=NOTHING, decide_by=NOTHING, promised=NONE),
            ),
            when(says("outcome", AcceptanceOutcome.INCOMPLETE), given(missing=SOME), may(missing=NONE)),
            when(
                says("outcome", AcceptanceOutcome.NOT_COMPETENT),
                given(competent_body=A_TEXT),
                may(competent_body=NOTHING),
            ),
            when(
                says(
                    "outcome",
                    AcceptanceOutcome.NOT_NEEDED,
                    AcceptanceOutcome.NOT_COMPETENT,
                    AcceptanceOutcome.REFUSED,
                ),
                given(reasons=VISIBLE, remedies=SOME),
            ),
        )
    )

    filing: FilingNumber
    filing_id: MessageId
    """The message that it answers: the filing, or its last supplement."""
    matter: MatterCode
    outcome: AcceptanceOutcome
    case_number: CaseNumber | None = None
    accepted_from: Instant | None = None
    """From when on it counts as accepted: when the complete file came in."""
    decide_by: Instant | None = None
    """Until when it is to be decided."""
    provisional: bool = False
    """Whether ``decide_by`` lies beyond the published calendar, which may still move it."""
    missing: Annotated[tuple[MissingItem, ...], Field(max_length=100)] = ()
    """All that is missing, told once."""
    promised: Annotated[tuple[Promised, ...], Field(max_length=50)] = ()
    competent_body: Line | None = None
    reasons: Text = ""
    basis: Basis = ()
    remedies: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    by_rule: bool = False
    """The form's own check accepted it, or the law did: no person has."""
    statement: Line | None = None
    """What is said of an acceptance by law."""
    hearing_by: Instant | None = None
    """Until when the applicant may ask for a hearing, where it may (article 47)."""
    at: Instant

    @property
    def opens(self) -> bool:
        """Whether a case is opened by it."""
        return self.outcome in _OPENS

    @model_validator(mode="after")
    def _an_acceptance_names_its_case(self) -> Self:
        given_ones = (self.case_number, self.accepted_from, self.decide_by)
        if any((one is not None) != self.opens for one in given_ones):
            raise ValueError("case_number, accepted_from, decide_by: stand in an acceptance, and nowhere else")
        if self.promised and not self.opens:
            raise ValueError("promised: only what is accepted is accepted against a promise")
        if (self.outcome is AcceptanceOutcome.BY_LAW) != (self.statement == ACCEPTED_BY_LAW):
            raise ValueError("statement: an acceptance by law says so, word for word, and nothing else does")
        return self

    @model_validator(mode="after")
    def _each_outcome_says_what_it_must(self) -> Self:
        if (self.outcome is AcceptanceOutcome.INCOMPLETE) != bool(self.missing):
            raise ValueError("missing: a notice of what is missing names it, and nothing else does")
        if (self.outcome is AcceptanceOutcome.NOT_COMPETENT) != (self.competent_body is not None):
            raise ValueError("competent_body: named where another authority is competent, and only there")
        refuses = not self.opens and self.outcome is not AcceptanceOutcome.INCOMPLETE
        if refuses and not (self.reasons.strip() and self.remedies):
            raise ValueError("reasons, remedies: whoever is not accepted is told why, and where to turn")
        return self
