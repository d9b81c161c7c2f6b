"""A store of a million messages to look at: a year of cases as the example city handles them, written by SQL.

22 messages a case, five departments asked, one case in twenty open; the monitor watches what is open. One case is
handed in for real, so that signatures are verified where a page verifies them.
"""

# ruff: noqa: E501 (statements of SQL are easier to read in whole lines)
from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, text

from exchange.approval.window.store import Cases
from exchange.approval.window.submit import submit
from exchange.operations.domain_view import DomainView
from exchange.runtime.home import open_member
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.schemas import (
    Applicant,
    Application,
    DeadlineState,
    DeadlineStatus,
    DefaultMode,
    EntryKind,
    LedgerEntry,
    Role,
    StartRule,
    SubmittedMaterial,
    Term,
)
from exchange.store import Store
from exchange.store.engine import writing
from exchange.store.types import micros

A_CASE = 22
"""Messages in a window's store for each case."""
OPEN = 20
"""One case in so many is open: the latest."""
YEAR = timedelta(days=365)


@dataclass
class Words:
    """SQL that both databases understand, and what differs."""

    dialect: str
    departments: list[str]
    now: int
    messages: int

    def id(self, prefix: str, number: str) -> str:
        """A message id made of a number; the prefix keeps kinds of ids apart."""
        if self.dialect == "sqlite":
            return f"printf('{prefix}%07x-0000-4000-8000-%012x', {number}, {number})"
        return (
            f"('{prefix}' || lpad(to_hex({number}), 7, '0') || '-0000-4000-8000-' || lpad(to_hex({number}), 12, '0'))"
        )

    def numbers(self, count: int) -> str:
        """A relation ``seq`` of the numbers below ``count``."""
        if self.dialect == "sqlite":
            return f"(WITH RECURSIVE t(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM t WHERE n + 1 < {count}) SELECT n FROM t)"
        return f"(SELECT n::bigint AS n FROM generate_series(0, {count - 1}) AS n)"

    def case_number(self, number: str) -> str:
        if self.dialect == "sqlite":
            return f"printf('OLD-2026-%07d', {number})"
        return f"('OLD-2026-' || lpad(({number})::text, 7, '0'))"

    def department(self, number: str) -> str:
        """One of the departments."""
        count = len(self.departments)
        whens = " ".join(f"WHEN {place} THEN '{address}'" for place, address in enumerate(self.departments))
        return f"(CASE ({number}) % {count} {whens} END)"

    def blob(self, size: int) -> str:
        return f"zeroblob({size})" if self.dialect == "sqlite" else f"decode(repeat('00', {size}), 'hex')"

    @property
    def step(self) -> int:
        """Microseconds between two messages."""
        return int(YEAR / timedelta(microseconds=1)) // self.messages


def fill_window(db: Connection, w: Words, window: str) -> None:
    """A year at the window."""
    yes, no = ("1", "0") if w.dialect == "sqlite" else ("true", "false")
    at = f"({w.now} - ({w.messages} - n) * {w.step})"
    place, case = f"(n % {A_CASE})", f"(n / {A_CASE})"
    kind = (
        f"(CASE WHEN {place} = 0 THEN 'consultation' WHEN {place} <= 5 THEN 'opinion' WHEN {place} = 6 THEN 'decision' "
        f"WHEN {place} <= 10 THEN 'deadline-notice' ELSE 'receipt' END)"
    )
    received = f"({place} BETWEEN 1 AND 5 OR {place} >= 17)"
    who = w.department(f"{case} + {place}")
    cases, seq = w.messages // A_CASE, w.numbers(w.messages)
    sent = f"{seq} AS s WHERE NOT {received}"
    run = [
        f"INSERT INTO document (sender, message_id, direction, conversation_id, kind, digest, signed, enclosures, recorded_at) "
        f"SELECT CASE WHEN {received} THEN {who} ELSE '{window}' END, {w.id('a', 'n')}, "
        f"CASE WHEN {received} THEN 'received' ELSE 'sent' END, {w.id('c', case)}, {kind}, '{'d' * 64}', {w.blob(700)}, "
        f"{w.blob(4)}, {at} FROM {seq} AS s",
        f"INSERT INTO outbox_message (message_id, conversation_id, kind, urgency, digest, common) "
        f"SELECT {w.id('a', 'n')}, {w.id('c', case)}, {kind}, 'ordinary', '{'d' * 64}', {w.blob(0)} FROM {sent}",
        f"INSERT INTO inbox (sender, message_id, kind, digest, arrived_earliest, arrived_latest, arrival_source, receipt_id, "
        f"accepted, recorded_at) SELECT {who}, {w.id('a', 'n')}, {kind}, '{'d' * 64}', {at}, {at}, 'broker', "
        f"{w.id('b', 'n')}, {yes}, {at} FROM {seq} AS s WHERE {received}",
        f"INSERT INTO outbox_copy (message_id, addressee, queue, rank, recipient, needs_receipt, state, attempts, next_at, "
        f"written_at, sent_at, delivered_at, receipt_id, receipt_index) "
        f"SELECT {w.id('a', 'n')}, {w.department(f'{case} + k.p')}, 'inbox', 2, {w.blob(0)}, "
        f"CASE WHEN {place} > 10 THEN {no} ELSE {yes} END, "
        f"CASE WHEN n % 9973 = 0 THEN 'failed' WHEN n > {w.messages - 2_000} THEN 'sent' ELSE 'delivered' END, 1, {at}, {at}, "
        f"{at}, {at}, {w.id('b', 'n')}, 0 FROM {seq} AS s, (SELECT n AS p FROM {w.numbers(5)} AS b) AS k "
        f"WHERE NOT {received} AND (k.p = 0 OR {place} IN (0, 6))",
        f"INSERT INTO case_file (number, matter, matter_version, state, stage, application, applicant, project, "
        f"conversation_id, opened_at, decided_at, outcome) SELECT {w.case_number('n')}, 'road-occupation', '1', "
        f"CASE WHEN n >= {cases - cases // OPEN} THEN 'open' WHEN n % 97 = 0 THEN 'withdrawn' ELSE 'decided' END, 1, "
        f"{w.blob(300)}, 'x', 'x', {w.id('c', 'n')}, {w.now} - ({cases} - n) * {w.step * A_CASE}, NULL, NULL "
        f"FROM {w.numbers(cases)} AS s",
        part_sql(w, cases),
        f"INSERT INTO journal (at, event, case_number, message_id, detail) SELECT {at}, {kind}, {w.case_number(case)}, "
        f"{w.id('a', 'n')}, '{{}}' FROM {seq} AS s WHERE {place} <= 6",
    ]  # fmt: skip
    for statement in run:
        db.execute(text(statement))


def part_sql(w: Words, cases: int) -> str:
    """Five parts a case; of open cases most are running, with terms of five days spread around now."""
    day = 86_400_000_000
    is_open = f"(s.c >= {cases - cases // OPEN})"
    spread = "((s.c * 7919 + k.p * 104729) % 1000)"
    started = f"({w.now} - {spread} * {day} / 190)"
    state = (
        f"(CASE WHEN {is_open} THEN (CASE WHEN {spread} % 10 < 5 THEN 'answered' WHEN {spread} > 960 THEN 'deemed' "
        f"WHEN {spread} % 10 = 5 THEN 'issued' ELSE 'signed' END) WHEN {spread} < 20 THEN 'deemed' "
        f"WHEN {spread} = 999 THEN 'escalated' ELSE 'answered' END)"
    )
    since = f"(CASE WHEN {is_open} THEN {started} ELSE {w.now} - ({cases} - s.c) * {w.step * A_CASE} END)"
    return (
        "INSERT INTO part (case_number, department, position, stage, state, revision, consultation_id, started_at, due_at) "
        f"SELECT {w.case_number('s.c')}, {w.department('s.c + k.p')}, k.p, 1, {state}, 1, {w.id('a', f's.c * {A_CASE}')}, "
        f"CASE WHEN {state} = 'issued' THEN NULL ELSE {since} END, "
        f"CASE WHEN {state} = 'issued' THEN NULL ELSE {since} + 5 * {day} END "
        f"FROM (SELECT n AS c FROM {w.numbers(cases)} AS a) AS s, (SELECT n AS p FROM {w.numbers(5)} AS b) AS k"
    )


def fill_monitor(db: Connection, w: Words, window: str, settings: Settings) -> None:
    """What is open at the window is under watch."""
    now, cases = settings.clock.now(), w.messages // A_CASE
    state = DeadlineState(
        case_number="OLD-2026-NUMBER", matter="road-occupation", matter_version="1", department="x.department",
        lead=window, consultation_id="00000000-0000-4000-8000-000000000000", revision=1, status=DeadlineStatus.RUNNING,
        term=Term(days=5), start=StartRule.SIGNED_FOR,
        ledger=(LedgerEntry(kind=EntryKind.START, at=now - timedelta(days=2), reason="term begins", actor=window),),
        default=DefaultMode.CONSENT, default_basis=("rule",),
    )  # fmt: skip
    number, department = w.case_number("s.c"), w.department("s.c + k.p")
    json = f"replace(replace(:json, 'OLD-2026-NUMBER', {number}), 'x.department', {department})"
    no = "0" if w.dialect == "sqlite" else "false"
    due = f"({w.now} + (((s.c * 7919 + k.p * 104729) % 1000) + 1) * 86400000000 / 200)"
    first = cases - cases // OPEN
    db.execute(
        text(
            'INSERT INTO watch (case_number, department, "window", revision, state, due_at, provisional, next_at, calendar, '
            f"deadline) SELECT {number}, {department}, '{window}', 1, 'running', {due}, {no}, {due}, 'c', {json} "
            f"FROM (SELECT n + {first} AS c FROM {w.numbers(max(cases // OPEN, 1))} AS a) AS s, "
            f"(SELECT n AS p FROM {w.numbers(3)} AS b) AS k"
        ),
        {"json": state.model_dump_json()},
    )


def fill(view: DomainView, messages: int) -> None:
    """Fills window and monitor, a tenth as much at one department, and lets the database put itself in order as it does over a year."""
    profiles = load_profiles(view.home.departments).values()
    window, monitor = (next(p.address for p in profiles if role in p.roles) for role in (Role.WINDOW, Role.MONITOR))
    departments = [p.address for p in profiles if Role.DEPARTMENT in p.roles]
    for address, count in ((window, messages), (departments[0], messages // 10), (monitor, 0)):
        store: Store = view.store(address)
        words = Words(store._engine.dialect.name, departments, micros(view.clock.now()), count or messages)
        with writing(store._engine) as connection, connection.begin():
            if address == monitor:
                fill_monitor(connection, words, window, view.settings)
            else:
                fill_window(connection, words, address)
        with store._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE" if words.dialect == "sqlite" else "VACUUM (ANALYZE)"))


def real_case(settings: Settings) -> str:
    """A case handed in for real; its consultation's id."""
    home = Home(settings.home)
    window = next(p.address for p in load_profiles(home.departments).values() if Role.WINDOW in p.roles)
    node = open_member(settings, window).node
    matter = next(iter(node.catalogue.values()))
    materials = tuple(SubmittedMaterial(code=one.code, note="on file") for one in matter.materials)
    who = Applicant(name="x", identifier="1", contact="-")
    application = Application(
        matter=matter.code, applicant=who, project="x", materials=materials, submitted_at=settings.clock.now()
    )
    number = submit(node, application).number
    with node.store.reading() as tx:
        return next(part.consultation_id or "" for part in tx[Cases].parts(number) if part.consultation_id)
