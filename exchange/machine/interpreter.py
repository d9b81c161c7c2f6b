"""How Python itself runs in processes of our own that go on for long: the turns of threads, and what is collected."""

from __future__ import annotations

import gc
import sys

SWITCH_INTERVAL = 0.02
"""Seconds for which a thread keeps the interpreter while others wait: a member's threads hand work over in batches, and
shorter turns only cost processor time."""

_YOUNG, _MIDDLE, _OLD = 10_000, 20, 20
"""How many objects may be new before the collector looks at them, and how many such looks come before an older
generation has its turn. A message is some thousands of objects which hold no circles: they are gone before it looks."""


def take_long_turns() -> None:
    """Let threads keep the interpreter for `SWITCH_INTERVAL`."""
    sys.setswitchinterval(SWITCH_INTERVAL)


def settle_memory() -> None:
    """Leave what is loaded to the end out of the collector's sight, and have it look at new objects less often.

    To be called once all that a process needs is loaded.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
