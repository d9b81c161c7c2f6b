"""The door: who comes in. What the rest of the console needs to know of it; `sessions` keeps it."""

from __future__ import annotations

from typing import Protocol

from starlette.requests import Request
from starlette.routing import BaseRoute

from exchange.web.door.account import Account


class Door(Protocol):
    """Knows who is signed in, and keeps the record of what was done."""

    def account(self, request: Request) -> Account | None:
        """Return the account that makes a request; None for nobody."""

    def token(self, request: Request) -> str:
        """Return the token that a form of this session must bear, so that only our own pages can send it."""

    def check_token(self, request: Request, sent: str) -> None:
        """Raise Denied when a form does not bear its session's token."""

    def record(self, account: str, action: str, what: str, outcome: str) -> None:
        """Add an entry to the audit log; ``what`` holds ids and reasons, never content or secrets."""

    def strange(self, request: Request, action: str, what: str, outcome: str) -> None:
        """Add an entry of nobody's, as far as strangers' are written one by one; others are summed."""

    def routes(self) -> list[BaseRoute]:
        """Return the door's own pages: signing in and out."""
