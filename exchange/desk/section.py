"""What a desk is made of: sections, each with its pages (that show), acts (that do), files, and lists of its inbox."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from exchange.desk.basket import Basket
from exchange.desk.permissions import DeskAction
from exchange.desk.visit import DeskVisit
from exchange.language import Words
from exchange.messaging.node import Step
from exchange.schemas import Role

FORM_MOST = 1024 * 1024
"""Octets of a form without files: every field filled to its limit."""


class DeskGroup(StrEnum):
    """The groups of the menu, in its order."""

    CASES = "cases"
    DOCUMENTS = "documents"
    OFFICE = "office"


DESK_GROUPS: Mapping[DeskGroup, Words] = {
    DeskGroup.CASES: ("办件", "Cases"),
    DeskGroup.DOCUMENTS: ("文书", "Correspondence"),
    DeskGroup.OFFICE: ("本单位", "Office"),
}
"""What they are called, in Chinese and English."""


@dataclass(frozen=True)
class DeskPage:
    """A page: GET ``path`` renders ``template`` with what ``view`` returns; its block `live` is kept up to date."""

    path: str
    """As Starlette writes paths, e.g. ``/case/{number}``."""
    title: Words
    """Chinese and English; a view may give another one by ``heading``."""
    template: str
    """Below the folder ``desk`` of the templates."""
    view: Callable[[DeskVisit], Mapping[str, object]]
    action: DeskAction = DeskAction.LOOK
    in_menu: bool = False
    group: DeskGroup | None = None
    """Where it stands in the menu; None in front of all groups."""
    every: float = 5.0
    """Seconds between looks of an open page; 0 for pages that do not change by themselves, as those of forms."""


@dataclass(frozen=True)
class DeskQuestion:
    """What somebody is asked before something is done that a click does not take back."""

    title: Words
    says: tuple[Words, ...]
    """What will happen, one sentence an item."""
    button: Words
    shows: Sequence[tuple[Words, object]] = ()
    """What will be signed, field by field: its name and its text, or a list of texts."""
    grave: bool = False
    """Whether it takes something from somebody or throws it away: its button looks so."""


@dataclass(frozen=True)
class DeskAct:
    """Something done: POST ``path``, from a form that bears token, once-only key and, by `exchange.desk.seen`, what was
    seen.

    ``do`` gets one step of the member, in which the audit log's entry and the key are kept too: all of it, or nothing.
    It returns the path to go to, which may bear ``?done=`` (`DeskSection.done`). What it raises is told on ``again``
    with all that was typed, or on the page before.
    """

    path: str
    action: DeskAction
    do: Callable[[DeskVisit, Step], str]
    again: DeskPage | None = None
    """The page of the form, which is shown again with what was typed and what is wrong."""
    ask: Callable[[DeskVisit], DeskQuestion | None] | None = None
    """What is asked before it is done; None for what harms nobody, or was shown in a preview."""
    files: int = 0
    """How many files its form may bring."""
    most: int = FORM_MOST
    """Octets of its form, at most."""
    around: Callable[[DeskVisit], AbstractContextManager[None]] | None = None
    """What stands around the step, for what is to stay on record of an act that was refused."""
    place: Callable[[DeskVisit, Any], str] | None = None
    """In whose place it is done, told before it is (`exchange.desk.standing_in`): the audit log says so."""
    about: Callable[[DeskVisit], str] | None = None
    """What the audit log says of it beside its path, where the path does not say on what it was done."""


@dataclass(frozen=True)
class PlainAct:
    """Something done that is no step of the member, or has steps of its own: accounts, most of all.

    It is recorded when it is over, failed or not; what is sent twice is done twice.
    """

    path: str
    action: DeskAction
    do: Callable[[DeskVisit], str]
    again: DeskPage | None = None
    ask: Callable[[DeskVisit], DeskQuestion | None] | None = None
    files: int = 0
    most: int = FORM_MOST


@dataclass(frozen=True)
class DeskSaving:
    """What is kept by itself while somebody types, where scripts run: POST ``path``, a step of the member.

    It says what the form bears from then on, and whether something is left (``autosave.js``). It binds nobody, and the
    audit log has no entry of it: what is kept says itself who has changed it.
    """

    path: str
    action: DeskAction
    keep: Callable[[DeskVisit, Step], Mapping[str, object]]


@dataclass(frozen=True)
class DeskFile:
    """What a download gives: its name, its media type and its octets, made while it is sent."""

    name: str
    media_type: str
    parts: Iterable[bytes]


@dataclass(frozen=True)
class DeskDownload:
    """A file: GET ``path`` sends what ``make`` makes, as a file to be saved; pictures of pages come from here too.

    It does nothing in our name whatever it holds: `exchange.machine.strict_headers.FILES`. Recorded only where it says
    so: whoever reads a case sees its pictures.
    """

    path: str
    make: Callable[[DeskVisit], DeskFile]
    action: DeskAction = DeskAction.LOOK
    recorded: bool = False


@dataclass(frozen=True)
class DeskSection:
    """A part of the desk, at members that have one of ``roles``; at all but portals where none is named."""

    pages: Sequence[DeskPage] = ()
    acts: Sequence[DeskAct | PlainAct] = ()
    downloads: Sequence[DeskDownload] = ()
    savings: Sequence[DeskSaving] = ()
    baskets: Sequence[Basket] = ()
    """Its lists in the inbox."""
    roles: frozenset[Role] = frozenset()
    of_any_desk: bool = False
    """Whether a portal has it, too, where nobody signs for an authority: accounts, most of all."""
    done: Mapping[str, Words] = field(default_factory=dict)
    """What is said after an act that leads to ``?done=NAME``: so no link can put words on our pages."""

    def is_at(self, roles: frozenset[Role]) -> bool:
        """Return whether a member with these roles has it."""
        if roles == {Role.PORTAL}:
            return self.of_any_desk or Role.PORTAL in self.roles
        return not self.roles or bool(self.roles & roles)
