"""A paper as PDF/A: what it says goes to a process that draws it, and comes back as the same bytes every time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from exchange.errors import FontsMissing, PaperNotDrawn, TooLarge
from exchange.language import Language
from exchange.paper.characters import paragraphs, printable
from exchange.paper.code_picture import code_svg
from exchange.paper.confined import TaskFailed, run_confined
from exchange.paper.fonts import PaperFonts
from exchange.paper.sheet import PartLook, Sheet, SheetPart

SECONDS = 30.0
"""Of a processor, in which a paper is drawn; one of a few pages takes one."""
LONGEST = 300_000
"""Signs on a paper, at most."""
_MEMORY = 3 << 29
_NO_FONTS = "fonts"


@dataclass(frozen=True)
class DrawnPaper:
    """A paper as it was drawn."""

    pdf: bytes
    lacking: tuple[str, ...] = ()
    """Uses of `exchange.paper.fonts.USES` for which a free font stands in."""
    by_number: str = ""
    """Signs that no font has: they are written by their numbers."""


def draw(sheet: Sheet, original: bytes, fonts: PaperFonts, seconds: float = SECONDS) -> DrawnPaper:
    """Draw a paper, with the signed document inside. Raises TooLarge, FontsMissing or PaperNotDrawn."""
    said = _as_data(sheet, original)
    if sum(map(len, _texts(said))) > LONGEST:
        raise TooLarge("the document is too long for a paper", remedy="take the signed original (.cose)")
    asked = json.dumps({**said, "families": dict(fonts.families)}, ensure_ascii=False).encode()
    try:
        answer = run_confined("draw", asked, fonts.places, seconds, _MEMORY)
    except TaskFailed as error:
        if error.reason == _NO_FONTS:
            raise FontsMissing("no font for Chinese is installed here") from None
        raise PaperNotDrawn("the paper could not be drawn") from error
    told, _, pdf = answer.partition(b"\n")
    about = json.loads(told)
    return DrawnPaper(pdf, tuple(about["lacking"]), about["by_number"])


def _as_data(sheet: Sheet, original: bytes) -> dict[str, Any]:
    at = sheet.at.astimezone(UTC)
    lines = {
        "mark": sheet.mark,
        "number": sheet.number,
        "title": sheet.title,
        "signer": sheet.signer,
        "dated": sheet.dated,
        "seal": sheet.seal,
        "seal_code": sheet.seal_code,
        "addressee": sheet.addressee,
        "instead": sheet.instead,
        "copies": sheet.copies,
        "urgent": sheet.urgent,
        "signatory": sheet.signatory,
        "printed_by": sheet.printed_by,
        "printed_on": sheet.printed_on,
        "link_says": sheet.link_says,
        "original_is": sheet.original_is,
    }
    return {name: printable(text) for name, text in lines.items()} | {
        "link": sheet.link,  # is copied from there
        "form": sheet.form.value,
        "language": sheet.language.value,
        "parts": [part for one in sheet.parts for part in _paragraphs(one)],
        "notes": [printable(one) for one in sheet.notes],
        "at": [at.year, at.month, at.day, at.hour, at.minute, at.second],
        "timestamp": int(at.timestamp()),
        "seal_says": "电子签名已核验" if sheet.language is Language.CHINESE else "signature verified",
        "code_svg": code_svg(sheet.link) if sheet.link else "",
        "original": list(original),
    }


def _paragraphs(part: SheetPart) -> list[dict[str, str]]:
    if part.look is PartLook.CODE:
        return [{"look": part.look.value, "label": "", "text": part.text}]
    texts = paragraphs(part.text) or [""]
    if part.label:
        return [{"look": part.look.value, "label": printable(part.label), "text": "\n".join(texts)}]
    return [{"look": part.look.value, "label": "", "text": text} for text in texts]


def _texts(said: dict[str, Any]) -> list[str]:
    found = [value for name, value in said.items() if isinstance(value, str) and name != "code_svg"]
    return [*found, *said["notes"], *(part["text"] for part in said["parts"])]
