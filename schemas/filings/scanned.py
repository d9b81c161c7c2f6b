"""Which files of an application a scanner has looked at, as signed documents name them: by their SHA-256."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from exchange.schemas.base import Digest

Scanned = Annotated[tuple[Digest, ...], Field(max_length=50, exclude_if=lambda scanned: not scanned)]
ScannedOrUntold = Annotated[
    Annotated[tuple[Digest, ...], Field(max_length=50)] | None, Field(exclude_if=lambda scanned: scanned is None)
]
"""Null where nobody says whether anything was scanned; of an empty one nothing was."""
