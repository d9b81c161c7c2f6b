"""QR codes as pictures that need nothing else: SVG without styles or scripts."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

import segno

_KEPT = 512
"""Codes that are kept as they were made: most of what a page with one costs is to choose its pattern."""


def code_svg(address: str) -> str:
    """Return a QR code as an SVG document, for a paper."""
    made = io.BytesIO()
    _made(address).save(made, kind="svg", border=0, xmldecl=False)
    return made.getvalue().decode()


def inline_code(address: str, said: str) -> str:
    """Return a QR code to stand in a page, with what is said of it to whoever does not see it.

    It has a light margin of its own, so that it is read on a dark page, too.
    """
    drawn: str = _made(address).svg_inline(
        border=4, light="#fff", dark="#000", omitsize=True, svgclass="qr", lineclass=None, title=said
    )
    return drawn.replace("<svg ", '<svg role="img" ', 1)


@lru_cache(maxsize=_KEPT)
def _made(address: str) -> Any:
    return segno.make(address, micro=False, error="m")
