"""What all tables of a member share: one MetaData, and the column and index kinds of both databases."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ColumnElement, Index, Integer, MetaData

metadata = MetaData()


Serial = BigInteger().with_variant(Integer, "sqlite")


def partial_index(name: str, *columns: Column[object], where: ColumnElement[bool]) -> Index:
    """Build an index over the few rows that matter now, so that cost follows what is due and not what is kept."""
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)
