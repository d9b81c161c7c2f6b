"""Public windows to test on: over the portal of a small domain without a broker, or of a city at work on one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.runtime.settings import Settings
from tests.web.window.shown_city import ShownCity, make_shown_city
from tests.web.window.wicket import Applicant, Wicket, make_home


@pytest.fixture(scope="session")
def window_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a domain with a portal, to be copied: keys take longer to make than to copy."""
    folder = tmp_path_factory.mktemp("portal")
    make_home(folder)
    return folder / "home"


@pytest.fixture
def wicket(tmp_path: Path, window_home: Path) -> Iterator[Wicket]:
    """A public window of a domain of its own."""
    shutil.copytree(window_home, tmp_path / "home")
    found = Wicket.of(Settings.read({}, home=tmp_path / "home"))
    yield found
    found.opened.store.close()


@pytest.fixture
def applicant(wicket: Wicket) -> Applicant:
    """Somebody who has begun an application."""
    found = wicket.visitor()
    found.begin()
    return found


@pytest.fixture
def shown(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[ShownCity]:
    """The example city with the face of its portal."""
    found = make_shown_city(tmp_path, broker, domain)
    try:
        yield found
    finally:
        found.city.local.close()
