"""Who has asked this window about licences, for what, and what it has answered: all of it, or of one licence."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.desk.looking import CHUNK
from exchange.desk.pages.licences.asking import TONES
from exchange.desk.section import DeskPage
from exchange.desk.visit import DeskVisit
from exchange.language import name_of
from exchange.language.licences import ANSWER_RESULTS
from exchange.licences.answering import ToldLicence, told_of

_LONGEST = 80


def _page(visit: DeskVisit) -> Mapping[str, object]:
    number = visit.query.get("number", "").strip()[:_LONGEST]
    found = told_of(visit.node, number or None, CHUNK)
    return {"number": number, "found": [_shown(one) for one in found], "most": CHUNK, "full": len(found) == CHUNK}


def _shown(one: ToldLicence) -> dict[str, object]:
    answer, result = one.answer, one.answer.result.value
    return {
        "asker": one.asker,
        "at": one.at,
        "tone": TONES.get(result, ""),
        "result": name_of(ANSWER_RESULTS, result),
        "purpose": one.purpose,
        "basis": one.basis,
        "untold": one.untold or "",
        "reason": answer.reason or "",
        "about": answer.number or answer.holder or "",
        "licences": [each.number for each in answer.licences],
    }


PAGE = DeskPage(
    "/lead/licences/asked", ("许可信息查询记录", "Who has asked about licences"), "licences/asked.html", _page, every=0
)
