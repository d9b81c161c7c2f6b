"""A receipt on record that is not read any more holds up no event of those beside it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from exchange.envelope import pack_leaves
from exchange.messaging.documents import Documents
from exchange.messaging.outbox import Outbox
from exchange.operations.systems.events import happened
from exchange.operations.systems.webhooks import Event
from exchange.schemas import Receipt
from tests.unit.examples import EXAMPLES


def test_a_receipt_of_the_year_9999_on_record_stops_no_event() -> None:
    good = EXAMPLES["receipt-leaf"]
    assert isinstance(good, Receipt)
    text = good.model_dump_json()
    leaves = [text.replace("2026-", "9999-").encode(), text.encode()]
    line = SimpleNamespace(
        kind="receipt", direction="received", sender=good.receiver, message_id="batch", recorded_at=good.signed_for_at
    )
    stored = SimpleNamespace(enclosures=(pack_leaves(leaves),))
    row = SimpleNamespace(addressee=good.receiver, receipt_id="batch")
    tx = {Documents: SimpleNamespace(get=lambda *_: stored), Outbox: SimpleNamespace(rows=lambda _: [row])}
    found = list(happened(cast(Any, tx), cast(Any, None), cast(Any, line)))
    assert [one.event for one in found] == [Event.RECEIPT]
