"""Finding a matter by words and theme: every word stands somewhere in what the public is told of it."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import normalize

from exchange.language import Words
from exchange.schemas import Matter

LONGEST = 200
"""Characters of a search that are looked at."""


def plain(text: str) -> str:
    """Return a text as it is compared: however wide its signs and large its letters are."""
    return normalize("NFKC", text).casefold()


def wanted(search: str) -> list[str]:
    """Return the words of a search."""
    return plain(search[:LONGEST]).split()


def searched_text(matter: Matter) -> str:
    """Return all that is told of a matter in both languages, as it is compared."""
    guide = matter.guide
    assert guide is not None  # noqa: S101 -- only such matters are looked through
    texts = [matter.code, *matter.names, *guide.theme.words, *guide.about.words, *guide.result.words, *guide.keywords]
    texts += [word for points in (guide.applicants, guide.conditions) for one in points for word in one.words]
    texts += [word for material in matter.materials for word in material.names]
    return plain("\n".join(texts))


def found(matters: Iterable[Matter], search: str, theme: str) -> list[Matter]:
    """Return the matters of a theme (by its Chinese name; empty: of all) that have every word of a search.

    Those that are called so come first.
    """
    words = wanted(search)
    fits = [
        one
        for one in matters
        if one.guide is not None and theme in ("", one.guide.theme.zh) and _has(searched_text(one), words)
    ]
    return sorted(fits, key=lambda one: not _has(plain("\n".join(one.names)), words))


def _has(text: str, words: list[str]) -> bool:
    return all(word in text for word in words)


def themes(matters: Iterable[Matter]) -> list[tuple[Words, int]]:
    """Return the themes in the order in which they appear first, each with the number of its matters."""
    counted: dict[str, tuple[Words, int]] = {}
    for matter in matters:
        if matter.guide is not None:
            words, number = counted.get(matter.guide.theme.zh, (matter.guide.theme.words, 0))
            counted[matter.guide.theme.zh] = words, number + 1
    return list(counted.values())
