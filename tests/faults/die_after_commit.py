"""Serves a member and dies by SIGKILL right after its first batch was committed, before it is acknowledged."""

import os
import signal
import sys
import threading

from exchange.bootstrap.home import open_link, open_member, open_work
from exchange.bootstrap.member import RunningMember
from exchange.bootstrap.settings import Settings

settings = Settings.read()
address = sys.argv[1]
opened = open_member(settings, address)
member = RunningMember(
    opened.node,
    opened.store,
    open_link(settings, address),
    open_work(opened.profile, opened.take),
    on_activity=lambda: os.kill(os.getpid(), signal.SIGKILL),
)
member.start()
threading.Event().wait()
