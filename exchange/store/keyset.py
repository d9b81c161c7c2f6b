"""Keyset conditions: the rows of one store that come behind a key of a list over several stores."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, literal, tuple_

from exchange.errors import CallerError
from exchange.page_key import Key
from exchange.paging import Place

_DIGITS = 18
"""An id has no more."""


def behind(
    moment: ColumnElement[Any], place: ColumnElement[Any], key: Key, store: str, *, newest_first: bool = True
) -> ColumnElement[bool]:
    """Select the rows of a store after a key, which may be another store's; an index of the two columns serves."""
    at = literal(key.at, type_=moment.type)
    if store == key.store:
        mine: Any = _id(key.place) if place.type.python_type is int else key.place
        here = tuple_(at, literal(mine, type_=place.type))
        return tuple_(moment, place) < here if newest_first else tuple_(moment, place) > here
    # Of one moment the stores follow one another by name, in the direction of the list.
    comes_later = store < key.store if newest_first else store > key.store
    if newest_first:
        return moment <= at if comes_later else moment < at
    return moment >= at if comes_later else moment > at


def after_place(moment: ColumnElement[Any], place: ColumnElement[Any], last: Place) -> ColumnElement[bool]:
    """Select rows after a place in a list by time, oldest first; an index of the two columns serves."""
    return tuple_(moment, place) > tuple_(literal(last[0], type_=moment.type), literal(last[1], type_=place.type))


def before_place(moment: ColumnElement[Any], place: ColumnElement[Any], last: Place) -> ColumnElement[bool]:
    """Select rows behind a place in a list by time, newest first; an index of the two columns serves."""
    return tuple_(moment, place) < tuple_(literal(last[0], type_=moment.type), literal(last[1], type_=place.type))


def _id(place: str) -> int:
    if not place.isascii() or not place.isdecimal() or len(place) > _DIGITS:
        raise CallerError("the address names no place in a list", remedy="begin again at the first page")
    return int(place)
