"""A signed document of every kind and body version, for docs/vectors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from exchange.schemas import (
    MESSAGES,
    AmendmentRules,
    AnnouncementNumber,
    ApplicantSees,
    Application,
    Body,
    Concerned,
    ConsideredTerm,
    DefaultMode,
    ExtensionRule,
    FieldAnswer,
    ObjectionGround,
    Office,
    Overruling,
    PartStep,
    Printing,
    Result,
    ResultStanding,
    SeenFrom,
    Standing,
    SubmittedMaterial,
    Verdict,
    Visibility,
)
from exchange.schemas.base import Wire
from tests.corpus.kin import message
from tests.corpus.world import NOW, World
from tests.unit.examples import CLAIM, EXAMPLES, OPINION_UPWARD
from tests.unit.facts import ID, OTHER_ID, end


def bodies() -> Iterator[tuple[str, int, Body]]:
    """Kind, version and a body that needs just this version."""
    for kind in sorted(MESSAGES):
        for version in MESSAGES[kind].READ:
            yield kind, version, _of(kind, version)


def _of(kind: str, version: int) -> Body:
    example = EXAMPLES[kind]
    assert isinstance(example, Body)
    changes = _CHANGES.get((kind, version), {})
    return (OPINION_UPWARD if (kind, version) == ("document", 3) else example).model_copy(update=changes)


def _telling(state: Any) -> Any:
    """A deadline whose ledger says which due moments were told."""
    told = [entry.model_copy(update={"told": end("03-11")}) for entry in state.ledger]
    return state.model_copy(update={"ledger": tuple(told)})


def _without_proofs() -> tuple[Wire, ...]:
    deemed: Any = EXAMPLES["deemed-consent"]
    return tuple(one.model_copy(update={"proof": None}) for one in deemed.reminders)


_DEEMED: Any = EXAMPLES["deemed-consent"]
_ESCALATED: Any = EXAMPLES["escalation"]
_NOTICED: Any = EXAMPLES["deadline-notice"]
_AMENDED: Any = EXAMPLES["term-notice"]


def _amended_by_the_superior() -> tuple[Wire, ...]:
    consultation: Any = EXAMPLES["consultation"]
    rules = AmendmentRules(extension=(ExtensionRule(by=(Office.SUPERIOR.value,), days=10),))
    return tuple(part.model_copy(update={"amendments": rules}) for part in consultation.departments)


def _refused_by_silence() -> tuple[Wire, ...]:
    decision: Any = EXAMPLES["decision"]
    heard, silent = decision.considered
    return heard, silent.model_copy(update={"standing": Standing.DEEMED_REFUSAL})


def _overruled_by_silence() -> tuple[Wire, ...]:
    decision: Any = EXAMPLES["decision"]
    return *decision.overruled, Overruling(department="c.transport", reasons="车流量小，措施充分")


def _considered_by_a_substitute() -> tuple[Wire, ...]:
    decision: Any = EXAMPLES["decision"]
    return tuple(
        one if one.verdict is None else one.model_copy(update={"given_by": "c.fire"}) for one in decision.considered
    )


def _with_answers() -> Application:
    consultation: Any = EXAMPLES["consultation"]
    answers = (FieldAnswer(field="length", value="120.50"), FieldAnswer(field="begins", value="2026-04-01"))
    materials = (SubmittedMaterial(code="plan", claim=CLAIM),)
    told: Application = consultation.application.model_copy(update={"answers": answers, "materials": materials})
    return told


def _by_two_persons() -> tuple[Wire, ...]:
    consultation: Any = EXAMPLES["consultation"]
    return tuple(part.model_copy(update={"second_person": True}) for part in consultation.departments)


def _resting_on_an_answer() -> tuple[Wire, ...]:
    progress: Any = EXAMPLES["case-progress"]
    return tuple(
        part.model_copy(update={"licence_answer": OTHER_ID}) if part.step is PartStep.ANSWERED else part
        for part in progress.parts
    )


def _considered_with_its_term() -> tuple[Wire, ...]:
    first, *rest = EXAMPLES["decision"].considered  # type: ignore[attr-defined]
    asked = ConsideredTerm(
        consultation_id=ID, term=_DEEMED.state.term, start=_DEEMED.state.start, ledger=_DEEMED.state.ledger,
        due_at=_DEEMED.due_at, calendar=_DEEMED.calendar, arrived_at=_DEEMED.due_at,
    )  # fmt: skip
    return (first.model_copy(update={"rests_on": asked}), *rest)


_CHANGES: dict[tuple[str, int], dict[str, Any]] = {
    ("case-closed", 2): {"given_by": "c.fire", "opinion_id": ID},
    ("consultation", 4): {"departments": EXAMPLES["consultation"].departments[:1], "copy_of": ID},  # type: ignore[attr-defined]
    ("consultation", 2): {"departments": _amended_by_the_superior()},
    ("consultation", 3): {"no_result": ("city.bob",)},
    ("clearance", 2): {"results": (Result(department="c.police", verdict=None, standing=ResultStanding.NO_RESULT),)},
    ("document", 1): {"claims": ()},
    ("document", 4): {"number": AnnouncementNumber(agency="公告", year=2026, issue=14)},
    ("document", 5): {
        "concerns": (Concerned(authority="city.bob", agreed_in=ID),),
        "copy_number": 7,
        "issuing_mark": "合肥市人民政府办公室文件",
        "printing": Printing(by="合肥市人民政府办公室", on=date(2026, 3, 3)),
    },
    ("decision", 2): {"by_rule": True},
    ("default-notice", 2): {"reminder": True},
    ("default-notice", 3): {
        "mode": DefaultMode.NONE,
        "deemed_consent": None,
        "basis": (),
        "paper_owed_by": None,
        "obstacles": ("no default is provided for this department in this matter",),
    },
    ("decision", 3): {"considered": _refused_by_silence(), "overruled": _overruled_by_silence()},
    ("decision", 4): {"considered": _considered_by_a_substitute()},
    ("decision", 5): {"considered": _considered_with_its_term()},
    ("deemed-consent", 1): {"reminders": _without_proofs()},
    ("deadline-notice", 2): {"deadlines": tuple(_telling(state) for state in _NOTICED.deadlines)},
    ("deemed-consent", 3): {"state": _telling(_DEEMED.state), "papers": (b"\xd2 calendar",)},
    ("escalation", 1): {"state": None},
    ("reminder", 1): {"began_at": None, "provisional": False},
    ("escalation", 3): {"state": _telling(_ESCALATED.state)},
    ("term-notice", 2): {"entry": _AMENDED.entry.model_copy(update={"told": _AMENDED.due_at}), "provisional": True},
    ("term-notice", 3): {"refused": "the term of c.transport was extended before", "provisional": True},
    ("forwarding", 1): {"cover": None},
    ("opinion", 2): {
        "verdict": Verdict.DISAGREE,
        "reasons": "疏散通道不足。",
        "basis": ("城市道路管理条例第三十条",),
        "procedure": None,
        "ground": ObjectionGround.SAFETY,
    },
    ("opinion", 3): {"substitution": 7},
    ("opinion", 4): {"visible": Visibility(sees=ApplicantSees.VERDICT, since=SeenFrom.DECISION)},
    ("opinion", 5): {"licence_answer": OTHER_ID},
    ("opinion", 6): {"drafted_by": "王芳", "in_place_of": "李伟"},
    ("licence-query", 2): {"untold": "个人信息保护法第三十五条"},
    ("case-progress", 2): {"parts": _resting_on_an_answer()},
    ("consultation", 5): {"application": _with_answers()},
    ("consultation", 6): {"application": _with_answers(), "scanned": (CLAIM.digest,)},
    ("consultation", 7): {"departments": _by_two_persons()},
    ("term-notice", 1): {"provisional": False},
    ("tally", 2): {"at_recall": EXAMPLES["receipts-shown"].tally.at_recall},  # type: ignore[attr-defined]
}


def _signed_at(body: Body) -> datetime:
    """When a body was signed by what it says itself."""
    found: list[datetime] = []
    for place in (*body.MOMENT, *body.HAPPENED):
        value: Any = body
        for name in place.split("."):
            value = getattr(value, name)
        if isinstance(value, date):
            found.append(value if isinstance(value, datetime) else NOW.replace(month=value.month, day=value.day))
    return max(found, default=NOW)


def bodies_vector(world: World) -> dict[str, Any]:
    """All of them, from city.alice to city.bob."""
    cases = []
    for kind, version, body in bodies():
        signed = message(body, world["alice"], ("city.bob",), ID, _signed_at(body))
        cases.append(
            {"kind": kind, "version": version, "body_json": body.model_dump_json(), "signed_document": signed.hex()}
        )
    return {
        "what": "a signed document of every kind and body version, without enclosures, by city.alice of directory.json",
        "cases": cases,
    }
