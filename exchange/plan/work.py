"""What a case, a document and a notice cost, from measured figures. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.plan.measured import by_departments, measured

_KB = 1_000


@dataclass(frozen=True)
class CaseWork:
    """Processor seconds, messages and bytes of one case."""

    window: float
    department: float
    """At each."""
    monitor: float
    broker: float
    messages: float
    kept: float
    """Bytes in all databases of its domain."""
    departments: float

    @property
    def total(self) -> float:
        """Processor seconds in all."""
        return self.window + self.department * self.departments + self.monitor + self.broker


def case_work(departments: float, factor: float = 1) -> CaseWork:
    """Return what a case costs that so many departments are asked in; ``factor``: its processor time by the measured.

    Measured are cases with two and with five: all but what each department does grows along a line through both.
    """
    return CaseWork(
        window=by_departments("window", departments) / 1000 * factor,
        department=measured("department") / 1000 * factor,
        monitor=by_departments("monitor", departments) / 1000 * factor,
        broker=by_departments("broker", departments) / 1000 * factor,
        messages=by_departments("messages", departments),
        kept=by_departments("kept", departments) * _KB,
        departments=departments,
    )


def idle_share() -> float:
    """Return which share of a core a member takes that has nothing to do: its rounds."""
    return measured("idle") / 100 / measured("idle-members")


def document_seconds() -> float:
    """Return the processor seconds of a document, from its sender to its receiver, broker and receipt among them."""
    return 2 / measured("rate")  # both cores were busy


def document_bytes() -> float:
    """Return the bytes of a document in the databases of its sender and of its receiver."""
    return (measured("sent") + measured("received")) * _KB


def wire_bytes() -> float:
    """Return the bytes of a message on its way: as many as it takes at the broker."""
    return measured("queued") * _KB


def notice_slope() -> float:
    """Return the seconds that each further lower domain adds to a notice where all work is done by two cores."""
    more = measured("notice-many") - measured("notice-one")
    return more / 1000 / (measured("notice-domains") - 1)


def notice_messages() -> float:
    """Return the messages of a notice for each lower domain."""
    return measured("notice-messages") / measured("notice-domains")
