"""The example city with its matters and departments, its portal served to applicants, on a clock that is stepped."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import exchange.departments
from exchange.approval.window.store import Cases
from exchange.broker.admin.node_info import NodeInfo
from exchange.claims import open_claim_store
from exchange.portal.view import CaseView, case_view
from exchange.runtime.catalogue import load_catalogue
from exchange.runtime.settings import Home
from exchange.schemas import Verdict
from exchange.web.access.door import NumberDoor
from exchange.window.face import PublicFace, PublicMatters
from tests.journeys.city import City
from tests.journeys.portal import arrive, make_portal_city, tell
from tests.web.house import QUICK
from tests.web.window.wicket import PORTAL

DEPARTMENTS = Path(exchange.departments.__file__ or "").parent
NAMES = ("environment", "fire", "health", "housing", "market", "planning", "police", "transport", "urban")


@dataclass
class ShownCity:
    """The city, and the face of its portal."""

    city: City
    face: PublicFace

    def arrive(self) -> None:
        """Let everything that was written arrive, and the window tell what it knows."""
        arrive(self.city)
        tell(self.city)

    def reply_all(self, number: str) -> None:
        """Have every department of a case answer, the first with conditions, and the window decide."""
        accepted = next(one for one in self.view(number).acceptances if one.opens)
        with self.city.window.store.reading() as tx:
            case = tx[Cases].get(accepted.case_number or "")
        assert case is not None
        progress = self.view(number).progress
        assert progress is not None
        for place, part in enumerate(progress.parts):
            name = part.department.rpartition(".")[2]
            if place:
                self.city.reply(name, case)
            else:
                self.city.reply(
                    name, case, Verdict.AGREE_WITH_CONDITIONS, conditions="夜间 22 时至次日 6 时施工", settle=True
                )
            self.arrive()

    def view(self, number: str) -> CaseView:
        """A case as its applicant has it."""
        return case_view(self.city.node("portal"), number)


def make_shown_city(folder: Path, info: NodeInfo, domain: str, database_url: str | None = None) -> ShownCity:
    """Make it; enter ``city.local`` before its face is looked at."""
    city = make_portal_city(folder, info, domain, departments=NAMES)
    city.local.database_url = database_url
    home = Home(folder / "home")
    shutil.copytree(DEPARTMENTS, home.departments, ignore=shutil.ignore_patterns("__pycache__"))
    for file in home.departments.rglob("*.toml"):
        file.write_text(file.read_text(encoding="utf-8").replace("hefei.", f"{domain}."), encoding="utf-8")
    own = home.departments / "portal"
    own.mkdir(exist_ok=True)
    (own / "profile.toml").write_text(PORTAL.format(domain=domain), encoding="utf-8")
    city.local.catalogue.update(load_catalogue(home.departments / "catalogue"))
    city.local.prepare()
    node = city.node("portal")
    claims = partial(open_claim_store, home.claims)
    face = PublicFace(
        node,
        home,
        PublicMatters(city.local.catalogue),
        NumberDoor(node.store, passwords=QUICK),
        claims,
        "-t",
    )
    for address in city.local.nodes:
        city.local.start(address)
    return ShownCity(city, face)
