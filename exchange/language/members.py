"""Members by their names in what people are told, where records, logs and machines keep addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from exchange.language.choice import Language, Words, choose

_ADDRESS = re.compile(r"(?<![\w@/:.(-])[a-z0-9-]+(?:\.[a-z0-9-]+)+(?![\w@/:-]|\.\w)")
"""An address that stands by itself: in no path, no URL and not in brackets behind its name already."""

_NOBODY: Mapping[str, Words] = {}
_names: ContextVar[Mapping[str, Words]] = ContextVar("members", default=_NOBODY)


@contextmanager
def calling(names: Mapping[str, Words]) -> Iterator[None]:
    """Use these names meanwhile, here and in what is awaited here, for what stands in the places of texts."""
    token = _names.set(names)
    try:
        yield
    finally:
        _names.reset(token)


def by_name(text: str, wanted: Language) -> str:
    """Return the text with its member's name before each address, where names are given by `calling`."""
    names = _names.get()
    if not names or "." not in text:
        return text

    def name(found: re.Match[str]) -> str:
        words = names.get(found[0])
        return f"{choose(words, wanted)} ({found[0]})" if words else found[0]

    return _ADDRESS.sub(name, text)


def typed(template: str, place: str) -> bool:
    """Return whether what stands in this place of a template is to be typed, which backquotes around it say."""
    return any(re.search(rf"\{{{place}[}}!:]", part) for part in template.split("`")[1::2])
