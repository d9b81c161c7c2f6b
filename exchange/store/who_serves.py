"""Who serves a member, and who stands by to do so: noted in the member's own database, for whoever looks."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

SERVED_BY, STANDING_BY = "served-by", "standing-by"
"""Meta keys."""

TOLD_EVERY = 5.0
"""Seconds between two notes of a process that stands by."""
_GONE_AFTER = timedelta(seconds=4 * TOLD_EVERY)
_MOST = 8
"""Processes standing by that are kept on record."""


@dataclass(frozen=True)
class ServingProcess:
    """The process that has claimed an identity."""

    host: str
    pid: int
    since: datetime
    standby: bool
    """Whether it would stand by again if it lost the identity: then another one is expected to stand by now."""

    def written(self) -> str:
        """Return this as it is kept."""
        return json.dumps(asdict(self) | {"since": self.since.isoformat()})


@dataclass(frozen=True)
class StandbyProcess:
    """A process that waits to serve a member."""

    host: str
    pid: int
    since: datetime
    seen: datetime
    """When it noted last that it stands by."""
    unfit: str = ""
    """Why it could not serve the member at present, in English; empty where it could."""


def this_host() -> str:
    """Return the name of this machine, or container."""
    return socket.gethostname()[:64]


def serving_here(since: datetime, *, standby: bool) -> ServingProcess:
    """Return this process as one that serves."""
    return ServingProcess(this_host(), os.getpid(), since, standby)


def standing_by_here(since: datetime, now: datetime, unfit: str = "") -> StandbyProcess:
    """Return this process as one that stands by."""
    return StandbyProcess(this_host(), os.getpid(), since, now, unfit[:200])


def read_serving(text: str | None) -> ServingProcess | None:
    """Read what `ServingProcess.written` wrote; None where nobody has noted anything yet."""
    if not text:
        return None
    found = json.loads(text)
    return ServingProcess(**found | {"since": datetime.fromisoformat(found["since"])})


def read_standing_by(text: str | None, now: datetime) -> tuple[StandbyProcess, ...]:
    """Read who stands by: whoever has noted it lately, longest first."""
    return tuple(sorted((one for one in _read(text) if now - one.seen < _GONE_AFTER), key=lambda one: one.since))


def lone_for(active: ServingProcess | None, text: str | None, now: datetime) -> timedelta:
    """Return for how long nobody fit has stood by for a member, where somebody is expected to; nothing else.

    ``text`` is the record of who stands by.
    """
    if active is None or not active.standby:
        return timedelta()
    seen = [one.seen for one in _read(text) if not one.unfit]
    if any(now - at < _GONE_AFTER for at in seen):
        return timedelta()
    return max(timedelta(), now - max([active.since, *seen]))


def with_standby(text: str | None, mine: StandbyProcess, *, gone: bool = False) -> str:
    """Return the record of who stands by, with this process in it, or without it where it is ``gone``."""
    others = [one for one in _read(text) if (one.host, one.pid) != (mine.host, mine.pid)]
    return _written([*sorted(others, key=lambda one: one.seen)[1 - _MOST :], *([] if gone else [mine])])


def _read(text: str | None) -> list[StandbyProcess]:
    return [
        StandbyProcess(**one | {key: datetime.fromisoformat(one[key]) for key in ("since", "seen")})
        for one in json.loads(text or "[]")
    ]


def _written(found: Iterable[StandbyProcess]) -> str:
    times = ((one, {"since": one.since.isoformat(), "seen": one.seen.isoformat()}) for one in found)
    return json.dumps([asdict(one) | texts for one, texts in times])
