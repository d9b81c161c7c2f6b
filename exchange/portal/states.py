"""The states of a draft at a portal, with what follows what."""

from __future__ import annotations

from enum import StrEnum

from exchange.transitions import machine


class DraftState(StrEnum):
    """Where a draft stands; from handing in on, the window's papers say how its case stands."""

    OPEN = "open"  # 填写中
    FILED = "filed"  # 已提交; opened again where something is missing
    ENDED = "ended"  # 已过期, 内容已删除


DRAFTS = machine(
    "draft",
    [DraftState.OPEN],
    {DraftState.OPEN: [DraftState.FILED, DraftState.ENDED], DraftState.FILED: [DraftState.OPEN], DraftState.ENDED: []},
)
