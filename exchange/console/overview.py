"""The first page: whether all is well, at a glance."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.console.section import Page, Section, Visit


def _overview(visit: Visit) -> Mapping[str, object]:
    return {"members": list(visit.desk.profiles().values())}


SECTION = Section(pages=(Page("/", ("总览", "Overview"), "overview.html", _overview, in_menu=True),))
