"""What an applicant has handed in at a city's portal, and the face of that portal, where its way is followed."""

from __future__ import annotations

import secrets
from functools import partial

from exchange.claims import open_claim_store
from exchange.portal import drafting, handing_in
from exchange.portal.codes import new_code
from exchange.runtime.settings import Home
from exchange.schemas import AmendmentRules, ExtensionRule
from exchange.schemas import Office as Orderer
from exchange.web.access.door import NumberDoor
from exchange.window.face import PublicFace, PublicMatters
from tests.journeys.portal import APPLICANT, TRUTH, arrive, offer
from tests.web.desk.office import Office
from tests.web.house import QUICK


def filed(office: Office) -> tuple[str, str]:
    """Hand in at the portal: the number, and the code that opens it. Terms are extended by who stands above."""
    city = office.city
    order = AmendmentRules(extension=(ExtensionRule(by=(Orderer.SUPERIOR.value,), days=2),))
    matter = offer(city, city.approver("planning"), city.approver("transport"), amendments=order)
    node, code = city.node("portal"), new_code(secrets.token_bytes(8))
    number = drafting.begin(node, matter, QUICK.hash(code.plain))
    drafting.save(node, number, 1, applicant=APPLICANT, project="黄山路供热管道")
    drafting.attach(node, number, "plan", "施工方案.txt", "text/plain", "方案".encode())
    handing_in.hand_in(node, number, TRUTH)
    arrive(city)
    return number, code.plain


def portal_of(office: Office) -> PublicFace:
    """The face of the city's portal."""
    node, home = office.city.node("portal"), Home(office.folder / "home")
    claims = partial(open_claim_store, home.claims)
    matters = PublicMatters(office.city.local.catalogue)
    return PublicFace(node, home, matters, NumberDoor(node.store, passwords=QUICK), claims, "-p")
