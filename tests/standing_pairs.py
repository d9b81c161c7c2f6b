"""Members of a domain of processes that run twice: one process serves, the other stands by."""

from __future__ import annotations

from exchange.store.who_serves import SERVED_BY, ServingProcess, read_serving
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain
from tests.warm import WarmProcess, start_warm

PAIR = ("first", "second")


def stand_by(city: ProcessDomain, name: str, which: str) -> WarmProcess:
    """Starts one of the processes of a member."""
    log = city.root / f"{name}-{which}.log"
    words = ["serve", city.address(name), "--standby"]
    process = start_warm(words, {**city.environment(), "EXCHANGE_FROZEN_AFTER": "3"}, log, log)
    city.served[f"{name}-{which}"] = process
    return process


def said_by(city: ProcessDomain, name: str, which: str) -> str:
    """What one of them wrote."""
    return (city.root / f"{name}-{which}.log").read_text()


def says(city: ProcessDomain, name: str, which: str, what: str) -> None:
    """Waits for a line in a process's log."""
    wait_until(lambda: what in said_by(city, name, which), 90, f"{which} to say {what}")


def served_by(city: ProcessDomain, name: str) -> ServingProcess | None:
    """Who has claimed the member last."""
    with city._store_of(name).reading() as tx:
        return read_serving(tx.get_meta(SERVED_BY))


def both(city: ProcessDomain, name: str) -> tuple[WarmProcess, WarmProcess]:
    """The two processes of a member: who serves it, and who stands by."""
    active = stand_by(city, name, PAIR[0])
    says(city, name, PAIR[0], "member.serving")
    other = stand_by(city, name, PAIR[1])
    says(city, name, PAIR[1], "standby.waiting")
    return active, other
