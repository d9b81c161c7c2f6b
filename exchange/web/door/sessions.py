"""The door as browsers meet it: the pages of signing in and out and of one-time links, and the session's cookie."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from exchange.errors import BadAccount, Denied, ExchangeError, TooManyRequests
from exchange.language import Language, Words
from exchange.web import render
from exchange.web.door import devices
from exchange.web.door.account import Account
from exchange.web.door.accounts import account_name
from exchange.web.door.attempts import Attempts
from exchange.web.door.counting import ShutOut
from exchange.web.door.gate import UNKNOWN, Gate
from exchange.web.door.password_rules import LONGEST, SHORTEST
from exchange.web.door.provider.pages import ProviderPages
from exchange.web.door.sign_in import own_path
from exchange.web.door.tokens import form_token, hashed
from exchange.web.door.turnstile import Crowded, Turnstile
from exchange.web.origins import from_our_page, place_of

if TYPE_CHECKING:  # its library takes a while to import, and few have a provider
    from exchange.web.door.provider.provider import Provider

OF_ONE_SOURCE = 30
"""Failures of a source within a minute; those of devices that are known are not counted."""
_MOST = 16_384
"""Octets of a form before anybody is signed in."""


class SessionDoor:
    """Implements `exchange.web.door.door.Door` with sessions in the store of the console, or of the desk's member."""

    def __init__(
        self, gate: Gate, tag: str = "", office: Words | None = None, provider: Provider | None = None
    ) -> None:
        """``tag`` sets the cookies of consoles and desks apart that share a host: cookies know no ports. ``office`` is
        whose desk it is; ``provider`` one by which people may sign in too."""
        self.gate = gate
        self._office = office
        self._strangers, self._known = Turnstile("strangers"), Turnstile("known-devices")
        self._attempts = Attempts(of_one_token=OF_ONE_SOURCE, of_one_place=OF_ONE_SOURCE)
        self.cookie = f"__Host-yizhan{tag}"
        """With this prefix browsers take it from this host only, for all paths, and never over plain HTTP but from the
        own machine (RFC 6265bis, 4.1.3.2; Chromium takes it from http://localhost and http://127.0.0.1)."""

        self._provider = provider
        gate.issuer = provider.settings.issuer if provider is not None else ""

    def account(self, request: Request) -> Account | None:
        who = self.gate.who(self._token(request), active=not request.url.path.startswith("/live/"))
        return Account(who.account.name, who.account.role, who.session) if who else None

    def token(self, request: Request) -> str:
        return form_token(self._token(request))

    def check_token(self, request: Request, sent: str) -> None:
        good = hmac.compare_digest(form_token(self._token(request)).encode(), sent.encode("utf-8", "replace"))
        if not good or not from_our_page(request):
            raise Denied("the form does not come from a page of this session", remedy="load the page again")

    def record(self, account: str, action: str, what: str, outcome: str) -> None:
        self.gate.record(account, action, unquote(what), outcome)

    def strange(self, request: Request, action: str, what: str, outcome: str) -> None:
        self.gate.refused(UNKNOWN, action, what, outcome, place_of(request))

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/sign-in", self._sign_in_page, methods=["GET"]),
            Route("/sign-in", self._sign_in, methods=["POST"]),
            Route("/sign-out", self._sign_out, methods=["POST"]),
            Route("/set-up", self._use_link, methods=["POST"]),
            Route("/set-up/{link}", self._link_page, methods=["GET"]),
            *self._routes_by_provider(),
        ]

    def _routes_by_provider(self) -> list[BaseRoute]:
        if self._provider is None:
            return []
        pages = ProviderPages(self._provider, self.gate, self.cookie, self._attempts, self._page, self._later)
        return pages.routes()

    def _token(self, request: Request) -> str:
        return request.cookies.get(self.cookie, "")

    def _sign_in_page(self, request: Request) -> Response:
        then = own_path(request.query_params.get("next", "/"))
        if request.headers.get("sec-fetch-site") == "cross-site":
            # A strict cookie does not come along from another site; from a page of ours it does.
            return self._page(request, "hop.html", {"then": then})
        if self.account(request) is not None:
            return RedirectResponse(then, 303)
        marks = {mark: mark in request.query_params for mark in ("fresh", "left")}
        return self._page(request, "sign_in.html", {"then": then, **marks})

    async def _sign_in(self, request: Request) -> Response:
        form = await _form(request)
        if form is None:
            return self._refused(request)
        name = str(form.get("name", ""))
        device = await run_in_threadpool(self.gate.device, name, request.cookies.get(self._device_cookie(name), ""))
        try:
            if device is None:
                self._attempts.check(place_of(request))
            turn = self._strangers if device is None else self._known
            return await turn.run(place_of(request), partial(self._let_in, request, form, device))
        except (TooManyRequests, Crowded) as error:
            return self._later(request, error, {"then": own_path(str(form.get("next", "/"))), "name": name})

    def _let_in(self, request: Request, form: FormData, device: str | None) -> Response:
        then, name = own_path(str(form.get("next", "/"))), str(form.get("name", ""))
        try:
            token = self.gate.sign_in(
                name, str(form.get("password", "")), before=self._token(request), place=place_of(request), device=device
            )
        except Denied as error:
            if device is None:
                self._attempts.failed(place_of(request))
            wait = error.seconds if isinstance(error, ShutOut) else None
            answer = self._page(
                request, "sign_in.html", {"then": then, "name": name, "failed": True, "wait": wait}, 401
            )
            if wait is not None:
                answer.status_code = 429
                answer.headers["retry-after"] = str(int(wait) + 1)
            return answer
        answer = RedirectResponse(then, 303)
        answer.set_cookie(self.cookie, token, secure=True, httponly=True, samesite="strict", path="/")
        self._remember(answer, name, device)
        return answer

    def _remember(self, answer: Response, name: str, device: str | None) -> None:
        """Mark the browser as a device from which the account has signed in, or has set its password."""
        account = account_name(name)
        value = self.gate.devices.cookie(account, self.gate.clock.now(), device)
        answer.set_cookie(
            self._device_cookie(account), value, max_age=int(devices.LASTS.total_seconds()),
            secure=True, httponly=True, samesite="strict", path="/",
        )  # fmt: skip

    def _device_cookie(self, name: str) -> str:
        """The cookie's name: each account of a browser has its own; what is no account's name has none."""
        try:
            return f"{self.cookie}-device-{hashed(account_name(name))[:8]}"
        except BadAccount:
            return ""

    async def _sign_out(self, request: Request) -> Response:
        form = await _form(request)
        try:
            self.check_token(request, str(form.get("token", "")) if form else "")
        except Denied:
            return RedirectResponse("/", 303)
        await run_in_threadpool(self.gate.sign_out, self._token(request))
        answer = RedirectResponse("/sign-in" if self._provider is None else "/sign-in?left=", 303)
        answer.delete_cookie(self.cookie, secure=True, httponly=True, samesite="strict", path="/")
        return answer

    def _link_page(self, request: Request) -> Response:
        link, place = request.path_params["link"], place_of(request)
        try:
            self._attempts.check(place)
            row = self.gate.link(link, place)
        except TooManyRequests as error:
            return self._later(request, error)
        except Denied as error:
            self._attempts.failed(place)
            return self._page(request, "set_up.html", {"error": error}, 403)
        return self._page(request, "set_up.html", {"link": link, "account": row.account})

    async def _use_link(self, request: Request) -> Response:
        form = await _form(request)
        if form is None:
            return self._refused(request)
        try:
            self._attempts.check(place_of(request))
            return await self._strangers.run(place_of(request), partial(self._set_password, request, form))
        except (TooManyRequests, Crowded) as error:
            return self._later(request, error)

    def _set_password(self, request: Request, form: FormData) -> Response:
        link, name, password = (str(form.get(key, "")) for key in ("link", "name", "password"))
        account = None
        try:
            account = self.gate.link(link, place_of(request)).account
            if password != str(form.get("again", "")):
                raise BadAccount("the two passwords differ", remedy="type the same one twice")
            account = self.gate.use_link(link, name, password, place_of(request))
        except BadAccount as error:
            shown = {"link": link, "account": account, "name": name, "error": error, "here": f"/set-up/{quote(link)}"}
            return self._page(request, "set_up.html", shown, 422)
        except ExchangeError as error:
            self._attempts.failed(place_of(request))
            return self._page(request, "set_up.html", {"error": error}, 403)
        answer = RedirectResponse(f"/sign-in?fresh=&language={quote(render.language_of(request))}", 303)
        self._remember(answer, account, None)
        return answer

    def _refused(self, request: Request) -> Response:
        error = Denied("the form does not come from a page of ours, or is too long", remedy="load the page again")
        return self._page(request, "set_up.html", {"error": error}, 403)

    def _later(
        self, request: Request, error: TooManyRequests | Crowded, context: Mapping[str, object] | None = None
    ) -> Response:
        """Send a stranger away for a while, before anything is hashed or written: 429 for what it did, else 503."""
        status = 503 if isinstance(error, Crowded) and not error.here else 429
        answer = self._page(
            request,
            "sign_in.html",
            {"then": "/", **(context or {}), "failed": True, "wait": float(error.seconds)},
            status,
        )
        answer.headers["retry-after"] = str(error.seconds)
        return answer

    def _page(self, request: Request, template: str, context: Mapping[str, object], status: int = 200) -> Response:
        english = render.language_of(request) is Language.ENGLISH
        shown = {
            "say": lambda zh, en: en if english else zh,
            "language": "en" if english else "zh",
            "here": request.url.path if request.method == "GET" else "/sign-in",
            "shortest": SHORTEST,
            "longest": LONGEST,
            "error": None,
            "link": "",
            "name": "",
            "account": None,
            "failed": False,
            "fresh": False,
            "left": False,
            "unbound": None,
            "provider": self._provider,
            "provider_end": self._provider.metadata.known_sign_out() if self._provider is not None else "",
            "wait": None,
            "office": None if self._office is None else self._office[english],
            "keeper": self.gate.roles.keeper_name[english],
        }
        answer = HTMLResponse(render.page(template, {**shown, **context}), status)
        if "language" in request.query_params:
            language = str(shown["language"])
            answer.set_cookie("language", language, max_age=31_536_000, samesite="strict", httponly=True)
        return answer


async def _form(request: Request) -> FormData | None:
    """A form of nobody yet: small, and from a page of ours; else None."""
    length = request.headers.get("content-length", "")
    if not (length.isdecimal() and int(length) <= _MOST and from_our_page(request)):
        return None
    return await request.form(max_files=0, max_fields=20)
