"""The catalogue: for each English text its Chinese one, compiled from `zh/LC_MESSAGES/exchange.po` by script/texts."""

from __future__ import annotations

import gettext
import struct
from functools import cache
from pathlib import Path

from exchange.language.choice import Language

DOMAIN = "exchange"
_PLACE = Path(__file__).parent / Language.CHINESE.value / "LC_MESSAGES" / f"{DOMAIN}.mo"


def translated(text: str, wanted: Language) -> str:
    """Return a text in a language; as it is where the catalogue does not have it."""
    if wanted is Language.ENGLISH or not text:
        return text
    return _chinese().gettext(text)


def templates() -> tuple[str, ...]:
    """Return every English text of the catalogue."""
    return tuple(text for text in _texts() if text)


@cache
def _texts() -> tuple[str, ...]:
    """The originals of the compiled catalogue (GNU gettext, "The Format of GNU MO Files")."""
    octets = _PLACE.read_bytes()
    number, table = struct.unpack_from("<II", octets, 8)
    rows = (struct.unpack_from("<II", octets, table + 8 * row) for row in range(number))
    return tuple(octets[start : start + length].decode() for length, start in rows)


@cache
def _chinese() -> gettext.NullTranslations:
    with _PLACE.open("rb") as compiled:
        return gettext.GNUTranslations(compiled)
