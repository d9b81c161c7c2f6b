"""Reasons on record, which are English sentences made of the catalogue's templates, read back in another language.

A record keeps what was said and no template: the bytes may be signed, and be another member's. So the sentence is held
against the templates; what none of them makes stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from string import Formatter

from exchange.language.articles import by_article
from exchange.language.catalogue import templates, translated
from exchange.language.choice import Language, language
from exchange.language.members import by_name, typed
from exchange.language.names import PROCEDURES, READERS
from exchange.language.system import SYSTEM
from exchange.language.text import in_chinese_quotes

_LONGEST = 1_000
"""Characters that are read back; records of reasons are shorter."""
_DEPTH = 3
_PARTS = 6
"""Sentences that are told apart in one; what comes behind them is the last one's."""
_CODES = {code: chinese for code, (chinese, _) in (*PROCEDURES.items(), *READERS.items())}
"""Codes that stand in the places of templates as `coded` writes them."""
_LEAST = 6
"""Letters that a template says itself: what says fewer would be found in anything."""
_MUCH = 20
"""Letters from which on whole sentences may stand in a template's places, and not words alone."""
_SPACE = re.compile(r"\s")
_BETWEEN = re.compile(r"(; |: )")
_BY_ARTICLE = re.compile(r"(?P<what>.+?) \((?P<article>article \d+(?:\(\d+\))?)\)(?:; (?P<rest>.+))?", re.DOTALL)
"""A broken rule with its article behind it, which is no template's."""


@dataclass(frozen=True)
class Recorded:
    """A reason as it is on record; it may stand in a text."""

    english: str

    def written(self, wanted: Language) -> str:
        """Return the reason in a language, as far as the catalogue has made it."""
        if wanted is Language.ENGLISH or len(self.english) > _LONGEST:
            return self.english
        return _read(self.english, wanted, _DEPTH)

    def __str__(self) -> str:
        return self.english


def read_back(english: str) -> str:
    """Say a reason that is on record in the language spoken now."""
    return Recorded(english).written(language())


@dataclass(frozen=True)
class _Template:
    """A template as it is found in sentences."""

    text: str
    chunk: str
    """The longest that it says itself: a sentence without it is none of this template's."""
    letters: int
    pattern: str


def _read(sentence: str, wanted: Language, depth: int) -> str:
    found = _whole(sentence, wanted, depth)
    if found is not None:
        return found
    parts = _BETWEEN.split(sentence, maxsplit=_PARTS)
    if len(parts) == 1 or depth == 0:
        return sentence
    for cut in range(1, len(parts), 2):  # the longest beginning that is known, and then the rest
        at = len(parts) - 1 - cut
        begin, between, rest = "".join(parts[:at]), parts[at], "".join(parts[at + 1 :])
        head = _whole(begin, wanted, depth)
        if head is not None:
            return head + between + _read(rest, wanted, depth)
    begin, between, rest = parts[0], parts[1], "".join(parts[2:])
    return begin + between + _read(rest, wanted, depth - 1)


def _whole(sentence: str, wanted: Language, depth: int) -> str | None:
    """The sentence in a language, if it is one text; None where it is none."""
    plain = translated(sentence, wanted)
    if plain != sentence:
        return plain
    if sentence in SYSTEM:
        return SYSTEM[sentence]
    if sentence in _CODES and depth < _DEPTH:
        return _CODES[sentence]
    if depth == 0:
        return None
    if ruled := _BY_ARTICLE.fullmatch(sentence):
        what = _whole(ruled["what"], wanted, depth)
        if what is not None:
            rest = f"; {_read(ruled['rest'], wanted, depth - 1)}" if ruled["rest"] else ""
            return by_article(what, ruled["article"], wanted) + rest
    for template in _templates():
        if template.chunk in sentence and (match := _compiled(template.pattern).fullmatch(sentence)):
            values = match.groupdict()
            if template.letters >= _MUCH or not any(_SPACE.search(value) for value in values.values()):
                return _filled(template.text, values, wanted, depth - 1)
    return None


def _filled(template: str, values: dict[str, str], wanted: Language, depth: int) -> str:
    said = []
    for literal, name, _, conversion in Formatter().parse(translated(template, wanted)):
        said.append(literal)
        if name is not None:
            value = _read(values[name], wanted, depth) if conversion != "r" else in_chinese_quotes(values[name])
            said.append(value if typed(template, name) else by_name(value, wanted))
    return "".join(said)


@cache
def _templates() -> tuple[_Template, ...]:
    """All templates with places, those that say most themselves first."""
    found = (_template(text) for text in templates())
    return tuple(sorted((one for one in found if one is not None), key=lambda one: (-one.letters, one.text)))


def _template(text: str) -> _Template | None:
    try:
        pieces = list(Formatter().parse(text))
    except ValueError:
        return None
    literals = [literal for literal, *_ in pieces]
    letters = sum(sign.isalpha() for literal in literals for sign in literal)
    names = [name for _, name, _, _ in pieces if name]
    if not names or letters < _LEAST or not all(name.isidentifier() for name in names):
        return None
    pattern, seen = "", set()
    for literal, name, *_ in pieces:
        pattern += re.escape(literal)
        if name:
            pattern += f"(?P={name})" if name in seen else f"(?P<{name}>.+?)"
            seen.add(name)
    return _Template(text, max(literals, key=len), letters, pattern)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL)
