"""A door that lets everybody in under one account, for tests of what lies behind it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.routing import BaseRoute

from exchange.errors import Denied
from exchange.web.door.account import Account
from exchange.web.door.permissions import AccountRole

TOKEN = "token-of-the-form"


class OpenDoor:
    """Signs everybody in as one account, and remembers what was recorded."""

    def __init__(self, role: AccountRole = AccountRole.OPERATOR) -> None:
        self.who = Account("tester", role)
        self.recorded: list[tuple[str, str, str, str]] = []

    def account(self, request: Request) -> Account | None:
        return self.who

    def token(self, request: Request) -> str:
        return TOKEN

    def check_token(self, request: Request, sent: str) -> None:
        if sent != TOKEN:
            raise Denied("the form does not come from a page of this session", remedy="load the page again")

    def record(self, account: str, action: str, what: str, outcome: str) -> None:
        self.recorded.append((account, action, what, outcome))

    def routes(self) -> list[BaseRoute]:
        return []
