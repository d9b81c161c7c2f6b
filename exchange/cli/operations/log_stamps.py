"""What `exchange log` tells of time-stamps: the newest one, and why none is had."""

from __future__ import annotations

from typing import Any

from exchange.cli.view import console, plain
from exchange.language import tr
from exchange.operations.member_log import LogView
from exchange.operations.said.terms import moment


def show_stamp(view: LogView) -> None:
    """Print the newest time-stamp of a member's log, and what stands in the way of the next."""
    stamp, trouble = view.stamp, view.trouble
    if stamp is not None:
        facts = {"size": stamp.size, "authority": stamp.authority, "moment": moment(stamp.at)}
        lag = int(stamp.lag.total_seconds())
        said = tr("time-stamp: {size} entries at {moment}, {lag} s after their head, by {authority}", lag=lag, **facts)
        console.print(plain(said))
    elif trouble is None:
        console.print(tr("time-stamp: none"))
    if trouble is not None:
        for authority, reason in trouble.reasons.items():
            facts = {"authority": authority, "reason": reason, "moment": moment(trouble.since)}
            console.print(plain(tr("no time-stamp since {moment}: {authority}: {reason}", **facts), "yellow"))


def stamp_json(view: LogView) -> dict[str, Any]:
    """Return the same for machines."""
    stamp, trouble = view.stamp, view.trouble
    return {
        "time_stamp": None
        if stamp is None
        else {
            "size": stamp.size, "authority": stamp.authority, "at": stamp.at.isoformat(),
            "lag_seconds": int(stamp.lag.total_seconds()),
        },
        "time_stamps_failing": None
        if trouble is None
        else {"since": trouble.since.isoformat(), "attempts": trouble.attempts, "reasons": dict(trouble.reasons)},
    }  # fmt: skip
