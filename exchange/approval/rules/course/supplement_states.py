"""The states of a department's request for a supplement, with what follows what."""

from __future__ import annotations

from enum import StrEnum

from exchange.transitions import machine


class SupplementState(StrEnum):
    """Where a request stands, at its window and at the department that asks."""

    ASKED = "asked"  # 已提请
    RETURNED = "returned"  # 窗口退回: nothing was asked; it may be asked again
    PASSED_ON = "passed-on"  # 已转申请人
    DECLINED = "declined"  # 不予转送
    COME_IN = "come-in"  # 申请人已补充
    LAPSED = "lapsed"  # 案件已办结, 未处理


SUPPLEMENTS = machine(
    "a request for a supplement",
    [SupplementState.ASKED],
    {
        SupplementState.ASKED: [
            SupplementState.PASSED_ON,
            SupplementState.DECLINED,
            SupplementState.RETURNED,
            SupplementState.LAPSED,
        ],
        SupplementState.RETURNED: [SupplementState.ASKED],
        SupplementState.PASSED_ON: [SupplementState.COME_IN],
        SupplementState.DECLINED: [],
        SupplementState.COME_IN: [],
        SupplementState.LAPSED: [],
    },
)
