"""The page of a filing at its window: what was handed in, what it lacks, and the outcomes of article 32 as one form."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.approval.acceptance.officers import FilingStatus, filing_status
from exchange.approval.filings.states import FilingState
from exchange.claims import opened_parts
from exchange.desk.cases.application_rows import application_parts, lines_of_materials
from exchange.desk.pages.lead.filings import filing_urgency, path_of
from exchange.desk.pages.lead.outcomes import TURNED_DOWN, missing_rows
from exchange.desk.section import DeskFile, DeskPage
from exchange.desk.seen import mark_of
from exchange.desk.visit import DeskVisit
from exchange.errors import NotFound
from exchange.language import name_of
from exchange.language.filings import CHANNELS, FILING_STATES
from exchange.runtime.home import open_claims
from exchange.schemas import OUTCOME_TITLES, Attachment


def filing_of(visit: DeskVisit) -> FilingStatus:
    """Read the filing that a path names. Raises NotFound."""
    return filing_status(visit.node, visit.path["number"], visit.path["portal"])


def _filing(visit: DeskVisit) -> Mapping[str, object]:
    found = filing_of(visit)
    row, base = found.row, path_of(found.row)
    return {
        "heading": row.project,
        "row": row,
        "path": base,
        "matter_line": visit.words(found.matter.names),
        "urgency": filing_urgency(visit, row),
        "state": visit.words(FILING_STATES[row.state.value]),
        "outcome": visit.words(OUTCOME_TITLES[row.outcome]) if row.outcome is not None else "",
        "channel": name_of(CHANNELS, row.channel),
        "term": found.term if row.state is FilingState.RECEIVED else None,
        "waits": row.state is FilingState.RECEIVED,
        "parts_of": application_parts(visit, found.application, found.matter),
        "materials": lines_of_materials(visit, found.application, found.scanned, found.matter, base),
        "lacking": [(one.plain(visit.language), one.remedy) for one in found.lacking.lacking()],
        "promisable": [(one.code, visit.words(one.names), one.promise_days) for one in found.lacking.promisable],
        "promised": [(_named(visit, found, one.material), one.until.isoformat()) for one in found.promised],
        "renewal": found.renewal,
        "mark": mark_of(found.revision),
        "chosen": visit.chosen("promise"),
        "missing": missing_rows(visit, found),
        "outcomes": [(one.value, visit.words(words)) for one, words in TURNED_DOWN.items()],
        "typed": {name: visit.typed(name) for name in ("outcome", "reasons", "competent")},
    }


def _named(visit: DeskVisit, found: FilingStatus, code: str) -> str:
    names = {one.code: one.names for one in found.matter.materials}
    return visit.words(names[code]) if code in names else code


def file_of(visit: DeskVisit) -> DeskFile:
    """Give one file of a filing, by its digest. Raises NotFound."""
    found, digest = filing_of(visit), visit.path["digest"]
    contents = iter(found.enclosures)
    for one in found.application.materials:
        named = one.attachment or one.claim
        content = next(contents, b"") if isinstance(named, Attachment) else b""
        if named is None or named.digest != digest:
            continue
        if isinstance(named, Attachment):
            return DeskFile(named.name, named.media_type, iter((content,)))
        return DeskFile(named.name, named.media_type, opened_parts(named, open_claims(visit.face.settings)))
    raise NotFound("there is no such file with this filing", remedy="look at the page of the filing again")


FILING = DeskPage("/lead/filing/{portal}/{number}", ("收件", "Filing"), "lead/filing.html", _filing, every=0)
