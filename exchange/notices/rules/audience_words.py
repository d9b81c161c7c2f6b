"""The words of an audience expression and their grammar; every fault says at which character it stands.

expression = terms ["except" terms];  terms = term {("," | "and") term};
term = "below" domain | "direct" | whole address | who ["at" level] ["below" domain];  who = sort of authorities | name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from exchange.errors import CallerError
from exchange.language import Text
from exchange.schemas.base import Address

MAX_LENGTH = 2_000
"""Characters an expression may have."""

_WORDS: dict[str, tuple[str, ...]] = {
    "departments": ("departments", "部门"),
    "offices": ("offices", "政府", "办公室"),
    "all": ("all", "全部", "所有"),
    "direct": ("direct", "直属", "下级"),
    "at": ("at", "@", "在"),
    "below": ("below", "属于"),
    "except": ("except", "除"),
    "and": ("and", ",", "，", "、", "和"),
}
_LEVELS: dict[str, int | None] = {
    **dict.fromkeys(("province", "省"), 0),
    **dict.fromkeys(("city", "市"), 1),
    **dict.fromkeys(("county", "县", "区"), 2),
    **dict.fromkeys(("any", "各级"), None),
}
_SORT_OF = {word: sort for sort, words in _WORDS.items() for word in words} | dict.fromkeys(_LEVELS, "level")
_SIGNS = sorted((word for word in _SORT_OF if not word.isascii() or not word.isalpha()), key=len, reverse=True)
_TOKEN = re.compile(rf"\s*(?:(?P<word>[A-Za-z0-9._-]+)|(?P<sign>{'|'.join(map(re.escape, _SIGNS))})|(?P<bad>\S))")
_WHO = frozenset({"departments", "offices", "all", "address"})
_ADDRESS: TypeAdapter[str] = TypeAdapter(Address)


@dataclass(frozen=True)
class AudienceWord:
    """One word, what it is, and the character (counted from 1) at which it begins."""

    text: str
    sort: str
    """``address`` for whatever is no keyword; ``end`` after the last word."""
    at: int
    level: int | None = None
    """Of a level: its depth below the root; None for any."""


Term = tuple[AudienceWord, ...]
"""Who, then ``at`` with its level and ``below`` with its domain, each at most once and in this order."""


def refuse(at: int, what: Text, remedy: Text) -> CallerError:
    """Return the error for a fault at a character; the caller raises it."""
    return CallerError("audience, at character {at}: {what}", remedy=remedy, code="audience", at=at, what=what)


def words_of(text: str) -> tuple[AudienceWord, ...]:
    """Split an expression into its words, with an end after the last.

    Raises CallerError for a character without meaning.
    """
    if len(text) > MAX_LENGTH:
        raise refuse(
            MAX_LENGTH + 1,
            Text("more than {max_length} characters", {"max_length": MAX_LENGTH}),
            Text("name sorts and levels instead of authorities"),
        )
    words = []
    for found in _TOKEN.finditer(text):
        group = found.lastgroup or "bad"
        shown, at = found[group], found.start(group) + 1
        if group == "bad":
            raise refuse(
                at,
                Text("{shown!r} has no meaning here", {"shown": shown}),
                Text("use addresses, the words of the table, and commas"),
            )
        word = shown.lower()
        words.append(AudienceWord(shown, _SORT_OF.get(word, "address"), at, _LEVELS.get(word)))
    return (*words, AudienceWord("", "end", len(text) + 1))


def parse_terms(words: Sequence[AudienceWord]) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    """Parse the included and the excluded terms. Raises CallerError that says at which character."""
    included, place = _terms(words, 0)
    excluded: tuple[Term, ...] = ()
    if words[place].sort == "except":
        excluded, place = _terms(words, place + 1)
    if words[place].sort != "end":
        twice = words[place].sort == "except"
        raise refuse(
            words[place].at,
            Text("`except` is said twice")
            if twice
            else Text("{text!r} does not belong here", {"text": words[place].text}),
            Text("list all that is left out behind one `except`") if twice else Text("put a comma between the terms"),
        )
    return included, excluded


def _terms(words: Sequence[AudienceWord], place: int) -> tuple[tuple[Term, ...], int]:
    terms = []
    while True:
        term, place = _term(words, place)
        terms.append(term)
        if words[place].sort != "and":
            return tuple(terms), place
        place += 1


def _term(words: Sequence[AudienceWord], place: int) -> tuple[Term, int]:
    who = words[place]
    if who.sort == "below":
        return (who, _domain(words[place + 1])), place + 2
    if who.sort == "direct":
        return (who,), place + 1
    if who.sort not in _WHO:
        found = f"{who.text!r}" if who.text else "the end"
        raise refuse(
            who.at,
            Text("somebody is missing before {found}", {"found": found}),
            Text("say who: an address, departments, offices, all"),
        )
    if who.sort == "address":
        _address(who)
    term: Term = (who,)
    place += 1
    if words[place].sort == "at":
        term, place = (*term, words[place], _level(words[place + 1])), place + 2
    if words[place].sort == "below":
        term, place = (*term, words[place], _domain(words[place + 1])), place + 2
    return term, place


def _level(word: AudienceWord) -> AudienceWord:
    if word.sort == "level":
        return word
    if re.fullmatch(r"[0-9]", word.text):
        return AudienceWord(word.text, "level", word.at, int(word.text))
    raise refuse(word.at, Text("a level is missing"), Text("say province, city, county, any, or a number from 0 to 9"))


def _domain(word: AudienceWord) -> AudienceWord:
    if word.sort != "address":
        raise refuse(
            word.at, Text("a domain is missing behind `below`"), Text("write it from the highest level: anhui.hefei")
        )
    _address(word)
    return word


def _address(word: AudienceWord) -> None:
    try:
        _ADDRESS.validate_python(word.text)
    except ValidationError:
        raise refuse(
            word.at,
            Text("{text!r} is no address", {"text": word.text}),
            Text("small letters, digits, hyphens; a dot between levels"),
        ) from None
