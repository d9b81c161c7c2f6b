"""Recall: it is of the text that was issued, nothing is erased, and who had signed for it before is told apart."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from exchange.errors import Returned
from exchange.schemas import AtRecall, Named, Reader, ReaderState, Recall
from exchange.schemas.tally import MAX_NAMES


class AfterRecall(StrEnum):
    """How a recalled document stands with one reader. Whatever the reader has stays with it, marked as recalled."""

    NOT_ARRIVED = "not-arrived"  # kept when it comes after all, and shown as recalled
    UNSIGNED = "unsigned"
    SIGNED_BEFORE = "signed-before"  # acted on perhaps: its sender is told the name
    SIGNED_AFTER = "signed-after"
    RETURNED = "returned"


def check_recall(recall: Recall, digest: str) -> None:
    """Raise Returned unless the text that is recalled is the one on record; ``digest``: of that, as it was signed."""
    if recall.digest != digest:
        raise Returned("the recall is of another text", code="altered", remedy="recall what was issued")


def after_recall(reader: Reader, recalled_at: datetime) -> AfterRecall:
    """Return how the document stands with a reader.

    It is derived from signed times, so that late receipts change nothing else.
    """
    if reader.state is ReaderState.RETURNED:
        return AfterRecall.RETURNED
    if reader.signed_at is not None:
        return AfterRecall.SIGNED_BEFORE if reader.signed_at < recalled_at else AfterRecall.SIGNED_AFTER
    return AfterRecall.NOT_ARRIVED if reader.state is ReaderState.NONE else AfterRecall.UNSIGNED


def recall_report(readers: Iterable[Reader], recalled_at: datetime) -> dict[AfterRecall, tuple[str, ...]]:
    """Return the readers' addresses by standing: what the sender is told.

    Every standing is there, though nobody may be in it.
    """
    found: dict[AfterRecall, list[str]] = {standing: [] for standing in AfterRecall}
    for reader in readers:
        found[after_recall(reader, recalled_at)].append(reader.address)
    return {standing: tuple(sorted(addresses)) for standing, addresses in found.items()}


def at_recall(own: Iterable[Reader], below: Iterable[AtRecall | None], recalled_at: datetime) -> AtRecall:
    """Return how a document stood with own readers and those below when it was recalled.

    A level that has not heard of the recall yet adds nothing.
    """
    report = recall_report(own, recalled_at)
    told = [one for one in below if one is not None]
    return AtRecall(
        signed_before=_joined(report[AfterRecall.SIGNED_BEFORE], [one.signed_before for one in told]),
        signed_after=_joined(report[AfterRecall.SIGNED_AFTER], [one.signed_after for one in told]),
        unsigned=_joined(report[AfterRecall.UNSIGNED], [one.unsigned for one in told]),
        not_arrived=_joined(report[AfterRecall.NOT_ARRIVED], [one.not_arrived for one in told]),
    )


def names_in(found: AtRecall) -> tuple[str, ...]:
    """Return everybody named in a report."""
    every = (found.signed_before, found.signed_after, found.unsigned, found.not_arrived)
    return tuple(name for named in every for name in named.names)


def _joined(own: tuple[str, ...], below: list[Named]) -> Named:
    names = sorted([*own, *(name for named in below for name in named.names)])
    shown = tuple(names[:MAX_NAMES])
    return Named(names=shown, more=len(own) + sum(named.number for named in below) - len(shown))
