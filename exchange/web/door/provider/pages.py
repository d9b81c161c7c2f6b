"""The way by a provider as browsers go it: off to it, and back with a code, to where somebody wanted to be."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from exchange.errors import Denied, ExchangeError, TooManyRequests
from exchange.web.door.attempts import Attempts
from exchange.web.door.gate import SIGN_IN, UNKNOWN, Gate
from exchange.web.door.provider.begun import WITHIN
from exchange.web.door.provider.coming_in import PATH, come_in
from exchange.web.door.provider.faults import Unbound
from exchange.web.door.sign_in import own_path
from exchange.web.door.turnstile import Crowded, Turnstile
from exchange.web.origins import place_of

if TYPE_CHECKING:  # its library takes a while to import, and few have a provider
    from exchange.web.door.provider.provider import Provider

Later = Callable[[Request, TooManyRequests | Crowded], Response]


class ProviderPages:
    """Two addresses. What asks the provider has a thread of its own: nobody who signs in by a password waits for it."""

    def __init__(
        self,
        provider: Provider,
        gate: Gate,
        cookie: str,
        attempts: Attempts,
        page: Callable[[Request, str, Mapping[str, object], int], Response],
        later: Later,
    ) -> None:
        """``cookie`` is that of sessions; ``page`` and ``later`` answer as the door does."""
        self._provider, self._gate, self._session = provider, gate, cookie
        self._attempts, self._page, self._later = attempts, page, later
        self._cookie = f"{cookie}-provider"
        self._turns = Turnstile("provider")

    def routes(self) -> list[BaseRoute]:
        """Return the routes."""
        return [
            Route(PATH, self._begin, methods=["GET"]),
            Route(f"{PATH}/back", self._finish, methods=["GET"]),
        ]

    async def _begin(self, request: Request) -> Response:
        return await self._in_turn(request, self._sent_there)

    async def _finish(self, request: Request) -> Response:
        return await self._in_turn(request, self._come_back)

    async def _in_turn(self, request: Request, answer: Callable[[Request], Response]) -> Response:
        try:
            self._attempts.check(place_of(request))
            return await self._turns.run(place_of(request), partial(answer, request))
        except (TooManyRequests, Crowded) as error:
            return self._later(request, error)

    def _sent_there(self, request: Request) -> Response:
        then = own_path(request.query_params.get("next", "/"))
        browser = request.cookies.get(self._cookie) or secrets.token_urlsafe(32)
        back = f"{request.url.scheme}://{request.url.netloc}{PATH}/back"
        try:
            answer = RedirectResponse(self._provider.begin(then, back, browser, place_of(request)), 303)
        except ExchangeError as error:
            return self._refused(request, error, then)
        # Not strict: the provider's page leads back here, and the cookie has to come along.
        answer.set_cookie(
            self._cookie, browser, max_age=int(WITHIN), secure=True, httponly=True, samesite="lax", path="/"
        )
        return answer

    def _come_back(self, request: Request) -> Response:
        try:
            came, browser = dict(request.query_params), request.cookies.get(self._cookie, "")
            subject, then = self._provider.finish(came, browser, self._gate.clock.now())
            token = come_in(self._gate, subject, request.cookies.get(self._session, ""), place_of(request))
        except ExchangeError as error:
            return self._refused(request, error, "/")
        answer = self._page(request, "hop.html", {"then": then}, 200)  # from a page of ours strict cookies come along
        answer.set_cookie(self._session, token, secure=True, httponly=True, samesite="strict", path="/")
        answer.delete_cookie(self._cookie, secure=True, httponly=True, samesite="lax", path="/")
        return answer

    def _refused(self, request: Request, error: ExchangeError, then: str) -> Response:
        """The page of signing in, which says why; the way by a password is there as before."""
        known = isinstance(error, Denied)
        if known:
            self._attempts.failed(place_of(request))
        if not isinstance(error, Unbound) and error.code != Denied.code:  # these are in the log already
            self._gate.refused(UNKNOWN, SIGN_IN, PATH, error.code, place_of(request))
        shown = {
            "then": then,
            "here": "/sign-in",
            "error": error,
            "unbound": error if isinstance(error, Unbound) else None,
        }
        return self._page(request, "sign_in.html", shown, 403 if known else 503)
