"""Items of periodic work, each apart from the others: one that fails is put down, rests, and keeps nobody waiting.

What is usually good is done together, in one transaction; only where that fails is each item taken alone. An item that
has failed before is always taken alone, and not before its next try is due. Only a database that takes nothing ends the
whole: then nothing could be put down either, and all of it is tried again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import TypeVar

from exchange.errors import DatabaseUnavailable, ExchangeError
from exchange.machine.logger import get_logger
from exchange.messaging.failing.store import REST, FailingWork
from exchange.messaging.node import Node, Step
from exchange.store.transaction import Transaction

log = get_logger()

T = TypeVar("T")
R = TypeVar("R")

Fetch = Callable[[Transaction, int], Sequence[tuple[str, T]]]
"""Returns up to so many items that are due, each under a key of its own. It reads only; what may fail belongs to the
work on the item."""


def each_together(node: Node, work: str, fetch: Fetch[T], do: Callable[[Step, T], R], limit: int) -> list[R]:
    """Do a work on up to ``limit`` items that are due, and return what came of those that went well.

    Raises DatabaseUnavailable.
    """
    with node.store.reading() as tx:
        if not fetch(tx, 1):
            return []
        tries = tx[FailingWork].next_tries(work)
    most = limit + len(tries)
    try:
        with node.step() as step:
            items = [item for key, item in fetch(step.tx, most) if key not in tries][:limit]
            found = [do(step, item) for item in items]
        again = [key for key, at in tries.items() if at <= node.clock.now()]
    except DatabaseUnavailable:
        raise
    except Exception:
        log.exception("work.rolled-back", node=node.address, work=work)
        with node.store.reading() as tx:
            now = node.clock.now()
            keys = [key for key, _ in fetch(tx, most)]
        found, again = [], [key for key in keys if key not in tries or tries[key] <= now]
        again += [key for key, at in tries.items() if at <= now and key not in keys]

    def alone(key: str) -> list[R]:
        with node.step() as step:
            mine = [item for other, item in fetch(step.tx, most) if other == key]
            return [do(step, item) for item in mine]

    return found + [one for key in again for one in _tried(node, work, key, key in tries, partial(alone, key))]


def each_alone(
    node: Node,
    work: str,
    items: Iterable[tuple[str, T]],
    do: Callable[[T], R],
    *,
    rest: timedelta = REST,
    all_of_them: bool = True,
) -> list[R]:
    """Do a work on items, each in transactions of its own; return what came of those that went well.

    An item that fails rests up to ``rest`` before it is tried again. With ``all_of_them`` these are all items there
    are: what has failed before and is not among them any more is forgotten. Raises DatabaseUnavailable.
    """
    with node.store.reading() as tx:
        tries = tx[FailingWork].next_tries(work)
    gone, found = set(tries), list[R]()
    for key, item in items:
        gone.discard(key)
        if key not in tries or tries[key] <= node.clock.now():
            found += _tried(node, work, key, key in tries, partial(_listed, do, item), rest)
    if gone and all_of_them:
        with node.store.transaction() as tx:
            tx[FailingWork].over(work, gone)
    return found


def _listed(do: Callable[[T], R], item: T) -> list[R]:
    return [do(item)]


def _tried(
    node: Node, work: str, key: str, failed_before: bool, do: Callable[[], list[R]], rest: timedelta = REST
) -> list[R]:
    try:
        found = do()
    except DatabaseUnavailable:
        raise
    except Exception as error:
        kind = error.code if isinstance(error, ExchangeError) else type(error).__name__
        log.exception("work.failed", node=node.address, work=work, item=key, error=kind)
        with node.store.transaction() as tx:
            tx[FailingWork].failed(work, key, kind, node.clock.now(), rest)
        return []
    if failed_before:
        with node.store.transaction() as tx:
            tx[FailingWork].over(work, [key])
    return found
