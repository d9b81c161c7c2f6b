"""Where an entry of the audit log came from: by what way, and from which address or account."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SourceKind(StrEnum):
    """The ways in."""

    WEB = "web"
    REST = "rest"
    COMMAND_LINE = "command-line"


@dataclass(frozen=True)
class Source:
    """One way, and where it began."""

    kind: SourceKind
    origin: str
    """Of the web the address; of REST the token's name and id, and the address; of a command the system's account."""


def of_token(name: str, token_id: str, address: str) -> Source:
    """Name the source of a REST API call. The name, free text, comes last: nothing in it can pass for an address."""
    return Source(SourceKind.REST, " · ".join(part for part in (address, token_id, name) if part))
