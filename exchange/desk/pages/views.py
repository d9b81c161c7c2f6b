"""Views of lists that each account keeps under a name: what is looked for there, found again in the list's menu."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs, quote, urlencode

from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskSection
from exchange.desk.visit import DeskVisit
from exchange.errors import NotFound
from exchange.messaging.node import Step
from exchange.web.saved_views.store import SavedViews

_PATHS = {"inbox": "/", "documents": "/documents"}
"""Pages of lists, by the first word of a list's place."""
_LOOKED_FOR = ("words", "only")
"""What a view keeps of an address; the page within the list is not of it."""
_LONGEST = 80


def views_of(visit: DeskVisit, page: str, key: str) -> Mapping[str, object]:
    """Return what the menu of a list shows of the account's views, and the form that keeps the present one."""
    place = f"{page}:{key}"
    with visit.node.store.reading() as tx:
        kept = tx[SavedViews].of(visit.who, place)
    now = _query({name: visit.query.get(name, "") for name in _LOOKED_FOR})
    shown = [(one.name, _address(place, one.query), bool(now) and one.query == now) for one in kept]
    return {"views": shown, "place": place, "looked_for": now}


def _query(wanted: Mapping[str, str]) -> str:
    return urlencode({name: wanted[name].strip()[:_LONGEST] for name in _LOOKED_FOR if wanted.get(name, "").strip()})


def _address(place: str, query: str, done: str = "") -> str:
    page, _, key = place.partition(":")
    more = "&".join(part for part in (query, f"done={done}" if done else "") if part)
    return f"{_PATHS[page]}?list={quote(key, safe='')}{'&' if more else ''}{more}"


def _place(visit: DeskVisit) -> str:
    """The list that a form is about. Raises NotFound for what is none."""
    place = visit.typed("place")[:_LONGEST]
    if place.partition(":")[0] not in _PATHS:
        raise NotFound("there is no list {key!r} here", remedy="choose one above", key=place)
    return place


def _keep(visit: DeskVisit, step: Step) -> str:
    place = _place(visit)
    sent = parse_qs(visit.typed("query"))
    query = _query({name: values[0] for name, values in sent.items()})
    step.tx[SavedViews].keep(visit.who, place, visit.typed("name"), query)
    return _address(place, query, "view-kept")


def _drop(visit: DeskVisit, step: Step) -> str:
    place = _place(visit)
    step.tx[SavedViews].drop(visit.who, place, visit.typed("name"))
    return _address(place, "", "view-dropped")


SECTION = DeskSection(
    acts=(
        DeskAct("/views", DeskAction.KEEP_VIEW, _keep),
        DeskAct("/views/drop", DeskAction.KEEP_VIEW, _drop),
    ),
    done={
        "view-kept": ("视图已保存。", "The view is kept."),
        "view-dropped": ("视图已删除。", "The view is deleted."),
    },
)
