"""The lists into which a member's notices fall, by what it is to them and where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from exchange.notices.rules.states import TAKEN_BACK, NoticeSeat, NoticeState


class NoticeList(StrEnum):
    """A list of notices; every notice stands in exactly one."""

    CAME = "came"
    ISSUED = "issued"
    PASSED = "passed"
    CLOSED = "closed"
    """Sent back, recalled or replaced."""


LISTED: Mapping[NoticeList, Sequence[tuple[NoticeSeat, NoticeState]]] = {
    NoticeList.CAME: ((NoticeSeat.READER, NoticeState.OPEN), (NoticeSeat.READER, NoticeState.SIGNED)),
    NoticeList.ISSUED: ((NoticeSeat.ORIGIN, NoticeState.OPEN),),
    NoticeList.PASSED: ((NoticeSeat.RELAY, NoticeState.WAITING), (NoticeSeat.RELAY, NoticeState.OPEN)),
    NoticeList.CLOSED: (
        (NoticeSeat.READER, NoticeState.RETURNED),
        *((seat, state) for seat in NoticeSeat for state in sorted(TAKEN_BACK)),
    ),
}
"""What stands in each."""
