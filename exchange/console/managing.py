"""How a security officer manages the accounts of others. Each step is one transaction, with its entry in the log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from exchange.console.arriving import source
from exchange.console.gate import DONE, Gate
from exchange.errors import Denied, NotFound
from exchange.flow.ports.accounts import AccountRow
from exchange.rules.accounts import account_name, check_manages, check_officer_left, role_of
from exchange.rules.permissions import AccountRole
from exchange.store.store import SqlTransaction


def make(gate: Gate, actor: str, name: str, role: str) -> str:
    """A new account and the token of its one-time link. Raises Denied, BadAccount or Conflict."""
    new, what = account_name(name), role_of(role)
    with _step(gate, actor, new, "account.make", f"{new} {what}") as tx:
        tx.accounts.add(AccountRow(new, what, None, gate.clock.now()))
        return gate.new_link(tx, new)


def change_role(gate: Gate, actor: str, name: str, role: str) -> None:
    """Another role for another's account, whose sessions end. Raises Denied, BadAccount or NotFound."""
    what = role_of(role)
    with _step(gate, actor, name, "account.role", f"{name} {what}") as tx:
        row = _existing(tx, name)
        if row.role is AccountRole.SECURITY and what is not AccountRole.SECURITY:
            check_officer_left(name, tx.accounts.officers())
        tx.accounts.set_role(name, what)
        tx.accounts.end_sessions(name)


def lock(gate: Gate, actor: str, name: str) -> None:
    """Keeps an account out, at once and until it is unlocked. Raises Denied or NotFound."""
    with _step(gate, actor, name, "account.lock", name) as tx:
        if _existing(tx, name).role is AccountRole.SECURITY:
            check_officer_left(name, tx.accounts.officers())
        tx.accounts.set_locked(name, gate.clock.now())
        tx.accounts.end_sessions(name)


def unlock(gate: Gate, actor: str, name: str) -> None:
    """Lets a locked account in again. Raises Denied or NotFound."""
    with _step(gate, actor, name, "account.unlock", name) as tx:
        _existing(tx, name)
        tx.accounts.set_locked(name, None)


def reset(gate: Gate, actor: str, name: str) -> str:
    """The token of a one-time link for a new password; the old one and its sessions end. Raises Denied or NotFound."""
    with _step(gate, actor, name, "account.reset", name) as tx:
        _existing(tx, name)
        return _renew(gate, tx, name)


def reset_from_here(gate: Gate, name: str) -> str:
    """As `reset`, by whoever may run commands on the console's machine. Raises NotFound."""
    with gate.store.transaction() as tx:
        _existing(tx, name)
        tx.audit_log.append(gate.clock.now(), name, "account.reset", "on the command line", DONE, source())
        return _renew(gate, tx, name)


def _renew(gate: Gate, tx: SqlTransaction, name: str) -> str:
    tx.accounts.set_password(name, None, gate.clock.now())
    tx.accounts.end_sessions(name)
    return gate.new_link(tx, name)


@contextmanager
def _step(gate: Gate, actor: str, target: str, action: str, what: str) -> Iterator[SqlTransaction]:
    """A transaction in which ``actor``, as it is on record now, may manage ``target``."""
    with gate.store.transaction() as tx:
        row = tx.accounts.get(actor)
        if row is None or row.locked_at is not None:
            raise Denied("this account is locked, or is none", remedy="ask a security officer")
        check_manages(actor, row.role, target)
        yield tx
        tx.audit_log.append(gate.clock.now(), actor, action, what, DONE, source())


def _existing(tx: SqlTransaction, name: str) -> AccountRow:
    row = tx.accounts.get(name)
    if row is None:
        raise NotFound("there is no account {name!r}", remedy="the page of accounts lists them", name=name)
    return row
