"""Close: every way by which a revoked member still comes in. Done again, it does what remained.

Console accounts are people's and belong to no member; whoever leaves with it is named to the command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from exchange.clock import RealClock
from exchange.errors import ExchangeError
from exchange.language import Text
from exchange.operations.domain_view import DomainView
from exchange.operations.systems.store import Tokens, WebhookRecords
from exchange.runtime.draining import ask_drain, drained, lift_drain
from exchange.setup.broker_accounts import let_in, shut_out

BY_REVOCATION = "exchange revoke"
"""Who has drained a member that is revoked: its new certificate ends that."""


@dataclass(frozen=True)
class Closed:
    """One way in. ``error`` says why it is still open."""

    what: Text
    error: ExchangeError | None = None


def close_doors(view: DomainView, address: str, reason: str, by: str) -> list[Closed]:
    """Close what a revoked member comes in by; what cannot be closed now is named, and stops nothing else."""
    doors: tuple[tuple[Text, Callable[[], Text | None]], ...] = (
        (Text("its account at the broker"), lambda: _account(view, address)),
        (Text("API tokens"), lambda: _tokens(view, address, by)),
        (Text("webhooks"), lambda: _webhooks(view, address)),
        (Text("its service"), lambda: _service(view, address, reason)),
    )
    return list(_each(doors))


def open_doors(view: DomainView, address: str, by: str) -> list[Closed]:
    """Let a member in again that has a new certificate; its tokens and webhooks are made anew by whoever uses them."""
    doors: tuple[tuple[Text, Callable[[], Text | None]], ...] = (
        (Text("its account at the broker"), lambda: _let_in(view, address)),
        (Text("its service"), lambda: _served_again(view, address, by)),
    )
    return list(_each(doors))


def _each(doors: tuple[tuple[Text, Callable[[], Text | None]], ...]) -> Iterator[Closed]:
    for what, close in doors:
        try:
            done = close()
        except ExchangeError as error:
            yield Closed(what, error)
            continue
        if done is not None:
            yield Closed(done)


def _account(view: DomainView, address: str) -> Text | None:
    return Text("its account at the broker, with its connections") if shut_out(view.settings, address) else None


def _tokens(view: DomainView, address: str, by: str) -> Text | None:
    with view.console.transaction() as tx:
        valid = [row for row in tx[Tokens].every() if row.member == address and row.revoked_at is None]
        for row in valid:
            tx[Tokens].revoke(row.token_id, by, RealClock().now())
    return Text("API tokens: {count}", {"count": len(valid)}) if valid else None


def _webhooks(view: DomainView, address: str) -> Text | None:
    with view.console.transaction() as tx:
        enabled = [row for row in tx[WebhookRecords].of_member(address) if row.disabled_at is None]
        for row in enabled:
            tx[WebhookRecords].disable(row.webhook_id, RealClock().now())
    return Text("webhooks: {count}", {"count": len(enabled)}) if enabled else None


def _service(view: DomainView, address: str, reason: str) -> Text | None:
    if address not in view.profiles():
        return None
    store = view.store(address)
    if drained(store) is not None:
        return None
    ask_drain(store, BY_REVOCATION, f"revoked: {reason}", view.clock.now())
    return Text("its service: drained, and not started before it has a new certificate")


def _let_in(view: DomainView, address: str) -> Text:
    let_in(view.settings, address)
    return Text("its account at the broker, with another password")


def _served_again(view: DomainView, address: str, by: str) -> Text | None:
    wish = drained(view.store(address))
    if wish is None or wish.by != BY_REVOCATION:
        return None
    lift_drain(view.store(address), by, view.clock.now())
    return Text("its service")
