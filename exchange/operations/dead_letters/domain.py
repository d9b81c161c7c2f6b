"""Dead letters of a whole domain: its members opened, their letters redriven or discarded, and exported."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from exchange.machine.spreadsheet import csv_lines
from exchange.messaging.dead_letter_store import DeadLetters
from exchange.messaging.inbox import Inbox
from exchange.messaging.records import DeadCause, DeadLetter
from exchange.operations.dead_letters.redrive import RedriveOutcome, redrive_cause, try_redrive
from exchange.operations.dead_letters.release import confirm_release
from exchange.runtime.home import OpenedMember, open_member
from exchange.runtime.profile_work import open_work
from exchange.runtime.settings import Settings
from exchange.store.transaction import Store

_EXPORT_BATCH = 200

EXPORTED = (
    "member", "id", "reason_code", "reason", "stage", "attempts", "first_at", "last_at", "queue", "message_id",
    "sender", "kind", "key_sender", "broker_user", "proposed_by", "proposed_at", "proposed_why", "proposal",
    "discarded_by", "discarded_at",
)  # fmt: skip
"""What an export tells of a letter: headers and reasons, and nothing of its content."""


@dataclass(frozen=True)
class MemberCause:
    """Dead letters of one reason at one stage of one member."""

    member: str
    cause: DeadCause


@contextmanager
def opened(settings: Settings, address: str) -> Iterator[OpenedMember]:
    """Open a member for one piece of work, and close it afterwards. Raises as `open_member` does."""
    found = open_member(settings, address)
    try:
        yield found
    finally:
        found.store.close()


def causes_of(member: str, store: Store) -> list[MemberCause]:
    """Return a member's dead letters by cause."""
    with store.reading() as tx:
        return [MemberCause(member, cause) for cause in tx[DeadLetters].causes()]


def redrive_all(
    settings: Settings, member: str, reason_code: str, stage: str | None = None
) -> Iterator[RedriveOutcome]:
    """Redrive all letters of a cause at a member, the oldest first. Raises what opening the member raises."""
    with opened(settings, member) as found, closing(open_work(found.profile, found.take)) as work:
        yield from redrive_cause(found.node, work.handlers, work.on_signed, reason_code, stage)


def redrive_some(settings: Settings, member: str, ids: Sequence[str]) -> Iterator[RedriveOutcome]:
    """Redrive the letters with these ids, the oldest first; one that is not there any more is gone."""
    with opened(settings, member) as found, closing(open_work(found.profile, found.take)) as work:
        with found.store.reading() as tx:
            letters = [letter for letter in map(tx[Inbox].dead_letter, ids) if letter is not None]
        for letter in sorted(letters, key=lambda one: one.serial):
            yield try_redrive(found.node, work.handlers, work.on_signed, letter)


def release(settings: Settings, member: str, id: str, by: str) -> RedriveOutcome:
    """Take in a withheld letter that another has proposed to release. Raises as `confirm_release` does."""
    with opened(settings, member) as found, closing(open_work(found.profile, found.take)) as work:
        return confirm_release(found.node, work.handlers, work.on_signed, id, by)


def facts(member: str, letter: DeadLetter) -> dict[str, Any]:
    """Return the facts about a dead letter that may be exported, by name."""
    return {name: member if name == "member" else _plain(getattr(letter, name)) for name in EXPORTED}


def exported(member: str, store: Store) -> Iterator[dict[str, Any]]:
    """Yield all dead letters of a member for export, the discarded ones too, oldest first."""
    above = 0
    while True:
        with store.reading() as tx:
            letters = tx[DeadLetters].all(above=above, limit=_EXPORT_BATCH)
        if not letters:
            return
        yield from (facts(member, letter) for letter in letters)
        above = letters[-1].serial


def as_csv(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines of a CSV file (RFC 4180) with a header; cells that a spreadsheet would compute are made text."""
    yield from csv_lines(chain([EXPORTED], ([row[name] for name in EXPORTED] for row in rows)))


def as_json_lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield one JSON document a line."""
    for row in rows:
        yield json.dumps(row, ensure_ascii=False) + "\n"


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
