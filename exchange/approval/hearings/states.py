"""The states of a hearing, with what follows what."""

from __future__ import annotations

from enum import StrEnum

from exchange.transitions import machine


class HearingState(StrEnum):
    """Where a hearing stands."""

    CALLED = "called"  # 已通知
    HELD = "held"  # 已举行
    CALLED_OFF = "called-off"  # 已取消


HEARINGS = machine(
    "hearing",
    [HearingState.CALLED],
    {
        HearingState.CALLED: [HearingState.HELD, HearingState.CALLED_OFF],
        HearingState.HELD: [],
        HearingState.CALLED_OFF: [],
    },
)
