"""How a security officer manages the accounts of others. Each step is one transaction, with its entry in the log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from exchange.errors import Denied, NotFound
from exchange.operations.audit.store import AuditLog
from exchange.store.transaction import Transaction
from exchange.web.arriving import source
from exchange.web.door.accounts import account_name, check_manages, check_officer_left, role_of
from exchange.web.door.gate import DONE, Gate
from exchange.web.door.permissions import AccountRole
from exchange.web.door.records import AccountRow
from exchange.web.door.store import Accounts


def make(gate: Gate, actor: str, name: str, role: str) -> str:
    """Make a new account and return the token of its one-time link. Raises Denied, BadAccount or Conflict."""
    new, what = account_name(name), role_of(role)
    with _step(gate, actor, new, "account.make", f"{new} {what}") as tx:
        tx[Accounts].add(AccountRow(new, what, None, gate.clock.now()))
        return gate.new_link(tx, new)


def change_role(gate: Gate, actor: str, name: str, role: str) -> None:
    """Give another's account another role and end its sessions. Raises Denied, BadAccount or NotFound."""
    what = role_of(role)
    with _step(gate, actor, name, "account.role", f"{name} {what}") as tx:
        row = _existing(tx, name)
        if row.role is AccountRole.SECURITY and what is not AccountRole.SECURITY:
            check_officer_left(name, tx[Accounts].officers())
        tx[Accounts].set_role(name, what)
        tx[Accounts].end_sessions(name)


def lock(gate: Gate, actor: str, name: str) -> None:
    """Keep an account out, at once and until it is unlocked. Raises Denied or NotFound."""
    with _step(gate, actor, name, "account.lock", name) as tx:
        if _existing(tx, name).role is AccountRole.SECURITY:
            check_officer_left(name, tx[Accounts].officers())
        tx[Accounts].set_locked(name, gate.clock.now())
        tx[Accounts].end_sessions(name)


def unlock(gate: Gate, actor: str, name: str) -> None:
    """Let a locked account in again. Raises Denied or NotFound."""
    with _step(gate, actor, name, "account.unlock", name) as tx:
        _existing(tx, name)
        tx[Accounts].set_locked(name, None)


def reset(gate: Gate, actor: str, name: str) -> str:
    """Return the token of a one-time link for a new password; the old one and its sessions end. Raises Denied or
    NotFound.
    """
    with _step(gate, actor, name, "account.reset", name) as tx:
        _existing(tx, name)
        return _renew(gate, tx, name)


def reset_from_here(gate: Gate, name: str) -> str:
    """Do as `reset` does, for whoever may run commands on the console's machine. Raises NotFound."""
    with gate.store.transaction() as tx:
        _existing(tx, name)
        tx[AuditLog].append(gate.clock.now(), name, "account.reset", "on the command line", DONE, source())
        return _renew(gate, tx, name)


def lock_from_here(gate: Gate, by: str, name: str) -> None:
    """Do as `lock` does, for whoever may run commands on the console's machine. Raises Denied or NotFound."""
    with gate.store.transaction() as tx:
        if _existing(tx, name).role is AccountRole.SECURITY:
            check_officer_left(name, tx[Accounts].officers())
        tx[Accounts].set_locked(name, gate.clock.now())
        tx[Accounts].end_sessions(name)
        tx[AuditLog].append(gate.clock.now(), by, "account.lock", name, DONE, source())


def _renew(gate: Gate, tx: Transaction, name: str) -> str:
    tx[Accounts].set_password(name, None, gate.clock.now())
    tx[Accounts].end_sessions(name)
    return gate.new_link(tx, name)


@contextmanager
def _step(gate: Gate, actor: str, target: str, action: str, what: str) -> Iterator[Transaction]:
    """A transaction in which ``actor``, as it is on record now, may manage ``target``."""
    with gate.store.transaction() as tx:
        row = tx[Accounts].get(actor)
        if row is None or row.locked_at is not None:
            raise Denied("this account is locked, or is none", remedy="ask a security officer")
        check_manages(actor, row.role, target)
        yield tx
        tx[AuditLog].append(gate.clock.now(), actor, action, what, DONE, source())


def _existing(tx: Transaction, name: str) -> AccountRow:
    row = tx[Accounts].get(name)
    if row is None:
        raise NotFound("there is no account {name!r}", remedy="the page of accounts lists them", name=name)
    return row
