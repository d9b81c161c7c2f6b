"""Pages that are left open, in a real browser: they follow what happens without being loaded again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from exchange.approval.rules.states import PartState
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.private.node import PrivateNode
from exchange.clock import RealClock
from exchange.operations.domain_view import CONSOLE, DomainView
from exchange.runtime.profiles import Profile
from exchange.runtime.settings import Settings
from exchange.store import Store
from exchange.web.door.permissions import AccountRole
from tests.journeys.city import City, make_city
from tests.processes import ProcessDomain, write_departments
from tests.web.browser import opened, sign_in
from tests.web.house import ACCOUNTS, House, real_house, served

pytestmark = pytest.mark.broker
OPERATOR = ACCOUNTS[AccountRole.OPERATOR]


class CityView(DomainView):
    """A view of members that are served by this process, with the clock that the test moves."""

    city: City

    def store(self, address: str) -> Store:
        """A member's store as its node has it."""
        return super().store(address) if address == CONSOLE else self.city.local.nodes[address].store  # type: ignore[return-value]

    def profiles(self) -> Mapping[str, Profile]:
        """Those that are served."""
        return {name: one for name, one in super().profiles().items() if name in self.city.local.nodes}


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    found = make_city(tmp_path / "city", broker, domain)
    with found.local:
        yield found


@pytest.fixture
def house(city: City, tmp_path: Path) -> Iterator[House]:
    settings = replace(Settings.read({}, home=tmp_path / "home"), clock=city.clock)
    write_departments(settings.home / "departments", city.local.domain, ["planning", "transport"])
    view = CityView(settings, city.local.info)
    view.city = city
    yield House(view, RealClock())
    view.close()


def loaded(page: Page) -> float:
    """When the open page was loaded last; one that follows by itself stays at it."""
    return float(page.evaluate("performance.timeOrigin"))


def test_a_case_is_watched_until_silence_has_become_consent(city: City, house: House, browser: Browser) -> None:
    city.matter(city.approver("planning"), city.approver("transport", silent=True))
    case = city.submit()
    city.reply("planning", case)
    transport = city.address("transport")
    with served(house) as url:
        board, file = opened(browser), opened(browser)
        sign_in(board, f"{url}/deadlines?days=5", OPERATOR)
        sign_in(file, f"{url}/case/{case.number}", OPERATOR)
        before = loaded(board), loaded(file)
        expect(board.get_by_role("link", name=f"{transport}, running: 1")).to_be_visible()
        expect(board.get_by_role("cell", name="deemed consent")).to_be_visible()

        city.through(4)
        assert city.part(case, "transport").state is PartState.DEEMED

        expect(board.get_by_role("link", name=f"{transport}, deemed consent (30 days): 1")).to_be_visible()
        expect(board.get_by_role("link", name=f"{transport}, running: 1")).to_have_count(0)
        expect(file.get_by_text("deemed").first).to_be_visible()
        assert (loaded(board), loaded(file)) == before, "neither page was loaded again"


@pytest.mark.drill
def test_a_broker_that_goes_away_is_said_and_open_pages_come_back_by_themselves(
    tmp_path: Path, domain: str, browser: Browser
) -> None:
    node = PrivateNode(tmp_path / "home" / "node")
    with ProcessDomain(tmp_path, domain, node.start(print)) as found:
        view = DomainView(replace(found.settings, broker_url=None, management_url=None))
        with served(real_house(view)) as url:
            overview, queues = opened(browser), opened(browser)
            sign_in(overview, f"{url}/", OPERATOR)
            sign_in(queues, f"{url}/queues", OPERATOR)
            before = loaded(overview), loaded(queues)
            expect(queues.get_by_role("rowheader", name=f"{domain}.planning").first).to_be_visible()
            expect(overview.get_by_text("not reachable")).to_have_count(0)

            node.stop()
            expect(overview.get_by_text(re.compile("not reachable")).first).to_be_visible()
            expect(queues.get_by_text(re.compile("does not answer")).first).to_be_visible()
            assert queues.request.get(f"{url}/queues").status == 503

            node.start(print)
            expect(overview.get_by_text("not reachable")).to_have_count(0)
            expect(queues.get_by_role("rowheader", name=f"{domain}.planning").first).to_be_visible()
            assert (loaded(overview), loaded(queues)) == before, "neither page was loaded again"
        view.close()
    node.stop()
