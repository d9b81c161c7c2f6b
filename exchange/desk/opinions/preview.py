"""An opinion as its signer reads it before it is signed, and texts that the office has signed before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exchange.clock import CST
from exchange.desk.opinions.form import LABELS
from exchange.desk.visit import DeskVisit
from exchange.envelope import payload_of
from exchange.envelope.document import parse_body
from exchange.errors import SenderError
from exchange.language import Words, name_of
from exchange.language.names import GROUNDS, PROCEDURES, VERDICTS
from exchange.licences.asking import AnsweredQuery, answers
from exchange.messaging.documents import Documents
from exchange.schemas import AnswerResult, Opinion, Verdict
from exchange.schemas.catalogue.publication import Visibility

Rows = list[tuple[str, object, str]]

_LOOKED_THROUGH, _SHOWN = 40, 5
_ANSWERS = 20
_RESULTS: Mapping[AnswerResult, Words] = {
    AnswerResult.FOUND: ("查到", "found"),
    AnswerResult.NONE: ("登记簿中没有", "none in the register"),
}


def opinion_rows(visit: DeskVisit, opinion: Opinion, *, can_sign: bool) -> Rows:
    """Return all that the signed document will say, with what each is called; who signs it is told to whoever can."""
    procedure, label = opinion.procedure, {name: visit.words(words) for name, words in LABELS.items()}
    days = procedure.days if procedure is not None else 0
    plural = "" if days == 1 else "s"
    said = (
        (label["verdict"], name_of(VERDICTS, opinion.verdict.value)),
        (label["reasons"], opinion.reasons),
        (label["conditions"], opinion.conditions),
        (label["basis"], list(opinion.basis)),
        (label["competent_body"], opinion.competent_body),
        (label["procedure"], name_of(PROCEDURES, procedure.kind.value) if procedure else ""),
        (label["days"], visit.say(f"{days} 个工作日", f"{days} working day{plural}") if days else ""),
        (label["ground"], name_of(GROUNDS, opinion.ground.value) if opinion.ground else ""),
        (label["licence_answer"], opinion.licence_answer),
        (visit.say("拟稿人", "Drafted by"), opinion.drafted_by),
        (
            visit.say("签发人", "Signed by"),
            opinion.officer if can_sign else visit.say("签名的账号", "whoever signs it"),
        ),
        (visit.say("代", "In the place of"), opinion.in_place_of),
        (visit.say("日期", "Dated"), opinion.decided_on.isoformat()),
    )
    return [(what, value, "") for what, value in said if value]


def told_before(visit: DeskVisit) -> tuple[list[str], list[str]]:
    """Return reasons and conditions that this member has signed of late, each once, the latest first."""
    with visit.node.store.reading() as tx:
        stored = tx[Documents].recent("sent", Opinion.KIND, _LOOKED_THROUGH)
    bodies = list(_bodies(one.signed for one in stored))
    reasons = dict.fromkeys(body.reasons for body in bodies if body.reasons)
    conditions = dict.fromkeys(body.conditions for body in bodies if body.verdict is Verdict.AGREE_WITH_CONDITIONS)
    return list(reasons)[:_SHOWN], list(conditions)[:_SHOWN]


def answers_held(visit: DeskVisit, chosen: str) -> list[tuple[str, str]]:
    """Return the answers about licences that an opinion may rest on, the latest first: their ids, and what each told.

    ``chosen`` is among them, whatever it is: what was typed is never lost.
    """
    held = [one for one in answers(visit.node, limit=_ANSWERS) if one.answer.result is not AnswerResult.REFUSED]
    found = [(one.message_id, _told(visit, one)) for one in held]
    return found if not chosen or chosen in dict(found) else [*found, (chosen, chosen)]


def _told(visit: DeskVisit, one: AnsweredQuery) -> str:
    said = one.answer
    about = said.number or said.holder or ""
    result = visit.words(_RESULTS[said.result])
    return f"{said.at.astimezone(CST).date()} · {about} · {result} · {one.message_id[:8]}"


def _bodies(signed: Iterator[bytes]) -> Iterator[Opinion]:
    for data in signed:
        try:
            yield parse_body(Opinion, payload_of(data))
        except SenderError:
            continue


def seen_by_applicant(visit: DeskVisit, visible: Visibility) -> str:
    """Say what the applicant will see of it, and from when on."""
    what, when = _SEEN[visible.sees.value], _WHEN[visible.since.value]
    return visit.say(f"申请人将看到：{what[0]}（{when[0]}）。", f"The applicant will see {what[1]}, {when[1]}.")


_SEEN = {
    "all": ("意见、理由和条件", "verdict, reasons and conditions"),
    "verdict": ("意见", "the verdict"),
    "state": ("是否已答复", "that it was answered"),
}
_WHEN = {"arrival": ("送达窗口后", "as soon as the window has it"), "decision": ("作出决定后", "after the decision")}
