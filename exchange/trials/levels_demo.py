"""The demonstration of levels: a province's notice goes down to cities and counties, and everybody signs for it.

What must come of it is counted beforehand from the tree itself; whatever comes out otherwise is a deviation. On the
way some authorities sign late, one sends the notice back, and one city's link is cut for a while. A form goes to all
emergency bureaus and is collected from below, but for one that never answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.private.node import PrivateNode
from exchange.clock import RealClock, monotonic
from exchange.directory.hierarchy import domain_of, level_of, superior_of
from exchange.language import Text
from exchange.messaging.inbox import Inbox
from exchange.messaging.node import Node
from exchange.notices.issue import issue_notice, remind
from exchange.notices.sign_for import sign_for
from exchange.notices.status import NoticeStatus, notice_status
from exchange.notices.store import Notices
from exchange.runtime.work import work_for
from exchange.schemas import Count, Document, DocumentKind, DocumentNumber, Notice, Role, Tally, Treatment, Urgency
from exchange.trials.levels_form import FormRun
from exchange.trials.local import Seat
from exchange.trials.trial import Trial, TrialDomain, relay_and, trial

BODIES = ("office", "emergency", "health")
"""The authorities of every domain beside its relay office."""

LATE_AFTER = 12.0
"""Seconds after which those sign who let themselves be reminded."""
CUT_FOR = 10.0
"""Seconds for which one city's link is cut."""
PATIENCE, PATIENCE_EACH = 120.0, 4.0
"""Seconds after which the demonstration gives up: these, and so many more for each domain."""

NOTICE = (
    "各市、县人民政府，省政府各部门、各直属机构：\n今年汛期来得早、雨势强。各地各部门要压实责任，加强值守，"
    "逐级落实防汛措施，收到本通知后逐级签收。\n安徽省人民政府办公厅"
)


@dataclass(frozen=True)
class Script:
    """Who does what otherwise than signing at once."""

    late: tuple[str, ...]
    returns: str
    cut: str
    """The city whose link is cut."""
    silent: str
    """Who never answers the form."""


def script_for(places: list[TrialDomain]) -> Script:
    """Take the script from the tree, so that it holds for a part of it as for the whole."""
    counties = [place.domain for place in places if level_of(place.domain) == 2]
    cities = [place.domain for place in places if level_of(place.domain) == 1]
    late = tuple(f"{domain}.emergency" for domain in (*cities[:1], *counties[1::4]))
    return Script(late, f"{counties[-1]}.health", cities[-1], f"{counties[0]}.emergency")


def part_of_tree(places: list[TrialDomain], cities: int, counties: int) -> list[TrialDomain]:
    """Return the root with its first cities and the first counties of each."""
    chosen = [place for place in places if level_of(place.domain) == 1][:cities]
    found = [place for place in places if level_of(place.domain) == 0] + chosen
    for city in chosen:
        found += [place for place in places if superior_of(place.domain) == city.domain][:counties]
    return found


@dataclass
class LevelsDemo:
    """One run: ``prepare``, then ``steps`` until over, then ``deviations``; ``close`` in any case."""

    folder: Path
    places: list[TrialDomain]
    say: Callable[[str], None]
    notice_id: str = ""
    began: float = 0.0
    ended: float = 0.0
    events: list[tuple[float, str, str]] = field(default_factory=list)
    """Seconds since the notice was issued, what happened in Chinese, and in English."""
    _stack: ExitStack = field(default_factory=ExitStack)
    _trial: Trial | None = None
    _form: FormRun | None = None

    def __post_init__(self) -> None:
        self.script = script_for(self.places)
        self._unanswered = [*self.script.late, self.script.returns]
        self.names = {place.domain: place.name for place in self.places}

    @property
    def root(self) -> str:
        """The domain at the top."""
        return self.places[0].domain

    def prepare(self) -> None:
        """Prepare two brokers, one for the province and one for all below, and serve everybody."""
        infos = [self._start(name) for name in ("upper", "lower")]
        brokers = {place.domain: infos[0] if place.domain == self.root else infos[1] for place in self.places}
        seats = {place.domain: self._seats(place.domain) for place in self.places}
        self._trial = self._stack.enter_context(trial(self.folder, seats, brokers, RealClock(), self.say))

    def steps(self) -> Iterator[NoticeStatus]:
        """Issue the notice and yield how it stands until everybody has answered, or patience is over."""
        self._cut()
        self._issue()
        self._ask()
        todo = [(CUT_FOR, self._repair), (LATE_AFTER, self._remind), (LATE_AFTER, self._sign_late)]
        while True:
            status = self.status()
            yield status
            spent = monotonic() - self.began
            self.form.answer()
            todo = [(at, do) for at, do in todo if at > spent or not do()]
            if (not todo and self._is_over(status) and self.form.is_over()) or spent > PATIENCE + PATIENCE_EACH * len(
                self.places
            ):
                self.ended = monotonic()
                yield self.status()
                return

    def status(self) -> NoticeStatus:
        """Return how the notice stands at its origin."""
        found = notice_status(self._node(f"{self.root}.office"), self.notice_id)
        assert found is not None  # noqa: S101
        return found

    def expected(self) -> tuple[Count, ...]:
        """Return what must be counted in the end: every authority but the origin, all have it, all have answered."""
        counts = []
        for level in sorted({level_of(place.domain) for place in self.places}):
            meant = sum(level_of(place.domain) == level for place in self.places) * len(BODIES) - (level == 0)
            back = int(level_of(domain_of(self.script.returns)) == level)
            counts.append(Count(level=level, meant=meant, has=meant, signed=meant - back, returned=back))
        return tuple(counts)

    def deviations(self) -> list[Text]:
        """Return what came out otherwise than it should; empty if all is well."""
        status = self.status()
        found: list[Text] = []
        if status.counts != self.expected():
            counts = {"found": status.counts, "expected": self.expected()}
            found.append(Text("counts are {found}, not {expected}", counts))
        if status.unsigned:
            found.append(Text("not signed: {authorities}", {"authorities": ", ".join(status.unsigned)}))
        if [body.address for body in status.returned] != [self.script.returns]:
            found.append(Text("the notice was sent back by others than expected"))
        return found + list(self.form.deviations()) + list(self._doubled())

    def by_city(self) -> dict[str, Tally | None]:
        """Return the newest tally of every city, as the province's relay office has it."""
        with self._node(f"{self.root}.relay").store.reading() as tx:
            branches = tx[Notices].branches(self.notice_id)
        return {one.domain: Tally.model_validate_json(one.tally) if one.tally else None for one in branches}

    def messages(self) -> int:
        """Count the messages taken in by all, receipts among them."""
        total = 0
        for domain in self._served.domains.values():
            for node in domain.nodes.values():
                with node.store.reading() as tx:
                    total += sum(number for kind, number in tx[Inbox].counts().items() if kind != "dead")
        return total

    def close(self) -> None:
        """Stop everything."""
        self._stack.close()

    @property
    def form(self) -> FormRun:
        """The form that is collected."""
        assert self._form is not None  # noqa: S101
        return self._form

    @property
    def _served(self) -> Trial:
        assert self._trial is not None  # noqa: S101
        return self._trial

    def _start(self, name: str) -> NodeInfo:
        node = PrivateNode(self.folder / f"broker-{name}")
        self._stack.callback(node.stop)
        return node.start(self.say)

    def _seats(self, domain: str) -> Mapping[str, Seat]:
        return relay_and(domain, [(label, self._seat(f"{domain}.{label}")) for label in BODIES])

    def _seat(self, address: str) -> Seat:
        roles = (Role.WINDOW,) if address.endswith(".office") else (Role.DEPARTMENT,)
        by_hand = address in self.script.late or address == self.script.returns
        return Seat(roles, work_for(roles, sign_at_once=not by_hand))

    def _node(self, address: str) -> Node:
        return self._served.domains[domain_of(address)].nodes[address]

    def _issue(self) -> None:
        now = RealClock().now()
        document = Document(
            number=DocumentNumber(agency="皖政办明电", year=now.year, serial=12),
            kind=DocumentKind.NOTICE,
            urgency=Urgency.URGENT,
            issuer="安徽省人民政府办公厅",
            title="关于做好防汛抗旱工作的紧急通知",
            addressees=("各市、县人民政府", "省政府各部门、各直属机构"),
            body=NOTICE,
            date=now.date(),
        )
        notice = Notice(
            document=document,
            audience="all",
            treatment=Treatment.ACTION,
            act_by=(now + timedelta(days=10)).date(),
        )
        self.notice_id = issue_notice(self._node(f"{self.root}.office"), notice)
        self._note("下发 省政府办公厅发出通知", "the province's office issues the notice, sealed once")

    def _ask(self) -> None:
        bureaus = [f"{place.domain}.emergency" for place in self.places]
        self._form = FormRun(self._node(f"{self.root}.office"), self._node, bureaus, self.script.silent)
        self.form.issue(RealClock().now())
        self._note("报表 向各级应急部门下发报表", "a form goes to all emergency bureaus, to be collected from below")

    def _cut(self) -> None:
        self.began = monotonic()
        self._served.sides[self.script.cut].cut(self.root)
        name = self.names[self.script.cut]
        self._note(f"断链 {name}与省的链路中断", f"the link between {self.script.cut} and the province is cut")

    def _repair(self) -> bool:
        self._served.sides[self.script.cut].join(None, lambda text: None)
        self._note(f"恢复 {self.names[self.script.cut]}链路恢复", "the link is back; what waited moves on")
        return True

    def _remind(self) -> bool:
        remind(self._node(f"{self.root}.office"), self.notice_id)
        self._note("催办 向未签收单位催办", "those who have not signed are reminded")
        return True

    def _sign_late(self) -> bool:
        """Those who have it by now; False while somebody still waits for it, behind the link that was cut."""
        for address in [one for one in self._unanswered if self._has(one)]:
            accepted = address != self.script.returns
            sign_for(self._node(address), self.notice_id, accepted, "" if accepted else "此项职责已划转应急管理局")
            self._unanswered.remove(address)
        if not self._unanswered:
            self._note("签收 迟到单位签收，一家退文", "the late ones sign, and one sends it back with its reason")
        return not self._unanswered

    def _has(self, address: str) -> bool:
        with self._node(address).store.reading() as tx:
            return tx[Notices].get(self.notice_id) is not None

    def _note(self, chinese: str, english: str) -> None:
        self.events.append((monotonic() - self.began, chinese, english))

    def _is_over(self, status: NoticeStatus) -> bool:
        return status.counts == self.expected()

    def _doubled(self) -> Iterator[Text]:
        """A notice that an authority has more than once, or that ended among the dead letters."""
        for domain in self._served.domains.values():
            for address, node in domain.nodes.items():
                with node.store.reading() as tx:
                    dead = tx[Inbox].counts().get("dead", 0)
                    there = tx[Notices].get(self.notice_id) is not None
                if dead:
                    yield Text("{address} has {number} dead letters", {"address": address, "number": dead})
                if not there:
                    yield Text("{address} does not have the notice", {"address": address})
