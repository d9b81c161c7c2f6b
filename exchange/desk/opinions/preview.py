"""An opinion as its signer reads it before it is signed, and texts that the office has signed before."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.desk.opinions.form import LABELS
from exchange.desk.visit import DeskVisit
from exchange.envelope import payload_of
from exchange.envelope.document import parse_body
from exchange.errors import SenderError
from exchange.language import name_of
from exchange.language.names import GROUNDS, PROCEDURES, VERDICTS
from exchange.messaging.documents import Documents
from exchange.schemas import Opinion, Verdict
from exchange.schemas.catalogue.publication import Visibility

Rows = list[tuple[str, object, str]]

_LOOKED_THROUGH, _SHOWN = 40, 5


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
