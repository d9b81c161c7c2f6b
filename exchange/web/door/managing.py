"""How a security officer, or the supervisor of a desk, manages the accounts of others.

Each step is one transaction, with its entry in the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from exchange.errors import BadAccount, Conflict, Denied, NotFound
from exchange.operations.audit.store import AuditLog
from exchange.store.transaction import Transaction
from exchange.web.arriving import source
from exchange.web.door.accounts import account_name, check_keeper_left, check_manages, role_of
from exchange.web.door.gate import DONE, Gate
from exchange.web.door.provider.records import LONGEST_SUBJECT, BoundSubject
from exchange.web.door.provider.store import BoundSubjects
from exchange.web.door.records import AccountRow
from exchange.web.door.store import Accounts


def make(gate: Gate, actor: str, name: str, role: str) -> str:
    """Make a new account and return the token of its one-time link. Raises Denied, BadAccount or Conflict."""
    new, what = account_name(name), role_of(role, gate.roles)
    with _step(gate, actor, new, "account.make", f"{new} {what}") as tx:
        tx[Accounts].add(AccountRow(new, what, None, gate.clock.now()))
        return gate.new_link(tx, new)


def change_role(gate: Gate, actor: str, name: str, role: str) -> None:
    """Give another's account another role and end its sessions. Raises Denied, BadAccount or NotFound."""
    what, keeper = role_of(role, gate.roles), gate.roles.keeper
    with _step(gate, actor, name, "account.role", f"{name} {what}") as tx:
        row = _existing(tx, name)
        if row.role is keeper and what is not keeper:
            check_keeper_left(name, tx[Accounts].keepers(keeper), gate.roles)
        tx[Accounts].set_role(name, what)
        tx[Accounts].end_sessions(name)


def lock(gate: Gate, actor: str, name: str) -> None:
    """Keep an account out, at once and until it is unlocked. Raises Denied or NotFound."""
    with _step(gate, actor, name, "account.lock", name) as tx:
        _check_not_last(gate, tx, name)
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


def bind(gate: Gate, actor: str, name: str, subject: str) -> None:
    """Let whoever the provider calls this sign in as another's account. Raises Denied, BadAccount, Conflict or
    NotFound.
    """
    who = subject.strip()
    if not gate.issuer or not 0 < len(who) <= LONGEST_SUBJECT or not who.isprintable():
        raise BadAccount(
            "this is nobody at the provider", remedy="copy the subject from the page that told it when signing in"
        )
    with _step(gate, actor, name, "account.bind", name) as tx:
        _existing(tx, name)
        bound = tx[BoundSubjects].get(gate.issuer, who)
        if bound is not None and bound.account != name:
            raise Conflict(
                "somebody is bound to one account alone, and this one is {account}",
                remedy="release that account first",
                account=bound.account,
            )
        tx[BoundSubjects].put(BoundSubject(gate.issuer, who, name, actor, gate.clock.now()))


def release(gate: Gate, actor: str, name: str) -> None:
    """Let nobody sign in as another's account by the provider any more; its sessions end. Raises Denied or NotFound."""
    with _step(gate, actor, name, "account.release", name) as tx:
        _existing(tx, name)
        tx[BoundSubjects].release(gate.issuer, name)
        tx[Accounts].end_sessions(name)


def bound_subjects(gate: Gate) -> dict[str, str]:
    """Return who at the provider is which account: subjects by accounts."""
    if not gate.issuer:
        return {}
    with gate.store.reading() as tx:
        return {one.account: one.subject for one in tx[BoundSubjects].all(gate.issuer)}


def reset_from_here(gate: Gate, name: str) -> str:
    """Do as `reset` does, for whoever may run commands on the console's machine. Raises NotFound."""
    with gate.store.transaction() as tx:
        _existing(tx, name)
        tx[AuditLog].append(gate.clock.now(), name, "account.reset", "on the command line", DONE, source())
        return _renew(gate, tx, name)


def link_from_here(gate: Gate, name: str, role: str | None) -> tuple[AccountRow, str]:
    """Return an account, made with this role where there is none, and the token of its one-time link; for whoever may
    run commands on the machine. Raises BadAccount.
    """
    new, now = account_name(name), gate.clock.now()
    wanted = role_of(role, gate.roles) if role is not None else None
    with gate.store.transaction() as tx:
        row = tx[Accounts].get(new)
        if row is None:
            if wanted is None:
                raise BadAccount("there is no account {name!r} yet", remedy="say which role it gets", name=new)
            row = AccountRow(new, wanted, None, now)
            tx[Accounts].add(row)
            tx[AuditLog].append(now, new, "account.make", f"{new} {wanted} on the command line", DONE, source())
        elif wanted is not None and wanted is not row.role:
            raise BadAccount(
                "the account {name!r} has the role {role} already",
                remedy="its role is changed on the page of the accounts",
                name=new,
                role=row.role.value,
            )
        else:
            tx[AuditLog].append(now, new, "account.reset", "on the command line", DONE, source())
        return row, _renew(gate, tx, new)


def lock_from_here(gate: Gate, by: str, name: str) -> None:
    """Do as `lock` does, for whoever may run commands on the console's machine. Raises Denied or NotFound."""
    with gate.store.transaction() as tx:
        _check_not_last(gate, tx, name)
        tx[Accounts].set_locked(name, gate.clock.now())
        tx[Accounts].end_sessions(name)
        tx[AuditLog].append(gate.clock.now(), by, "account.lock", name, DONE, source())


def _check_not_last(gate: Gate, tx: Transaction, name: str) -> None:
    if _existing(tx, name).role is gate.roles.keeper:
        check_keeper_left(name, tx[Accounts].keepers(gate.roles.keeper), gate.roles)


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
            raise Denied("this account is locked, or is none", remedy="ask whoever manages the accounts")
        check_manages(actor, row.role, target, gate.roles)
        yield tx
        tx[AuditLog].append(gate.clock.now(), actor, action, what, DONE, source())


def _existing(tx: Transaction, name: str) -> AccountRow:
    row = tx[Accounts].get(name)
    if row is None:
        raise NotFound("there is no account {name!r}", remedy="the page of accounts lists them", name=name)
    return row
