"""Tokens of department systems, for security officers: made, listed, revoked."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

from exchange.clock import RealClock
from exchange.console.section import FormAction, Group, Page, Question, Section, Visit
from exchange.errors import CallerError, NotFound
from exchange.operations.systems.issuing import DEFAULT_DAYS, make_token, revoke_token, token_state
from exchange.operations.systems.store import Tokens
from exchange.operations.systems.tokens import Scope
from exchange.web.door.permissions import Action

_clock = RealClock()


@dataclass
class _Shown:
    """New tokens on their way to the page that shows them once: in memory, each to whoever made it."""

    _kept: dict[str, tuple[str, str, datetime]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, token_id: str, account: str, text: str) -> None:
        with self._lock:
            over = _clock.now() - timedelta(minutes=2)
            self._kept = {key: one for key, one in self._kept.items() if one[2] > over}
            self._kept[token_id] = (account, text, _clock.now())

    def take(self, token_id: str, account: str) -> str:
        with self._lock:
            found = self._kept.get(token_id)
            if found is None or found[0] != account:
                return ""
            del self._kept[token_id]
            return found[1]


_shown = _Shown()


def _list(visit: Visit) -> Mapping[str, object]:
    with visit.view.console.reading() as tx:
        rows = tx[Tokens].every()
    now = _clock.now()
    return {
        "tokens": [(row, token_state(row, now)) for row in rows],
        "members": list(visit.view.profiles().values()),
        "scopes": [(scope.value, *_SCOPES[scope]) for scope in Scope],
        "days": DEFAULT_DAYS,
        "fresh": None,
    }


def _once(visit: Visit) -> Mapping[str, object]:
    return {**_list(visit), "fresh": _shown.take(visit.path["token_id"], visit.account.name)}


def _make(visit: Visit) -> str:
    form = visit.form
    days = str(form.get("days", "")) if form else ""
    if not days.isdecimal() or len(days) > 4:
        raise CallerError("the days are no number", remedy="write whole days")
    row, text = make_token(
        visit.view.console,
        visit.view.profiles(),
        str(form.get("member", "")) if form else "",
        str(form.get("name", "")) if form else "",
        [str(one) for one in form.getlist("scope")] if form else [],
        int(days),
        visit.account.name,
    )
    _shown.put(row.token_id, visit.account.name, text)
    return f"/tokens/made/{row.token_id}"


def _ask_revoke(visit: Visit) -> Question:
    token_id = str(visit.form.get("token_id", "")) if visit.form else ""
    with visit.view.console.reading() as tx:
        row = tx[Tokens].get(token_id)
    if row is None:
        raise NotFound("no such token", remedy="load the page again")
    return Question(
        ("吊销令牌？", "Revoke the token?"),
        ((f"{row.member} 的系统“{row.name}”将立即无法调用接口。",
          f"The system {row.name!r} of {row.member} cannot call the API from now on."),
         ("吊销不能撤回；需要时另签发新令牌。", "That is not taken back; a new token can be made.")),
        ("吊销", "Revoke"),
    )  # fmt: skip


def _revoke(visit: Visit) -> str:
    row = revoke_token(
        visit.view.console, str(visit.form.get("token_id", "")) if visit.form else "", visit.account.name
    )
    return f"/tokens?{urlencode({'said': visit.say(f'已吊销 {row.token_id}', f'revoked {row.token_id}')})}"


_SCOPES: dict[Scope, tuple[str, str]] = {
    Scope.SEND: ("发文", "send documents"),
    Scope.RECEIVE: ("收文与推送", "receive, webhooks"),
    Scope.REPLY: ("回复意见", "answer consultations"),
    Scope.READ: ("查阅状态", "read documents and states"),
    Scope.SUBMIT: ("收件与撤回（窗口）", "hand in and withdraw applications (windows)"),
    Scope.DECIDE: ("受理、决定与期限调整（窗口）", "accept, decide, amend terms (windows)"),
    Scope.FILE: ("代申请人提交（网上窗口）", "hand in for applicants (portals)"),
}
_TITLE = ("令牌", "Tokens")

SECTION = Section(
    pages=(
        Page("/tokens", _TITLE, "tokens.html", _list, Action.ACCOUNTS, in_menu=True, group=Group.SYSTEM, every=0),
        Page("/tokens/made/{token_id}", _TITLE, "tokens.html", _once, Action.ACCOUNTS, every=0),
    ),
    actions=(
        FormAction("/tokens/new", Action.ACCOUNTS, _make, None),
        FormAction("/tokens/revoke", Action.ACCOUNTS, _revoke, _ask_revoke),
    ),
)
