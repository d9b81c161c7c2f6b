"""Serves a member and dies by SIGKILL right after a batch was committed, before it is acknowledged.

Arguments: its address, and after which batch (default: the first).
"""

import itertools
import os
import signal
import sys
import threading

from exchange.runtime.home import open_link, open_member
from exchange.runtime.member import RunningMember
from exchange.runtime.profile_work import open_work
from exchange.runtime.settings import Settings

settings = Settings.read()
address, *more = sys.argv[1:]
last = int(more[0]) if more else 1
batches = itertools.count(1)


def committed() -> None:
    if next(batches) >= last:
        os.kill(os.getpid(), signal.SIGKILL)


opened = open_member(settings, address)
member = RunningMember(
    opened.node,
    opened.store,
    open_link(settings, address),
    open_work(opened.profile, opened.take),
    on_activity=committed,
)
member.start()
threading.Event().wait()
