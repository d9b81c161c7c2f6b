"""Has the faults of a plan happen, and takes them back."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import psutil  # type: ignore[import-untyped]

from exchange.machine.files import write_file
from exchange.runtime.settings import Home
from exchange.runtime.skewed_clock import skew_file
from exchange.trials.prove.broker import NotAllowed, StruckBroker
from exchange.trials.prove.database import StruckDatabase
from exchange.trials.prove.hosts.network import Network
from exchange.trials.prove.rules.faults import Fault, FaultKind
from exchange.trials.prove.served import ServedProcesses
from exchange.trials.prove.small_disk import SmallDisk
from exchange.trials.prove.stage import address_of


class NotThere(Exception):
    """What is to be struck does not run at this moment: it is still recovering."""


@dataclass
class Strikes:
    """How each kind of fault is done to a domain that is served."""

    home: Home
    served: ServedProcesses
    broker: StruckBroker
    database: StruckDatabase | None
    disk: SmallDisk
    network: Network
    _frozen: dict[int, psutil.Process] = field(default_factory=dict)
    """Processes that are stopped, by the number of the fault."""

    def strike(self, fault: Fault) -> None:
        """Have it happen. Raises NotThere, or NotAllowed where this machine does not let it."""
        _DO[fault.kind](self, fault)

    def lift(self, fault: Fault) -> None:
        """Take it back."""
        undo = _UNDO.get(fault.kind)
        if undo is not None:
            undo(self, fault)

    def _process(self, fault: Fault) -> psutil.Process:
        of_role = fault.kind in (FaultKind.KILL_ROLE, FaultKind.FREEZE_ROLE)
        found = self.served.role(fault.target) if of_role else self.served.supervisor
        if found is None:
            raise NotThere
        return found

    def kill(self, fault: Fault) -> None:
        with suppress(psutil.NoSuchProcess):
            self._process(fault).kill()

    def freeze(self, fault: Fault) -> None:
        process = self._process(fault)
        with suppress(psutil.NoSuchProcess):
            process.suspend()
            self._frozen[fault.number] = process

    def thaw(self, fault: Fault) -> None:
        process = self._frozen.pop(fault.number, None)
        if process is not None:
            with suppress(psutil.NoSuchProcess):
                process.resume()

    def signal_node(self, fault: Fault) -> None:
        number = signal.SIGKILL if fault.kind is FaultKind.KILL_NODE else signal.SIGSTOP
        if not self.broker.signal(fault.node or 1, number):
            raise NotThere

    def thaw_node(self, fault: Fault) -> None:
        self.broker.signal(fault.node or 1, signal.SIGCONT)

    def signal_database(self, fault: Fault) -> None:
        if self.database is None:
            raise NotAllowed("no database server")
        if fault.kind is FaultKind.KILL_DATABASE:
            self.database.kill()
        else:
            self.database.freeze()

    def revive_database(self, fault: Fault) -> None:
        if self.database is not None:
            if fault.kind is FaultKind.KILL_DATABASE:
                self.database.start()
            else:
                self.database.thaw()

    def skew(self, fault: Fault) -> None:
        write_file(skew_file(self.home, address_of(fault.target)), str(fault.amount))

    def right(self, fault: Fault) -> None:
        skew_file(self.home, address_of(fault.target)).unlink(missing_ok=True)

    def fill(self, fault: Fault) -> None:
        self.disk.fill()

    def empty(self, fault: Fault) -> None:
        self.disk.empty()

    def part(self, fault: Fault) -> None:
        self.network.strike(fault)

    def join(self, fault: Fault) -> None:
        self.network.lift(fault)


_Deed = Callable[[Strikes, Fault], None]
_DO: Mapping[FaultKind, _Deed] = {
    FaultKind.KILL_ROLE: Strikes.kill,
    FaultKind.KILL_SUPERVISOR: Strikes.kill,
    FaultKind.KILL_NODE: Strikes.signal_node,
    FaultKind.KILL_DATABASE: Strikes.signal_database,
    FaultKind.FREEZE_ROLE: Strikes.freeze,
    FaultKind.FREEZE_SUPERVISOR: Strikes.freeze,
    FaultKind.FREEZE_NODE: Strikes.signal_node,
    FaultKind.FREEZE_DATABASE: Strikes.signal_database,
    FaultKind.CLOCK: Strikes.skew,
    FaultKind.DISK: Strikes.fill,
    FaultKind.PARTITION: Strikes.part,
    FaultKind.ONE_WAY: Strikes.part,
    FaultKind.CUT_OFF: Strikes.part,
    FaultKind.DELAY: Strikes.part,
}
_UNDO: Mapping[FaultKind, _Deed] = {
    FaultKind.KILL_DATABASE: Strikes.revive_database,
    FaultKind.FREEZE_ROLE: Strikes.thaw,
    FaultKind.FREEZE_SUPERVISOR: Strikes.thaw,
    FaultKind.FREEZE_NODE: Strikes.thaw_node,
    FaultKind.FREEZE_DATABASE: Strikes.revive_database,
    FaultKind.CLOCK: Strikes.right,
    FaultKind.DISK: Strikes.empty,
    FaultKind.PARTITION: Strikes.join,
    FaultKind.ONE_WAY: Strikes.join,
    FaultKind.CUT_OFF: Strikes.join,
    FaultKind.DELAY: Strikes.join,
}
