"""Which departments were told of a licence, when, what for and by which law: for its holder, as they have signed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from exchange.errors import NotFound
from exchange.portal.asked_about import MOST, AskedAbout, holders_askers, is_holders
from exchange.portal.granted import licence_of_filing
from exchange.window.guest import Guest
from exchange.window.pages.cases.status import view_of
from exchange.window.route import GuestRoute


@dataclass(frozen=True)
class _Shown:
    name: str
    at: datetime
    rows: tuple[tuple[str, object, str], ...]


def show(guest: Guest) -> Response:
    """Show who has asked. Raises NotFound where there is no licence."""
    view, node = view_of(guest), guest.face.node
    licence = licence_of_filing(node, view)
    if licence is None:
        raise NotFound("no licence has come of this case", remedy="follow the case on its page")
    is_own = is_holders(node, view, licence)
    found = [_shown(guest, one) for one in holders_askers(node, view, licence)]
    return guest.page(
        "asked.html",
        ("查询记录", "Who has asked about the licence"),
        number=view.number,
        licence=licence,
        is_own=is_own,
        asked=found,
        most=MOST,
        crumbs=[(f"/cases/{view.number}", view.number)],
    )


def _shown(guest: Guest, one: AskedAbout) -> _Shown:
    names = guest.face.names().get(one.asker)
    gone = guest.say("部门的查询已无法核验。", "The department's query does not verify any more.")
    rows: list[tuple[str, object, str]] = [(guest.say("用途", "What for"), one.purpose or gone, "")]
    if one.basis:
        rows.append((guest.say("法律依据", "Legal basis"), one.basis, ""))
    return _Shown(guest.words(names) if names is not None else one.asker, one.at, tuple(rows))


ROUTES = (GuestRoute("/cases/{number}/asked", show),)
