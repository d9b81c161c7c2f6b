"""Attachments that a file names by paths beside it: read, bounded, and described."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path

from exchange.errors import ExchangeError
from exchange.tomlfile import Place, TomlFile
from schemas import Attachment
from schemas.base import ATTACHMENT_LIMIT


def read_attached(file: TomlFile, place: Place, name: str, error: type[ExchangeError], else_: str = "") -> bytes:
    """What the path ``name`` at ``place`` of a file leads to.

    Raises ``error`` with file, line and field; ``else_`` says what else may be done with what is too large.
    """
    try:
        content = (file.path.parent / name).read_bytes()
    except (OSError, ValueError) as fault:  # ValueError: a path that no file can have
        reason = fault.strerror if isinstance(fault, OSError) else str(fault)
        raise error(file.fault(place, f"{name}: {reason}"), mend=f"the path is relative to {file.path.name}") from fault
    if len(content) > ATTACHMENT_LIMIT:
        mend = f"at most {ATTACHMENT_LIMIT:,} bytes may travel inside{else_}"
        raise error(file.fault(place, f"{name} has {len(content):,} bytes"), mend=mend)
    return content


def attachment_of(name: str, content: bytes) -> Attachment:
    """The attachment as the document names it."""
    return Attachment(
        name=Path(name).name,
        media_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
    )
