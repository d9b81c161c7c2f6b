"""Conditional requests (RFC 9110, 13): a case's revision as its entity tag, and what a change is conditional on."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import Header

from exchange.approval.window.case_file import expect_revision
from exchange.errors import BadRequest
from exchange.messaging.node import Step

ETAG: dict[str, Any] = {
    "ETag": {"description": "案件的版本 · the case's revision, for If-Match", "schema": {"type": "string"}}
}
_TAG = r'(W/)?"([!#-~]*)"'
_TAGS, _LIST = re.compile(_TAG), re.compile(rf"\s*{_TAG}(\s*,\s*{_TAG})*\s*")
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=300,
        description="仅当案件仍为此版本时生效（ETag） · only if the case still has this entity tag; else 412",
    ),
]


def etag_of(revision: str) -> str:
    """Return the header ``ETag``."""
    return f'"{revision}"'


def expect_match(step: Step, number: str, given: str | None) -> None:
    """Raise Changed where the header names another revision of a case, BadRequest where it names none."""
    known = revisions_of(given)
    if known is not None:
        expect_revision(step, number, known)


def revisions_of(given: str | None) -> list[str] | None:
    """Return the revisions that a header If-Match names; None where any will do. Raises BadRequest."""
    if given is None or given.strip() == "*":
        return None
    tags = _TAGS.findall(given)
    if not _LIST.fullmatch(given):
        raise BadRequest("If-Match is no entity tag", faults=(("header/if-match", 'take the ETag as it came: "…"'),))
    return [tag for weak, tag in tags if not weak]  # a weak one never matches here
