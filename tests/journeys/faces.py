"""What people and systems see of a city that is being served: its console and its API, over the very records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from starlette.testclient import TestClient

from exchange.operations.domain_view import DomainView
from exchange.runtime.home import OpenedMember
from exchange.runtime.settings import Settings
from exchange.setup.init import init_files
from tests.journeys.city import City
from tests.processes import write_departments
from tests.web.department import Bureau, bureau_over


@dataclass
class Faces:
    """The console and the API of one domain."""

    made: Bureau

    def page(self, path: str, language: str = "en") -> str:
        """A page of the console."""
        answer = TestClient(self.made.app).get(path, headers={"accept-language": language})
        assert answer.status_code == 200, answer.text
        return answer.text

    def get(self, member: str, path: str) -> dict[str, object]:
        """What the API answers a member's own system."""
        answer = self.made.client(member).get(f"/api/v1{path}")
        assert answer.status_code == 200, answer.text
        found: dict[str, object] = answer.json()
        return found


@contextmanager
def faces_of(city: City, folder: Path, departments: tuple[str, ...] = ("planning", "transport")) -> Iterator[Faces]:
    """Opens both faces, by the city's clock."""
    settings = replace(Settings.read({}, home=folder / "faces"), clock=city.clock)
    portal = city.address("portal") in city.local.nodes
    write_departments(folder / "profiles", city.local.domain, departments, portal=portal)
    init_files(settings, lambda text: None, folder / "profiles")
    made = bureau_over(settings)
    profiles, view = made.view.profiles(), made.view
    for address, node in city.local.nodes.items():
        view._stores[address] = node.store  # type: ignore[assignment]
        opened = OpenedMember(node, node.store, profiles[address], lambda *_: None)  # type: ignore[arg-type]
        made.api._members[address] = opened
    yield Faces(made)
    for address in city.local.nodes:
        view._stores.pop(address)
    view.close()


__all__ = ["DomainView", "Faces", "faces_of"]
