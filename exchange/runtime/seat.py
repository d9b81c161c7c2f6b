"""An agent's seat: the member is served in its process, or it works beside the process that serves it.

Beside, it does what a command does: it writes into the member's database, and reads there what has come. The serving
process sends and receives. It never takes the serving over: where `exchange up` starts a member again, an agent that
was quicker would keep it out.
"""

from __future__ import annotations

import os
import uuid
from contextlib import ExitStack
from threading import Event
from typing import Protocol

from exchange.messaging.quotas.settings import Quotas
from exchange.runtime.draining import check_not_drained
from exchange.runtime.home import OpenedMember, open_link
from exchange.runtime.member import RunningMember
from exchange.runtime.profile_work import open_serving_work
from exchange.runtime.settings import Settings
from exchange.store.identity_lock import Claim

_LOOK_EVERY = 0.25
"""Seconds between two looks for what another process has taken in."""


class AgentSeat(Protocol):
    """Where an agent works from."""

    serving: bool
    """Whether the member is served in this process."""
    lease_id: str
    """Under which it has messages in hand."""

    def wake(self) -> None:
        """Tell that something was written."""

    def ready(self) -> None:
        """Check, before reading, that more can come in. Raises IdentityLost or PartEnded."""

    def wait(self, seconds: float) -> None:
        """Wait until something may have come since `ready`, at most so long."""

    def close(self) -> None: ...


class ServingSeat:
    """The member is served here."""

    serving = True

    def __init__(self, member: RunningMember, claim: Claim, arrived: Event, close: ExitStack) -> None:
        self._member = member
        self._claim = claim
        self._arrived = arrived
        self._close = close
        # Always the same: nobody else can have it, so that what a killed process had in hand is free for the next one.
        self.lease_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"yizhan:{member.node.address}"))

    @classmethod
    def take(cls, settings: Settings, opened: OpenedMember) -> ServingSeat:
        """Raise IdentityInUse where another process serves it, Conflict where it is drained, BrokerUnavailable."""
        address, arrived = opened.node.address, Event()
        with ExitStack() as stack:
            claim = stack.enter_context(opened.store.claim_identity(address))
            check_not_drained(opened.store, address)
            work = open_serving_work(opened, os.environ)
            link = open_link(settings, address)
            member = RunningMember(
                opened.node,
                opened.store,
                link,
                work,
                on_activity=arrived.set,
                intake=opened.intake,
                senders=Quotas.read().senders,
            )
            stack.callback(member.close)
            member.start()
            claim.on_lost = member.close  # what others hold by now must not be taken from its queue here
            return cls(member, claim, arrived, stack.pop_all())

    def wake(self) -> None:
        self._member.wake()

    def ready(self) -> None:
        self._member.check_loops()
        if self._claim.lost is not None:
            raise self._claim.lost
        self._arrived.clear()

    def wait(self, seconds: float) -> None:
        self._arrived.wait(seconds)

    def close(self) -> None:
        self._close.close()


class SeatBeside:
    """Another process serves the member, now or later."""

    serving = False

    def __init__(self, opened: OpenedMember) -> None:
        self._opened = opened
        self.lease_id = str(uuid.uuid4())
        self._closed = Event()

    def wake(self) -> None:
        """Do nothing: the serving process looks into the outbox by itself."""

    def ready(self) -> None:
        """Do nothing: nothing is held here that could be lost."""

    def wait(self, seconds: float) -> None:
        self._closed.wait(min(seconds, _LOOK_EVERY))

    def close(self) -> None:
        self._closed.set()
        self._opened.store.close()
