"""The number of an official document within a signed message, for looking it up; nothing is verified here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from exchange.envelope import cbor
from exchange.envelope.cosign import COSIGNED_LIMIT
from exchange.envelope.strict import read_json
from exchange.errors import Malformed
from exchange.language import Text
from exchange.schemas import Body, Document, Forwarding, JointDocument, JointDraft, Notice
from exchange.schemas.document import Number

_NUMBER: TypeAdapter[Number] = TypeAdapter(Number)
_OUTSIDE = frozenset({Document.KIND, Notice.KIND, JointDraft.KIND})
_INSIDE = frozenset({Forwarding.KIND, JointDocument.KIND})
"""Their first enclosure is what bears the number: the origin's notice, or the text that all have signed."""
KINDS = _OUTSIDE | _INSIDE
"""Kinds of message that bear one."""


def number_in(kind: str, signed: bytes, enclosures: Sequence[bytes] = ()) -> str | None:
    """Return the document's number as it is written; None where the message bears none, or none can be read."""
    carrier = signed if kind in _OUTSIDE else enclosures[0] if kind in _INSIDE and enclosures else None
    if carrier is None:
        return None
    try:
        body = read_json(_payload(carrier), kind)
        return str(_NUMBER.validate_python(body.get("document", body)["number"]))
    except (Malformed, ValidationError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None


def number_of(body: Body, signed: bytes, enclosures: Sequence[bytes] = ()) -> str | None:
    """Return what `number_in` does, of a message that was read already."""
    if isinstance(body, Document):
        return str(body.number)
    if isinstance(body, Notice | JointDraft):
        return str(body.document.number)
    return number_in(body.KIND, signed, enclosures)


def _payload(message: bytes) -> Any:
    """Of a COSE_Sign1 or COSE_Sign (RFC 9052, sections 4.1 and 4.2): both have it in the third place."""
    return cbor.decode(message, Text("signed message"), COSIGNED_LIMIT).value[2]
