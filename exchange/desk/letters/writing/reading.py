"""What a draft's fields say, as a document has it; in place of what cannot be read stands what hides no other fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import ValidationError

from exchange.desk.letters.writing.complaints import LetterComplaints
from exchange.desk.letters.writing.fields import concerned_in
from exchange.desk.letters.writing.parties import Parties
from exchange.desk.visit import DeskVisit
from exchange.documents.rules.numbers import parse_number
from exchange.errors import CallerError
from exchange.files.attached import attachment_of
from exchange.language import Text
from exchange.schemas import Concerned, DocumentKind, DocumentNumber, Number, Printing, Purpose, Urgency
from exchange.schemas.written import TextShape, fault_and_remedy
from exchange.tomlfile import faults_of

_REQUIRED = ("number", "title", "body", "issuer")
_TEXTS = ("title", "body", "issuer", "signatory", "addressees", "notes", "issuing_mark", "printing_by")
_LONG = ("body", "notes", "addressees")
_STAND_IN = DocumentNumber(agency="字", year=2000, serial=1)
_CHOOSE = Text("choose a name of the list, or write the address")

E = TypeVar("E", bound=StrEnum)


def called_in_texts(visit: DeskVisit, address: str) -> str:
    """Return what an authority is called in the text of documents."""
    names = visit.face.names()
    return names[address][0] if address in names else visit.node.directory.member(address).name


@dataclass(frozen=True)
class LetterFields:
    """One draft that is read."""

    visit: DeskVisit
    fields: Mapping[str, str]
    known: Parties
    complaints: LetterComplaints

    def typed(self, name: str) -> str:
        """Return what a field holds."""
        return self.fields.get(name, "")

    def addresses(self, name: str) -> tuple[str, ...]:
        """Return the authorities that a field names."""
        found, unknown = self.known.found(self.typed(name))
        for text in unknown:
            self.complaints.say(name, Text("nobody in the directory is called {name}", {"name": text}), _CHOOSE)
        return tuple(found)

    def said(self, main: Sequence[str], copied: Sequence[str], files: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
        """Return the elements of the document; what is wrong with a field by itself is complained of."""
        self._look_at_texts()
        own = tuple(one.strip() for one in self.typed("addressees").replace("、", "\n").splitlines() if one.strip())
        return {
            "number": self._number(),
            "kind": self._choice("kind", DocumentKind, DocumentKind.LETTER),
            "urgency": self._choice("urgency", Urgency, Urgency.ORDINARY),
            "purpose": self._choice("purpose", Purpose, Purpose.ACTION),
            "issuer": self.typed("issuer"),
            "signatory": self.typed("signatory") or None,
            "title": self.typed("title"),
            "addressees": own or tuple(called_in_texts(self.visit, one) for one in main),
            "copy_recipients": tuple(called_in_texts(self.visit, one) for one in copied),
            "body": self.typed("body"),
            "attachments": tuple(attachment_of(name, content) for name, content in files),
            "date": self._day("date"),
            "notes": self.typed("notes"),
            "concerns": tuple(self._concerned()),
            "issuing_mark": self.typed("issuing_mark") or None,
            "printing": self._printing(),
        }

    def _look_at_texts(self) -> None:
        for name in _REQUIRED:
            if not self.typed(name):
                self.complaints.say(name, Text("is missing"), Text("fill it in"))
        for name in _TEXTS:
            found = fault_and_remedy(self.typed(name), TextShape.TEXT if name in _LONG else TextShape.LINE)
            if found is not None:
                self.complaints.say(name, *found)

    def _number(self) -> Number:
        try:
            return parse_number(self.typed("number")) if self.typed("number") else _STAND_IN
        except CallerError as error:
            self.complaints.say("number", error, error.remedy_text)
            return _STAND_IN

    def _choice(self, name: str, choices: type[E], otherwise: E) -> E:
        typed = self.typed(name)
        if typed in tuple(choices):
            return choices(typed)
        if typed or name == "kind":
            self.complaints.say(name, Text("nothing of the list is chosen"), Text("choose one"))
        return otherwise

    def _day(self, name: str) -> date:
        today = self.visit.now.date()
        try:
            return date.fromisoformat(self.typed(name)) if self.typed(name) else today
        except ValueError:
            self.complaints.say(name, Text("this is no day"), Text("write year, month and day: 2026-03-02"))
            return today

    def _printing(self) -> Printing | None:
        by, on = self.typed("printing_by"), self._day("printing_on")
        if not by and self.typed("printing_on"):
            self.complaints.say("printing_by", Text("is missing"), Text("say who printed it, or leave the day out"))
        try:
            return Printing(by=by, on=on) if by else None
        except ValidationError as error:
            self.complaints.say("printing_by", faults_of(error)[0][1], Text("shorten it"))
            return None

    def _concerned(self) -> Iterator[Concerned]:
        for who, where in concerned_in(self.fields):
            found, _ = self.known.found(who)
            if len(found) != 1:
                self.complaints.say(
                    "concerns", Text("nobody in the directory is called {name}", {"name": who}), _CHOOSE
                )
                continue
            try:
                yield Concerned(authority=found[0], agreed_in=where or None)
            except ValidationError:
                self.complaints.say(
                    "concerns",
                    Text("{text!r} is no message id", {"text": where}),
                    Text("take the id from the page of the message in which it agreed, or leave it out"),
                )
