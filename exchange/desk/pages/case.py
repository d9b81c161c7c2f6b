"""The page of a case at a department's desk, and the files that came with it."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.approval.department.desk import ANSWERABLE
from exchange.approval.rules.states import DeskState
from exchange.approval.rules.stops import own_procedure
from exchange.desk.cases.application_rows import application_parts, material_lines
from exchange.desk.cases.asked import AskedCase, asked_case
from exchange.desk.cases.letter_lines import letter_lines
from exchange.desk.cases.results import earlier_results
from exchange.desk.cases.supplement_lines import supplement_line
from exchange.desk.cases.supplement_reading import materials_since, may_ask, own_supplement
from exchange.desk.cases.term_words import countdown, day_entries, silence_words
from exchange.desk.opinions.drafts import kept_opinion, wants_second
from exchange.desk.opinions.preview import opinion_rows
from exchange.desk.pages.consultations import BASKET, row_urgency
from exchange.desk.pages.evidence import offered_readers
from exchange.desk.pages.holding import colleagues
from exchange.desk.section import DeskPage, DeskSection
from exchange.desk.standing_in import away_words, place_in
from exchange.desk.visit import DeskVisit
from exchange.language import name_of
from exchange.language.names import COPIES, DESK_STATES, OUTCOMES, VERDICTS
from exchange.schemas import Role
from exchange.web.words import TONES


def _case(visit: DeskVisit) -> Mapping[str, object]:
    number = visit.path["number"]
    case = asked_case(visit, number)
    asked, own, opinion = case.consultation, case.own(visit.node.address), case.opinion
    matter = visit.face.matter(case.row.matter)
    path = f"/case/{number}"
    with visit.node.store.reading() as tx:
        place, away = place_in(visit, tx, case.row), away_words(visit, tx, case.row)
    asked_for = own_supplement(visit, case.row)
    return {
        "place": place,
        "away": away,
        "heading": case.row.title,
        "case": case,
        "row": case.row,
        "asked": asked,
        "state": visit.words(DESK_STATES[case.row.state.value]),
        "urgency": row_urgency(visit, case.row, case.term),
        "countdown": countdown(visit, case.term),
        "silence": silence_words(visit, own, case.term) if own is not None and case.term is not None else "",
        "parts_of": application_parts(visit, asked.application, matter) if asked is not None else [],
        "materials": material_lines(visit, asked, matter, path) if asked is not None else [],
        "results": list(earlier_results(visit, case)),
        "days": day_entries(visit, case),
        "letters": letter_lines(case.letters),
        "copies": COPIES,
        "tones": TONES,
        "can_answer": case.row.state in ANSWERABLE,
        "kept": kept_opinion(visit, number),
        "second_person": wants_second(visit, case),
        "can_recall": _can_recall(case),
        "opinion": opinion_rows(visit, opinion, can_sign=True) if opinion is not None else [],
        "verdict": name_of(VERDICTS, opinion.verdict.value) if opinion is not None else "",
        "outcome": name_of(OUTCOMES, case.decision.outcome.value) if case.decision is not None else "",
        "colleagues": colleagues(visit) if case.row.state in ANSWERABLE else [],
        "mark": case.mark,
        "can_end": _stops_itself(visit, case),
        "can_ask": may_ask(visit, case.row),
        "supplement": supplement_line(visit, asked_for) if asked_for is not None else None,
        "runs_on": case.row.state is DeskState.WAITING,
        "since": materials_since(visit, case, path),
        "can_review": case.row.state is DeskState.DEFAULTED and case.row.supplement_until is None,
        "number": number,
        "evidence_readers": offered_readers(visit, number),
    }


def _can_recall(case: AskedCase) -> bool:
    """Whether the own opinion may still be taken back: not once the lead has told of a decision."""
    answered = case.row.state is DeskState.ANSWERED and case.row.recall_id is None
    return answered and case.row.acts_for is None and case.decision is None


def _stops_itself(visit: DeskVisit, case: AskedCase) -> bool:
    """Whether the clock stands by what this department has announced itself: that it may end."""
    if case.term is None or case.term.stopped is None:
        return False
    own = own_procedure(case.term.amendments, visit.node.calendar, visit.node.address, visit.now)
    return own is not None


PAGE = DeskPage("/case/{number}", ("案件", "Case"), "case.html", _case, every=5)

SECTION = DeskSection(
    pages=(PAGE,),
    baskets=(BASKET,),
    roles=frozenset({Role.DEPARTMENT}),
)
