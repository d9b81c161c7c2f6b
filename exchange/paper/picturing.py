"""Drawing one page of a PDF as a picture, in a process of its own: the PDF may be anybody's, and made to harm."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typst

from exchange.paper.extracting import pages_in

DONE, FAILED = 0, 3
_WIDTH, _DENSITY = 600, 110.0
"""Points that a page is wide, and dots an inch: as wide as a screen reads it."""
_TEMPLATE = """
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(json("asked.json")), format: "pdf", page: {page}, width: {width}pt)
"""


def picture(asked: bytes, folders: Sequence[Path]) -> tuple[int, bytes]:
    """Return how many pages there are, in a line, and the picture of the one that was asked for in the line before."""
    line, _, pdf = asked.partition(b"\n")
    page, pages = int(line), pages_in(pdf)
    if not 1 <= page <= pages:
        return FAILED, b""
    told: Any = {
        "main": _TEMPLATE.format(page=page, width=_WIDTH).encode(),
        "asked.json": json.dumps(list(pdf)).encode(),
    }
    try:
        compiler = typst.Compiler(told, ignore_system_fonts=True, package_path="/dev/null")
        drawn = compiler.compile(format="png", ppi=_DENSITY)
    except (typst.TypstError, RuntimeError):
        return FAILED, b""
    return (DONE, b"%d\n" % pages + drawn) if isinstance(drawn, bytes) else (FAILED, b"")
