"""Where each of the fifteen kinds of official document may go: one row a kind (Regulation of 2012, article 8)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from exchange.language import Text
from exchange.schemas import DocumentKind


class Direction(StrEnum):
    """Where a document goes, seen from its sender."""

    UP = "up"  # 上行
    DOWN = "down"  # 下行
    SIDE = "side"  # 平行
    PUBLIC = "public"  # 公布


_UP, _DOWN, _SIDE, _PUBLIC = Direction


@dataclass(frozen=True)
class KindRule:
    """One kind's row: where it may go, and what it must be besides."""

    directions: frozenset[Direction]
    article: str
    instead: Text
    """What its sender may do that wants to send it elsewhere."""
    side_for_information: bool = False
    """Sideways it informs, and asks nobody to act."""
    down_from_offices: bool = False
    """Downward only an office writes it, which is itself nobody's superior (article 16, item 2)."""
    answers: bool = False
    """It answers a 请示, and goes to those who asked."""
    one_matter: bool = False
    carries_no_request: bool = False


def _rule(*directions: Direction, article: str, instead: Text, **more: bool) -> KindRule:
    return KindRule(frozenset(directions), article, instead, **more)


_K = DocumentKind
_PUBLISHED = Text("publish it; to those below or beside it goes for information")
RULES: dict[DocumentKind, KindRule] = {
    _K.RESOLUTION: _rule(
        _DOWN, _PUBLIC, article="article 8(1)", instead=Text("send upward a 报告 of what was resolved")
    ),
    _K.DECISION: _rule(_DOWN, _PUBLIC, article="article 8(2)", instead=Text("write a 请示 upward, a 函 sideways")),
    _K.ORDER: _rule(_DOWN, _PUBLIC, article="article 8(3)", instead=Text("only those below are ordered; write a 函")),
    _K.COMMUNIQUE: _rule(_DOWN, _SIDE, _PUBLIC, article="article 8(4)", instead=_PUBLISHED, side_for_information=True),
    _K.PROCLAMATION: _rule(
        _DOWN, _SIDE, _PUBLIC, article="article 8(5)", instead=_PUBLISHED, side_for_information=True
    ),
    _K.ANNOUNCEMENT: _rule(
        _DOWN, _SIDE, _PUBLIC, article="article 8(6)", instead=_PUBLISHED, side_for_information=True
    ),
    _K.OPINION: _rule(_UP, _DOWN, _SIDE, article="article 8(7)", instead=Text("name the addressees")),
    _K.NOTICE: _rule(
        _DOWN,
        _SIDE,
        _PUBLIC,
        article="article 8(8)",
        instead=Text("write a 报告 or a 请示 upward; a 函 to authorities that are not subordinate"),
        side_for_information=True,
    ),
    _K.CIRCULAR: _rule(
        _DOWN, _SIDE, _PUBLIC, article="article 8(9)", instead=Text("write a 报告 upward"), side_for_information=True
    ),
    _K.REPORT: _rule(
        _UP, article="article 8(10)", instead=Text("write a 函 sideways, a 通报 downward"), carries_no_request=True
    ),
    _K.REQUEST: _rule(
        _UP,
        article="article 8(11)",
        instead=Text("ask an authority that is not your superior by a 函"),
        one_matter=True,
    ),
    _K.REPLY: _rule(_DOWN, article="article 8(12)", instead=Text("answer others by a 函 (复函)"), answers=True),
    _K.MOTION: _rule(
        _SIDE, article="article 8(13)", instead=Text("a government submits it to the congress of its level")
    ),
    _K.LETTER: _rule(
        _SIDE,
        _DOWN,
        article="article 8(14)",
        instead=Text("write a 请示 or a 报告 to a superior, a 通知 or a 批复 to a subordinate"),
        down_from_offices=True,
    ),
    _K.MINUTES: _rule(
        _DOWN,
        _SIDE,
        article="article 8(15)",
        instead=Text("write a 报告 of the meeting upward"),
        side_for_information=True,
    ),
}
"""Every kind's row."""
