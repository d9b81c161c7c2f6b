"""The catalogue: for each English text its Chinese one, compiled from `zh/LC_MESSAGES/exchange.po` by script/texts."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

from exchange.language.choice import Language

DOMAIN = "exchange"


def translated(text: str, wanted: Language) -> str:
    """Return a text in a language; as it is where the catalogue does not have it."""
    if wanted is Language.ENGLISH or not text:
        return text
    return _chinese().gettext(text)


@cache
def _chinese() -> gettext.NullTranslations:
    place = Path(__file__).parent / Language.CHINESE.value / "LC_MESSAGES" / f"{DOMAIN}.mo"
    with place.open("rb") as compiled:
        return gettext.GNUTranslations(compiled)
