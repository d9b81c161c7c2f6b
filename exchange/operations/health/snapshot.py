"""One look at the whole domain as a value, and the lights that follow from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from exchange.broker.admin.figures import BrokerFigures, QueueFigures
from exchange.broker.admin.nodes import NodeState, risks
from exchange.errors import ExchangeError
from exchange.language import Language, Recorded
from exchange.operations.domain_view import MANAGEMENT_UNKNOWN
from exchange.operations.health.store import OpenWork
from exchange.operations.troubles import broker_lights, lights
from exchange.operations.troubles.broker_lights import NodeFacts
from exchange.operations.troubles.facts import Facts, HoldFact, HomeFacts, Limits, MemberFacts
from exchange.operations.troubles.kinds import Cause, StandingAlerts
from exchange.operations.troubles.lights import Light, Sign, SystemPart
from exchange.operations.troubles.parts import CONSOLE_TLS
from exchange.operations.troubles.rules import listed, standing
from exchange.runtime.draining import Drain
from exchange.setup.linking import LinkStatus
from exchange.store.who_serves import ServingProcess, StandbyProcess


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something could not be looked at."""

    reason: str
    remedy: str
    code: str

    @classmethod
    def of(cls, error: ExchangeError) -> Trouble:
        """Keep what an error of the tree says."""
        return cls(str(error), error.remedy, error.code)


@dataclass(frozen=True, slots=True)
class MemberSnapshot:
    """One member. What its database holds is None while that cannot be read."""

    address: str
    name: str
    name_en: str
    roles: tuple[str, ...]
    database: Trouble | None
    """Why its database cannot be read; None when it can."""
    alive_at: datetime | None = None
    """Its last sign of life, by the domain's clock."""
    silent_for: float | None = None
    """Real seconds since then."""
    release: str | None = None
    directory: int | None = None
    """The version of the directory by which all its work is done."""
    certificate_until: datetime | None = None
    key_until: datetime | None = None
    revoked: bool = False
    work: OpenWork | None = None
    drained: Drain | None = None
    """Who has drained it, and why."""
    facts: MemberFacts | None = None
    """What the list of troubles is made by."""
    active: ServingProcess | None = None
    """The process that has claimed it last."""
    standbys: tuple[StandbyProcess, ...] = ()
    """Those that would take it over."""


@dataclass(frozen=True, slots=True)
class TlsCertificate:
    """The certificate that browsers see."""

    file: str
    until: datetime | None
    """None where it cannot be read."""


@dataclass(frozen=True)
class Snapshot:
    """A domain at one moment."""

    at: datetime
    """By the domain's clock."""
    mono: float
    """The same by `exchange.clock.monotonic`, seconds."""
    domain: str
    broker: BrokerFigures | None
    broker_trouble: Trouble | None
    members: tuple[MemberSnapshot, ...]
    links: tuple[LinkStatus, ...] = ()
    links_trouble: Trouble | None = None
    directory_version: int | None = None
    directory_until: datetime | None = None
    directory_trouble: Trouble | None = None
    tls: TlsCertificate | None = None
    """The console's own certificate; None where it is served without TLS."""
    announced_until: date | None = None
    """The last day of which it is announced whether it is a working day."""
    ages: Mapping[str, float] = field(default_factory=dict)
    """By queue, real seconds since the oldest copy was sent that nobody has signed for."""
    holds: tuple[HoldFact, ...] = ()
    own: HomeFacts = field(default_factory=HomeFacts)
    limits: Limits = field(default_factory=Limits)
    starting: bool = False
    """Whether the domain has only just been started."""

    def age(self, queue: QueueFigures) -> float | None:
        """Return how old a queue's oldest message is, in seconds; None where it is empty or nobody knows.

        By the broker where it tells, which on quorum queues it does not; else by the senders' outboxes. A copy counts
        there until its receipt is in, so that this is rather too old than too young.
        """
        if not queue.depth:
            return None
        if queue.head_at is not None:
            return max(0.0, (self.at - queue.head_at).total_seconds())
        return self.ages.get(queue.name)

    def member_of(self, queue: str) -> str | None:
        """Return the member whose queue it is; None for one that is no member's, as those of links are."""
        return next((one.address for one in self.members if queue.startswith(f"{one.address}.")), None)

    @cached_property
    def signs(self) -> list[Sign]:
        """All lights of technical parts, broker first."""
        return list(_signs(self))

    @cached_property
    def facts(self) -> Facts:
        """What the list of troubles is made by."""
        members = tuple(member.facts for member in self.members if member.facts is not None)
        return Facts(self.at, tuple(self.signs), members, self.holds, self.own, self.starting)

    @cached_property
    def standing(self) -> StandingAlerts:
        """The troubles that stand, and what is not known."""
        return standing(self.facts, self.limits)

    @cached_property
    def causes(self) -> list[Cause]:
        """The list of troubles as people see it."""
        return listed(self.standing)

    @property
    def light(self) -> Light:
        """The one light for the whole."""
        return lights.worst([lights.whole(self.signs), *(cause.light for cause in self.causes)])


def _signs(snapshot: Snapshot) -> Iterator[Sign]:
    yield from _broker(snapshot)
    for member in snapshot.members:
        yield from _member(member, snapshot)
    yield from _links(snapshot)
    yield from _certificates(snapshot)
    yield lights.calendar(snapshot.at.date(), snapshot.announced_until, snapshot.limits.calendar)


def _broker(snapshot: Snapshot) -> Iterator[Sign]:
    if snapshot.broker is None:
        trouble = snapshot.broker_trouble or Trouble("", "", "")
        if trouble.code == MANAGEMENT_UNKNOWN:
            finding = (
                "无法查看：" + Recorded(trouble.reason).written(Language.CHINESE),
                f"could not be looked at: {trouble.reason}",
            )
            yield Sign(
                SystemPart.BROKER,
                "RabbitMQ",
                Light.UNKNOWN,
                finding,
                (Recorded(trouble.remedy).written(Language.CHINESE), trouble.remedy),
            )
        else:
            yield lights.unreachable(SystemPart.BROKER, "RabbitMQ", trouble.reason, trouble.remedy)
        return
    yield from _nodes(snapshot.broker)
    if not snapshot.broker.queues_told:
        yield lights.unseen(SystemPart.QUEUE)
    for queue in snapshot.broker.queues:
        member = snapshot.member_of(queue.name)
        drained = member if any(one.drained and one.address == member for one in snapshot.members) else None
        sign = lights.queue(queue.name, queue.depth, queue.consumers, snapshot.age(queue), drained)
        if sign is not None:
            yield sign


def _nodes(broker: BrokerFigures) -> Iterator[Sign]:
    nodes = [
        NodeFacts(
            node.name, node.running, node.memory_alarm, node.disk_alarm, bool(node.partitions), node.drained,
            node.answers,
        )
        for node in broker.nodes
    ]  # fmt: skip
    yield from broker_lights.broker(broker.version, nodes)
    if len(nodes) > 1:
        states = [NodeState(one.name, one.running, one.drained, answers=one.answers) for one in nodes]
        well = all(one.running and one.answers and not one.drained for one in nodes)
        yield from broker_lights.cluster(risks(states, broker.places), all_run=well)


def _member(member: MemberSnapshot, snapshot: Snapshot) -> Iterator[Sign]:
    if member.database is not None:
        yield lights.unreachable(SystemPart.DATABASE, member.address, member.database.reason, member.database.remedy)
        yield lights.unseen(SystemPart.ROLE, member.address)
        return
    yield Sign(SystemPart.DATABASE, member.address, Light.GOOD, ("可读写", "answers"))
    if member.drained is not None:
        yield lights.drained(member.address, member.drained.by, member.drained.reason)
    elif snapshot.starting and (member.silent_for is None or member.silent_for > lights.SIGN_DUE):
        yield Sign(SystemPart.ROLE, member.address, Light.UNKNOWN, ("正在启动", "is being started"))
    else:
        yield lights.role(member.address, member.silent_for, snapshot.limits.silent.total_seconds())
    if member.work is not None:
        yield from lights.work(member.address, member.work.abandoned, member.work.dead)


def _links(snapshot: Snapshot) -> Iterator[Sign]:
    if snapshot.links_trouble is not None:
        yield lights.unseen(SystemPart.LINK)
    for link in snapshot.links:
        broken = [f"{shovel.name} {shovel.state}" for shovel in link.shovels if shovel.state != "running"]
        yield lights.link(link.neighbour, broken)


def _certificates(snapshot: Snapshot) -> Iterator[Sign]:
    if snapshot.tls is not None:
        file = snapshot.tls.file
        renew = (f"更新 {file}，几秒内自动生效", f"renew {file}; it is taken up within seconds")
        left = _left(snapshot.tls.until, snapshot.at)
        yield lights.certificate(CONSOLE_TLS, left, renew, snapshot.limits.expiry.days)
    if snapshot.directory_trouble is not None:
        yield lights.unreachable(
            SystemPart.CERTIFICATE, "directory", snapshot.directory_trouble.reason, snapshot.directory_trouble.remedy
        )
        return
    init = "`exchange init`"
    soon = snapshot.limits.expiry.days
    yield lights.certificate("directory", _left(snapshot.directory_until, snapshot.at), (init, init), soon)
    for member in snapshot.members:
        certify = f"`exchange certify {member.address}`"
        if member.revoked:
            continue
        until = earliest((member.certificate_until, member.key_until))
        yield lights.certificate(member.address, _left(until, snapshot.at), (certify, certify), soon)


def earliest(moments: Sequence[datetime | None]) -> datetime | None:
    """Return the first of several moments; None if any is missing."""
    known = [moment for moment in moments if moment is not None]
    return min(known, default=None) if len(known) == len(moments) else None


def _left(until: datetime | None, now: datetime) -> timedelta | None:
    return None if until is None else until - now
