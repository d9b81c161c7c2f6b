"""A domain on two machines: `exchange up --standby` in two folders over one database server and one broker."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.runtime.supervision.children import child_command
from tests.journeys.city import wait_until
from tests.postgres import own_database
from tests.processes import ProcessDomain, run

pytestmark = [pytest.mark.broker, pytest.mark.drill]


class Machine:
    """One of two: a folder of its own, and `exchange up --standby` there."""

    def __init__(self, city: ProcessDomain, home: Path) -> None:
        self.home, self._city = home, city
        surroundings = {
            **city.environment(), "EXCHANGE_HOME": str(home), "EXCHANGE_BROKER_URL": city.info.url,
            "EXCHANGE_MANAGEMENT_URL": city.info.management_url or "",
        }  # fmt: skip
        with (home.parent / f"{home.name}.txt").open("wb") as file:
            self.process = subprocess.Popen(
                child_command("up", "--standby", "--no-console"), env=surroundings, stdout=file, stderr=file
            )

    def wait_for(self, words: str) -> None:
        """Waits for every member's process here to say this in its log."""

        def said() -> bool:
            logs = [self.home / "log" / f"{self._city.address(name)}.log" for name in self._city.names]
            return all(log.exists() and words in log.read_text() for log in logs)

        wait_until(said, 150, f"all members on {self.home.name} to say {words}")

    def lose(self) -> None:
        """Loses its power: everything here ends at once."""
        every = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
        for one in every:
            one.kill()
        psutil.wait_procs(every, 30)


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str, postgres_url: str) -> Iterator[ProcessDomain]:
    with (
        own_database(postgres_url) as url,
        ProcessDomain(tmp_path, domain, broker, ("planning",), database_url=url) as city,
    ):
        yield city


def test_what_one_machine_served_the_other_takes_over_and_it_stands_by_when_it_is_back(city: ProcessDomain) -> None:
    first, second = city.settings.home, city.settings.home.with_name("second")
    shutil.copytree(first, second)
    with ExitStack() as stack:

        def starts(home: Path) -> Machine:
            machine = Machine(city, home)
            stack.callback(machine.process.wait, 60)
            stack.callback(machine.process.terminate)
            return machine

        one = starts(first)
        one.wait_for("member.serving")
        other = starts(second)
        other.wait_for("standby.waiting")
        city.submit(1)
        wait_until(lambda: city.decided() == 1, 90, "the first decision")
        one.lose()
        other.wait_for("member.serving")
        city.submit(1)
        wait_until(lambda: city.decided() == 2, 90, "the second decision")
        again = starts(first)
        again.wait_for("standby.waiting")
        wait_until(lambda: city.undelivered() == 0, 90, "all receipts")


def test_a_domain_with_its_own_broker_or_files_does_not_stand_by(tmp_path: Path, city: ProcessDomain) -> None:
    class Alone:
        def environment(self) -> dict[str, str]:
            return {"EXCHANGE_HOME": str(tmp_path / "none"), "PATH": "/usr/bin:/bin"}

    said = run(Alone(), "up", "--standby", code=2)
    assert "both share database server and broker" in said.stderr + said.stdout
