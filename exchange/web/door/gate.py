"""What it takes to come in: signing in and out, one-time links, the own password. Steps on a console's or desk's store.

Tokens are random, given out once, and kept as their SHA-256; time is that of people, never a domain's faster clock.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from exchange.clock import Clock, RealClock
from exchange.errors import BadAccount, Denied
from exchange.machine.logger import get_logger
from exchange.operations.audit.store import AuditLog
from exchange.operations.domain_view import DomainView
from exchange.store import Store
from exchange.store.transaction import Transaction
from exchange.web.arriving import source
from exchange.web.door.accounts import account_name
from exchange.web.door.counting import DEVICE, KNOWN, count_attempt, forgive
from exchange.web.door.devices import Devices
from exchange.web.door.password_rules import check_password
from exchange.web.door.passwords import Passwords
from exchange.web.door.records import AccountRow, FailureRow, LinkRow, SessionRow
from exchange.web.door.roles import CONSOLE_DOOR, DoorRoles
from exchange.web.door.sign_in import (
    FORGOTTEN_AFTER,
    LASTS,
    LINK_LASTS,
    SEEN_EVERY,
    session_holds,
)
from exchange.web.door.store import Accounts
from exchange.web.door.strangers import Strangers
from exchange.web.door.tokens import hashed, under

UNKNOWN = "?"
"""Stands in the log for a name that is no account's: it may be a password typed into the wrong field."""

SIGN_IN, SIGN_OUT, LINK, PASSWORD = "sign-in", "sign-out", "account.link", "account.password"
DONE = "done"

log = get_logger()


@dataclass(frozen=True)
class Who:
    """Whose session a token is."""

    account: AccountRow
    session: str
    """Hash of its token."""


class Gate:
    """The steps of coming in. Safe to use from several threads."""

    def __init__(
        self,
        store: Store,
        clock: Clock | None = None,
        passwords: Passwords | None = None,
        new_token: Callable[[], str] = lambda: secrets.token_urlsafe(32),
        roles: DoorRoles = CONSOLE_DOOR,
    ) -> None:
        self.store = store
        self.roles = roles
        self.clock = clock or RealClock()
        self.passwords = passwords or Passwords()
        self._new_token = new_token
        self.strangers = Strangers()
        self.issuer = ""
        """The provider by which people may sign in too; empty where there is none."""
        self.handed: dict[str, tuple[str, str]] = {}
        """One-time links made for others (account, token), by the officer who made them, until they are shown once."""

    def who(self, token: str, *, active: bool = True) -> Who | None:
        """Return whose session this is, if it is still valid; an ``active`` look keeps it from becoming idle."""
        if not token:
            return None
        now, key = self.clock.now(), hashed(token)
        with self.store.reading() as tx:
            found = tx[Accounts].session(key)
        if found is None:
            return None
        session, account = found
        if account.locked_at or not session_holds(account.role, session.ends_at, session.seen_at, now):
            return None
        if active and now - session.seen_at >= SEEN_EVERY:
            with self.store.transaction() as tx:
                tx[Accounts].seen(key, now)
        return Who(account, key)

    @cached_property
    def devices(self) -> Devices:
        """The devices that are known, by a key in the console's own store."""
        with self.store.transaction() as tx:
            key = tx[Accounts].device_key()
            if key is None:
                key = secrets.token_hex(32)
                tx[Accounts].set_device_key(key)
        return Devices(bytes.fromhex(key))

    def device(self, name: str, cookie: str) -> str | None:
        """Return the id of the device that bears a cookie, if the account of this name has signed in from it."""
        return self.devices.known(_possible(name), cookie, self.clock.now()) if cookie else None

    def sign_in(self, name: str, password: str, before: str = "", place: str = "", device: str | None = None) -> str:
        """Return the token of a new session; that of ``before`` ends. Raises Denied alike for whatever is wrong, or
        ShutOut.

        An attempt counts as failed until it has succeeded, so that many at once are no more guesses than few. ``place``
        is where it comes from: who fails elsewhere shuts out nobody who has signed in from here of late. ``device`` is
        one that is known for this account: it has a count of its own, whoever else fails from the same place.
        """
        return self.open_session(self._attempt(name, password, SIGN_IN, place, device), before, "/sign-in")

    def open_session(self, account: AccountRow, before: str, what: str) -> str:
        """Return the token of a new session for whoever has proved to be an account; that of ``before`` ends. ``what``
        is the path by which they came. Raises Denied where the account has changed meanwhile.
        """
        token, now = self._new_token(), self.clock.now()
        with self.store.transaction() as tx:
            _check_unchanged(tx, account)
            tx[Accounts].sweep(now, now - FORGOTTEN_AFTER)
            tx[Accounts].end_session(hashed(before))
            tx[Accounts].add_session(SessionRow(hashed(token), account.name, now, now, now + LASTS))
            self._append(tx, account.name, SIGN_IN, what, DONE)
        return token

    def sign_out(self, token: str) -> None:
        """End a session."""
        who = self.who(token, active=False)
        with self.store.transaction() as tx:
            if tx[Accounts].end_session(hashed(token)) and who is not None:
                self._append(tx, who.account.name, SIGN_OUT, "/sign-out", DONE)

    def change_password(self, name: str, session: str, current: str, new: str, place: str = "") -> int:
        """Set the own password, end the account's other sessions, and return how many. Raises Denied or BadAccount."""
        account = self._attempt(name, current, PASSWORD, place, "signed in")
        check_password(new, name)
        kept = self.passwords.hash(new)
        with self.store.transaction() as tx:
            _check_unchanged(tx, account)
            tx[Accounts].set_password(name, kept, self.clock.now())
            return tx[Accounts].end_sessions(name, but=session)

    def first_link(self) -> str | None:
        """Return the token of a set-up link for the first account; None where there is one. Earlier links are void."""
        with self.store.transaction() as tx:
            if tx[Accounts].any():
                return None
            self._append(tx, UNKNOWN, LINK, "set-up link made", DONE)
            return self.new_link(tx, None)

    def new_link(self, tx: Transaction, account: str | None) -> str:
        """Return the token of a new one-time link for an account, made within a step."""
        token, now = self._new_token(), self.clock.now()
        tx[Accounts].put_link(LinkRow(hashed(token), account, now, now + LINK_LASTS))
        return token

    def link(self, token: str, place: str = "") -> LinkRow:
        """Return what a one-time link is for, while it can be used. Raises Denied."""
        with self.store.reading() as tx:
            row = tx[Accounts].link(hashed(token))
            used_up = row is not None and row.account is None and tx[Accounts].any()
        if row is None or used_up or row.used_at is not None or row.expires_at <= self.clock.now():
            known = UNKNOWN if row is None or row.account is None else row.account
            self.refused(known, LINK, "/set-up", "denied", place)
            raise _no_link()
        return row

    def use_link(self, token: str, name: str, password: str, place: str = "") -> str:
        """Set a password by a one-time link, which is used up by it; return the account's name.

        ``name`` is that of the first account, which manages others; other links know theirs. Raises Denied, BadAccount.
        """
        row = self.link(token, place)
        account = row.account or account_name(name)
        check_password(password, account)
        kept, now = self.passwords.hash(password), self.clock.now()
        with self.store.transaction() as tx:
            if not tx[Accounts].use_link(row.token_hash, now) or (row.account is None and tx[Accounts].any()):
                raise _no_link()
            if row.account is None:
                tx[Accounts].add(AccountRow(account, self.roles.keeper, kept, now, now))
            tx[Accounts].set_password(account, kept, now)
            tx[Accounts].end_sessions(account)
            forgive(tx, account, place)
            self._append(tx, account, LINK, "/set-up", DONE)
        return account

    def record(self, account: str, action: str, what: str, outcome: str) -> None:
        """Add an entry to the audit log, in a step of its own."""
        with self.store.transaction() as tx:
            self._append(tx, account, action, what, outcome)

    def _append(self, tx: Transaction, account: str, action: str, what: str, outcome: str) -> None:
        """The head of the chain also goes to the process's log, where the database's keeper cannot change it."""
        entry = tx[AuditLog].append(self.clock.now(), account, action, what, outcome, source())
        log.info(
            "console.audit", entry=f"{entry.seq}:{entry.hash}", action=action, outcome=outcome, source=entry.source
        )

    def write_sums(self, *, ended: bool = False) -> None:
        """Write what strangers did too often to be written one by one, once its time is over or all has ``ended``."""
        for one in self.strangers.due(ended=ended):
            self.record(UNKNOWN, one.action, f"/{one.action}: {one}", one.outcome)

    def refused(self, account: str, action: str, what: str, outcome: str, place: str) -> None:
        """Add an entry of what was refused, unless so many came from there that they are summed."""
        if self.strangers.single(place, action, outcome):
            self.record(account, action, what, outcome)

    def _attempt(self, name: str, password: str, action: str, place: str, device: str | None = None) -> AccountRow:
        """The account whose password this is. Raises Denied or ShutOut, with an entry in the log."""
        with self.store.transaction() as tx:
            account = tx[Accounts].get(_possible(name))
            shut = count_attempt(tx, name, place, device, self.clock.now())
        known = account.name if account else UNKNOWN
        if shut is not None:
            self.refused(known, action, f"/{action}", shut.code, place)
            raise shut
        can = account is not None and account.locked_at is None
        good = self.passwords.verify(account.password if account and can else None, password)
        if account is None or not good:
            self.refused(known, action, f"/{action}", "denied", place)
            raise Denied("the name or the password is wrong, or the account cannot be used", remedy="try again")
        with self.store.transaction() as tx:
            forgive(tx, name, place)
            if device is not None:
                tx[Accounts].clear_failure(under(name, DEVICE, device))
            if place:
                now = self.clock.now()
                tx[Accounts].set_failure(FailureRow(under(name, place, KNOWN), 0, now, now))
        return account


def _possible(name: str) -> str:
    try:
        return account_name(name)
    except BadAccount:
        return ""


def _check_unchanged(tx: Transaction, account: AccountRow) -> None:
    """Raises Denied where an account was locked, reset or given another role while its proof was being looked at."""
    if tx[Accounts].get(account.name) != account:
        raise Denied("the account has just been changed", remedy="try again")


def _no_link() -> Denied:
    return Denied(
        "this one-time link cannot be used: it is unknown, was used, or is too old",
        code="link",
        remedy="ask whoever manages the accounts for a new one; for the first account start the pages again",
    )


def gate_of(view: DomainView) -> Gate:
    """Return the gate of a domain's console, in its own store; one gate a view. Raises DatabaseUnavailable."""
    store = view.console
    found = view.kept_once("gate", lambda: Gate(store))
    assert isinstance(found, Gate)  # noqa: S101
    return found
