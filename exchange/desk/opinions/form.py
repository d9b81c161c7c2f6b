"""From what was typed to an opinion: the schema decides what a verdict needs, and every complaint finds its field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from exchange.approval.department.records import DeskRow
from exchange.desk.faults import FormFault, FormFaults
from exchange.desk.visit import DeskVisit
from exchange.language import Text, Words, language
from exchange.schemas import ObjectionGround, Opinion, ProcedureKind, SpecialProcedure, Verdict
from exchange.tomlfile import faults_of

LABELS: Mapping[str, Words] = {
    "verdict": ("意见", "Verdict"),
    "reasons": ("理由", "Reasons"),
    "conditions": ("条件", "Conditions"),
    "basis": ("依据", "Legal basis"),
    "competent_body": ("有权机关", "The competent authority"),
    "procedure": ("特别程序", "Special procedure"),
    "days": ("所需工作日", "Its length in working days"),
    "ground": ("以安全为由", "On grounds of safety"),
    "licence_answer": ("所依据的许可信息答复", "The licence answer that it rests on"),
}
FIELDS = tuple(LABELS)
"""Fields of the form, in its order; a draft keeps them as they were typed."""
_OWED_BY_OBJECTION = ("reasons", "basis")


def typed_fields(visit: DeskVisit) -> dict[str, str]:
    """Return what was typed into the form."""
    return {name: visit.typed(name).strip() for name in FIELDS}


def opinion_of(
    visit: DeskVisit,
    row: DeskRow,
    fields: Mapping[str, str],
    *,
    drafted_by: str | None = None,
    in_place_of: str | None = None,
) -> Opinion:
    """Return the opinion that the fields say, in the name of who signs. Raises FormFaults with all that is wrong."""
    faults = list(_unfit(visit, fields))
    if faults:
        raise FormFaults(faults)
    procedure, days = fields.get("procedure", ""), fields.get("days", "")
    try:
        return Opinion(
            case_number=row.case_number,
            consultation_id=row.consultation_id,
            department=row.acts_for or visit.node.address,
            verdict=Verdict(fields["verdict"]),
            reasons=fields.get("reasons", ""),
            conditions=fields.get("conditions", ""),
            basis=basis_lines(fields),
            competent_body=fields.get("competent_body") or None,
            procedure=SpecialProcedure(kind=ProcedureKind(procedure), days=int(days)) if procedure else None,
            ground=ObjectionGround.SAFETY if fields.get("ground") else None,
            licence_answer=fields.get("licence_answer") or None,
            officer=visit.who,
            drafted_by=drafted_by,
            in_place_of=in_place_of,
            decided_on=visit.now.date(),
        )
    except ValidationError as error:
        found = [one for place, message in faults_of(error) for one in _faults(visit, fields, place, message)]
        raise FormFaults(found) from error


def basis_lines(fields: Mapping[str, str]) -> tuple[str, ...]:
    """Return the legal basis: one rule a line."""
    return tuple(line.strip() for line in fields.get("basis", "").splitlines() if line.strip())


def _unfit(visit: DeskVisit, fields: Mapping[str, str]) -> Iterator[FormFault]:
    """What keeps the schema from being asked: a choice that is missing, and figures that are none."""
    if fields.get("verdict", "") not in tuple(Verdict):
        yield _made(visit, "verdict", Text("nothing is chosen"), Text("choose one of the verdicts"))
    days, procedure = fields.get("days", ""), fields.get("procedure", "")
    if procedure and procedure not in tuple(ProcedureKind):
        yield _made(visit, "procedure", Text("there is no such procedure"), Text("choose one of the list"))
    if procedure and not (days.isascii() and days.isdecimal() and len(days) < 4):
        yield _made(visit, "days", Text("a procedure is announced with its length"), Text("write a number of days"))
    if days and not procedure:
        yield _made(visit, "procedure", Text("days without a procedure"), Text("choose which, or leave the days empty"))


def _faults(
    visit: DeskVisit, fields: Mapping[str, str], place: tuple[int | str, ...], message: object
) -> Iterator[FormFault]:
    """A complaint at its field; that an objection lacks what it rests on, at each that is empty."""
    first = str(place[0]) if place else str(message).partition(":")[0]
    if first != Verdict.DISAGREE:
        remedy = Text("correct it, or choose the verdict that fits")
        yield _made(visit, first if first in LABELS else "verdict", message, remedy)
        return
    for name in _OWED_BY_OBJECTION:
        if not fields.get(name):
            what = Text("an objection gives reasons and legal basis (Administrative License Law, article 38)")
            yield _made(visit, name, what, Text("fill it in, or choose the verdict that fits"))


_FIELD_NAMED = re.compile(r"^[a-z_]+(?:, [a-z_]+)*(?:: |：)")


def _made(visit: DeskVisit, field: str, what: object, remedy: Text) -> FormFault:
    said = what.written(language()) if hasattr(what, "written") else str(what)
    said = _FIELD_NAMED.sub("", said)  # the form names the field itself, in words
    return FormFault(field, visit.words(LABELS[field]), said, remedy.written(language()))
