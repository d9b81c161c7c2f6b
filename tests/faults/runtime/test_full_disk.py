"""A member's disk fills up while it is served: nothing is lost, nothing dies, and it goes on by itself.

The folder of one department is a small file system of its own, which only root may mount.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.errors import IntakeStopped
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.messaging.quotas.settings import DISK_RESERVE
from exchange.messaging.rules.intake import Stopped
from exchange.runtime.settings import Home
from tests.contract.traffic import left_in
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(os.getuid() != 0, reason="only root may mount a small file system"),
]

_ROOM = 24 * 2**20


class SmallDisk:
    """A file system of its own for a folder, with what was in it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.filler = folder, folder / "filler"
        kept = folder.with_name(f"{folder.name}.kept")
        shutil.copytree(folder, kept)
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={_ROOM},mode=0700", "none", str(folder)], capture_output=True
        )
        if mounted.returncode:
            pytest.skip(f"nothing may be mounted here: {mounted.stderr.decode().strip()}")
        shutil.copytree(kept, folder, dirs_exist_ok=True)

    def leave(self, octets: int) -> None:
        """Fill it up to so many octets."""
        free = shutil.disk_usage(self.folder).free
        with suppress(OSError), self.filler.open("ab") as file:
            file.write(os.urandom(max(0, free - octets)))

    def clear(self) -> None:
        """Make room again."""
        self.filler.unlink()

    def unmount(self) -> None:
        """Take it away, whoever has files open there."""
        subprocess.run(["umount", "-l", str(self.folder)], check=True)


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[ProcessDomain]:
    with ProcessDomain(tmp_path, domain, broker) as city:
        yield city


@pytest.fixture
def disk(city: ProcessDomain) -> Iterator[SmallDisk]:
    found = SmallDisk(Home(city.settings.home).member(city.address("planning")))
    yield found
    for process in city.served.values():
        process.kill()
        process.wait()
    found.unmount()


def alive(city: ProcessDomain) -> bool:
    return all(process.poll() is None for process in city.served.values())


def in_planning(city: ProcessDomain, look: Callable[[Inbox, Outbox], int]) -> int:
    opened = city.open("planning")
    with opened.store.reading() as tx:
        found = look(tx[Inbox], tx[Outbox])
    opened.store.close()
    return found


def submit_until_refused(city: ProcessDomain, submitted: int) -> int:
    """Submits one case after the other until planning says it takes nothing in: it looks at its disk when something
    comes, and once a second at most. Returns how many there are.
    """

    def refused() -> bool:
        return "disk-low" in city.log_of("planning")

    def settled() -> bool:
        return refused() or city.decided() == submitted

    while not refused():
        city.submit(1)
        submitted += 1
        wait_until(settled, 60, "its word that it takes nothing in")
    return submitted


def all_came_out(city: ProcessDomain, cases: int) -> None:
    wait_until(lambda: city.decided() == cases, 120, "all decisions", every=0.5)
    wait_until(lambda: city.undelivered() == 0, 120, "all receipts", every=0.5)
    assert alive(city), "no process has died of it"
    assert in_planning(city, lambda inbox, _: len(inbox.dead_letters())) == 0


def test_with_hardly_any_room_nothing_is_taken_in_and_all_of_it_is_once_there_is_room(
    city: ProcessDomain, disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DISK_RESERVE, "8MiB")
    city.serve_all()
    city.submit(1)
    wait_until(lambda: city.decided() == 1, 120, "a decision while there is room")
    disk.leave(3 * 2**20)
    submitted = submit_until_refused(city, 1) + 1
    city.submit(1)  # whatever came before the look at the disk, this one came after it
    queue = f"{city.address('planning')}.inbox"
    wait_until(lambda: left_in(city.info.url, queue) > 0, 60, "a consultation that nobody takes in")
    assert city.decided() < submitted
    opened = city.open("planning")
    assert opened.intake is not None
    assert opened.intake.stopped() is Stopped.DISK
    with pytest.raises(IntakeStopped):
        opened.node.intake()
    opened.store.close()
    disk.clear()
    all_came_out(city, submitted)
    assert left_in(city.info.url, queue) == 0


@pytest.mark.drill
def test_a_disk_without_an_octet_loses_nothing(
    city: ProcessDomain, disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DISK_RESERVE, "0")
    city.serve_all()
    city.submit(1)
    wait_until(lambda: city.decided() == 1, 120, "a decision while there is room")
    disk.leave(0)
    city.submit(5)
    wait_until(lambda: "disk is full" in city.log_of("planning"), 90, "the database's complaint")
    assert alive(city)
    disk.clear()
    all_came_out(city, 6)
