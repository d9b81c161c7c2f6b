"""What a faulty clear header says all the same: enough to tell its proved signer what is wrong with it.

A member counts where it stands there once, or says the same each time, and is as its schema wants it. What is not
usable gets a stand-in, so that such a message can be recorded and answered; its signed bytes are kept as they came.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from exchange.envelope.strict import Pairs, pairs_of
from exchange.language import Unfit
from exchange.schemas import Header, Suite
from exchange.schemas.base import Address, MessageId, Urgency
from exchange.schemas.header import MAX_ADDRESSEES, MessageKind
from exchange.schemas.instants import parse_instant

UNREADABLE = "unreadable"
"""The kind of a message that names none."""

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

_KIND: TypeAdapter[str] = TypeAdapter(MessageKind)
_ADDRESS: TypeAdapter[str] = TypeAdapter(Address)
_ID: TypeAdapter[str] = TypeAdapter(MessageId)


@dataclass(frozen=True)
class Claims:
    """What can be used of a clear header; None for what cannot."""

    message_id: str | None = None
    conversation_id: str | None = None
    in_reply_to: str | None = None
    kind: str | None = None
    sender: str | None = None
    addressees: tuple[str, ...] = ()
    """Each once."""
    urgency: Urgency | None = None
    created_at: datetime | None = None
    suite: Suite | None = None

    def header(self, signer: str, reader: str, digest: str, declared: str | None, began: datetime) -> Header:
        """Return a header to answer by: what is claimed, and stand-ins for the rest.

        ``declared`` is the kind that the content type names; ``began``, when its signer's certificate did,
        stands in for the moment of signing. A message without
        a usable id is named after its ``digest``.
        """
        message_id = self.message_id or str(UUID(digest[:32]))
        return Header(
            message_id=message_id,
            conversation_id=self.conversation_id or message_id,
            in_reply_to=self.in_reply_to,
            kind=self.kind or declared or UNREADABLE,
            sender=signer,
            addressees=self.addressees[:MAX_ADDRESSEES] if reader in self.addressees[:MAX_ADDRESSEES] else (reader,),
            urgency=self.urgency or Urgency.ORDINARY,
            created_at=self.created_at or began,
            suite=self.suite or Suite.HYBRID,
        )


def claims_of(data: bytes) -> Claims:
    """Read what can be used of a clear header, whatever is wrong with it."""
    pairs = pairs_of(data)
    lists = [value for name, value in pairs if name == "addressees" and isinstance(value, list)]
    addressees = (_fits(_ADDRESS, one) for one in (lists[0] if len(lists) == 1 else ()))
    return Claims(
        message_id=_fits(_ID, _sole(pairs, "message_id")),
        conversation_id=_fits(_ID, _sole(pairs, "conversation_id")),
        in_reply_to=_fits(_ID, _sole(pairs, "in_reply_to")),
        kind=_fits(_KIND, _sole(pairs, "kind")),
        sender=_fits(_ADDRESS, _sole(pairs, "sender")),
        addressees=tuple(dict.fromkeys(one for one in addressees if one is not None)),
        urgency=_among(Urgency, _sole(pairs, "urgency")),
        created_at=_instant(_sole(pairs, "created_at")),
        suite=_among(Suite, _sole(pairs, "suite")),
    )


def _sole(pairs: Pairs, name: str) -> str | None:
    """Return the text under a name, where no other stands there as well."""
    found = [value for one, value in pairs if one == name]
    value = found[0] if found and all(type(one) is str and one == found[0] for one in found) else None
    return value if isinstance(value, str) else None


def _fits(form: TypeAdapter[T], value: Any) -> T | None:
    try:
        return form.validate_python(value, strict=True)
    except ValidationError:
        return None


def _instant(value: str | None) -> datetime | None:
    try:
        return parse_instant(value) if value is not None else None
    except Unfit:
        return None


def _among(known: type[E], value: str | None) -> E | None:
    return next((one for one in known if one == value), None)
