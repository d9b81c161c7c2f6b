"""An alerting over a small domain, with a web server that takes what it tells."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta

from exchange.clock import SteppedClock
from exchange.messaging.dead_letter_store import DeadLetters
from exchange.messaging.inbox import Inbox
from exchange.messaging.records import DeadLetter
from exchange.operations.alerts.channels import channels
from exchange.operations.alerts.round import Alerting
from exchange.operations.domain_view import DomainView
from exchange.operations.troubles.settings import AlertSettings
from exchange.runtime.member_record import CONSUMING

SECRET = "whsec_YS1zaGFyZWQtc2VjcmV0LW9mLTMyLW9jdGV0cyEhISE="


class WallClock(SteppedClock):
    """Moved by hand, and people wait by it."""

    def real_seconds(self, span: timedelta) -> float:
        return span.total_seconds()


def consume(view: DomainView) -> None:
    for address in view.profiles():
        with view.store(address).transaction() as tx:
            tx.set_meta(CONSUMING, view.clock.now().isoformat())


@dataclass
class Hook:
    """A web server that takes what it is sent, or refuses."""

    url: str = ""
    status: int = 204
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


def alerting_of(view: DomainView, hook: Hook, clock: SteppedClock, settle: float = 0) -> Alerting:
    settings = AlertSettings.model_validate_json(
        json.dumps(
            {
                "webhooks": [{"name": "ops", "url": hook.url, "secret": SECRET}],
                "console_url": "https://c.test/",
                "limits": {"settle_seconds": settle},
            }
        )
    )
    return Alerting(view, settings, channels(settings, clock, {}), real=clock)


def kill_a_message(view: DomainView, body: bytes = b"no envelope") -> None:
    with view.store("hefei.planning").transaction() as tx:
        tx[Inbox].dead([DeadLetter("malformed", "not an envelope", "open", "q", body)], view.clock.now())


def remedy(view: DomainView) -> None:
    with view.store("hefei.planning").transaction() as tx:
        for letter in tx[DeadLetters].batch("malformed", None, above=0, limit=10):
            tx[DeadLetters].propose(letter.serial, "otto", "noise", view.clock.now())
            assert tx[DeadLetters].discard(letter.serial, "olga", view.clock.now())
