"""What is wrong with a document that is being written, each fault beside its field, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from exchange.desk.faults import FormFault, FormFaults
from exchange.desk.letters.writing.fields import LETTER_LABELS
from exchange.documents.rules.broken import DocumentElement, DocumentFault
from exchange.language import Joined, Language, Text, Words, choose, language


class _Sayable(Protocol):
    def written(self, wanted: Language) -> str: ...


class LetterComplaints:
    """Gathers them."""

    def __init__(self, labels: Mapping[str, Words] = LETTER_LABELS) -> None:
        """``labels``: the fields of the form, in its order; what is about none of them is told of the first."""
        self._labels = labels
        self._found: list[FormFault] = []

    def say(self, field: str, what: _Sayable, remedy: Text | Joined) -> None:
        """Add one."""
        said, do = what.written(language()), remedy.written(language())
        shown = field if field in self._labels else next(iter(self._labels))
        self._found.append(FormFault(shown, choose(self._labels[shown]), said, do))

    def about(self, field: str) -> bool:
        """Return whether something is wrong with a field."""
        return any(one.anchor == field for one in self._found)

    def of_rules(self, faults: Iterable[DocumentFault], about: str, *, addressed: bool) -> None:
        """Add what stands against sending it; ``about`` is the field of the message that it is about.

        Whom it goes to is complained of once where that cannot be read.
        """
        for one in faults:
            field = about if one.element is DocumentElement.ANSWERS else one.element.value
            if field != "to" or addressed or not self.about("to"):
                self.say(field, one.what, one.remedy)

    def expect_none(self) -> None:
        """Raise FormFaults with all of them, in the order of the fields."""
        if self._found:
            order = list(self._labels)
            raise FormFaults(sorted(self._found, key=lambda one: order.index(one.anchor)))
