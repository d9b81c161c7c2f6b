"""The parts by which licences are found: pieces of a few signs of what the register shows. Pure.

A part is two signs, and three where all of them are ASCII, of which two say little. What has certain words in it has
every part of the words; whether it has the words themselves is looked at afterwards.
"""

from __future__ import annotations

from unicodedata import normalize

_LAST_SIGNS = tuple(chr(sign) for sign in range(0x20, 0x7F) if not chr(sign).islower())
"""What may be the third of three ASCII signs, in a folded text."""


def folded(text: str) -> str:
    """Return a text as it is compared: in capitals, full-width signs as the others. Sign by sign, so that a piece of a
    text is folded to a piece of it.
    """
    return "".join(normalize("NFKC", sign).upper() for sign in text)


def parts_of(*texts: str) -> frozenset[str]:
    """Return the parts of what is shown of a licence."""
    return frozenset(part for text in map(folded, texts) for part in _parts(text))


def parts_having(words: str) -> tuple[str, ...]:
    """Return the parts that all have what has these words, which are folded; none where they are too short for that."""
    parts = _parts(words)
    if parts and len(parts[-1]) == 2 and parts[-1].isascii():
        del parts[-1]  # of what has the words, it may go on with a third sign
    return tuple(dict.fromkeys(parts))


def parts_beginning(pair: str) -> tuple[str, ...]:
    """Return the parts of which what has two ASCII signs in it has at least one."""
    return (pair, *(pair + sign for sign in _LAST_SIGNS))


def _parts(text: str) -> list[str]:
    threes = (text[at : at + 3] for at in range(len(text) - 1))
    return [three if three.isascii() else three[:2] for three in threes]
