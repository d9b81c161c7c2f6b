"""Why an entry stands in a ledger, where no officer has said it: English, as all records, and of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.language import Text, noted
from exchange.language.names import PROCEDURES, coded
from exchange.schemas import ProcedureKind, StartRule

BEGINS: Mapping[StartRule, str] = {
    StartRule.SIGNED_FOR: noted("term begins: signed-for"),
    StartRule.ARRIVAL: noted("term begins: arrival"),
}
SIGNED_FOR = noted("signed for")
COUNTED_FROM_ISSUE = noted("counted from issue: no proof of receipt")
"""Why a term is watched that has not begun: it stands in no ledger on record, and silence has no consequence by it."""
CALENDAR_CHANGED = noted("another calendar of working days counts")
ARTICLE_45 = ("行政许可法第四十五条",)
"""The basis of a special procedure that names none."""
OTHER_RESULT = noted("begun anew: the result that it waited for was recalled, and another one is in")
LATE_RESULT = noted("begun anew: the result without which it was to decide has come")
ASKED_ANEW = noted("asked anew: the opinion over which the department's own was not needed was recalled")
BY_COURSE = frozenset({OTHER_RESULT, LATE_RESULT, ASKED_ANEW})
"""Why the window begins a term anew of itself: by what others did in the case, and for the good of who is asked."""


def special_procedure(kind: ProcedureKind) -> str:
    """Return the reason of a stop for a procedure of article 45."""
    return str(Text("special procedure: {procedure}", {"procedure": coded(PROCEDURES, kind.value)}))
