"""Whose name stands on a document: its issuer is text that anybody can write, its signer is proved."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

from exchange.schemas import Body, Document, ForwardedRequest, JointDraft

_MASTHEAD = "文件"
"""What an issuing mark may add to the authority's name (GB/T 9704-2012, 7.2.4)."""


def document_in(body: Body) -> Document | None:
    """Return the document that a message carries in its signer's name; what several sign together is none."""
    if isinstance(body, JointDraft):
        return None
    found = body.opinion if isinstance(body, ForwardedRequest) else getattr(body, "document", body)
    return found if isinstance(found, Document) else None


def is_signers_name(issuer: str, names: Collection[str]) -> bool | None:
    """Tell whether an issuer is its signer, by the signer's ``names``; None where none is known."""
    if not names:
        return None
    return _plain(issuer) in {_plain(name) for name in names}


def _plain(name: str) -> str:
    text = "".join(unicodedata.normalize("NFKC", name).casefold().split())
    return text.removesuffix(_MASTHEAD)
