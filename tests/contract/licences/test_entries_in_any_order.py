"""In whichever order a licence and the entries on it come, the register says the same of it."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import date
from itertools import permutations
from types import SimpleNamespace
from typing import Any, cast

from exchange.envelope import sign_document
from exchange.licences.kept import entries_of, register_row
from exchange.licences.records import LicenceRow
from exchange.licences.store import Licences
from exchange.licences.taking import take_entry, take_licence
from exchange.messaging.documents import document_row, keep
from exchange.schemas import Body, Licence, LicenceChange, LicenceHolder
from exchange.store import Store
from exchange.store.transaction import Transaction
from tests.contract.rows import NOW, outgoing
from tests.unit.levels import family
from tests.unit.licences.licences import PERSON, entry, licence

ISSUER = "c.window"
OTHER = LicenceHolder(name="李大伟", identifier="110105194912310038")
LICENCE_ID = "00000000-0000-4000-8000-000000000000"


def signed(body: Body, message_id: str) -> tuple[dict[str, Any], Any]:
    """A message as it is on record, and as its handler gets it."""
    header = outgoing(kind=body.KIND, message_id=message_id).header.model_copy(update={"sender": ISSUER})
    data = sign_document(header.model_dump_json().encode(), body, family("a")["a"].department, [])
    row = document_row(header, data, hashlib.sha256(data).hexdigest(), (), "received", NOW, body)
    return row, SimpleNamespace(sender=ISSUER, message_id=message_id, opened=SimpleNamespace(signed=data), body=body)


BODY = licence()
LICENCE = signed(BODY, LICENCE_ID)
ENTRIES = [
    entry(change, date(2026, 4, position), position, licence_id=LICENCE_ID, licence_digest=LICENCE[0]["digest"], **said)
    for position, (change, said) in enumerate(
        [
            (LicenceChange.CHANGED, {"holder": PERSON}),
            (LicenceChange.CHANGED, {"holder": OTHER}),
            (LicenceChange.REVOKED, {}),
        ],
        start=1,
    )
]
MESSAGES = [LICENCE, *(signed(one, f"{one.position:08d}-0000-4000-8000-000000000000") for one in ENTRIES)]


class _RolledBack(Exception):
    pass


def taken(tx: Transaction, messages: Any) -> LicenceRow | None:
    """What the register says once these have come."""
    step = SimpleNamespace(tx=tx, node=SimpleNamespace(has_role=lambda address, role: True), note=lambda *_, **__: None)
    for row, incoming in messages:
        keep(tx._db, [row])
        take = take_licence if isinstance(incoming.body, Licence) else take_entry
        take(cast(Any, step), incoming, incoming.body)
    return tx[Licences].get(ISSUER, BODY.number)


def test_the_register_says_the_same_in_whichever_order_they_come(store: Store) -> None:
    for count in range(1, len(ENTRIES) + 1):
        expected = register_row(BODY, LICENCE_ID, LICENCE[0]["digest"], ENTRIES[:count])
        for order in permutations(MESSAGES[: count + 1]):
            with suppress(_RolledBack), store.transaction() as tx:
                assert taken(tx, order) == expected, [one.message_id for _, one in order]
                assert [one for one, _ in entries_of(tx, ISSUER, BODY.number)] == ENTRIES[:count]
                raise _RolledBack
