"""What a bundle says of itself: whom it is about, who made it, and which files are in it. It proves nothing by that."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from exchange.language import Unfit
from exchange.schemas.base import Address, Digest, Title, Wire
from exchange.schemas.instants import Instant

INDEX = "bundle.json"
"""The name of the first file, which lists the others."""
MOST_FILES = 60_000
LARGEST_FILE = 64 * 1024 * 1024
LARGEST_WHOLE = 1024 * 1024 * 1024
"""Bytes of all files together, unpacked."""

_PART = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
PATH = rf"^{_PART}(?:/{_PART}){{0,4}}$"
"""Names of files: they lead nowhere outside, and read the same on every system."""

_DIGEST = r"[0-9a-f]{64}"
_WITHHELD = re.compile(
    rf"documents/{_DIGEST}\.cose|enclosures/{_DIGEST}|receipts/{_DIGEST}\.cbor|log/{_PART}/entries/[0-9]{{1,16}}\.cbor"
)

FilePath = Annotated[str, StringConstraints(pattern=PATH, max_length=300)]


class SubjectKind(StrEnum):
    """What a bundle can be about."""

    CASE = "case"
    NOTICE = "notice"
    DOCUMENT = "document"
    JOINT = "joint"


class BundleReader(StrEnum):
    """For whom it was made: what that reader may not see is withheld, by name."""

    ALL = "all"
    """Whoever may see everything that its makers have on record: nothing is withheld."""
    APPLICANT = "applicant"
    COURT = "court"
    """A court, or the authority that reconsiders the decision."""
    PUBLIC = "public"


class WithheldFor(StrEnum):
    """Why a file was left out for a reader. Codes, and no words of a bundle's maker."""

    PERSONAL = "personal-data"
    """It has what an applicant has said of itself, or was told."""
    INTERNAL = "internal"
    """Authorities have said it among themselves."""
    ATTACHMENT = "attachment"
    """It was enclosed in a document that is left out."""
    JOURNAL = "journal"
    """A member's record of what it did itself."""
    OTHER_CASES = "other-cases"
    """It speaks of other cases, too."""


class BundleSubject(Wire):
    """The case, notice, document or joint document that a bundle is about."""

    TITLE: ClassVar[Title] = ("证明对象", "Subject")

    kind: SubjectKind
    id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    """A case's number; else the id of the message."""
    of: Address
    """The lead of a case; else who sent it."""


class BundleFile(Wire):
    """One file of a bundle."""

    TITLE: ClassVar[Title] = ("证据文件", "File")

    path: FilePath
    sha256: Digest
    size: Annotated[int, Field(ge=0, le=LARGEST_FILE)]


class WithheldFile(BundleFile):
    """A file that was left out for its reader: that it exists is not hidden.

    Papers by which others are verified are never left out: whoever lacks one would verify by an older one.
    """

    why: WithheldFor

    @model_validator(mode="after")
    def _of_what_may_be_withheld(self) -> Self:
        if _WITHHELD.fullmatch(self.path) is None:
            raise Unfit("withheld: {path} is nothing that may be left out", path=self.path)
        if not self.path.startswith("log/") and self.sha256 not in self.path:
            raise Unfit("withheld: {path} does not bear its own digest", path=self.path)
        return self


class BundleContents(Wire):
    """The index of a bundle."""

    TITLE: ClassVar[Title] = ("证据包目录", "Contents of a bundle")

    format: Literal["yizhan-evidence"] = "yizhan-evidence"
    version: Annotated[int, Field(ge=1, le=1)] = 1
    subject: BundleSubject
    made_by: Annotated[tuple[Address, ...], Field(min_length=1, max_length=10_000)]
    """Whose records were read."""
    made_at: Instant
    reader: BundleReader
    files: Annotated[tuple[BundleFile, ...], Field(min_length=1, max_length=MOST_FILES)]
    withheld: Annotated[tuple[WithheldFile, ...], Field(max_length=MOST_FILES)] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        named = [one.path for one in (*self.files, *self.withheld)]
        if len(set(named)) != len(named) or INDEX in named:
            raise ValueError("files: one is named twice")
        if self.withheld and self.reader is BundleReader.ALL:
            raise ValueError("withheld: nothing is left out for whoever may see all of it")
        there = {one.sha256 for one in self.files}
        if any(one.sha256 in there for one in self.withheld):
            raise ValueError("withheld: what was left out is there under another name")
        total = sum(one.size for one in self.files)
        if total > LARGEST_WHOLE:
            raise Unfit("files: {total:,} bytes together, at most {most:,} are taken", total=total, most=LARGEST_WHOLE)
        return self
