"""A rule that a document breaks, and the element of the document that its author corrects."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from exchange.errors import ExchangeError
from exchange.language import Joined, Language, Text
from exchange.language.articles import by_article


class DocumentElement(StrEnum):
    """What an author writes or chooses; each fault of a document is one of these."""

    KIND = "kind"
    NUMBER = "number"
    TO = "to"  # 主送
    COPIES = "copies"  # 抄送
    SIGNERS = "signers"  # of a joint document 会签
    SIGNATORY = "signatory"
    TITLE = "title"
    BODY = "body"
    NOTES = "notes"
    MARK = "issuing_mark"
    PURPOSE = "purpose"
    ANSWERS = "answers"
    CONCERNS = "concerns"
    ATTACHMENTS = "attachments"


@dataclass(frozen=True)
class BrokenRule:
    """One broken rule."""

    article: str
    what: Text
    remedy: Text
    element: DocumentElement

    def written(self, wanted: Language) -> str:
        """Return what is wrong, with the article that says so, in a language."""
        return by_article(self.what.written(wanted), self.article, wanted)

    def __str__(self) -> str:
        return self.written(Language.ENGLISH)


@dataclass(frozen=True)
class DocumentFault:
    """One reason why a document may not be sent, with the element that its author corrects."""

    element: DocumentElement
    what: ExchangeError | BrokenRule

    @property
    def remedy(self) -> Text | Joined:
        """What its author should do."""
        return self.what.remedy if isinstance(self.what, BrokenRule) else self.what.remedy_text
