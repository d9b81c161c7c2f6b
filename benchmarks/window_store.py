"""A portal's store after a million cases: filings with their papers, and the register of what was granted, by SQL.

One case is filed, answered, decided and granted for real, so that pages verify what they verify; its licence's signed
bytes stand for those of all licences on the first pages of the register, its rows are shaped as the others'.
"""

# ruff: noqa: E501 (statements of SQL are easier to read in whole lines)
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from benchmarks.console_store import Words
from exchange.approval.window.licensing.issuing import LicenceWanted, issue
from exchange.broker.admin.node_info import NodeInfo
from exchange.licences.records import LicenceRow
from exchange.messaging.documents import Documents
from exchange.portal.store import ShownFigures
from exchange.schemas import AcceptanceMode, DepartmentFigures, MatterFigures
from exchange.store import Store
from exchange.store.engine import writing
from exchange.store.types import micros
from tests.journeys.portal import arrive, file, offer
from tests.web.window.shown_city import ShownCity, make_shown_city

READ = 5_000
"""Licences at the head of the register whose signed bytes are there in full: more than the pages measured show."""
HOLDERS, SOUGHT = 50_000, 777
"""Organisations that hold them, and the one that is looked for: what has its number in it is there in full, too."""


FIRST_SIGN = 0x4E00
"""Of the characters that names are made of."""


@dataclass
class MillionCases:
    """A served city, and its real case among the others."""

    shown: ShownCity
    number: str
    licence: LicenceRow
    matter: str
    """One that the public is told of, with figures."""


def real_case(folder: Path, broker: NodeInfo, domain: str, database_url: str | None) -> MillionCases:
    """A city in which one case was decided and granted."""
    shown = make_shown_city(folder, broker, domain, database_url)
    city = shown.city
    one = offer(city, city.approver("planning"), city.approver("transport"), mode=AcceptanceMode.AUTOMATIC)
    number = file(city, one)
    shown.arrive()
    shown.reply_all(number)
    case = shown.view(number).acceptances[-1].case_number
    licence = issue(city.window, case or "", LicenceWanted("officer", permits="works"))
    arrive(city)
    return MillionCases(shown, number, licence, "road-occupation")


def fill(found: MillionCases, cases: int) -> None:
    """So many more cases at the portal, and figures of a matter; the database puts itself in order afterwards."""
    node = found.shown.city.node("portal")
    store, window = node.store, found.shown.city.address("window")
    w = Words(store._engine.dialect.name, [window], micros(node.clock.now()), cases)
    with store.reading() as tx:
        licence = tx[Documents].get(window, found.licence.message_id)
    assert licence is not None
    with writing(store._engine) as connection, connection.begin():
        for statement in statements(w, node.address, window, found.matter):
            values = {"signed": licence.signed} if ":signed" in statement else {}
            connection.execute(text(statement), values)
    with store.transaction() as tx:
        tx[ShownFigures].keep(found.matter, node.clock.now(), figures(found, cases).model_dump_json())
    put_in_order(store)


def size_of_parts(store: Store) -> float:
    """Octets that the parts of a licence take."""
    sqlite = "SELECT sum(pgsize) FROM dbstat WHERE name = 'licence_part'"
    size = sqlite if store._engine.dialect.name == "sqlite" else "SELECT pg_total_relation_size('licence_part')"
    with store._engine.connect() as connection:
        return float(connection.scalar(text(size))) / float(connection.scalar(text("SELECT count(*) FROM licence")))


def put_in_order(store: Store) -> None:
    """What a database does by itself over a year."""
    with store._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if store._engine.dialect.name == "sqlite" else "VACUUM (ANALYZE)"))


def figures(found: MillionCases, cases: int) -> MatterFigures:
    """What the window would tell of a year."""
    city, now = found.shown.city, found.shown.city.clock.now()
    told = tuple(
        DepartmentFigures(department=city.address(name), name=name, name_en=name, asked=cases, in_time=cases - 9,
                          deemed_consents=9)
        for name in ("planning", "transport")
    )  # fmt: skip
    return MatterFigures(
        matter=found.matter, since=now.date().replace(year=now.year - 1), until=now.date(), decided=cases, in_time=cases,
        half_within_days=7, nine_of_ten_within_days=9, departments=told, at=now,
    )  # fmt: skip


def statements(w: Words, portal: str, window: str, matter: str) -> list[str]:
    """A year at the portal: drafts that were handed in, three papers a case, and a licence for each."""
    cases, seq = w.messages, w.numbers(w.messages)
    at = f"({w.now} - ({cases} - n) * {w.step})"
    number, filing, licence = f"{filed_number(w, 'n')}", w.id("a", "n"), w.id("b", "n")
    papers = ((filing, "filing", portal, "sent"), (w.id("c", "n"), "acceptance", window, "received"))
    code = (
        f"printf('91340100%010d', n % {HOLDERS})"
        if w.dialect == "sqlite"
        else f"('91340100' || lpad((n % {HOLDERS})::text, 10, '0'))"
    )
    numbers = (f"CAST({one} AS TEXT) LIKE '%{SOUGHT}%'" for one in ("n", f"n % {HOLDERS}"))
    in_full = f"(n >= {cases - READ} OR {' OR '.join(numbers)})"
    document = "INSERT INTO document (sender, message_id, direction, conversation_id, kind, digest, signed, enclosures, recorded_at) "
    return [
        f"INSERT INTO draft (number, state, matter, matter_version, code_hash, entered, created_at, changed_at, ends_at, revision, filing_id) "
        f"SELECT {number}, 'filed', '{matter}', '1', '{'h' * 97}', '{{}}', {at}, {at}, {at}, 3, {filing} FROM {seq} AS s",
        *(
            f"{document} SELECT '{sender}', {message}, '{direction}', {filing}, '{kind}', '{'d' * 64}', {w.blob(200)}, {w.blob(4)}, "
            f"{at} FROM {seq} AS s"
            for message, kind, sender, direction in papers
        ),
        f"{document} SELECT '{window}', {licence}, 'received', {licence}, 'licence', '{'d' * 64}', {w.blob(200)}, {w.blob(4)}, "
        f"{at} FROM {seq} AS s WHERE NOT {in_full}",
        f"{document} SELECT '{window}', {licence}, 'received', {licence}, 'licence', '{'d' * 64}', :signed, {w.blob(4)}, "
        f"{at} FROM {seq} AS s WHERE {in_full}",
        f"INSERT INTO licence (issuer, number, state, matter, case_number, shown_name, shown_code, identifier, message_id, digest, code, issued_at, entries) "
        f"SELECT '{window}', {licence_number(w, 'n')}, 'in-force', '{matter}', {w.case_number('n')}, "
        f"{holder(w)}, {code}, {code}, {licence}, '{'d' * 64}', 'ABCDEFGHJKMN', {at}, 0 "
        f"FROM {seq} AS s",
        *(parts(w, shown) for shown in ("number", "shown_name")),
        f"INSERT INTO outbox_message (message_id, conversation_id, kind, urgency, digest, common) "
        f"SELECT {filing}, {filing}, 'filing', 'ordinary', '{'d' * 64}', {w.blob(0)} FROM {seq} AS s",
        f"INSERT INTO outbox_copy (message_id, addressee, queue, rank, recipient, needs_receipt, state, attempts, next_at, "
        f"written_at, sent_at, delivered_at) SELECT {filing}, '{window}', 'inbox', 2, {w.blob(0)}, "
        f"{'1' if w.dialect == 'sqlite' else 'true'}, 'delivered', 1, {at}, {at}, {at}, {at} FROM {seq} AS s",
    ]  # fmt: skip


def parts(w: Words, shown: str) -> str:
    """The parts of what is shown of licences, as the register keeps them."""
    three = f"substr({shown}, CAST(n + 1 AS INTEGER), 3)"
    of_ascii = f"{'length(CAST(three AS BLOB))' if w.dialect == 'sqlite' else 'octet_length(three)'} = length(three)"
    return (
        f"INSERT INTO licence_part (part, issued_at) SELECT part, issued_at FROM (SELECT DISTINCT CASE WHEN {of_ascii} "
        f"THEN three ELSE substr(three, 1, 2) END AS part, issued_at FROM (SELECT {three} AS three, issued_at "
        f"FROM licence, {w.numbers(20)} AS s WHERE n + 2 <= length({shown})) AS t) AS u ORDER BY 1, 2 ON CONFLICT DO NOTHING"
    )


def holder(w: Words) -> str:
    """One of many organisations: a name of its own in two characters, and a number, between what many names have."""
    h = f"(n % {HOLDERS})"
    own = (f"{FIRST_SIGN} + {h} % 3001", f"{FIRST_SIGN} + {h} % 997")
    if w.dialect == "sqlite":
        return f"printf('安徽%s%s第%d建设工程有限公司', char({own[0]}), char({own[1]}), {h})"
    return f"('安徽' || chr(({own[0]})::int) || chr(({own[1]})::int) || '第' || {h}::text || '建设工程有限公司')"


def own_name(number: int) -> str:
    """The two characters of an organisation's own."""
    return chr(FIRST_SIGN + number % 3001) + chr(FIRST_SIGN + number % 997)


def filed_number(w: Words, n: str) -> str:
    """As a portal's numbers are, and none of them."""
    return f"printf('OLD-%08d', {n})" if w.dialect == "sqlite" else f"('OLD-' || lpad(({n})::text, 8, '0'))"


def licence_number(w: Words, n: str) -> str:
    """As an issuer may number its licences."""
    return f"printf('OLD-2026-L%07d', {n})" if w.dialect == "sqlite" else f"('OLD-2026-L' || lpad(({n})::text, 7, '0'))"
