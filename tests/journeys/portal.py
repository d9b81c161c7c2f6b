"""A city with a portal: what applicants do there, and what the window's officers answer."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from exchange.approval.acceptance import by_law, telling
from exchange.approval.filings.records import FilingRow
from exchange.approval.filings.store import Filings
from exchange.broker.admin.node_info import NodeInfo
from exchange.portal import drafting, handing_in
from exchange.portal.view import CaseView, case_view
from exchange.runtime.work import work_for
from exchange.schemas import (
    AcceptanceMode,
    Applicant,
    Approver,
    Bilingual,
    Matter,
    PublicGuide,
    Role,
)
from exchange.trials.local import Seat
from tests.journeys.city import City, make_city

TRUTH = "本人对申请材料实质内容的真实性负责"
APPLICANT = Applicant(name="热电公司", identifier="91340100X", contact="0551-0")


def words(zh: str) -> Bilingual:
    return Bilingual(zh=zh)


GUIDE = PublicGuide(
    theme=words("工程建设"),
    about=words("占用道路施工"),
    applicants=(words("建设单位"),),
    conditions=(words("有施工方案"),),
    fees=words("不收费"),
    result=words("许可证"),
    validity=words("六个月"),
    remedies=(words("六十日内可以申请行政复议"),),
    place=words("政务服务中心一楼"),
    contact="0551-1",
    complaints="0551-2",
)


def make_portal_city(folder: Path, info: NodeInfo, domain: str, **further: object) -> City:
    """A city as `make_city` makes it, with a portal of its window."""
    city = make_city(folder, info, domain, **further)  # type: ignore[arg-type]
    seat = Seat((Role.PORTAL,), work_for((Role.PORTAL,)), superior=f"{domain}.window")
    city.local.seats[f"{domain}.portal"] = seat
    return city


_OFFERED = count(1)


def offer(city: City, *approvers: Approver, mode: AcceptanceMode = AcceptanceMode.OFFICER, **fields: object) -> Matter:
    """Put a matter of its own that is published into the window's catalogue, and the portal's."""
    asked = approvers or tuple(city.approver(name, silent=True) for name in ("planning", "transport"))
    return city.matter(*asked, code=f"works-{next(_OFFERED)}", guide=GUIDE, acceptance=mode, **fields)


def file(city: City, matter: Matter, *, with_plan: bool = True, settle: bool = True) -> str:
    """Fill a draft in, hand it in, and let it arrive; returns its number."""
    node = city.node("portal")
    number = drafting.begin(node, matter, "hash")
    drafting.save(node, number, 1, applicant=APPLICANT, project="黄山路供热管道")
    if with_plan:
        drafting.attach(node, number, "plan", "施工方案.txt", "text/plain", "方案".encode())
    handing_in.hand_in(node, number, TRUTH)
    arrive(city, settle=settle)
    return number


def arrive(city: City, *, settle: bool = True) -> None:
    """Let what the portal and the window have written arrive, and be answered."""
    for name in ("portal", "window"):
        city.wake(name)
    if settle:
        city.local.settle()


def tell(city: City) -> None:
    """Have the window make its rounds, and let what it tells arrive."""
    by_law.look(city.window)
    telling.look(city.window)
    arrive(city)


def view(city: City, number: str) -> CaseView:
    """How it stands for the applicant."""
    return case_view(city.node("portal"), number)


def row(city: City, number: str) -> FilingRow:
    """The filing as the window has it."""
    with city.window.store.reading() as tx:
        found = tx[Filings].get(city.address("portal"), number)
    assert found is not None
    return found
