"""What standing troubles are judged by: the facts of a domain at one moment, and from where on they are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from exchange.language import Text
from exchange.messaging.rules.intake import Stopped
from exchange.operations.troubles.lights import Sign, Words
from exchange.runtime.gathered import NOTHING_GATHERED, DeadlineFact, Ends, Gathered


@dataclass(frozen=True)
class DrainFact:
    """Who has drained a member, how long ago, and why."""

    by: str
    reason: str
    ago: timedelta


@dataclass(frozen=True)
class HoldFact:
    """A hold that stands, with what rests behind it and the open consultations it touches."""

    what: str
    reason: str
    by: str
    ago: timedelta
    at_rest: int
    endangered: Ends
    touched: int
    """Open consultations it does something to, whenever they are due."""


@dataclass(frozen=True)
class MemberFacts:
    """What is known of one member. Without ``readable`` nothing below it is known, which is not the same as good."""

    address: str
    readable: bool
    """Whether its database can be read."""
    name: Words = ("", "")
    monitor: bool = False
    away: bool = False
    """Whether it takes in no messages: drained, or without a sign of life."""
    drained: DrainFact | None = None
    revoked: bool = False
    open_parts: int = 0
    """Of a revoked member: consultations that still wait for it."""
    oldest_copy: timedelta | None = None
    """How long the oldest copy of its outbox has waited for its receipt; None where none waits."""
    dead_letters: int = 0
    newest_dead: timedelta | None = None
    """How long ago its newest dead letter came."""
    withheld: Gathered = NOTHING_GATHERED
    """Messages that came after their signer's certificate had ended, and wait for two people; ``first`` are their ids.
    """
    withheld_beyond: Gathered = NOTHING_GATHERED
    """Senders of whose withheld messages no further ones are kept, since there are so many."""
    implausible: Gathered = NOTHING_GATHERED
    """Messages signed for as of a time before they were written, which proves nothing; ``first`` are who signed so."""
    rule_failing: Gathered = NOTHING_GATHERED
    """Cases that wait for an officer because its rule failed on them; ``detail`` is the kind of error."""
    undecided: Gathered = NOTHING_GATHERED
    """A window's: cases that wait for its decision."""
    escalated: Gathered = NOTHING_GATHERED
    """A window's: open cases in which a silence was escalated to it."""
    safety: Gathered = NOTHING_GATHERED
    """A window's: cases in which a late opinion objects on grounds of safety, and nobody has recorded a review."""
    review: Gathered = NOTHING_GATHERED
    """A window's: decided cases into which an opinion came that had been in time, and nobody has reviewed them."""
    overrun: Gathered = NOTHING_GATHERED
    """A window's: undecided cases whose term is over by law."""
    undelivered: Gathered = NOTHING_GATHERED
    """A window's: granted cases that are not recorded as delivered in time."""
    unexplained: Gathered = NOTHING_GATHERED
    """A window's: cases that were not decided within the days that were promised, and nobody has said why."""
    clock: Text | None = None
    """What speaks against the clock by which this look was made, in its record or its database server."""
    round_failing: Gathered = NOTHING_GATHERED
    """Periodic work that fails again and again; ``detail`` says how."""
    intake: Stopped | None = None
    """Why it takes in no new business; None while it does."""
    breakers: Gathered = NOTHING_GATHERED
    """Accounts whose messages it keeps out; ``detail`` is why, of the first."""
    log_broken: Text | None = None
    """What its own check of its log has found: the first place at which the journal is not as it was sealed."""
    log_disputed: Text | None = None
    """What it holds of a log, its own or another's, that was signed in two histories, or cut off."""
    lone: timedelta = timedelta()
    """For how long nobody fit has stood by to take it over, where somebody should."""
    unwitnessed: timedelta = timedelta()
    """For how long nobody has countersigned a head of its log, though heads were shown."""
    unstamped: Gathered = NOTHING_GATHERED
    """Time-stamping authorities that were asked in vain, all of them; ``detail`` is what the first one did."""
    ends: Mapping[str, Ends] = field(default_factory=dict)
    """A window's: by department."""
    deadlines: tuple[DeadlineFact, ...] = ()
    more_deadlines: bool = False
    """Whether there are more that end soon than are named here."""
    unsigned: Gathered = NOTHING_GATHERED
    """A window's: requests that their departments have not signed for, though they went out long ago."""
    undated: Gathered = NOTHING_GATHERED
    """A window's: consultations signed for long ago whose term has not begun, or is stopped."""
    joints: Gathered = NOTHING_GATHERED
    """Joint documents that have waited long for its signature, or as its own for those of others."""


@dataclass(frozen=True)
class HomeFacts:
    """What the console knows besides its members."""

    webhooks_off: tuple[str, ...] = ()
    """Members with webhooks that were disabled because they failed too long."""
    tokens: Mapping[str, timedelta] = field(default_factory=dict)
    """Tokens of departments' systems that expire soon, by member and name: the time left."""
    disk_free: float | None = None
    """Share of the disk with the domain's folder that is free, 0 to 1."""
    disk_octets: int | None = None
    """Octets that are free there."""
    untold: Mapping[str, str] = field(default_factory=dict)
    """Alert channels that do not take what they are told, with the last reason."""
    not_current: timedelta | None = None
    """For how long the directory has not been known to be the present one; None while it is."""
    audit_contradicted: bool = False
    """Whether the audit log has not what a signed head says that it had."""


@dataclass(frozen=True)
class Facts:
    """A domain at one moment."""

    now: datetime
    signs: tuple[Sign, ...] = ()
    """The lights of all technical parts."""
    members: tuple[MemberFacts, ...] = ()
    holds: tuple[HoldFact, ...] = ()
    home: HomeFacts = HomeFacts()
    starting: bool = False
    """Whether the domain has only just been started: what has not come up yet is unknown, not down."""

    @property
    def ends(self) -> Ends:
        """The terms of all windows."""
        return sum((ends for member in self.members for ends in member.ends.values()), Ends())


@dataclass(frozen=True)
class Limits:
    """From where on something is told."""

    silent: timedelta = timedelta(minutes=1)
    """A member that has taken in nothing for so long, although it notes it every ten seconds or sooner, is down."""
    waiting: timedelta = timedelta(minutes=30)
    dead: timedelta = timedelta(hours=1)
    """Dead letters are told while the newest is younger; later ones are told again."""
    default_near: timedelta = timedelta(hours=24)
    overdue: timedelta = timedelta(minutes=10)
    """So long after its end a deadline may still be running: the monitor needs a moment to draw the consequence."""
    expiry: timedelta = timedelta(days=30)
    calendar: timedelta = timedelta(days=90)
    forgotten: timedelta = timedelta(days=1)
    """A hold or drain that stands longer is told, as one that may have been forgotten."""
    ahead: timedelta = timedelta(days=3)
    """How far ahead it is said which terms something endangers."""
    unsigned: timedelta = timedelta(days=1)
    undated: timedelta = timedelta(days=10)
    joint: timedelta = timedelta(days=3)
    unwitnessed: timedelta = timedelta(days=14)
    lone: timedelta = timedelta(minutes=5)
    undecided: timedelta = timedelta(days=1)
    """A case that waits for its lead longer is told; it is shown at once."""
    unstamped: timedelta = timedelta(hours=1)
    """That no authority stamps a member's log is told after so long; doctor says it at once."""
    settle: timedelta = timedelta(seconds=30)
    """What is over again within so long is not told; what begins within it is told together."""
