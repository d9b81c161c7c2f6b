"""Attachments that a file names by paths beside it: read, bounded, and described; large ones are left elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from exchange.errors import ExchangeError
from exchange.language import Text
from exchange.machine.filenames import named_otherwise
from exchange.machine.mediatypes import media_type_of
from exchange.schemas import Attachment, ClaimCheck, Document
from exchange.schemas.base import ATTACHMENT_LIMIT
from exchange.tomlfile import Place, TomlFile

Leave = Callable[[Path], ClaimCheck]
"""Leaves a file that is too large to travel inside in the claim store."""
Check = Callable[[Document], object]
"""Raises for a document that could not be sent, before anything large is left anywhere for it."""


def read_attached(file: TomlFile, place: Place, name: str, error: type[ExchangeError], else_: str = "") -> bytes:
    """Read what the path ``name`` at ``place`` of a file leads to.

    Raises ``error`` with file, line and field; ``else_`` says what else may be done with what is too large.
    """
    content = _read(file, place, name, error, ATTACHMENT_LIMIT + 1)
    if len(content) > ATTACHMENT_LIMIT:
        size = (file.path.parent / name).stat().st_size
        remedy = Text(
            "at most {attachment_limit:,} bytes may travel inside{else_}",
            {"attachment_limit": ATTACHMENT_LIMIT, "else_": else_},
        )
        raise error(file.fault(place, "{name} has {size:,} bytes", name=name, size=size), remedy=remedy)
    return content


def is_large(file: TomlFile, place: Place, name: str, error: type[ExchangeError]) -> bool:
    """Return whether the file there is too large to travel inside. Raises ``error`` as `read_attached` does."""
    return len(_read(file, place, name, error, ATTACHMENT_LIMIT + 1)) > ATTACHMENT_LIMIT


def attachment_of(name: str, content: bytes) -> Attachment:
    """Return the attachment as the document names it."""
    return Attachment(
        name=Path(name).name,
        media_type=media_type_of(name),
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
    )


def _read(file: TomlFile, place: Place, name: str, error: type[ExchangeError], at_most: int) -> bytes:
    try:
        with (file.path.parent / name).open("rb") as attached:
            return attached.read(at_most)
    except (OSError, ValueError) as fault:  # ValueError: a path that no file can have
        reason: object = fault.strerror if isinstance(fault, OSError) else str(fault)
        remedy = Text("the path is relative to {name}", {"name": file.path.name})
        if isinstance(fault, FileNotFoundError) and named_otherwise(file.path.parent / name):
            reason = Text("a file is there whose name is not written in UTF-8")
            remedy = Text("rename it; for example: convmv -f GB18030 -t UTF-8 --notest FILE")
        raise error(file.fault(place, "{name}: {reason}", name=name, reason=reason), remedy=remedy) from fault
