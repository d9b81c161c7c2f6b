"""Texts with places for what differs: rendered at once, or kept until their reader's language is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from string import Formatter

from exchange.language.catalogue import translated
from exchange.language.choice import Language, Words, choose, language
from exchange.language.members import by_name, typed
from exchange.language.system import SYSTEM


def in_chinese_quotes(shown: str) -> str:
    """Return what `repr` has written of a text between the quotes of Chinese, with the same escapes."""
    return f"“{shown[1:-1]}”" if shown[:1] in ("'", '"') and shown[1:].endswith(shown[0]) else shown


class _InChinese(Formatter):
    """Fills the places of a Chinese template."""

    def convert_field(self, value: object, conversion: str | None) -> object:
        """Convert what stands in a place."""
        if conversion == "r" and isinstance(value, str):
            return in_chinese_quotes(str.__repr__(value))
        return super().convert_field(value, conversion)


_IN_CHINESE = _InChinese()


@dataclass(frozen=True)
class Text:
    """An English template, the key of its translation, and what stands in its places; ``str()`` of it is English.

    What stands in a place may be a Text itself, or anything else that has a method `written`. A template without
    parameters is no template: braces in it stand for themselves.
    """

    template: str
    parameters: Mapping[str, object] = field(default_factory=dict, hash=False)

    def written(self, wanted: Language) -> str:
        """Return this text in a language."""
        found = translated(self.template, wanted)
        if not self.parameters:
            return found
        places = {name: self._place(name, value, wanted) for name, value in self.parameters.items()}
        return _IN_CHINESE.vformat(found, (), places) if wanted is Language.CHINESE else found.format(**places)

    def _place(self, name: str, value: object, wanted: Language) -> object:
        shown = _written(value, wanted)
        if not isinstance(value, str) or typed(self.template, name):
            return shown
        return by_name(str(shown), wanted)

    def __str__(self) -> str:
        return self.written(Language.ENGLISH)


@dataclass(frozen=True)
class Joined:
    """Several texts, one after the other."""

    parts: tuple[object, ...]
    between: str = "; "

    def written(self, wanted: Language) -> str:
        """Return all of the texts in a language."""
        return self.between.join(str(_written(part, wanted)) for part in self.parts)

    def __str__(self) -> str:
        return self.written(Language.ENGLISH)


@dataclass(frozen=True)
class Listed:
    """Several names in a text, one after the other as each language writes them."""

    parts: tuple[object, ...]

    def written(self, wanted: Language) -> str:
        """Return all of the names in a language."""
        between = "、" if wanted is Language.CHINESE else ", "
        return between.join(str(_written(part, wanted)) for part in self.parts)

    def __str__(self) -> str:
        return self.written(Language.ENGLISH)


@dataclass(frozen=True)
class NamedText:
    """A name that stands in another text."""

    words: Words

    def written(self, wanted: Language) -> str:
        """Return the name in a language."""
        return choose(self.words, wanted)

    def __str__(self) -> str:
        return self.written(Language.ENGLISH)


def joined(parts: Iterable[object], between: str = "; ") -> Joined:
    """Join texts of which each is translated by itself."""
    return Joined(tuple(parts), between)


def _written(value: object, wanted: Language) -> object:
    write = getattr(value, "written", None)
    if callable(write):
        return write(wanted)
    if isinstance(value, str) and wanted is Language.CHINESE:
        return SYSTEM.get(value, value)
    return value


def tr(template: str, /, **parameters: object) -> str:
    """Translate a text into the language spoken now; ``{name}`` in it is where the parameter of that name stands."""
    return Text(template, parameters).written(language())


def plural(number: int, one: str, many: str, /, **parameters: object) -> str:
    """Translate as `tr`, with ``{number}`` in the text; Chinese, which knows no plural, is kept with ``many``."""
    template = one if number == 1 and language() is Language.ENGLISH else many
    return tr(template, number=number, **parameters)


def noted(text: str) -> str:
    """Return the English text itself, which goes into a record as it is; ``tr`` finds its Chinese when it is shown."""
    return text


def listed(parts: Iterable[object]) -> str:
    """Write several names one after the other, as the language spoken now writes them."""
    return Listed(tuple(map(str, parts))).written(language())
