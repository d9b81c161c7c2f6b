"""What the console keeps of the members' systems: tokens, webhooks, and the deliveries that wait."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    String,
    and_,
    delete,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from exchange.operations.systems.records import DeliveryRow, TokenRow, WebhookRow
from exchange.operations.systems.tables import api_token, webhook, webhook_delivery
from exchange.operations.systems.webhooks import DELIVERIES, DeliveryState, Event
from exchange.store.statements import move, values_of

_t, _w, _d = api_token.c, webhook.c, webhook_delivery.c


class Tokens:
    """API tokens, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, row: TokenRow) -> None:
        self._db.execute(insert(api_token).values({**values_of(row), "scopes": " ".join(row.scopes)}))

    def get(self, token_id: str) -> TokenRow | None:
        row = self._db.execute(select(api_token).where(_t.token_id == token_id)).first()
        return _token(row) if row else None

    def every(self) -> list[TokenRow]:
        query = select(api_token).order_by(_t.made_at.desc(), _t.token_id)
        return [_token(row) for row in self._db.execute(query)]

    def used(self, token_id: str, now: datetime) -> None:
        self._db.execute(update(api_token).where(_t.token_id == token_id).values(last_used_at=now))

    def revoke(self, token_id: str, by: str, now: datetime) -> bool:
        open_ = (_t.token_id == token_id, _t.revoked_at.is_(None))
        return self._db.execute(update(api_token).where(*open_).values(revoked_at=now, revoked_by=by)).rowcount == 1


class WebhookRecords:
    """Addresses that hear of changes, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, row: WebhookRow) -> None:
        self._db.execute(insert(webhook).values({**values_of(row), "events": " ".join(row.events)}))

    def get(self, webhook_id: str) -> WebhookRow | None:
        row = self._db.execute(select(webhook).where(_w.webhook_id == webhook_id)).first()
        return _webhook(row) if row else None

    def of_member(self, member: str) -> list[WebhookRow]:
        return self._read(select(webhook).where(_w.member == member).order_by(_w.made_at, _w.webhook_id))

    def enabled(self) -> list[WebhookRow]:
        return self._read(select(webhook).where(_w.disabled_at.is_(None)).order_by(_w.made_at, _w.webhook_id))

    def every(self) -> list[WebhookRow]:
        return self._read(select(webhook).order_by(_w.made_at.desc(), _w.webhook_id))

    def remove(self, webhook_id: str) -> None:
        self._db.execute(delete(webhook_delivery).where(_d.webhook_id == webhook_id))
        self._db.execute(delete(webhook).where(_w.webhook_id == webhook_id))

    def replace_secret(self, webhook_id: str, secret: str, until: datetime) -> None:
        replaced = {"secret": secret, "previous_secret": _w.secret, "previous_until": until}
        self._db.execute(update(webhook).where(_w.webhook_id == webhook_id).values(replaced))

    def advance(self, webhook_id: str, before: int, after: int, deliveries: Iterable[DeliveryRow]) -> bool:
        here = (_w.webhook_id == webhook_id, _w.position == before)
        if not self._db.execute(update(webhook).where(*here).values(position=after)).rowcount:
            return False
        fresh = self.unknown(deliveries)  # now that no other console can add any
        if fresh:
            self._db.execute(insert(webhook_delivery), [values_of(row) for row in fresh])
        return True

    def unknown(self, deliveries: Iterable[DeliveryRow]) -> list[DeliveryRow]:
        """Return those that are not on record, each once."""
        rows = {row.delivery_id: row for row in deliveries}
        found = self._db.scalars(select(_d.delivery_id).where(_d.delivery_id.in_(list(rows)))) if rows else ()
        known = set(found)
        return [row for key, row in rows.items() if key not in known]

    def due(self, now: datetime, limit: int, webhook_id: str | None = None) -> list[DeliveryRow]:
        query = (
            select(webhook_delivery)
            .join(webhook, _w.webhook_id == _d.webhook_id)
            .where(*_is_due(now), *(() if webhook_id is None else (_d.webhook_id == webhook_id,)))
            .order_by(_d.next_at, _d.made_at)
            .limit(limit)
        )
        return [DeliveryRow(*row) for row in self._db.execute(query)]

    def owed(self, now: datetime) -> list[str]:
        query = select(_d.webhook_id).join(webhook, _w.webhook_id == _d.webhook_id).where(*_is_due(now)).distinct()
        return list(self._db.scalars(query))

    def claim(self, row: DeliveryRow, until: datetime) -> bool:
        here = (_d.delivery_id == row.delivery_id, _d.state == DeliveryState.WAITING, _d.attempts == row.attempts)
        moved = self._db.execute(update(webhook_delivery).where(*here).values(attempts=row.attempts + 1, next_at=until))
        return moved.rowcount == 1

    def delivered(self, row: DeliveryRow, now: datetime) -> None:
        move(
            self._db, webhook_delivery, DELIVERIES, {"delivery_id": row.delivery_id},
            {DeliveryState.WAITING}, DeliveryState.DELIVERED, {"settled_at": now, "last_error": None},
        )  # fmt: skip
        well = {"failing_since": None, "last_error": None, "succeeded_at": now}
        self._db.execute(update(webhook).where(_w.webhook_id == row.webhook_id).values(well))

    def failed(self, row: DeliveryRow, reason: str, now: datetime, again_at: datetime) -> None:
        again = {"next_at": again_at, "last_error": reason}
        self._db.execute(update(webhook_delivery).where(_d.delivery_id == row.delivery_id).values(again))
        here = _w.webhook_id == row.webhook_id
        self._db.execute(update(webhook).where(here).values(last_error=reason))
        self._db.execute(update(webhook).where(here, _w.failing_since.is_(None)).values(failing_since=now))

    def disable(self, webhook_id: str, now: datetime) -> None:
        here = (_w.webhook_id == webhook_id, _w.disabled_at.is_(None))
        self._db.execute(update(webhook).where(*here).values(disabled_at=now))

    def enable(self, webhook_id: str, now: datetime) -> None:
        well = {"disabled_at": None, "failing_since": None}
        self._db.execute(update(webhook).where(_w.webhook_id == webhook_id).values(well))
        waits = (_d.webhook_id == webhook_id, _d.state == DeliveryState.WAITING)
        self._db.execute(update(webhook_delivery).where(*waits).values(next_at=now))

    def deliveries(self, webhook_id: str, before: tuple[datetime, str] | None, limit: int) -> list[DeliveryRow]:
        query = (
            select(webhook_delivery)
            .where(_d.webhook_id == webhook_id)
            .order_by(_d.made_at.desc(), _d.delivery_id.desc())
            .limit(limit)
        )
        if before is not None:
            bound = tuple_(literal(before[0], _d.made_at.type), literal(before[1], String()))
            query = query.where(tuple_(_d.made_at, _d.delivery_id) < bound)
        return [DeliveryRow(*row) for row in self._db.execute(query)]

    def forget(self, before: datetime, awaited_before: datetime, limit: int) -> int:
        settled = _d.state != literal(DeliveryState.WAITING, _d.state.type, literal_execute=True)
        gone = or_(and_(_d.event != Event.AWAITED.value, _d.settled_at < before), _d.settled_at < awaited_before)
        old = select(_d.delivery_id).where(settled, gone).limit(limit)
        return self._db.execute(delete(webhook_delivery).where(_d.delivery_id.in_(old.scalar_subquery()))).rowcount

    def _read(self, query: Any) -> list[WebhookRow]:
        return [_webhook(row) for row in self._db.execute(query)]


def _token(row: Row[Any]) -> TokenRow:
    values = dict(row._mapping)
    return TokenRow(**values | {"scopes": tuple(values["scopes"].split())})  # kept as words


def _webhook(row: Row[Any]) -> WebhookRow:
    values = dict(row._mapping)
    return WebhookRow(**values | {"events": tuple(values["events"].split())})


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        _d.state == literal(DeliveryState.WAITING, _d.state.type, literal_execute=True),
        _d.next_at <= now,
        _w.disabled_at.is_(None),
    )
