"""What the API takes and gives about where applicants want to be told."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from exchange.api.filings.models import NUMBER
from exchange.api.model import ApiModel, example
from exchange.language import Language
from exchange.portal.told.states import ContactState, ToldWay
from exchange.schemas import FilingNumber

_MAIL = {"way": "mail", "address": "wang@example.cn", "language": "zh", "state": "asked"}


class ContactIn(ApiModel):
    """Where an applicant wants to be told: a mail address, or the https URL of its system. 通知接收地址。"""

    model_config = example({"address": "wang@example.cn", "language": "zh"})

    address: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    language: Language = Language.CHINESE
    """In which letters are written. 通知语言。"""


class ContactOut(ApiModel):
    """Where an applicant wants to be told, and whether who has the address has confirmed it. 通知接收地址及其状态。"""

    model_config = example(_MAIL)

    way: ToldWay
    address: str
    language: Language
    state: ContactState
    """``asked``: nothing but the question goes there; deleted after three days. ``confirmed``: it is told."""


class ContactAsked(ContactOut):
    """An address that is asked whether it wants to be told; or one that has confirmed it before. 已询问。"""

    model_config = example({**_MAIL, "secret": None})

    secret: str | None = None
    """Signs what a webhook is told (Standard Webhooks); given this once, where it is asked. 签名密钥，仅显示一次。"""


class ContactsOut(ApiModel):
    """Where the applicant of a filing is told: one address a way at most. 通知接收地址。"""

    model_config = example({"items": [_MAIL]})

    items: tuple[ContactOut, ...]


class ContactTokenIn(ApiModel):
    """What whoever has the address was sent. 通知中的令牌。"""

    model_config = example({"token": "Zk3uVb9sQm1hT7wXo2rLy8cEa5nGd0pJi4fKq6tBvNs"})

    token: Annotated[str, Field(min_length=1, max_length=64)]
    """The last part of the first letter's link, or of the ``url`` of a webhook's event ``contact.confirm``."""


class ContactConfirmed(ApiModel):
    """That address is told from now on. 已确认。"""

    model_config = example({"number": NUMBER, "way": "mail"})

    number: FilingNumber
    way: ToldWay
