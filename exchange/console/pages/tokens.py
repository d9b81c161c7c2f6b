"""Tokens of department systems, for security officers and for the command line: made, listed, revoked."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from exchange.clock import RealClock
from exchange.console.section import FormAction, Group, Page, Question, Section, Visit
from exchange.errors import CallerError, Conflict, NotFound
from exchange.operations.domain_view import CONSOLE
from exchange.operations.systems.records import TokenRow
from exchange.operations.systems.store import Tokens
from exchange.operations.systems.tokens import Scope, check_entitled, check_term, digest_of, scopes_of, token_text
from exchange.runtime.profiles import Profile
from exchange.schemas import Role
from exchange.store import Store
from exchange.web.door.permissions import Action

_clock = RealClock()
DEFAULT_DAYS = 180


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


def make_token(
    store: Store, members: Mapping[str, Profile], member: str, name: str, scopes: Collection[str], days: int, by: str
) -> tuple[TokenRow, str]:
    """Makes a token for a member; the row, and the token itself, which is kept nowhere.

    Raises NotFound for an unknown member, CallerError for scopes, term or name that are invalid, or scopes of windows
    for a member that is none.
    """
    if member not in members:
        raise NotFound(
            "no member {member!r} here",
            remedy="choose one of: {members}",
            member=member,
            members=", ".join(sorted(members)),
        )
    if not 1 <= len(name.strip()) <= 100:
        raise CallerError("a token has a name of 1 to 100 characters", remedy="say which system will use it")
    check_term(days)
    wanted = scopes_of(scopes)
    check_entitled(wanted, member, Role.WINDOW in members[member].roles)
    token_id, secret, now = secrets.token_hex(6), secrets.token_urlsafe(32), _clock.now()
    row = TokenRow(
        token_id=token_id,
        member=member,
        name=name.strip(),
        scopes=tuple(scope.value for scope in wanted),
        digest=digest_of(secret),
        made_by=by,
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    with store.transaction() as tx:
        tx[Tokens].add(row)
    return row, token_text(token_id, secret)


def revoke_token(store: Store, token_id: str, by: str) -> TokenRow:
    """Revokes a token at once. Raises NotFound, or Conflict for one that was revoked before."""
    with store.transaction() as tx:
        row = tx[Tokens].get(token_id)
        if row is None:
            raise NotFound("no token {token_id}", remedy="`exchange token list` names them", token_id=token_id)
        if not tx[Tokens].revoke(token_id, by, _clock.now()):
            raise Conflict("the token {token_id} is revoked already", remedy="nothing is to be done", token_id=token_id)
        return tx[Tokens].get(token_id) or row


class TokenState(StrEnum):
    """Whether a token is taken."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


def token_state(row: TokenRow, now: datetime) -> TokenState:
    """Derived from its moments, so that no clock has to move it."""
    if row.revoked_at is not None:
        return TokenState.REVOKED
    return TokenState.EXPIRED if now >= row.expires_at else TokenState.ACTIVE


def _store(visit: Visit) -> Store:
    return visit.desk.store(CONSOLE)


def _list(visit: Visit) -> Mapping[str, object]:
    with _store(visit).reading() as tx:
        rows = tx[Tokens].every()
    now = _clock.now()
    return {
        "tokens": [(row, token_state(row, now)) for row in rows],
        "members": list(visit.desk.profiles().values()),
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
        _store(visit),
        visit.desk.profiles(),
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
    with _store(visit).reading() as tx:
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
    row = revoke_token(_store(visit), str(visit.form.get("token_id", "")) if visit.form else "", visit.account.name)
    return f"/tokens?{urlencode({'said': visit.say(f'已吊销 {row.token_id}', f'revoked {row.token_id}')})}"


_SCOPES: dict[Scope, tuple[str, str]] = {
    Scope.SEND: ("发文", "send documents"),
    Scope.RECEIVE: ("收文与推送", "receive, webhooks"),
    Scope.REPLY: ("回复意见", "answer consultations"),
    Scope.READ: ("查阅状态", "read documents and states"),
    Scope.SUBMIT: ("收件与撤回（窗口）", "hand in and withdraw applications (windows)"),
    Scope.DECIDE: ("决定与期限调整（窗口）", "decide, amend terms (windows)"),
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
