"""Where the draining of a member stands, with what may follow what."""

from __future__ import annotations

from enum import StrEnum

from exchange.transitions import machine


class DrainState(StrEnum):
    """ASKED: the member finishes what it has in hand. STOPPED: its process has ended. LIFTED: it is served again."""

    ASKED = "asked"
    STOPPED = "stopped"
    LIFTED = "lifted"


DRAINS = machine(
    "a drain",
    {DrainState.ASKED},
    {
        DrainState.ASKED: {DrainState.STOPPED, DrainState.LIFTED},
        DrainState.STOPPED: {DrainState.LIFTED},
        DrainState.LIFTED: (),
    },
)
