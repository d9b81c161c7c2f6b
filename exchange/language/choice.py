"""Which language is spoken: the process's own, or for a while another (a visitor's of the console)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum

Words = tuple[str, str]
"""A name in Chinese and in English."""

_POSIX = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Where a locale is looked for, the first that is set and not empty."""

SETTING = "EXCHANGE_LANGUAGE"


class Language(StrEnum):
    """The languages that people are spoken to in."""

    CHINESE = "zh"
    ENGLISH = "en"


_spoken = Language.ENGLISH
_for_now: ContextVar[Language | None] = ContextVar("language", default=None)


def language_of_environment(environment: Mapping[str, str]) -> Language:
    """Return the language that the environment asks for: EXCHANGE_LANGUAGE, else the locale; English for all others.

    Raises ValueError for a setting that is neither Chinese nor English.
    """
    wanted = environment.get(SETTING, "").strip()
    if wanted:
        found = _named(wanted)
        if found is None:
            raise ValueError(wanted)
        return found
    locale = next((environment[name] for name in _POSIX if environment.get(name)), "")
    return _named(locale) or Language.ENGLISH


def _named(locale: str) -> Language | None:
    """The language in the name of a locale, as in zh_CN.UTF-8 or en-GB."""
    first = locale.replace("-", "_").partition("_")[0].partition(".")[0].lower()
    return Language(first) if first in tuple(Language) else None


def speak(wanted: Language) -> None:
    """Set the language of this process, in all its threads."""
    global _spoken
    _spoken = wanted


@contextmanager
def speaking(wanted: Language) -> Iterator[None]:
    """Use another language meanwhile, here and in what is awaited here; other threads and visitors keep theirs."""
    token = _for_now.set(wanted)
    try:
        yield
    finally:
        _for_now.reset(token)


def language() -> Language:
    """Return the language spoken now."""
    return _for_now.get() or _spoken


def choose(words: Words, wanted: Language | None = None) -> str:
    """Choose one of two names, in the language given or spoken now."""
    return words[(wanted or language()) is Language.ENGLISH]
