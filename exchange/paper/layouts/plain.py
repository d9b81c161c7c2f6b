"""Any other document, plainly: what it says, line by line. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from exchange.envelope.strict import read_json
from exchange.language import choose
from exchange.paper.pen import Pen
from exchange.paper.sheet import PartLook, Sheet, SheetPart
from exchange.schemas import Body, DeemedConsent

BY_RULE = ("依规则产生，未经任何人批准", "Arisen by rule; approved by nobody")
"""What stands in place of a seal where nobody's will is behind a document."""
_DEEPEST = 4
_NUMBERS = ("case_number", "filing", "number")
"""Fields by which a document is known, the first that it has."""

Rows = Iterable[tuple[str, str]]


def plain(body: Body, payload: bytes, rows: Rows, pen: Pen) -> Sheet:
    """Lay out what a document says, or its fields where nobody has put them into words."""
    said = [(label, text) for label, text in rows if text.strip()] or list(_fields(read_json(payload, body.KIND)))
    about = body.state if isinstance(body, DeemedConsent) else body
    number = next((found for name in _NUMBERS if (found := getattr(about, name, None))), "")
    return pen.sheet(
        choose(type(body).TITLE, pen.setting.language),
        str(number),
        tuple(SheetPart(pen.say(f"{label}：{text}", f"{label}: {text}"), PartLook.LINE) for label, text in said),
        instead=choose(BY_RULE, pen.setting.language) if isinstance(body, DeemedConsent) else "",
    )


def _fields(value: Any, name: str = "", depth: int = 0) -> Iterable[tuple[str, str]]:
    """Name each field by its place, down to where a line would not be read any more."""
    if isinstance(value, dict) and depth < _DEEPEST:
        for key, inner in value.items():
            yield from _fields(inner, f"{name}.{key}" if name else str(key), depth + 1)
    elif isinstance(value, list) and depth < _DEEPEST:
        for place, inner in enumerate(value, 1):
            yield from _fields(inner, f"{name}[{place}]", depth + 1)
    elif value not in (None, "", [], {}):
        yield name or "-", value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
