"""A member's store with a million messages around what is real in it: years of a desk's work, written by SQL.

Rows are shaped like the real ones beside them, whose signed octets stand for those of all that pages open; of messages
that no list opens the octets are empty.
"""

# ruff: noqa: E501 (statements of SQL are easier to read in whole lines)
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, text

from benchmarks.console_store import Words
from benchmarks.window_store import licence_number, parts, put_in_order, statements
from exchange.messaging.node import Node
from exchange.store.engine import writing
from exchange.store.types import micros

DAY = 86_400_000_000
"""Microseconds."""
IN_FULL = 4_000
"""Messages of a kind whose octets are there: more than any page opens."""
SOUGHT = 777
"""The number of one more: what is looked for by it."""
OFFICERS = ("sun", "chen", "ren", "su")


@dataclass(frozen=True)
class Sql:
    """An expression in the number ``n`` of a row; all else in a row is a value."""

    said: str


@dataclass
class Shelf:
    """One member's store being filled."""

    db: Connection
    words: Words
    own: str
    domain: str

    @property
    def messages(self) -> int:
        """How many messages there are to be."""
        return self.words.messages

    def real(self, table: str, where: str = "1 = 1", **values: object) -> dict[str, Any]:
        """A row that is there."""
        found = self.found(table, where, **values)
        assert found is not None, (table, where, values)
        return found

    def found(self, table: str, where: str, **values: object) -> dict[str, Any] | None:
        """The same; None where there is none."""
        row = self.db.execute(text(f"SELECT * FROM {table} WHERE {where} LIMIT 1"), values).mappings().first()
        return dict(row) if row is not None else None

    def put(
        self, table: str, count: int, like: Mapping[str, object] | None = None, only: str = "", **row: object
    ) -> None:
        """So many rows, each with its number; as one that is there, but for what is said."""
        whole = {name: value for name, value in {**(like or {}), **row}.items() if name != "id" or "id" in row}
        said = {name: value.said if isinstance(value, Sql) else f":{name}" for name, value in whole.items()}
        values = {name: value for name, value in whole.items() if not isinstance(value, Sql)}
        chosen = f" WHERE {only}" if only else ""
        names = ", ".join(f'"{name}"' for name in said)
        statement = f"INSERT INTO {table} ({names}) SELECT {', '.join(said.values())} FROM {self.words.numbers(count)} AS s{chosen}"
        self.db.execute(text(statement), values)

    def id(self, prefix: str, of: str = "n") -> Sql:
        """An id made of a number."""
        return Sql(self.words.id(prefix, of))

    def text(self, before: str, of: str = "n", after: str = "") -> Sql:
        """A text with a number in it."""
        if self.words.dialect == "sqlite":
            return Sql(f"printf('{before}%07d{after}', {of})")
        return Sql(f"('{before}' || lpad(({of})::text, 7, '0') || '{after}')")

    def at(self, count: int) -> Sql:
        """A moment of the past year: the later the number, the later it is."""
        return Sql(f"({self.words.now} - ({count} - n) * {365 * DAY // count})")

    def blob(self, size: int) -> Sql:
        """Octets of no meaning."""
        return Sql(self.words.blob(size))

    def one_of(self, names: tuple[str, ...], of: str = "n") -> Sql:
        """One of several words, in turns."""
        whens = " ".join(f"WHEN {place} THEN '{name}'" for place, name in enumerate(names))
        return Sql(f"(CASE ({of}) % {len(names)} {whens} END)")

    def member(self, name: str) -> str:
        """The address of a short name."""
        return f"{self.domain}.{name}"

    def message(
        self,
        count: int,
        kind: str,
        id: Sql,
        sender: str,
        *,
        like: Mapping[str, object] | None = None,
        **further: object,
    ) -> None:
        """Messages of a kind on record: what came with its line in the inbox, what went with its copy's.

        The latest have the octets of a real one, where it is given.
        """
        came, at = sender != self.own, further.pop("at", self.at(count))
        row: dict[str, object] = {
            "sender": sender, "message_id": id, "direction": "received" if came else "sent", "conversation_id": id, "kind": kind,
            "digest": "d" * 64, "signed": self.blob(700), "enclosures": self.blob(4), "recorded_at": at, **further,
        }  # fmt: skip
        in_full = f"(n >= {count - IN_FULL} OR n = {SOUGHT})"
        self.put("document", count, row, only=f"NOT {in_full}" if like is not None else "")
        if like is not None:
            octets = {"signed": like["signed"], "enclosures": like["enclosures"]}
            self.put("document", count, {**row, **octets}, only=in_full)
        if came:
            self.put(
                "inbox", count, sender=sender, message_id=id, kind=kind, digest="d" * 64, arrived_earliest=at, arrived_latest=at,
                arrival_source="broker", accepted=True, recorded_at=at,
            )  # fmt: skip
        elif kind != "receipt":
            self.sent(count, kind, id, at)

    def sent(
        self, count: int, kind: str, id: Sql, at: object, state: object = "delivered", returned_at: object = None
    ) -> None:
        """What of a message stands in the outbox."""
        self.put(
            "outbox_message", count, message_id=id, conversation_id=id, kind=kind, urgency="ordinary", digest="d" * 64,
            common=self.blob(0),
        )  # fmt: skip
        self.put(
            "outbox_copy", count, message_id=id, addressee=self.member("window" if "window" not in self.own else "planning"),
            queue="inbox", rank=2, recipient=self.blob(0), needs_receipt=True, state=state, attempts=1, next_at=at,
            written_at=at, sent_at=at, delivered_at=at, returned_at=returned_at,
        )  # fmt: skip


def fill(node: Node, messages: int) -> None:
    """So many more messages at a desk of a department, a window or a relay office, and all that goes with them."""
    store, name = node.store, node.address.rpartition(".")[2]
    words = Words(store._engine.dialect.name, [node.address], micros(node.clock.now()), messages)
    work = {"planning": _consultations, "window": _cases, "relay": _passed_notices, "portal": _applications}[name]
    with writing(store._engine) as connection, connection.begin():
        shelf = Shelf(connection, words, node.address, node.domain)
        work(shelf)
        if name != "portal":  # a portal writes to nobody
            _correspondence(shelf)
        _office(shelf)
    put_in_order(store)


def _applications(shelf: Shelf) -> None:
    """Four messages a case, as at the public window, and what is entered from paper."""
    words = replace(shelf.words, messages=shelf.messages // 4)
    for statement in statements(words, shelf.own, shelf.member("window"), "works"):
        shelf.db.execute(text(statement), {"signed": b""} if ":signed" in statement else {})
    kept, count = shelf.real("kept_draft", "subject LIKE 'counter:%'"), shelf.messages // 200
    shelf.put("kept_draft", count, kept, subject=shelf.text("counter:"), changed_at=shelf.at(count))


def _consultations(shelf: Shelf) -> None:
    """Five messages a case; one in fifty still waits, and half of those have a draft."""
    count, window, real = shelf.messages // 8, shelf.member("window"), shelf.real("desk", "state = 'waiting'")
    asked = shelf.real("document", "kind = 'consultation' AND message_id = :id", id=real["consultation_id"])
    number, at, waiting = shelf.text("OLD-2025-"), shelf.at(count), f"n >= {count - count // 50}"
    for kind, prefix, sender in (("consultation", "0", window), ("opinion", "1", shelf.own), ("receipt", "2", window),
                                 ("receipt", "3", shelf.own), ("decision", "4", window)):  # fmt: skip
        like = asked if kind == "consultation" else None
        shelf.message(count, kind, shelf.id(prefix), sender, like=like, conversation_id=shelf.id("0"))
    due = Sql(f"({shelf.words.now} + ((n * 7919) % 1000 - 200) * {DAY // 50})")
    shelf.put(
        "desk", count, real, case_number=number, consultation_id=shelf.id("0"), title=shelf.text("道路工程"), received_at=at,
        due_at=due, holder=Sql(f"(CASE n % 5 {' '.join(f'WHEN {place} THEN {chr(39)}{who}{chr(39)}' for place, who in enumerate(OFFICERS))} END)"),
        state=Sql(f"(CASE WHEN {waiting} THEN 'waiting' WHEN n % 211 = 0 THEN 'defaulted' WHEN n % 97 = 0 THEN 'closed' ELSE 'answered' END)"),
        opinion_id=Sql(f"(CASE WHEN {waiting} THEN NULL ELSE {shelf.id('1').said} END)"),
        answered_at=Sql(f"(CASE WHEN {waiting} THEN NULL ELSE {at.said} END)"),
        paper_by=Sql(f"(CASE WHEN n % 211 = 0 THEN {due.said} END)"),
    )  # fmt: skip
    for half, state in ((0, "written"), (1, "submitted")):
        kept = shelf.real("kept_draft", "subject LIKE 'opinion:%'")
        submitted = {"submitted_by": "chen", "submitted_at": at} if half else {}
        shelf.put(
            "kept_draft", count, kept, only=f"{waiting} AND n % 4 = {half}", subject=shelf.text("opinion:OLD-2025-"), state=state,
            changed_at=at, **submitted,
        )  # fmt: skip
    _journal(shelf, count, number)
    answers = max(shelf.messages // 200, IN_FULL)
    told = shelf.real("document", "kind = 'licence-answer'")
    shelf.message(answers, "licence-answer", shelf.id("5"), window, like=told)
    stand_in = {"absent": "chen", "stand_in": "sun", "recorded_by": "su", "matters": ""}
    shelf.put("stand_in", 500, stand_in, number=Sql("n + 1000"), since="2026-01-01", recorded_at=at,
              until=Sql("(CASE WHEN n % 50 = 0 THEN '2026-03-31' ELSE '2026-02-01' END)"))  # fmt: skip


def _journal(shelf: Shelf, count: int, number: Sql) -> None:
    shelf.put(
        "journal",
        count,
        at=shelf.at(count),
        event="consultation-arrived",
        case_number=number,
        message_id=shelf.id("0"),
        detail="{}",
    )


def _cases(shelf: Shelf) -> None:
    """Eleven messages a case; one in twenty is open. A filing for each, and a licence for half of them."""
    count, portal = shelf.messages // 22, shelf.member("portal")
    number, at, opened = shelf.text("OLD-2025-"), shelf.at(count), count - count // 20
    granted = shelf.real("case_file", "state = 'decided'")
    ready, waiting = f"n >= {opened} AND n % 5 = 0", f"n >= {opened} AND n % 5 <> 0"
    over = f"n < {opened}"
    case = {"number": number, "project": shelf.text("道路工程"), "applicant": shelf.text("建设公司"), "opened_at": at,
            "conversation_id": shelf.id("c")}  # fmt: skip
    decided = {"decided_at": at, "withdrawn_at": Sql(f"(CASE WHEN n % 97 = 0 THEN {at.said} END)"),
               "state": Sql("(CASE WHEN n % 97 = 0 THEN 'withdrawn' ELSE 'decided' END)")}  # fmt: skip
    shelf.put("case_file", count, granted, only=over, **case, **decided)
    shelf.put("case_file", count, shelf.real("case_file", "state = 'ready'"), only=ready, **case, ready_at=at)
    held_up = Sql(f"(CASE WHEN n % 4 = 0 THEN {'1' if shelf.words.dialect == 'sqlite' else 'true'} END)")
    shelf.put("case_file", count, shelf.real("case_file", "state = 'open'"), only=waiting, **case, held_up=held_up)
    _parts(shelf, count, (over, ready, waiting), granted["number"])
    clock = shelf.real("case_clock", "case_number = :number", number=granted["number"])
    reminded = {name: Sql(f"(CASE WHEN n >= {opened - count // 200} AND n < {opened} THEN {at.said} END)")
                for name in ("delivery_reminded_at", "undelivered_at")}  # fmt: skip
    shelf.put("case_clock", count, clock, case_number=number, delivered_at=Sql(f"(CASE WHEN n < {opened - count // 200} THEN {at.said} END)"),
              promise_over_at=Sql(f"(CASE WHEN n % 1009 = 0 THEN {at.said} END)"), **reminded)  # fmt: skip
    for place in range(11):
        kind, sender = (("consultation", shelf.own), ("opinion", shelf.member("planning")), ("deadline-notice", shelf.own),
                        ("receipt", shelf.member("transport")), ("decision", shelf.own))[place % 5]  # fmt: skip
        shelf.message(count, kind, shelf.id("ghijklmnopq"[place]), sender, conversation_id=shelf.id("c"))
    _journal(shelf, count, number)
    _filings(shelf, count, portal)
    _licences(shelf, count // 2)


def _parts(shelf: Shelf, count: int, kinds: tuple[str, str, str], granted: str) -> None:
    """Each case's two departments; of open ones terms that end within some days, or have ended."""
    over, ready, waiting = kinds
    at, number = shelf.at(count), shelf.text("OLD-2025-")
    due = Sql(f"({shelf.words.now} + ((n * 7919) % 1000 - 100) * {DAY // 50})")
    moments = dict.fromkeys(("issued_at", "signed_at", "started_at"), at)
    running = shelf.real("part", "state IN ('issued', 'signed')")
    for name in ("planning", "transport"):
        where = {"case_number": number, "department": shelf.member(name), "consultation_id": shelf.id("c"), **moments}
        answered = shelf.real(
            "part", "case_number = :number AND department = :who", number=granted, who=shelf.member(name)
        )
        shelf.put("part", count, answered, only=f"{over} OR {ready}", **where, answered_at=at, due_at=due)
        shelf.put("part", count, running, only=waiting, **where, due_at=due, state="signed")


def _filings(shelf: Shelf, count: int, portal: str) -> None:
    """One in fifty waits for its window's word."""
    real, at = shelf.real("filing", "state = 'received'"), shelf.at(count)
    papers = shelf.real("document", "message_id = :id", id=real["filing_id"])
    state = (f"(CASE WHEN n >= {count - count // 50} THEN 'received' WHEN n % 89 = 0 THEN 'incomplete' WHEN n % 83 = 0 "
             "THEN 'not-accepted' ELSE 'accepted' END)")  # fmt: skip
    shelf.put(
        "filing", count, real, portal=portal, number=shelf.text("Q"), state=Sql(state), filing_id=shelf.id("f"), last_id=shelf.id("f"),
        applicant=shelf.text("建设公司"), project=shelf.text("道路工程"), received_at=at, complete_at=at,
        case_number=Sql(f"(CASE WHEN {state} = 'accepted' THEN {shelf.text('OLD-2025-').said} END)"),
    )  # fmt: skip
    shelf.message(count, "filing", shelf.id("f"), portal, like=papers, conversation_id=shelf.id("f"))


def _licences(shelf: Shelf, count: int) -> None:
    real, at = shelf.real("licence"), shelf.at(count)
    paper = shelf.real("document", "message_id = :id", id=real["message_id"])
    holder = shelf.text("9134010000")
    shelf.put(
        "licence", count, real, number=Sql(licence_number(shelf.words, "n")), case_number=shelf.text("OLD-2025-"),
        shown_name=shelf.text("安徽第", after="建设工程有限公司"), shown_code=holder, identifier=holder, message_id=shelf.id("b"),
        issued_at=at,
    )  # fmt: skip
    for shown in ("number", "shown_name"):
        shelf.db.execute(text(parts(shelf.words, shown)))
    shelf.message(count, "licence", shelf.id("b"), shelf.own, like=paper)


def _passed_notices(shelf: Shelf) -> None:
    """Notices that a relay office has passed on, with what it was told of each; one in a hundred waits for its cover."""
    count = shelf.messages // 16
    _notices(shelf, "relay", count, "1", "waiting", "open")
    for place in range(8):
        kind, sender = (("tally", shelf.own), ("sign-off", shelf.member("planning")))[place % 2]
        shelf.message(count, kind, shelf.id("ghijklmn"[place]), sender, conversation_id=shelf.id("1"))
    readers = shelf.real("notice_reader")
    for name in ("planning", "transport", "water"):
        shelf.put("notice_reader", count, readers, notice_id=shelf.id("1"), address=shelf.member(name), state="signed")


def _notices(shelf: Shelf, seat: str, count: int, prefix: str, waits: str, else_: str) -> None:
    """Notices of one seat, the latest hundredth of which waits for somebody; every fourth has a form."""
    real, at, last = shelf.real("notice"), shelf.at(count), count - max(count // 100, 1)
    act_by = Sql("(CASE WHEN n % 3 = 0 THEN NULL WHEN n % 3 = 1 THEN '2026-03-20' ELSE '2026-02-27' END)")
    shelf.put(
        "notice", count, real, notice_id=shelf.id(prefix), seat=seat, forwarding_id=shelf.id(prefix), received_at=at, act_by=act_by,
        title=shelf.text("关于防汛的通知"), number=shelf.text("合政办〔2025〕", after="号"), settled_at=at,
        changed=False,
        state=Sql(f"(CASE WHEN n >= {last} THEN '{waits}' WHEN n % 50 = 0 THEN 'recalled' ELSE '{else_}' END)"),
    )  # fmt: skip
    form = shelf.real("collection")
    asked = Sql(f"(CASE WHEN n >= {count - count // 50} THEN '2026-03-20' END)")
    shelf.put("collection", count, form, only="n % 4 = 0", notice_id=shelf.id(prefix), answer_by=asked, changed=False)
    sender = shelf.member("relay" if "relay" not in shelf.own else "window")
    shelf.message(count, "notice", shelf.id(prefix), sender)


def _correspondence(shelf: Shelf) -> None:
    """What came and went as documents: three eighths of all messages, in the register of two years."""
    unit, planning = shelf.messages // 16, "planning" in shelf.own
    other = shelf.member("transport" if planning else "planning")
    for side, count, prefix, sender in (("received", 2 * unit, "d", other), ("sent", unit, "e", shelf.own)):
        at = shelf.at(count)
        year = Sql(f"(CASE WHEN n < {count // 2} THEN 2025 ELSE 2026 END)")
        shelf.put(
            "register", count, direction=side, year=year, number=Sql("n + 1000"), at=at, sender=sender, message_id=shelf.id(prefix),
            kind="函", document_number=shelf.text("合规函〔2025〕", after="号"), title=shelf.text("关于路网资料的函"),
            correspondents=other if side == "received" else f"{other}, {shelf.member('water')}",
        )  # fmt: skip
        shelf.message(count, "document", shelf.id(prefix), sender)
        shelf.message(
            count, "receipt", shelf.id("7" if side == "sent" else "6"), other if side == "sent" else shelf.own
        )
    shelf.db.execute(
        text(
            "UPDATE outbox_copy SET state = 'returned', returned_at = written_at, delivered_at = NULL WHERE id % 97 = 0 AND "
            "message_id IN (SELECT message_id FROM register WHERE direction = 'sent')"
        )
    )
    _requests_and_circulation(shelf, unit, other)
    if "relay" not in shelf.own:
        _notices(shelf, "reader" if planning else "origin", unit // 2, "8", "open", "signed" if planning else "open")
    _joints(shelf, unit // 4)


def _requests_and_circulation(shelf: Shelf, unit: int, other: str) -> None:
    """Every fourth document that came is a request, of which one in two hundred is open; half of all were filed."""
    state = Sql("(CASE WHEN n % 200 = 0 THEN 'open' ELSE 'answered' END)")
    shelf.put(
        "request", unit // 2, request_id=shelf.id("d"), seat="asked", state=state, recorded_at=shelf.at(unit // 2), origin=other,
        source=other, message_id=shelf.id("d"), digest="d" * 64, path="[]",
    )  # fmt: skip
    handled = {"handled_by": shelf.own, "state": "filed", "officer": "sun", "reason": ""}
    shelf.put("document_handling", unit, handled, message_id=shelf.id("d"), sender=other, handled_at=shelf.at(unit))
    back = {"handled_by": other, "state": "returned", "officer": "x", "reason": "不属本单位职责", "sender": shelf.own}
    shelf.put(
        "document_handling",
        unit // 100,
        back,
        message_id=shelf.id("e"),
        handled_at=shelf.at(unit // 100),
        return_id=shelf.id("e"),
    )
    for place, officer in enumerate(OFFICERS):
        shelf.put(
            "circulation", unit, message_id=shelf.id("d"), sender=other, officer=officer, position=place, put_by="sun",
            put_at=shelf.at(unit), state=Sql(f"(CASE WHEN n >= {unit - unit // 50} THEN 'unread' ELSE 'read' END)"),
            read_at=shelf.at(unit),
        )  # fmt: skip


def _joints(shelf: Shelf, count: int) -> None:
    """Those that others lead and those that it leads; one in fifty is open."""
    members = tuple(shelf.member(one) for one in ("transport", "planning", "water"))
    for seat, prefix, lead in (("signer", "9", members[0]), ("lead", "f", shelf.own)):
        shelf.put(
            "joint", count, joint_id=shelf.id(prefix), seat=seat, lead=lead, digest="d" * 64,
            state=Sql(f"(CASE WHEN n >= {count - count // 50} THEN 'open' WHEN n % 40 = 0 THEN 'refused' ELSE 'issued' END)"),
            title=shelf.text("关于路网的报告"), number=shelf.text("合交〔2025〕", after="号"), received_at=shelf.at(count),
        )  # fmt: skip
    for place, signer in enumerate(members):
        shelf.put("joint_signature", count, joint_id=shelf.id("9"), signer=signer, position=place, at=shelf.at(count))


def _office(shelf: Shelf) -> None:
    """What officers have written and done: drafts, their views, accounts, and the audit log."""
    drafts = shelf.messages // 200
    for beginning in ("letter:", "notice:", "joint:"):
        kept = shelf.found("kept_draft", f"subject LIKE '{beginning}%'")
        if kept is not None:
            shelf.put(
                "kept_draft",
                drafts,
                kept,
                subject=Sql(f"'{beginning}' || {shelf.id('d').said}"),
                changed_at=shelf.at(drafts),
            )
    entries = shelf.messages // 2
    shelf.put(
        "audit_entry", entries, seq=Sql("n + 100000"), at=shelf.at(entries), account=shelf.one_of(OFFICERS), action="reply",
        what=shelf.text("/case/OLD-2025-", after="/opinion/sign"), outcome="done", previous="p" * 64, hash="h" * 64, version=1,
        source="", origin="",
    )  # fmt: skip
    account = shelf.real("account", "name = 'sun'")
    shelf.put("account", 40, account, name=shelf.text("officer"))
    shelf.put("saved_view", 12, account="sun", place="documents:received", name=shelf.text("view"), query="words=1")
