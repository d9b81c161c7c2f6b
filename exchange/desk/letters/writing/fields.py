"""The fields of a document that is being written, as they are typed and kept; and which of them a kind is asked for."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.desk.visit import DeskVisit
from exchange.documents.rules.conveyance_table import RULES, Direction
from exchange.language import Words
from exchange.schemas import DocumentKind

LETTER_LABELS: Mapping[str, Words] = {
    "kind": ("文种", "Kind"),
    "to": ("主送", "To act on it"),
    "copies": ("抄送", "Copies"),
    "number": ("发文字号", "Number"),
    "title": ("标题", "Title"),
    "body": ("正文", "Text"),
    "signatory": ("签发人", "Signatory"),
    "purpose": ("用途", "Purpose"),
    "urgency": ("紧急程度", "Urgency"),
    "answers": ("答复的报文", "The message that it answers"),
    "forwards": ("转报的请示", "The request that it passes on"),
    "replaces": ("代替的被退公文", "What it replaces, which came back"),
    "concerns": ("涉及的其他机关", "Other authorities that it concerns"),
    "date": ("成文日期", "Date"),
    "issuer": ("发文机关署名", "Issuer"),
    "addressees": ("主送机关（文中写法）", "Addressees as the text names them"),
    "notes": ("附注", "Notes"),
    "issuing_mark": ("发文机关标志", "Issuing mark"),
    "printing_by": ("印发机关", "Printed by"),
    "printing_on": ("印发日期", "Printed on"),
    "attachments": ("附件", "Attachments"),
}
"""What the fields are called, in the order in which faults are told."""
SEVERAL = ("to", "copies")
"""Fields of several lines on the page; a draft keeps one authority a line."""
_PAIRS = ("concerns", "agreed_in")
TYPED = tuple(name for name in LETTER_LABELS if name not in (*SEVERAL, "concerns", "attachments"))

_ANSWER = frozenset({DocumentKind.REPLY, DocumentKind.LETTER, DocumentKind.OPINION, DocumentKind.REPORT})


def typed_letter(visit: DeskVisit) -> dict[str, str]:
    """Return what was typed into the form, as a draft keeps it: empty fields are left out."""
    said = {name: visit.typed(name).strip() for name in TYPED}
    said |= {name: "\n".join(one.strip() for one in visit.chosen(name) if one.strip()) for name in SEVERAL}
    pairs = zip(*(visit.chosen(name) for name in _PAIRS), strict=False)
    said["concerns"] = "\n".join(f"{who.strip()}\t{where.strip()}" for who, where in pairs if who.strip())
    return {name: text for name, text in said.items() if text}


def concerned_in(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return whom a draft concerns, as typed, and the message in which each agreed."""
    lines = (line.partition("\t") for line in fields.get("concerns", "").splitlines())
    return [(who, where) for who, _, where in lines if who]


def asked_of(kind: str) -> frozenset[str]:
    """Return the fields that a kind is asked for in front; all others are there for whoever needs them."""
    if kind not in tuple(DocumentKind):
        return frozenset({"signatory", "purpose", "answers", "concerns"})
    known = DocumentKind(kind)
    rule = RULES[known]
    asked = {"signatory": Direction.UP in rule.directions, "answers": known in _ANSWER}
    asked |= {"purpose": Direction.UP not in rule.directions and not rule.answers}
    asked |= {"concerns": Direction.DOWN in rule.directions and not rule.answers}
    return frozenset(name for name, is_asked in asked.items() if is_asked)
