"""One city for the desks of a file: keys and queues take longer to make than most of what is looked at."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from exchange.broker.admin.node_info import NodeInfo
from tests.conftest import delete_queues
from tests.journeys.portal import make_portal_city
from tests.web.desk.bureau import make_relayed_city, write_portal, write_relay
from tests.web.desk.office import Office, make_office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, broker: NodeInfo) -> Iterator[Office]:
    """The desks of window, planning and transport, which its matter asks; what one test does others see."""
    domain = f"t{secrets.token_hex(4)}"
    found = make_office(tmp_path_factory.mktemp("office"), broker, domain, ("planning", "transport"))
    with found.city.local:
        found.city.matter(found.city.approver("planning", silent=True), found.city.approver("transport"))
        yield found
    delete_queues(broker, f"{domain}.")


@pytest.fixture(scope="module")
def lead_office(tmp_path_factory: pytest.TempPathFactory, broker: NodeInfo) -> Iterator[Office]:
    """The same with a portal, and a lead whose decisions are its officers' alone."""
    domain = f"t{secrets.token_hex(4)}"
    found = make_office(
        tmp_path_factory.mktemp("lead"), broker, domain, ("planning", "transport"), make_portal_city, decide_rule=None
    )
    write_portal(found.folder / "home" / "departments", domain)
    with found.city.local:
        yield found
    delete_queues(broker, f"{domain}.")


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory, broker: NodeInfo) -> Iterator[Office]:
    """The desks of a city with a third department and a relay office, which puts covers in front of notices."""
    domain = f"t{secrets.token_hex(4)}"
    found = make_office(
        tmp_path_factory.mktemp("bureau"), broker, domain, ("planning", "transport", "water"), make_relayed_city
    )
    write_relay(found.folder / "home" / "departments", domain)
    with found.city.local:
        yield found
    delete_queues(broker, f"{domain}.")


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory, broker: NodeInfo) -> Iterator[Office]:
    """A city with a portal, whose government stands above its departments, and whose lead decides by hand."""
    domain, names = f"t{secrets.token_hex(4)}", ("planning", "transport", "government")
    folder = tmp_path_factory.mktemp("district")
    found = make_office(folder, broker, domain, names, make_portal_city, decide_rule=None, superior="government")
    with found.city.local:
        yield found
    delete_queues(broker, f"{domain}.")
