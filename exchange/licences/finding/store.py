"""The register's pages, newest first, and what of it has certain words, by the parts of what is shown.

Nothing goes through the whole register: of moments that have the rarest part of the words a page looks at so many, and
says where the next one goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    bindparam,
    cast,
    exists,
    insert,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)

from exchange.licences.records import LicencePlace, LicenceRow
from exchange.licences.rules.parts import folded, parts_beginning, parts_having, parts_of
from exchange.licences.tables import licence, licence_part
from exchange.schemas.instants import EARLIEST, END
from exchange.store.bulk import Many

LOOKED_AT = 5_000
"""Moments that are looked at for a page, at most, where hardly any of them has all of the words."""
_RARE = 1_000
"""Moments that have a part of which there are few."""
_WEIGHED, _ALSO = 24, 5
"""Parts of the words of which the rarest is looked for, and others of them that are asked for beside it."""

_l, _p = licence.c, licence_part.c
_COLUMNS = [_l[field.name] for field in fields(LicenceRow)]
_NEWEST_FIRST = (_l.issued_at.desc(), _l.number.desc(), _l.issuer.desc())
_new = (cast(bindparam("part"), String(4)), cast(bindparam("issued_at", type_=_p.issued_at.type), _p.issued_at.type))
_KEEP = Many(
    insert(licence_part).from_select(
        ["part", "issued_at"],
        select(*_new).where(
            ~exists(select(_p.part).where(_p.part == bindparam("part"), _p.issued_at == bindparam("issued_at")))
        ),
    )
)
_BETWEEN = select(_p.issued_at).where(_p.issued_at < bindparam("below"), _p.issued_at >= bindparam("floor"))
_OLDER = (_p.issued_at.desc(),)
_FURTHEST = (
    select(_p.issued_at).where(_p.part == bindparam("of_part"), _p.issued_at < bindparam("below"))
    .order_by(*_OLDER).limit(1).offset(bindparam("before"))
)  # fmt: skip
_LATEST = (
    select(_l.issued_at).where(_l.issued_at < bindparam("below")).order_by(_l.issued_at.desc())
    .limit(1).offset(bindparam("before"))
)  # fmt: skip
_OF_MOMENTS = select(*_COLUMNS).where(_l.issued_at.in_(bindparam("moments", expanding=True))).order_by(*_NEWEST_FIRST)
_LATEST_ROWS = select(*_COLUMNS).order_by(*_NEWEST_FIRST).limit(bindparam("most"))
_NAMED = select(_l.number).where(_l.number == bindparam("of")).limit(1)
_CODED = select(_l.number).where(_l.shown_code == bindparam("of")).limit(1)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class FoundLicences:
    """A page of the register, and behind what the next one begins: a page may have fewer than there are."""

    rows: tuple[LicenceRow, ...]
    after: LicencePlace | None


class LicenceSearch:
    """The register as it is gone through and searched, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def keep(self, issued_at: datetime, *shown: str) -> None:
        """Let the licences of a moment be found by what is shown of one of them."""
        _KEEP.run(self._db, [{"part": part, "issued_at": issued_at} for part in sorted(parts_of(*shown))])

    def page(self, words: str, after: LicencePlace | None, limit: int) -> FoundLicences:
        """Return licences, newest first, behind a place; ``words``: of the number, or of the holder as it is shown.

        Where they are a whole number, or a holder's whole code, those are found, and no others.
        """
        whole = words.upper()
        if not words and after is None:
            return _page([LicenceRow(*row) for row in self._db.execute(_LATEST_ROWS, {"most": limit + 1})], limit, None)
        if not words:
            return self._rows((), after, limit)
        if self._db.execute(_NAMED, {"of": whole}).first() is not None:
            return self._rows((_l.number == whole,), after, limit)
        if self._db.execute(_CODED, {"of": whole}).first() is not None:
            return self._rows((_l.shown_code == whole,), after, limit)
        return self._having(folded(words), after, limit)

    def _rows(
        self,
        having: Sequence[ColumnElement[bool]],
        after: LicencePlace | None,
        limit: int,
        floor: datetime | None = None,
    ) -> FoundLicences:
        query = select(*_COLUMNS).where(*having, *_behind(after)).order_by(*_NEWEST_FIRST).limit(limit + 1)
        return _page([LicenceRow(*row) for row in self._db.execute(query)], limit, floor)

    def _having(self, words: str, after: LicencePlace | None, limit: int) -> FoundLicences:
        below = after.issued_at + _INSTANT if after is not None else END
        if len(words) == 1:
            return self._with_a_sign(words, below, after, limit)
        if len(words) == 2 and words.isascii():
            parts = {f"part{at}": part for at, part in enumerate(parts_beginning(words))}
            return self._looked_at(words, _of_any(len(parts)), parts, None, after, limit)
        rarest, *others = self._by_rarity(words, below)
        floor = self._db.scalar(_FURTHEST, {"of_part": rarest, "below": below, "before": LOOKED_AT - 1})
        parts = {f"part{at}": part for at, part in enumerate(others[:_ALSO])}
        return self._looked_at(words, _of_all(len(parts)), {"of_part": rarest, **parts}, floor, after, limit)

    def _with_a_sign(self, sign: str, below: datetime, after: LicencePlace | None, limit: int) -> FoundLicences:
        """One sign is no part: as many of the latest licences as a page may look at are gone through."""
        floor = self._db.scalar(_LATEST, {"below": below, "before": LOOKED_AT - 1})
        having = or_(
            _l.number.contains(sign, autoescape=True),
            *(_l.shown_name.contains(one, autoescape=True) for one in {sign, sign.lower()}),
        )
        return self._rows((having, _l.issued_at >= (floor or EARLIEST)), after, limit, floor)

    def _by_rarity(self, words: str, below: datetime) -> list[str]:
        """Parts of the words, the rarest first: the one of which so many reach back furthest."""
        having = parts_having(words)
        weighed = having[:: len(having) // _WEIGHED + 1]
        values = {f"part{at}": part for at, part in enumerate(weighed)}
        [found] = self._db.execute(_furthest(len(weighed)), {**values, "below": below, "before": _RARE - 1})
        furthest = {part: moment or EARLIEST for part, moment in zip(weighed, found, strict=True)}
        return sorted(furthest, key=furthest.__getitem__)

    def _looked_at(
        self,
        words: str,
        moments: Select[Any],
        parts: Mapping[str, str],
        floor: datetime | None,
        after: LicencePlace | None,
        limit: int,
    ) -> FoundLicences:
        """The licences of some moments that do have the words, from a place down to a moment."""
        found: list[LicenceRow] = []
        below, most = after.issued_at + _INSTANT if after is not None else END, limit + 2
        while len(found) <= limit:
            values = {**parts, "below": below, "floor": floor or EARLIEST, "most": most}
            chunk = list(self._db.scalars(moments, values))
            if chunk:
                rows = [LicenceRow(*row) for row in self._db.execute(_OF_MOMENTS, {"moments": chunk})]
                found += [row for row in rows if _has(row, words) and (after is None or _place(row) < _place(after))]
            if len(chunk) < most:
                break
            below = chunk[-1]
        return _page(found, limit, floor)


@cache
def _furthest(parts: int) -> Select[Any]:
    """Of so many parts, the moments that lie so far back: asked at once, since each question has its way to go."""
    each = [licence_part.alias() for _ in range(parts)]
    return select(
        *(
            select(one.c.issued_at).where(one.c.part == bindparam(f"part{at}"), one.c.issued_at < bindparam("below"))
            .order_by(one.c.issued_at.desc()).limit(1).offset(bindparam("before")).scalar_subquery().label(f"at{at}")
            for at, one in enumerate(each)
        )
    )  # fmt: skip


@cache
def _of_all(others: int) -> Select[Any]:
    """Moments, the latest first, that have a part and so many others; each of them is asked for the others."""
    also = [licence_part.alias() for _ in range(others)]
    has = [
        select(one.c.part).where(one.c.part == bindparam(f"part{at}"), one.c.issued_at == _p.issued_at)
        .scalar_subquery().is_not(None)
        for at, one in enumerate(also)
    ]  # fmt: skip
    return _BETWEEN.where(_p.part == bindparam("of_part"), *has).order_by(*_OLDER).limit(bindparam("most"))


@cache
def _of_any(parts: int) -> Select[Any]:
    """Moments, the latest first, that have any of some parts: as many of each as are wanted of all."""
    each = [
        _BETWEEN.where(_p.part == bindparam(f"part{at}")).order_by(*_OLDER).limit(bindparam("most")).subquery()
        for at in range(parts)
    ]
    all_of_them = union_all(*(select(one.c.issued_at) for one in each)).subquery()
    found = all_of_them.c.issued_at
    return select(found).distinct().order_by(found.desc()).limit(bindparam("most"))


def _behind(after: LicencePlace | None) -> tuple[ColumnElement[bool], ...]:
    if after is None:
        return ()
    there = literal(after.issued_at, type_=_l.issued_at.type), literal(after.number), literal(after.issuer)
    return (tuple_(_l.issued_at, _l.number, _l.issuer) < tuple_(*there),)


def _has(row: LicenceRow, words: str) -> bool:
    return any(words in folded(text) for text in (row.number, row.shown_name))


def _place(one: LicenceRow | LicencePlace) -> tuple[datetime, str, str]:
    return one.issued_at, one.number, one.issuer


def _page(found: Sequence[LicenceRow], limit: int, floor: datetime | None) -> FoundLicences:
    """``floor``: the moment down to which it was looked, where there may be others below."""
    rows = tuple(found[:limit])
    if len(found) > limit:
        return FoundLicences(rows, rows[-1].place)
    return FoundLicences(rows, LicencePlace(floor, "", "") if floor is not None else None)
