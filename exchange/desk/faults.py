"""What is wrong with a form: all of it at once, each fault with its field and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from exchange.desk.visit import DeskVisit
from exchange.errors import CallerError
from exchange.language import Text, Words, language
from exchange.messaging.rules.wording import check_reason


@dataclass(frozen=True)
class FormFault:
    """One fault, in the visitor's language."""

    anchor: str
    """The id of its field."""
    label: str
    """What the field is called."""
    what: str
    remedy: str
    path: str = ""
    """The page of the field; empty: this one."""


class FormFaults(CallerError):
    """A form cannot be taken as it was sent. It is shown again, as it was typed, with every fault beside its field."""

    code = "form"

    def __init__(self, faults: Sequence[FormFault]) -> None:
        super().__init__(Text("something in the form is to be corrected first"), remedy="correct what is named there")
        self.faults = tuple(faults)


def reason_given(visit: DeskVisit, field: str, label: Words, missing: str, remedy: str) -> str:
    """Return why something is done, as it was typed. Raises FormFaults, at its field, where it cannot be taken."""
    try:
        return check_reason(visit.typed(field), missing, remedy)
    except CallerError as error:
        what, remedied = error.written(language()), error.remedy_text.written(language())
        raise FormFaults([FormFault(field, visit.words(label), what, remedied)]) from error


def at_fields(say: Callable[[str, str], str], faults: Sequence[FormFault]) -> Mapping[str, FormFault]:
    """Return what stands beside each field: of several faults all, one a line; the last has its remedy behind it."""
    found: dict[str, FormFault] = {}
    for one in faults:
        before = found.get(one.anchor)
        lines = f"{before.what}{say('；', '; ')}{before.remedy}\n{one.what}" if before is not None else one.what
        found[one.anchor] = replace(one, what=lines)
    return found
