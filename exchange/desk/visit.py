"""One request at a desk, as pages and acts see it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from starlette.datastructures import FormData, QueryParams

from exchange.desk.face import DeskFace
from exchange.desk.permissions import DeskAction, may_at_desk
from exchange.errors import ExchangeError
from exchange.language import Language, Words
from exchange.messaging.node import Node
from exchange.web.door.account import Account


@dataclass(frozen=True)
class DeskVisit:
    """One request, by somebody who is signed in."""

    face: DeskFace
    account: Account
    language: Language
    query: QueryParams
    path: Mapping[str, str]
    """Parameters in the path."""
    form: FormData | None = None
    """What was sent, checked to come from a page of ours. A page has it where it is shown again, for what is wrong."""
    error: ExchangeError | None = None
    """What is wrong with it."""
    site: str = ""
    """Where the visitor reaches the desk, without a slash at its end."""

    @property
    def node(self) -> Node:
        """Return the member."""
        return self.face.node

    @property
    def now(self) -> datetime:
        """Return the time that counts for cases."""
        return self.face.now()

    @property
    def who(self) -> str:
        """Return the account's name, which every act bears."""
        return self.account.name

    def say(self, chinese: str, english: str) -> str:
        """Return one of two texts, in the visitor's language."""
        return chinese if self.language is Language.CHINESE else english

    def words(self, words: Words) -> str:
        """The same, of a pair."""
        return self.say(*words)

    def may(self, action: DeskAction) -> bool:
        """Return whether the account may do this; for what a page offers, since an act is checked again."""
        return action in may_at_desk(self.account.role)

    def typed(self, name: str, otherwise: str = "") -> str:
        """Return what was typed into a field, its lines ended by one sign; ``otherwise`` where no form was sent."""
        if self.form is None:
            return otherwise
        value = self.form.get(name, "")
        return _as_typed(value) if isinstance(value, str) else ""

    def chosen(self, name: str) -> tuple[str, ...]:
        """Return all that was sent under one name: boxes that are ticked, lines of a group."""
        values = [] if self.form is None else self.form.getlist(name)
        return tuple(_as_typed(value) for value in values if isinstance(value, str))


@dataclass(frozen=True)
class OnceKey:
    """Gives each form of a page a key of its own, so that what is sent twice has one effect."""

    given: str = field(default="")
    """The key of a form that is shown again."""

    def __call__(self) -> str:
        """Return the key for one form."""
        return self.given or secrets.token_urlsafe(18)


def _as_typed(value: str) -> str:
    return value.replace("\r\n", "\n").encode("utf-8", "replace").decode()
