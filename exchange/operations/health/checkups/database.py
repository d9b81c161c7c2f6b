"""What the doctor reads in members' databases: whether they are served, what rests, fails or was left lying."""

from __future__ import annotations

import queue
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from exchange.errors import DatabaseUnavailable, ExchangeError
from exchange.language import NamedText, Text, joined
from exchange.messaging.dead_letter_store import DeadLetters
from exchange.messaging.drains.store import Drains
from exchange.messaging.holds import Holds
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.messaging.rules.withholding import WITHHELD
from exchange.notices.cover import awaiting
from exchange.operations.domain_calendar import domain_calendar
from exchange.operations.health.checkups.calendars import GoneBy, gone_by
from exchange.operations.health.checkups.confinement import confinement
from exchange.operations.health.checkups.findings import UNEXPECTED, Finding, Level
from exchange.operations.troubles.cases import at_risk
from exchange.operations.troubles.facts import Limits
from exchange.runtime.calendars import GONE_BY
from exchange.runtime.confinement.member import Confined, confined_as
from exchange.runtime.failing import failing_in
from exchange.runtime.gathered import Ends, Gathered
from exchange.runtime.member_record import CONSUMING
from exchange.runtime.settings import Home, Settings
from exchange.store import Store, open_store
from exchange.telemetry.troubles import Troubles
from exchange.workdays import WorkingCalendar

SERVED_WITHIN = timedelta(minutes=1)
"""How old a member's note that it consumes may be (real time); a served one writes it every ten seconds or so."""


_AT_ONCE = 16
"""Databases looked at at once; one of many members on one server must not take all its connections."""


_LIMITS = Limits()

FAILING_REMEDY = (
    "the rest of its work goes on, and these are tried again within the hour; "
    "see `work.failed` in its log, and report it with that"
)


_FOR_A_FEW = 262_144
"""Octets that a database is tried with: what a few messages need."""


def databases(settings: Settings, addresses: Collection[str], *, idle_is: Level = "note") -> Iterator[Finding]:
    """Check whether each member's database can be used, whether the member is being served, and what it refused."""
    found: dict[str, _Contents] = {}
    for address, contents in _all_contents(settings, addresses, domain_calendar(settings)):
        if isinstance(contents, _Contents):
            found[address] = contents
        else:
            yield Finding("bad", Text("database of {address}", {"address": address}), contents.text, contents.remedy)
    if found:
        yield Finding(
            "good",
            "databases",
            Text("{good} of {total} can be read and written", {"good": len(found), "total": len(addresses)}),
        )
    yield from _resting(found)
    awake = {address: contents for address, contents in found.items() if not contents.drained}
    idle = [address for address, contents in awake.items() if not _is_recent(settings, contents.consumed_at)]
    if idle:
        remedy = "`exchange up`, or `exchange serve ADDRESS`"
        all_of_them = len(idle) == len(addresses) > 1
        who = Text("all members") if all_of_them else Text(", ".join(idle))
        yield Finding(
            idle_is, "served", Text("not seen to consume within the last minute: {who}", {"who": who}), remedy
        )
    elif found:
        yield Finding("good", "served", "all that were looked at take in messages")
    served = {who: GoneBy(one.gone_by, who in awake and who not in idle) for who, one in found.items()}
    yield from gone_by(settings, served)
    yield from confinement(Home(settings.home), {who: one.confined for who, one in found.items()})
    yield from _failing(found)
    yield from _left_lying(found.values())


def _resting(found: Mapping[str, _Contents]) -> Iterator[Finding]:
    drained = [address for address, contents in found.items() if contents.drained]
    held = max((contents.holds for contents in found.values()), default=0)
    if drained:
        remedy = "`exchange release MEMBER`, once the reason is over: `exchange holds` shows it"
        ends = sum((contents.ends for contents in found.values()), Ends())
        said = [Text("not to be served: {members}", {"members": ", ".join(drained)})]
        if ends != Ends():
            said.append(Text("meanwhile {risk}", {"risk": NamedText(at_risk(ends, _LIMITS))}))
        yield Finding("bad" if ends.overdue else "note", "drained", joined(said), remedy)
    if held:
        yield Finding(
            "note", "held", Text("holds in force: {held}", {"held": held}), "`exchange holds` shows what they endanger"
        )


def _failing(found: Mapping[str, _Contents]) -> Iterator[Finding]:
    """Rules and periodic work that fail: each leaves something undone, and nobody is told by a message."""
    for address, contents in found.items():
        rule, rounds = contents.rule, contents.rounds
        if rule.number:
            said = Text(
                "fails ({detail}); cases that wait for an officer: {number} ({first}…)",
                {"detail": rule.detail, "number": rule.number, "first": ", ".join(rule.first)},
            )
            remedy = Text(
                "answer them: `exchange inbox --as {address}`; then repair its rule.py: the log says how it fails",
                {"address": address},
            )
            yield Finding("note", Text("rule of {address}", {"address": address}), said, remedy)
        if rounds.number:
            said = Text(
                "fails since {since:%Y-%m-%d %H:%M} ({detail}): {number} items, first {first}",
                {
                    "detail": rounds.detail,
                    "since": rounds.since,
                    "number": rounds.number,
                    "first": ", ".join(rounds.first),
                },
            )
            yield Finding("bad", Text("periodic work of {address}", {"address": address}), said, FAILING_REMEDY)


def _left_lying(contents: Collection[_Contents]) -> Iterator[Finding]:
    dead, abandoned = sum(one.dead for one in contents), sum(one.abandoned for one in contents)
    if dead:
        remedy = "`exchange dead` lists them and handles them again"
        yield Finding("note", "dead letters", Text("{dead} messages were refused", {"dead": dead}), remedy)
    if withheld := sum(one.withheld for one in contents):
        remedy = "`exchange dead --cause withheld` shows them; two accounts release or discard each"
        came_late = Text(
            "messages that came after their signer's certificate had ended wait for two people: {withheld}",
            {"withheld": withheld},
        )
        yield Finding("bad", "withheld", came_late, remedy)
    for who in sorted({who for one in contents for who in one.beyond.first}):
        full = Text("so many messages of {who} wait for two people that further ones are not kept", {"who": who})
        yield Finding("bad", "withheld", full, "`exchange dead --cause withheld`; the sender sends them again")
    for who in sorted({who for one in contents for who in one.implausible.first}):
        said_so = Text("{who} signs for messages as of a time before they were written", {"who": who})
        remedy = "have its operator set the clock; the messages go out again by themselves"
        yield Finding("bad", "receipts", said_so, remedy)
    if abandoned:
        remedy = "`exchange resend` lists them and sends them again"
        yield Finding("bad", "outbox", Text("copies abandoned: {abandoned}", {"abandoned": abandoned}), remedy)
    waiting, late = sum(one.waiting for one in contents), sum(one.late for one in contents)
    if waiting:
        said = [Text("{waiting} wait for a cover at the relay office", {"waiting": waiting})]
        if late:
            said.append(Text("{late} of them for too long", {"late": late}))
        remedy = "`exchange notice list --as RELAY` shows them, `exchange notice cover` passes them on"
        yield Finding("bad" if late else "note", "notices", joined(said, ", "), remedy)


@dataclass(frozen=True)
class _Contents:
    """What a member's database tells about its service."""

    dead: int
    abandoned: int
    consumed_at: str | None
    drained: bool
    holds: int
    waiting: int = 0
    """Notices that wait for a cover."""
    late: int = 0
    """Those of them that should have gone on before today."""
    rule: Gathered = field(default_factory=Gathered)
    """Cases that wait for an officer because the member's rule failed on them."""
    rounds: Gathered = field(default_factory=Gathered)
    """Periodic work that fails."""
    withheld: int = 0
    """Messages that wait for two people's word."""
    beyond: Gathered = field(default_factory=Gathered)
    """Senders of whose withheld messages no further ones are kept."""
    implausible: Gathered = field(default_factory=Gathered)
    """Receipts with a time that cannot be."""
    ends: Ends = field(default_factory=Ends)
    """Of a window: terms that are over, or end soon."""
    gone_by: str | None = None
    """The calendar of working days that it goes by."""
    confined: Confined | None = None
    """How the process that served it last was confined."""


def _look_into(settings: Settings, address: str, calendar: WorkingCalendar) -> _Contents:
    store = open_store(Home(settings.home).kept_database_url(address, settings.database_url), member=address)
    try:
        return _content_of(store, settings.clock.now(), calendar)
    finally:
        store.close()


def _all_contents(
    settings: Settings, addresses: Collection[str], calendar: WorkingCalendar
) -> Iterator[tuple[str, _Contents | ExchangeError]]:
    """Each as soon as it is known, several at once: one server that hangs is waited for once, not once a member."""
    said: queue.SimpleQueue[tuple[str, _Contents | ExchangeError]] = queue.SimpleQueue()
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for address in addresses:
        waiting.put(address)

    def work() -> None:
        with suppress(queue.Empty):
            while True:
                address = waiting.get_nowait()
                said.put((address, _contents_or_error(settings, address, calendar)))

    for _ in range(min(_AT_ONCE, len(addresses))):
        threading.Thread(target=work, name="doctor:database", daemon=True).start()
    for _ in addresses:
        yield said.get()


def _contents_or_error(settings: Settings, address: str, calendar: WorkingCalendar) -> _Contents | ExchangeError:
    try:
        return _look_into(settings, address, calendar)
    except ExchangeError as error:
        return error
    except Exception as error:
        return DatabaseUnavailable("could not be looked at: {kind}", kind=type(error).__name__, remedy=UNEXPECTED)


def _content_of(store: Store, now: datetime, calendar: WorkingCalendar) -> _Contents:
    if not store.is_current():
        raise DatabaseUnavailable("its tables are missing or of an older release", remedy="exchange init")
    store.try_writing(_FOR_A_FEW)
    with store.transaction() as tx:
        waiting = awaiting(tx, calendar, now.date())
        return _Contents(
            tx[Inbox].counts()["dead"],
            tx[Outbox].counts().get(OutboxState.FAILED, 0),
            tx.get_meta(CONSUMING),
            tx[Drains].standing() is not None,
            len(tx[Holds].standing()),
            len(waiting),
            sum(one.overdue for one in waiting),
            tx[Troubles].rule_failing(),
            failing_in(tx),
            tx[DeadLetters].count(WITHHELD),
            tx[Troubles].withheld_beyond(),
            tx[Troubles].implausible(),
            sum(tx[Troubles].ends(now - _LIMITS.overdue, now + _LIMITS.ahead).values(), Ends()),
            tx.get_meta(GONE_BY),
            confined_as(tx),
        )


def _is_recent(settings: Settings, consumed_at: str | None) -> bool:
    if consumed_at is None:
        return False
    age = settings.clock.now() - datetime.fromisoformat(consumed_at)
    return settings.clock.real_seconds(age) <= SERVED_WITHIN.total_seconds()
