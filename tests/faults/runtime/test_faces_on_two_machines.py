"""Console, desk and public window on two machines: both work on the same records, and one goes on without the other."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.runtime.settings import Home
from exchange.web.listening import read_state
from tests.journeys.city import wait_until
from tests.journeys.runtime.test_public_window_of_up import Browser
from tests.postgres import own_database
from tests.processes import ProcessDomain
from tests.warm import WarmProcess, start_warm

pytestmark = [pytest.mark.broker, pytest.mark.timeout(600)]

NAME, PASSWORD = "sven", "guarding both the doors"


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str, postgres_url: str) -> Iterator[ProcessDomain]:
    """A domain on PostgreSQL with a portal, and a copy of its folder for the second machine."""
    with (
        own_database(postgres_url) as url,
        ProcessDomain(tmp_path, domain, broker, ("planning",), portal=True, database_url=url) as city,
    ):
        shutil.copytree(city.settings.home, second_home(city))
        yield city


def second_home(city: ProcessDomain) -> Path:
    return city.settings.home.with_name("second")


class Face:
    """One of the two processes of a face, on a machine of its own."""

    def __init__(self, city: ProcessDomain, home: Path, words: Sequence[str], state: Path) -> None:
        log = home.parent / f"{home.name}-face.log"
        env = {**city.environment(), "EXCHANGE_HOME": str(home), "EXCHANGE_BROKER_URL": city.info.url}
        self.process: WarmProcess = start_warm(words, env, log, log)
        wait_until(lambda: read_state(state) is not None, 180, f"{words} on {home.name}", every=0.2)
        served = read_state(state)
        assert served is not None
        assert served.pid == self.process.pid
        self.url = served.url

    def post(self, path: str, **fields: str) -> int:
        """The status of a form's answer."""
        return httpx.post(f"{self.url}{path}", data=fields, headers={"origin": self.url}, timeout=60).status_code

    def end(self) -> None:
        """Ends it by SIGKILL."""
        self.process.kill()
        self.process.wait(60)


@pytest.fixture
def machines() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def two(city: ProcessDomain, machines: ExitStack, face: str) -> tuple[Face, Face]:
    """A face on both machines."""
    found = []
    for home in (city.settings.home, second_home(city)):
        place = Home(home)
        words, state = {
            "console": (("console", "--port", "0"), place.console),
            "desk": (
                ("desk", city.address("planning"), "--listen", "127.0.0.1:0"),
                place.desk(city.address("planning")),
            ),
            "window": (("window", "--listen", "127.0.0.1:0"), place.public_window(city.address("portal"))),
        }[face]
        one = Face(city, home, words, state)
        machines.callback(one.end)
        found.append(one)
    return found[0], found[1]


@pytest.mark.parametrize("face", ["console", "desk"])
def test_an_account_made_at_one_is_one_at_both_and_outlives_the_one(
    city: ProcessDomain, machines: ExitStack, face: str
) -> None:
    first, second = two(city, machines, face)
    void, link = (one_time_link(city, home) for home in ("home", "second"))  # the one said last is the one
    fields = {"link": link, "name": NAME, "password": PASSWORD, "again": PASSWORD}
    assert first.post("/set-up", **fields) == 303
    other = {**fields, "link": void, "name": "olga"}
    assert second.post("/set-up", **other) != 303, "a first account for each of the two"
    first.end()
    signed_in = {"name": NAME, "password": PASSWORD, "next": "/"}
    assert second.post("/sign-in", **signed_in) == 303
    assert second.post("/sign-in", **{**signed_in, "password": "another one altogether"}) != 303


def one_time_link(city: ProcessDomain, home: str) -> str:
    """What a process printed for the first account."""
    log = city.root / f"{home}-face.log"
    wait_until(lambda: "/set-up/" in log.read_text(), 120, "a link", every=0.2)
    return log.read_text().split("/set-up/")[1].split()[0]


def test_a_draft_begun_at_one_public_window_is_handed_in_at_the_other(city: ProcessDomain, machines: ExitStack) -> None:
    first, second = two(city, machines, "window")
    begun = Browser.at(first.url)
    begun.begin()
    first.end()
    later = Browser.at(second.url)
    assert later.enter(begun.number, begun.code).status_code == 303
    assert begun.number in later.get(f"/drafts/{begun.number}/steps/applicant")
