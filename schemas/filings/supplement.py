"""A consulted department asks, once and through the window, that the applicant hand something in (补充材料)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, model_validator

from exchange.schemas.base import (
    Address,
    Basis,
    Body,
    CaseNumber,
    Digest,
    Line,
    MatterCode,
    MessageId,
    Queue,
    Room,
    Text,
    Title,
    Wire,
)
from exchange.schemas.filings.filing import FilingNumber
from exchange.schemas.instants import Instant
from exchange.schemas.published.conditions import A_TEXT, BLANK, NOTHING, VISIBLE, given, may, rules, says, when

INVITES_ONLY = (
    "本告知不中止、不延长任何期限；未予补充的，不因此本身承担不利后果 · "
    "this stops and extends no term; not answering it has no adverse effect by itself"
)
"""What an invitation says of itself, word for word: article 45 names all that is not counted, and this is not of it."""
MOST_WANTED = 20
"""Things that one request may name."""
LONGEST_WHY = 2_000
"""Characters in which a request, or its being declined, is explained."""

Why = Annotated[str, Field(min_length=1, max_length=LONGEST_WHY)]


class WantedPaper(Wire):
    """One thing that the applicant is asked for: a material of the matter's list, or what the words say."""

    material: MatterCode | None = None
    """Its code in the matter's list."""
    what: Line


Wanted = Annotated[tuple[WantedPaper, ...], Field(min_length=1, max_length=MOST_WANTED)]


def _names_its_law(wanted: tuple[WantedPaper, ...], basis: tuple[str, ...]) -> None:
    """What the matter lists, the matter's own basis covers."""
    if any(one.material is None for one in wanted) and not any(one.strip() for one in basis):
        raise ValueError("basis: required where something is wanted that the matter does not list")
    coded = [one.material for one in wanted if one.material is not None]
    if len(set(coded)) < len(coded):
        raise ValueError("wanted: names a material twice")


class SupplementRequest(Body):
    """A consulted department asks the window that the applicant hand something in (提请补充材料), once in a case.

    It moves no clock. The window passes it on, or declines it, and says which.
    """

    KIND: ClassVar[str] = "supplement-request"
    TITLE: ClassVar[Title] = ("提请补充材料", "Request for a supplement")
    ROOM: ClassVar[Room] = Room.APPROVAL
    QUEUE: ClassVar[Queue] = Queue.OPINIONS
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    case_number: CaseNumber
    department: Address
    consultation_id: MessageId
    """The consultation that was put to it."""
    wanted: Wanted
    reasons: Why
    """Why its opinion needs it; the applicant reads this."""
    basis: Basis = ()
    officer: Line
    """Who asks; the window learns it, and the applicant does not."""
    at: Instant

    @model_validator(mode="after")
    def _wants_what_the_law_names(self) -> Self:
        _names_its_law(self.wanted, self.basis)
        return self


class SupplementInvitation(Body):
    """The window passes a department's request on to the applicant (补充材料告知书): an invitation, and no duty."""

    KIND: ClassVar[str] = "supplement-invitation"
    TITLE: ClassVar[Title] = ("补充材料告知书", "Invitation to hand in a supplement")
    ROOM: ClassVar[Room] = Room.PORTAL
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    filing: FilingNumber
    case_number: CaseNumber
    department: Address
    """Who asks."""
    name: Line
    name_en: Line
    request_id: MessageId
    """The department's message."""
    wanted: Wanted
    reasons: Why
    basis: Basis = ()
    statement: Line = INVITES_ONLY
    at: Instant

    @model_validator(mode="after")
    def _binds_nobody(self) -> Self:
        _names_its_law(self.wanted, self.basis)
        if self.statement != INVITES_ONLY:
            raise ValueError("statement: says that no term is moved, and that not answering has no adverse effect")
        return self


class SupplementOutcome(StrEnum):
    """What the window does with a request; a closed set."""

    PASSED_ON = "passed-on"  # 已转申请人
    DECLINED = "declined"  # 不予转送


class SupplementAnswer(Body):
    """The window tells the department what became of its request (补充材料请求答复).

    The one enclosure of a request that was passed on is the invitation, as the window has signed it to the portal.
    """

    KIND: ClassVar[str] = "supplement-answer"
    TITLE: ClassVar[Title] = ("补充材料请求答复", "Answer to a request for a supplement")
    ROOM: ClassVar[Room] = Room.APPROVAL
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(
                says("outcome", SupplementOutcome.PASSED_ON),
                given(invitation_id=A_TEXT, digest=A_TEXT),
                may(invitation_id=NOTHING, digest=NOTHING),
            ),
            when(says("outcome", SupplementOutcome.DECLINED), given(reasons=VISIBLE), may(reasons=BLANK)),
        )
    )

    case_number: CaseNumber
    department: Address
    request_id: MessageId
    outcome: SupplementOutcome
    reasons: Text = ""
    """Why it is declined."""
    invitation_id: MessageId | None = None
    digest: Digest | None = None
    """SHA-256 of the enclosure, the signed invitation."""
    officer: Line
    at: Instant

    @model_validator(mode="after")
    def _says_what_it_did(self) -> Self:
        passed_on = self.outcome is SupplementOutcome.PASSED_ON
        if passed_on != (self.invitation_id is not None) or passed_on != (self.digest is not None):
            raise ValueError("invitation_id, digest: name what was passed on, and stand nowhere else")
        if passed_on == bool(self.reasons.strip()):
            raise ValueError("reasons: say why a request is declined, and stand nowhere else")
        return self
