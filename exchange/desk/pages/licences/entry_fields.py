"""What is typed of an entry on a licence: its fields, what is wrong with them, and what they come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exchange.desk.faults import FormFault
from exchange.desk.pages.lead.forms import REASONS, CaseField, empty_fault
from exchange.desk.pages.licences.reading import faults_of_basis
from exchange.desk.visit import DeskVisit
from exchange.language import Words
from exchange.licences.kept import KeptLicence
from exchange.schemas import LicenceHolder

PERMITS: Words = ("许可内容", "It permits")
CONDITIONS: Words = ("条件", "Conditions")
FROM: Words = ("生效日期", "Holds from")
UNTIL: Words = ("延续后的最后一日", "Its last day from now on")
HOLDER: Words = ("新持有人名称", "Who holds it from then on")
_IDENTIFIER: Words = ("新持有人代码或证件号", "The code or number of that holder")
_NO_CONDITIONS: Words = ("取消全部条件", "It has no conditions from then on")


def faults_of_reasons(visit: DeskVisit) -> Iterator[FormFault]:
    """Yield what is wrong with why it is entered."""
    if not visit.typed("reasons").strip():
        yield empty_fault(visit, "reasons", REASONS.label)
    yield from faults_of_basis(visit, required=False)


def faults_of_change(visit: DeskVisit) -> Iterator[FormFault]:
    """Yield what is wrong with what is another one."""
    names = {"holder": HOLDER, "identifier": _IDENTIFIER}
    given = [name for name in names if visit.typed(name).strip()]
    conditions, none = visit.typed("conditions").strip(), bool(visit.typed("no-conditions"))
    if not given and not visit.typed("permits").strip() and not conditions and not none:
        what = visit.say("没有任何变更", "nothing is changed")
        yield FormFault("permits", visit.words(PERMITS), what, visit.say("至少变更一项", "change one thing at least"))
    if conditions and none:
        what = visit.say("既填写了条件，又取消了全部条件", "there are conditions, and none at once")
        yield FormFault("conditions", visit.words(CONDITIONS), what, visit.say("二者择一", "choose one of the two"))
    if len(given) == 1:
        yield from (empty_fault(visit, name, names[name]) for name in names if name not in given)


def conditions_typed(visit: DeskVisit) -> str | None:
    """Return the conditions from then on; empty for none, None where they stay."""
    if visit.typed("no-conditions"):
        return ""
    return visit.typed("conditions").strip() or None


def holder_typed(visit: DeskVisit) -> LicenceHolder | None:
    """Return who holds it from then on; None where that stays."""
    name, identifier = visit.typed("holder").strip(), visit.typed("identifier").strip()
    return LicenceHolder(name=name, identifier=identifier) if name else None


def fields_of_change(kept: KeptLicence) -> Sequence[CaseField]:
    """Return the fields that a change alone has."""
    stays: Words = ("不填即不变", "left empty, it stays")
    return (
        CaseField("permits", PERMITS, "long-text", required=False, hint=stays),
        CaseField("conditions", CONDITIONS, "long-text", required=False, hint=stays),
        CaseField("no-conditions", _NO_CONDITIONS, "boxes", required=False, choices=(("yes", _NO_CONDITIONS),)),
        CaseField("holder", HOLDER, required=False, hint=stays),
        CaseField("identifier", _IDENTIFIER, required=False),
    )


def fields_of_renewal(kept: KeptLicence) -> Sequence[CaseField]:
    """Return the field that a renewal alone has."""
    return (CaseField("until", UNTIL, "date"),)
