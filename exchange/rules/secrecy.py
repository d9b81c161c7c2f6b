"""Secrecy: classified documents are refused at the door of an ordinary exchange (Law on Guarding State Secrets)."""

from __future__ import annotations

import re

from exchange.errors import Secret
from schemas import Classification, Document

_MARKING = re.compile(r"^[\s　]*(绝密|机密|秘密)[\s　]*(★|$)", re.MULTILINE)
"""The marking as it stands on paper: at the head of a line, alone or with the star and the period of secrecy."""


def check_secrecy(document: Document) -> None:
    """Raises Secret for a document that is classified, or bears the marking of one."""
    if document.classification is not Classification.NONE:
        raise Secret(f"the document is classified {document.classification.value}")
    for text in (document.title, document.body, document.notes):
        found = _MARKING.search(text)
        if found:
            raise Secret(f"the document bears the marking {found.group(1)}")
