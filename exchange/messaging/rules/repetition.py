"""When a copy that the broker has confirmed is sent again.

A confirmed copy lies in a durable queue until its addressee takes it; sent again while it lies there, it only makes the
queue longer. So it is sent again only where it may lie there no more:

- Nobody consumes the queue, and it holds fewer messages than this sender alone has confirmed in it: some are gone.
- Nothing waits in the queue: the copy was taken and its receipt is on its way, or one of the two was lost. For the
  first there is growing patience.
- Somebody works the queue off, and has not come to this copy in all of `BACKLOG`: then what it failed on was this copy,
  or it was lost among the others. Growing patience again.
- The queue cannot be seen, since it is another broker's, or not there.

A queue that leads to another domain passes on, so that fewer messages than were confirmed show nothing there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

BACKLOG = timedelta(minutes=10)
"""How long a queue that is being worked off is given to come to a copy."""


@dataclass(frozen=True)
class QueueDepth:
    """A queue as its broker tells anybody."""

    messages: int
    """Those that wait; those that a consumer has in hand are not among them."""
    consumers: int


def lies_there(depth: QueueDepth | None, confirmed: int, age: timedelta, *, passes_on: bool = False) -> bool:
    """Judge whether a copy confirmed ``age`` ago, one of a sender's ``confirmed`` in its queue, still lies there.

    ``depth`` is None for a queue that cannot be seen.
    """
    if depth is None or depth.messages == 0:
        return False
    if depth.consumers > 0:
        return age < BACKLOG
    return passes_on or depth.messages >= confirmed
