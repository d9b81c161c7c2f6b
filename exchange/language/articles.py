"""Articles of a law, as each language cites them: article 8(10), 第八条第十项."""

from __future__ import annotations

import re

from exchange.language.choice import Language

_CITED = re.compile(r"article ([1-9]\d?)(?:\(([1-9]\d?)\))?")
_DIGITS = "〇一二三四五六七八九"


def cited(article: str, wanted: Language) -> str:
    """Return an article, or one of its items, in a language; what is cited otherwise stays as it is."""
    found = _CITED.fullmatch(article)
    if wanted is Language.ENGLISH or found is None:
        return article
    number, item = found.groups()
    return f"第{_numeral(int(number))}条" + (f"第{_numeral(int(item))}项" if item else "")


def by_article(what: str, article: str, wanted: Language) -> str:
    """Return a sentence with the article that says so behind it, in a language."""
    return f"{what} ({article})" if wanted is Language.ENGLISH else f"{what}（{cited(article, wanted)}）"


def _numeral(number: int) -> str:
    """A number below a hundred, as laws write it: 八, 十, 十五, 二十一."""
    tens, ones = divmod(number, 10)
    front = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return front + (_DIGITS[ones] if ones else "")
