"""Views that accounts keep of lists, within one transaction."""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy import Connection, delete, insert, select

from exchange.errors import Conflict
from exchange.messaging.rules.wording import check_reason
from exchange.store.statements import values_of
from exchange.store.types import printable
from exchange.web.saved_views.records import LONGEST, MOST, SavedView
from exchange.web.saved_views.tables import saved_view

_v = saved_view.c
_VIEWS = select(*(_v[field.name] for field in fields(SavedView)))


class SavedViews:
    """The views of all accounts; each reads and changes its own."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def of(self, account: str, place: str) -> list[SavedView]:
        """Return an account's views of a list, by their names."""
        mine = (_v.account == account) & (_v.place == place)
        return [SavedView(*row) for row in self._db.execute(_VIEWS.where(mine).order_by(_v.name))]

    def keep(self, account: str, place: str, name: str, query: str) -> SavedView:
        """Keep a view, in place of one of the same name.

        Raises CallerError for a name of nothing visible, Conflict where there are as many as there may be.
        """
        named = printable(check_reason(name, "the view has no name", "give it a name"))[:LONGEST].strip()
        others = [one for one in self.of(account, place) if one.name != named]
        if len(others) >= MOST:
            raise Conflict(
                "there are {most} views of this list already", remedy="delete one that is not needed", most=MOST
            )
        view = SavedView(account, place, named, query)
        self.drop(account, place, named)
        self._db.execute(insert(saved_view).values(values_of(view)))
        return view

    def drop(self, account: str, place: str, name: str) -> None:
        """Forget a view."""
        one = (_v.account == account) & (_v.place == place) & (_v.name == name)
        self._db.execute(delete(saved_view).where(one))
