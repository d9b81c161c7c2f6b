"""Whether members that are to be served by either of two machines have somebody that stands by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from exchange.language import Text
from exchange.operations.domain_view import DomainView
from exchange.operations.health.checkups.findings import Finding
from exchange.operations.serving import ServingView, view_serving
from exchange.runtime.settings import Settings

CHECK = "standby"

_LONE = timedelta(seconds=30)
"""Longer than a process needs that is started again and stands by."""
_NOBODY = Text("start `exchange serve ADDRESS --standby`, or `exchange up --standby`, on the other machine")
_UNFIT = Text(
    "copy public/, tree/ and the member's keys from the machine that serves it, and install the same release there"
)


def serving(settings: Settings) -> Iterator[Finding]:
    """Yield members that nobody would take over; nothing for a domain in which none stands by."""
    pairs = 0
    with DomainView(settings) as view:
        for one in view_serving(view):
            pairs += any(not standby.unfit for standby in one.standbys)
            yield from _of(one)
    if pairs:
        yield Finding("good", CHECK, Text("{count} members would be taken over at once", {"count": pairs}))


def _of(one: ServingView) -> Iterator[Finding]:
    check = Text("standby of {address}", {"address": one.address})
    for standby in one.standbys:
        if standby.unfit:
            said = Text("{host} could not take it over: {why}", {"host": standby.host, "why": standby.unfit})
            yield Finding("bad", check, said, _UNFIT)
    if one.lone >= _LONE and not one.standbys:
        minutes = int(one.lone.total_seconds() // 60) + 1
        yield Finding("note", check, Text("nobody has stood by for {minutes} minutes", {"minutes": minutes}), _NOBODY)
