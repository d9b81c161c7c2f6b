"""Doing the same to several at once: a page lists what will be signed of each, and what is left out and why; one press
does each in a step of its own, with its own entry in the audit log, under its own key, and by its own mark.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any

from exchange.desk.once import fingerprint_of, step_once
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskPage, DeskQuestion, PlainAct
from exchange.desk.visit import DeskVisit
from exchange.errors import CallerError, ExchangeError
from exchange.language import Text, Words
from exchange.messaging.node import Step

MOST = 10
"""How many are offered at once: each is read as its own page reads it."""
_LOOKED_AT = 60
"""How many are looked at for that."""
LONGEST_NOTE = 500


@dataclass(frozen=True)
class BatchItem:
    """One that it can be done to."""

    key: str
    """In forms."""
    path: str
    """Its page."""
    number: str
    title: str
    mark: str
    """Of what was seen of it (`exchange.desk.seen`)."""
    rows: Sequence[tuple[Words, object]]
    """What will be signed: each field's name and its text, or a list of texts."""


@dataclass(frozen=True)
class LeftOut:
    """One that it is not done to here, and why."""

    path: str
    number: str
    title: str
    why: Words


class BatchUndone(CallerError):
    """Some of several could not be done; the others are."""

    code = "some-undone"

    def __init__(self, done: int, failed: Sequence[tuple[BatchItem | LeftOut, ExchangeError]]) -> None:
        numbers = {"failed": len(failed), "all": done + len(failed)}
        what = Text("{failed} of {all} could not be done; the others are", numbers)
        super().__init__(what, remedy="each is named here, with what stands in its way")
        self.failed = tuple(failed)


@dataclass(frozen=True)
class Batch:
    """One thing that is done to several."""

    key: str
    """The last part of its address."""
    action: DeskAction
    title: Words
    says: Words
    button: Words
    done: Words
    candidates: Callable[[DeskVisit], Generator[str]]
    """Keys of what it may be done to, what waits longest in front."""
    look: Callable[[DeskVisit, Any, str], BatchItem | LeftOut]
    do: Callable[[DeskVisit, Step, str, str], object]
    """Does it to the one of this key, whose form had this mark."""
    note: Words = ("", "")
    """What a text that goes with each is called; empty where none does."""
    ahead: Callable[[Any, Sequence[str]], object] = lambda tx, keys: None
    """Reads at once what looking at several of them asks for one by one."""

    @property
    def page(self) -> DeskPage:
        """Return its page."""
        return DeskPage(f"/lead/several/{self.key}", self.title, "lead/several.html", self._view, every=0)

    @property
    def act(self) -> PlainAct:
        """Return what answers it."""
        return PlainAct(self.page.path, self.action, self._do, self.page, self._ask)

    def _view(self, visit: DeskVisit) -> Mapping[str, object]:
        with closing(self.candidates(visit)) as candidates:
            keys = list(islice(candidates, _LOOKED_AT + 1))
        items, left, more = self._looked(visit, keys)
        chosen = visit.chosen("of") if visit.form is not None else [one.key for one in items]
        return {
            "batch": self,
            "items": items,
            "more": more,
            "left": left,
            "chosen": chosen,
            "fields": {one.key: (field_of(one.key), _once(visit, one.key)) for one in items},
            "failed": visit.error.failed if isinstance(visit.error, BatchUndone) else (),
            "may": visit.may(self.action),
            "note": visit.typed("note"),
            "longest": LONGEST_NOTE,
        }

    def _looked(self, visit: DeskVisit, keys: Sequence[str]) -> tuple[list[BatchItem], list[LeftOut], bool]:
        """What is offered, what is left out of it, and whether there is more behind."""
        items, left = list[BatchItem](), list[LeftOut]()
        with visit.node.store.reading() as tx:
            self.ahead(tx, keys[:MOST])
            for key in keys[:_LOOKED_AT]:
                if len(items) == MOST:
                    return items, left, True
                one = self.look(visit, tx, key)
                if isinstance(one, BatchItem):
                    items.append(one)
                else:
                    left.append(one)
        return items, left, len(keys) > _LOOKED_AT

    def _ask(self, visit: DeskVisit) -> DeskQuestion:
        """What will be signed of each that was chosen, and which of them are left out, and why."""
        chosen = _chosen(visit)
        with visit.node.store.reading() as tx:
            self.ahead(tx, chosen)
            looked = [self.look(visit, tx, key) for key in chosen]
        shows = [(_called(one), _lines(visit, one.rows)) for one in looked if isinstance(one, BatchItem)]
        left = [
            (f"不在其内：{one.number}，{one.why[0]}。", f"Left out: {one.number}, {one.why[1]}.")
            for one in looked
            if isinstance(one, LeftOut)
        ]
        if not shows:
            raise CallerError("none of them can be done", remedy="the page says why; choose others")
        note = visit.typed("note").strip()
        added = [(self.note, note)] if note else []
        return DeskQuestion(self.title, (self.says, *left), self.button, (*added, *shows))

    def _do(self, visit: DeskVisit) -> str:
        done, failed = 0, []
        for key in _chosen(visit):
            try:
                self._do_one(visit, key)
                done += 1
            except ExchangeError as error:
                with visit.node.store.reading() as tx:
                    found = self.look(visit, tx, key)
                visit.face.gate.record(visit.who, self.action, found.path, error.code)
                failed.append((found, error))
        if failed:
            raise BatchUndone(done, failed)
        return f"{self.page.path}?done=several-{self.key}"

    def _do_one(self, visit: DeskVisit, key: str) -> None:
        mark, note = visit.typed(f"seen-{field_of(key)}"), visit.typed("note").strip()
        print_ = fingerprint_of(self.page.path, visit.who, key, mark, note)

        def do(step: Step) -> tuple[str, str]:
            self.do(visit, step, key, mark)
            return key, ""

        step_once(visit, visit.typed(f"once-{field_of(key)}"), print_, self.action, f"{self.page.path} {key}", do)


def field_of(key: str) -> str:
    """Return what the fields of one item are called by, whatever its key is made of."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _once(visit: DeskVisit, key: str) -> str:
    return visit.typed(f"once-{field_of(key)}") or secrets.token_urlsafe(18)


def _chosen(visit: DeskVisit) -> list[str]:
    found = list(dict.fromkeys(visit.chosen("of")))
    if not found:
        raise CallerError("nothing is chosen", remedy="tick what it is to be done to")
    return found[:MOST]


def _called(item: BatchItem) -> Words:
    return f"{item.number} {item.title}", f"{item.number} {item.title}"


def _lines(visit: DeskVisit, rows: Sequence[tuple[Words, object]]) -> list[str]:
    between = visit.say("：", ": ")
    return [f"{visit.words(term)}{between}{_text(visit, value)}" for term, value in rows]


def _text(visit: DeskVisit, value: object) -> str:
    return visit.say("；", "; ").join(map(str, value)) if isinstance(value, list | tuple) else str(value)
