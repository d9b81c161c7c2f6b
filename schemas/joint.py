"""Joint documents (联合行文): the text that is sent round, each authority's signature or refusal, and what goes out.

Everybody signs the same bytes, the JSON of `JointDraft` as the lead wrote it. They bear no date: a joint document is
dated by its last signature (Regulation of 2012, articles 9(11) and 17).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from exchange.language import Unfit
from exchange.schemas.base import Address, Body, Digest, MessageId, Room, Title
from exchange.schemas.document import Document, Purpose
from exchange.schemas.instants import Day
from exchange.schemas.published.conditions import NOTHING, may, rules

MAX_SIGNERS = 20
"""Authorities that may sign one document together."""
_MOST = 256
"""Addressees that one message may have."""

Reasons = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
"""Why an authority does not sign, or why the lead takes its text back."""


class JointDraft(Body):
    """The text that the lead (主办机关) sends round for signature; its enclosures are the document's attachments.

    These very bytes are what all sign: they name the signers, and those for whom the document is.
    """

    KIND: ClassVar[str] = "joint-draft"
    TITLE: ClassVar[Title] = ("联合行文稿", "Joint draft")
    ROOM: ClassVar[Room] = Room.JOINT

    model_config = ConfigDict(
        json_schema_extra=rules(
            may(signers={"uniqueItems": True}, addressees={"uniqueItems": True}),
            may(document=may(date=NOTHING, purpose={"enum": [Purpose.ACTION, Purpose.INFORMATION]})),
        )
    )

    joint_id: MessageId
    """The id of the message that sends it round; so no signature fits a second round of the same text."""
    document: Document
    """Without a date; its ``copies`` (抄送) get the joint document, too."""
    signers: Annotated[tuple[Address, ...], Field(min_length=2, max_length=MAX_SIGNERS)]
    """Who must sign; the lead, whose number the document bears, first."""
    addressees: Annotated[tuple[Address, ...], Field(min_length=1, max_length=200)]
    """Who must act on it (主送), once it is signed."""

    @model_validator(mode="after")
    def _each_once_and_without_a_date(self) -> Self:
        everybody = (*self.signers, *self.addressees, *self.document.copies)
        if len(set(everybody)) != len(everybody):
            raise ValueError("signers: an authority signs, must act or has a copy, and stands there once")
        if len(everybody) > _MOST:
            raise Unfit("addressees: at most {most} authorities, signers and copies among them", most=_MOST)
        if self.document.date is not None:
            raise ValueError("document: a joint document is dated by its last signature")
        if self.document.purpose is Purpose.RECORD:
            raise ValueError("document: what is for the files needs no signature")
        return self


class JointSignature(Body):
    """An authority's signature, for the lead."""

    KIND: ClassVar[str] = "joint-signature"
    TITLE: ClassVar[Title] = ("会签", "Joint signature")
    ROOM: ClassVar[Room] = Room.JOINT

    joint_id: MessageId
    digest: Digest
    """SHA-256 of the bytes that are signed."""
    signature: Annotated[bytes, Field(min_length=1, max_length=2_000)]
    """COSE_Signature (RFC 9052, section 4.1)."""


class JointRefusal(Body):
    """An authority does not sign, and says why; that ends the round."""

    KIND: ClassVar[str] = "joint-refusal"
    TITLE: ClassVar[Title] = ("拒签", "Refusal to sign")
    ROOM: ClassVar[Room] = Room.JOINT

    joint_id: MessageId
    digest: Digest
    """SHA-256 of the bytes that are not signed."""
    reasons: Reasons


class JointEnding(StrEnum):
    """How a round ends without a document."""

    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class JointEnded(Body):
    """The lead tells all who were asked that nothing goes out; a refusal is enclosed as it was signed."""

    KIND: ClassVar[str] = "joint-ended"
    TITLE: ClassVar[Title] = ("会签终止", "End of a joint draft")
    ROOM: ClassVar[Room] = Room.JOINT

    joint_id: MessageId
    digest: Digest
    ending: JointEnding
    by: Address
    """Who has refused, or the lead itself."""
    reasons: Reasons


class JointDocument(Body):
    """The joint document as it goes out, sent by the lead.

    The enclosures are the COSE_Sign with the text and all signatures, and then the document's attachments.
    """

    KIND: ClassVar[str] = "joint-document"
    TITLE: ClassVar[Title] = ("联合行文", "Joint document")
    ROOM: ClassVar[Room] = Room.JOINT

    joint_id: MessageId
    digest: Digest
    """SHA-256 of the bytes that all have signed."""
    issued_on: Day
    """Date of issue (成文日期), which every reader derives again from the signatures."""
