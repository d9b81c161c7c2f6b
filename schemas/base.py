"""What all wire models share: strict, frozen, closed; and the few types that appear everywhere."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

Title = tuple[str, str]
"""What people call something: in Chinese, and in English."""


class Wire(BaseModel):
    """A value that travels: no coercion, no change after construction, no unknown fields."""

    TITLE: ClassVar[Title]
    """What people call it; every model that is exported by a name of its own has one."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        ser_json_bytes="base64",
        val_json_bytes="base64",
        hide_input_in_errors=True,  # errors end in logs, content must not
        defer_build=True,  # a command that looks at an inbox needs few of the kinds; pydantic builds under one lock
    )

    def as_json(self) -> bytes:
        """Return its JSON, as it is signed: what `model_dump_json` decodes, and Chinese takes long to decode."""
        return self.__pydantic_serializer__.to_json(self)


class Room(StrEnum):
    """The part of the exchange that takes a kind of message in: the package of this name has its handler."""

    MESSAGING = "messaging"
    DOCUMENTS = "documents"
    APPROVAL = "approval"
    JOINT = "joint"
    NOTICES = "notices"
    LEVELS = "levels"
    PORTAL = "portal"
    LICENCES = "licences"


class Queue(StrEnum):
    """The queue of its addressee that a kind of message stands in."""

    INBOX = "inbox"
    """The inbox, or beside it the urgent one, as the urgency in its header says."""
    OPINIONS = "opinions"
    """A window's one queue for opinions and silence: its order decides between them."""


class Body(Wire):
    """The body of a message. A kind of message is declared once, by its class: each of these is one of its facts.

    ``KIND`` names it in the clear header, ``VERSION`` is its content-type version.
    """

    KIND: ClassVar[str]
    ROOM: ClassVar[Room]
    """Without one it is no message of its own, and stands inside others or in files."""
    ALSO: ClassVar[tuple[Room, ...]] = ()
    """Other parts that take it in, too: what is told to several sides alike."""
    QUEUE: ClassVar[Queue] = Queue.INBOX
    VERSION: ClassVar[int] = 1
    READ: ClassVar[tuple[int, ...]] = (1,)
    """Schema versions that are read."""

    MOMENT: ClassVar[tuple[str, ...]] = ()
    """Fields that say when it was signed: they agree with its header."""
    HAPPENED: ClassVar[tuple[str, ...]] = ()
    """Fields that speak of what had happened by then; a dot leads into what stands inside."""

    @property
    def written_version(self) -> int:
        """The schema version that says what this body says: older readers take what needs nothing newer."""
        return self.VERSION


_LEADING = frozenset({"uplink", "link"})
"""Labels that begin the names of queues and accounts of links between brokers."""


def _label_free(value: str) -> str:
    labels = value.split(".")
    if "from" in labels or labels[0] in _LEADING:
        raise ValueError("the label 'from', and 'uplink' and 'link' in the first place, are reserved for routing")
    return value


STAGE_NAMES = AliasChoices("stage", "rung")
"""What a reminder's stage is called: messages on record from before the first release call it rung."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"

_ADDRESS = rf"^{_LABEL}(?:\.{_LABEL})*$"
_RESERVED = rf"^(?:{'|'.join(sorted(_LEADING))})(?:\.|$)|(?:^|\.)from(?:\.|$)"

Address = Annotated[
    str,
    StringConstraints(pattern=_ADDRESS, max_length=120),
    AfterValidator(_label_free),
    WithJsonSchema({"type": "string", "pattern": _ADDRESS, "maxLength": 120, "not": {"pattern": _RESERVED}}),
]
"""A member's hierarchical address, highest level first: ``anhui.hefei.planning``."""

MessageId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$")]
"""Identifies one message of one sender; a UUID in lower-case canonical form."""

CaseNumber = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
"""Docket number (受理编号) of a case, unique at its window."""

LicenceNumber = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z][0-9A-Z-]{3,79}$")]
"""Number of a licence (许可编号), unique at the window that issues it."""

MatterCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
"""Short name of a matter in the catalogue."""

Line = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=False)]
"""One short text: a title, a name, a reason's heading."""

Text = Annotated[str, StringConstraints(max_length=20_000)]
"""A longer text: reasons, conditions, remarks. Up to 20,000 characters."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256, 64 hexadecimal digits."""

MediaType = Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-zA-Z0-9.+-]{1,80}$")]
"""Media type without parameters: ``application/pdf``."""

LARGEST_INTEGER = 2**53 - 1
"""Every reader holds integers up to this exactly (RFC 7493, section 2.2), and every database."""

Serial = Annotated[int, Field(ge=1, le=LARGEST_INTEGER)]
"""What counts up from one: a version, a revision, a serial number."""

ATTACHMENT_LIMIT = 262_144
"""Bytes of an attachment that travels inside the envelope; a larger one is left in the claim store."""

Basis = Annotated[tuple[Line, ...], Field(max_length=20)]
"""Legal bases, each an article of a law, regulation or municipal rule."""


class Urgency(StrEnum):
    """How soon a document must be dealt with (紧急程度, GB/T 9704-2012 7.2.3)."""

    ORDINARY = "ordinary"  # 平件
    URGENT = "urgent"  # 加急
    EXTRA_URGENT = "extra-urgent"  # 特急

    @property
    def rank(self) -> int:
        """Its place among what waits to go out; the smaller goes first."""
        return {"extra-urgent": 0, "urgent": 1, "ordinary": 2}[self.value]


class Attachment(Wire):
    """An attachment (附件) that travels inside the envelope beside the signed document, bound by its digest."""

    name: Line
    media_type: MediaType
    size: Annotated[int, Field(ge=0, le=ATTACHMENT_LIMIT)]
    digest: Digest
