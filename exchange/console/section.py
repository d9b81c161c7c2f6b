"""What the console is made of: sections, each with its pages (that show) and actions (that do)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum

from starlette.datastructures import FormData, QueryParams
from starlette.routing import BaseRoute

from exchange.language import Language
from exchange.operations.domain_view import DomainView
from exchange.web.door.account import Account
from exchange.web.door.permissions import Action


@dataclass(frozen=True)
class Visit:
    """One request as pages and actions see it."""

    view: DomainView
    account: Account
    language: Language
    query: QueryParams
    path: Mapping[str, str]
    """Parameters in the path."""
    form: FormData | None = None
    """Of an action: what was sent, checked to come from a page of ours."""

    def say(self, chinese: str, english: str) -> str:
        """Return one of two texts, in the visitor's language."""
        return chinese if self.language is Language.CHINESE else english


class Group(StrEnum):
    """The groups of the menu, in its order."""

    CASES = "cases"
    MESSAGES = "messages"
    SYSTEM = "system"


GROUPS: Mapping[Group, tuple[str, str]] = {
    Group.CASES: ("业务", "Cases"),
    Group.MESSAGES: ("报文", "Messages"),
    Group.SYSTEM: ("系统", "System"),
}
"""What they are called, in Chinese and English."""


@dataclass(frozen=True)
class Page:
    """A page: GET ``path`` renders ``template`` with what ``view`` returns; its block `live` is kept up to date."""

    path: str
    """As Starlette writes paths, e.g. ``/trace/{message_id}``."""
    title: tuple[str, str]
    """Chinese and English."""
    template: str
    view: Callable[[Visit], Mapping[str, object]]
    action: Action = Action.LOOK
    in_menu: bool = False
    group: Group | None = None
    """Where it stands in the menu; None in front of all groups."""
    every: float = 2.0
    """Seconds between looks of an open page; 0 for pages that do not change by themselves."""


@dataclass(frozen=True)
class Question:
    """What somebody is asked before something is done that is not taken back by a click."""

    title: tuple[str, str]
    """Chinese and English, as all of it."""
    says: tuple[tuple[str, str], ...]
    """What will happen, and to how many: one sentence an item."""
    button: tuple[str, str]


@dataclass(frozen=True)
class FormAction:
    """Something done: POST ``path``, from a form that bears the session's token. Recorded in the audit log, failed ones
    too. Returns the path to go to, which may bear ``?said=`` with what to say there."""

    path: str
    action: Action
    do: Callable[[Visit], str]
    ask: Callable[[Visit], Question] | None
    """What is asked before it is done; None for what harms nobody and can be taken back. No default: whoever adds a
    action decides it."""


@dataclass(frozen=True)
class File:
    """What a download gives: its name, its media type and its octets, made while it is sent."""

    name: str
    media_type: str
    parts: Iterable[bytes]


@dataclass(frozen=True)
class Download:
    """A file: GET ``path`` sends what ``make`` makes. Recorded in the audit log, failed ones too."""

    path: str
    action: Action
    make: Callable[[Visit], File]


@dataclass(frozen=True)
class Section:
    """A part of the console."""

    pages: Sequence[Page] = ()
    actions: Sequence[FormAction] = ()
    downloads: Sequence[Download] = ()
    routes: Callable[[DomainView], Sequence[BaseRoute]] = lambda view: ()
    """Paths beside the pages, for machines; the door does not stand before them, they see themselves who asks."""
    beside: Sequence[Callable[[DomainView], AbstractContextManager[object]]] = ()
    """What runs as long as the console is served."""
