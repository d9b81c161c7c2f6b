"""Consoles to test on: one in this process with a stepped clock, and one that is served for real browsers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.operations.domain_view import DomainView
from exchange.runtime.settings import Settings
from exchange.setup.init import init_broker
from exchange.web.door.permissions import AccountRole
from tests.web.house import ACCOUNTS, Credentials, House, real_house, served, small_view

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser for the tests of a file."""
    from tests.web.browser import chromium  # what drives it is not needed by most files

    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small domain, to be copied: keys take longer to make than to copy."""
    folder = tmp_path_factory.mktemp("small")
    small_view(folder).close()
    return folder / "home"


@pytest.fixture
def view(tmp_path: Path, small_home: Path) -> Iterator[DomainView]:
    """A view of a small domain of its own, without a broker."""
    shutil.copytree(small_home, tmp_path / "home")
    found = DomainView(Settings.read({}, home=tmp_path / "home"), None)
    yield found
    found.close()


@pytest.fixture
def house(view: DomainView) -> House:
    """The console of a small domain without a broker, with the real door and a stepped clock."""
    return House(view)


@pytest.fixture
def empty_house(view: DomainView) -> House:
    """The same at its first start: without accounts."""
    return House(view, empty=True)


@pytest.fixture
def served_house(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[House]:
    """A console with the real door and clock over a small domain (window, monitor, planning) on the tests' broker."""
    view = small_view(tmp_path, domain, broker)
    init_broker(view.settings, broker, dict(view.profiles()), lambda text: None)
    yield real_house(view)
    view.close()


@pytest.fixture
def console_url(served_house: House) -> Iterator[str]:
    """The address of `served_house`, which is being served; http, on this machine, as browsers accept it."""
    with served(served_house) as url:
        yield url


@pytest.fixture
def accounts() -> Mapping[AccountRole, Credentials]:
    """An account of each role with its password; all consoles of these fixtures have them."""
    return ACCOUNTS
