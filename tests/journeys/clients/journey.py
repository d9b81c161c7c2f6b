"""A window, a department and a webhook's receiver, by the generated Python client alone. Arguments: one JSON object.

It is run with the generated package in its path, and knows nothing of the exchange.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from yizhan_client import AuthenticatedClient
from yizhan_client.api.cases import case, matters
from yizhan_client.api.inbox import acknowledge, lease
from yizhan_client.api.opinions import reply
from yizhan_client.api.webhooks import register_webhook
from yizhan_client.api.window import decide, hand_in, withdraw
from yizhan_client.models import (
    AcknowledgeIn,
    CaseIn,
    DecisionIn,
    LeaseIn,
    OpinionIn,
    Problem,
    WebhookIn,
    WithdrawalIn,
)  # fmt: skip
from yizhan_client.webhooks import NotGenuine, verify

asked: dict[str, Any] = json.loads(sys.argv[1])
window, planning = (AuthenticatedClient(asked["api"], asked[name]) for name in ("window", "planning"))


def until(look: Callable[[], Any]) -> Any:
    """What is looked for, once it is there."""
    over = time.monotonic() + 60
    while not (found := look()):
        assert time.monotonic() < over, "waited for a minute"
        time.sleep(0.2)
    return found


hook = register_webhook.sync(
    client=planning, body=WebhookIn.from_dict({"url": asked["receiver"], "events": ["message.arrived"]})
)
assert asked["matter"] in {one.code for one in matters.sync(client=window, limit=100).items}
lacking = hand_in.sync(client=window, body=CaseIn.from_dict({**asked["application"], "materials": []}))
assert isinstance(lacking, Problem)
assert "missing" in lacking.detail
body = CaseIn.from_dict(asked["application"])
made, again = (hand_in.sync(client=window, body=body, idempotency_key="python-1") for _ in range(2))
assert made.number == again.number


def consultation() -> Any:
    held = lease.sync(client=planning, body=LeaseIn(limit=50, seconds=60))
    acknowledge.sync(held.lease, client=planning, body=AcknowledgeIn()) if held.messages else None
    found = [one for one in held.messages if one.kind == "consultation" and one.body["case_number"] == made.number]
    return found[0] if found else None


def state() -> str:
    return str(case.sync(made.number, client=window).state)


message = until(consultation)
opinion = {"case_number": made.number, "consultation_id": message.message_id, "verdict": "agree", "officer": "张三"}
said = {**opinion, "decided_on": datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()}
reply.sync(client=planning, body=OpinionIn.from_dict(said))
until(lambda: state() == "ready")
found = case.sync(made.number, client=window)
decision = {"outcome": "grant", "reasons": "各部门均无异议。", "officer": "李四"}
stale = decide.sync_detailed(made.number, client=window, body=DecisionIn.from_dict(decision), if_match='"0"')
assert stale.status_code == 412
done = decide.sync(made.number, client=window, body=DecisionIn.from_dict(decision), if_match=f'"{found.revision}"')
assert not isinstance(done, Problem), done
late = withdraw.sync(made.number, client=window, body=WithdrawalIn(reason="r"))
assert isinstance(late, Problem)
assert late.code == "conflict"
assert state() == "decided"

deliveries = until(lambda: httpx.get(asked["receiver"], trust_env=False).json())
for one in deliveries:
    octets = one["body"].encode()
    assert verify([hook.secret], one["headers"], octets, time.time())
    try:
        verify([hook.secret], one["headers"], octets + b" ", time.time())
    except NotGenuine:
        continue
    raise AssertionError("a body that was changed was taken")
print("decided", made.number, "verified", len(deliveries))
