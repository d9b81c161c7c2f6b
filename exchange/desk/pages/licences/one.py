"""The page of one licence: as it stands, what was entered on it, and what may be."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.desk.pages.licences.entering import ENTRIES
from exchange.desk.pages.licences.reading import own_kept, shown_licence
from exchange.desk.section import DeskPage
from exchange.desk.visit import DeskVisit


def _read(visit: DeskVisit) -> Mapping[str, object]:
    kept = own_kept(visit)
    offered = [
        (one.key, visit.words(one.title)) for one in ENTRIES if kept.row.state in one.states and visit.may(one.action)
    ]
    return {"heading": kept.body.number, **shown_licence(visit, kept), "offered": offered}


PAGE = DeskPage("/lead/licences/{licence}", ("许可证件", "Licence"), "licences/one.html", _read, every=5)
