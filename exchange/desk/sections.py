"""All sections of a desk, in the order of its menu; a member has those of its roles."""

from __future__ import annotations

from dataclasses import replace

from exchange.desk.basket import Basket
from exchange.desk.pages import (
    accounts,
    asking_supplement,
    audit,
    case,
    case_files,
    documents,
    evidence,
    holding,
    opinion,
    procedures,
    recalling,
    signing,
    stand_ins,
    to_sign,
    views,
)
from exchange.desk.pages.calendar import calendar_section
from exchange.desk.pages.counter.section import AT_PORTALS
from exchange.desk.pages.counter.section import AT_WINDOWS as AT_COUNTERS
from exchange.desk.pages.inbox import inbox_of
from exchange.desk.pages.joint.section import SECTION as JOINT
from exchange.desk.pages.lead.section import SECTION as LEAD
from exchange.desk.pages.letters.section import SECTION as LETTERS
from exchange.desk.pages.licences.section import ASKING, AT_WINDOWS
from exchange.desk.pages.notices.section import SECTION as NOTICES
from exchange.desk.section import DeskSection

_SECTIONS: tuple[DeskSection, ...] = (
    case.SECTION,
    case_files.SECTION,
    holding.SECTION,
    opinion.SECTION,
    signing.SECTION,
    to_sign.SECTION,
    recalling.SECTION,
    procedures.SECTION,
    asking_supplement.SECTION,
    LEAD,
    AT_COUNTERS,
    AT_PORTALS,
    AT_WINDOWS,
    ASKING,
    LETTERS,
    documents.SECTION,
    JOINT,
    stand_ins.SECTION,
    views.SECTION,
    NOTICES,
    accounts.SECTION,
    audit.SECTION,
    evidence.SECTION,
)


def _baskets() -> list[Basket]:
    """The lists of all sections; one that names no roles is had by those that have its section."""
    return [replace(basket, roles=basket.roles or section.roles) for section in _SECTIONS for basket in section.baskets]


SECTIONS: tuple[DeskSection, ...] = (inbox_of(_baskets()), *_SECTIONS, calendar_section(_baskets()))
