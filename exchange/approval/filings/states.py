"""The states of a filing at its window, with what follows what."""

from __future__ import annotations

from enum import StrEnum

from exchange.transitions import machine


class FilingState(StrEnum):
    """Where a filing stands before there is a case, and that there is one."""

    RECEIVED = "received"  # 收到, 待审核: the window has it, or its supplement, and has not said anything yet
    INCOMPLETE = "incomplete"  # 已一次告知补正
    ACCEPTED = "accepted"  # 受理: from here on the case tells how it stands
    NOT_ACCEPTED = "not-accepted"  # 不予受理, 不需许可
    WITHDRAWN = "withdrawn"  # 撤回
    BY_LAW = "by-law"  # 视为准予延续: the renewal of a licence, of which nothing was said before it was over


FILINGS = machine(
    "filing",
    [FilingState.RECEIVED],
    {
        FilingState.RECEIVED: [
            FilingState.INCOMPLETE,
            FilingState.ACCEPTED,
            FilingState.NOT_ACCEPTED,
            FilingState.WITHDRAWN,
            FilingState.BY_LAW,
        ],
        FilingState.INCOMPLETE: [FilingState.RECEIVED, FilingState.WITHDRAWN],
        FilingState.ACCEPTED: [],
        FilingState.NOT_ACCEPTED: [],
        FilingState.WITHDRAWN: [],
        FilingState.BY_LAW: [],
    },
)
