"""A run of the fault proof: load and faults, calm, and what came of it."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from exchange.clock import monotonic
from exchange.errors import DatabaseUnavailable
from exchange.operations.reconciliation.domain import open_reconciliation
from exchange.trials.prove.course import Course, with_recovery
from exchange.trials.prove.findings import Findings
from exchange.trials.prove.ground import ProofGround, Scene, prepared, served
from exchange.trials.prove.load import LoadPace, ProofLoad
from exchange.trials.prove.loops import Loops
from exchange.trials.prove.notebook import Notebook
from exchange.trials.prove.officers import Officers
from exchange.trials.prove.options import Database, Options, Phase, ProofOutcome, ProofProgress
from exchange.trials.prove.rules.faults import Fault
from exchange.trials.prove.rules.judgement import Behaviour, judge
from exchange.trials.prove.rules.measures import Passages, recovered
from exchange.trials.prove.rules.plan import FaultGround, make_plan
from exchange.trials.prove.stage import DEPARTMENTS, MEMBERS, SMALL_DISK, WINDOW
from exchange.trials.prove.store import RunEnd
from exchange.trials.prove.versions import versions_of
from exchange.trials.prove.watching import Watching

_TAIL = 8.0
"""Seconds that the load goes on after the last fault of the plan."""
_BEHIND = 0.04
"""Share of the load that may be behind the plan before faults wait for it."""
_UNDER_WAY = 600
"""Documents that may be without a receipt before no more are handed in."""
_CALM_PATIENCE, _CALM_DAYS = 900.0, 12
"""Seconds, and days of the domain, that everything has to come to its end in."""
_TELL_EVERY = 1.0


def plan_of(options: Options, stamps: bool) -> tuple[Fault, ...]:
    """Return the plan, by the options alone. ``stamps``: arrivals are stamped, so that a window's clock may be wrong.

    Without stamps the window's clock is what arrivals are told by: nobody could hold it against anything.
    """
    ground = FaultGround(
        members=MEMBERS,
        nodes=options.nodes,
        has_server=options.database is Database.POSTGRESQL,
        small_disk=SMALL_DISK if options.database is Database.SQLITE else None,
        sure_of_time=() if stamps else (WINDOW,),
    )
    return make_plan(options.seed, options.faults, options.every, ground)


@dataclass
class Prove:
    """One run in ``folder``; ``say`` hears what is being prepared, ``tell`` how far it is."""

    folder: Path
    options: Options
    say: Callable[[str], None]
    tell: Callable[[ProofProgress], None] = lambda progress: None
    notebook: Notebook = field(default_factory=Notebook)
    _told: float = 0.0

    def run(self) -> ProofOutcome:
        """Run it to its end, and stop everything, whatever comes between.

        Raises FileUnusable for a folder that is not empty, and OperatorError where the domain cannot be made.
        """
        with prepared(self.folder, self.options, self.say) as ground:
            plan = plan_of(self.options, ground.stamps)
            seconds = (plan[-1].at if plan else 0.0) + _TAIL
            with served(ground, seconds) as scene, ExitStack() as stack:
                return _Act(self, ground, scene, plan, seconds).play(stack)

    def show(self, progress: ProofProgress) -> None:
        """Tell how far it is, once a second."""
        if monotonic() - self._told >= _TELL_EVERY:
            self._told = monotonic()
            self.tell(progress)


class _Act:
    """A run on its scene."""

    def __init__(
        self, whole: Prove, ground: ProofGround, scene: Scene, plan: tuple[Fault, ...], seconds: float
    ) -> None:
        options, self.notebook = whole.options, whole.notebook
        self.whole, self.ground, self.scene, self.time = whole, ground, scene, scene.time
        nodes = {name: one.node for name, one in scene.members.items()}
        self.load = ProofLoad(
            nodes, self.notebook, self.time, LoadPace(options.documents, seconds), LoadPace(options.cases, seconds),
            random.Random(options.seed), _UNDER_WAY, self.time.now,  # noqa: S311 -- no secret
        )  # fmt: skip
        chance = random.Random(options.seed + 1)  # noqa: S311
        self.officers = Officers({name: nodes[name] for name in DEPARTMENTS}, self.notebook, self.time, chance)
        self.watching = Watching(scene.stores, self.notebook, self.time)
        self.course = Course(
            scene.strikes, plan, lambda: self.time.now, lambda at: self.load.share >= at / seconds - _BEHIND
        )
        self.loops = Loops()
        self.phase = Phase.FAULTS
        self.rest: Mapping[str, int] = {}

    def play(self, stack: ExitStack) -> ProofOutcome:
        """Play it to its end."""
        stack.callback(self.course.lift_all)
        stack.callback(self.loops.close)
        self.loops.add("load", self.load.look, 0.05)
        self.loops.add("officers", self.officers.look, 0.1)
        self.loops.add("watching", self.watching.look, 0.15)
        while not (self.course.is_over and self.load.is_over):
            self.course.look()
            self._tick()
        load_ended, self.phase, self.officers.settle = self.time.now, Phase.CALM, True
        self._rest()
        self.phase = Phase.JUDGING
        self._tick()
        self.loops.close()
        return self._judged(load_ended, self.time.now)

    def _tick(self) -> None:
        self.scene.strikes.served.look()
        self.loops.check()
        struck = sum(one.at is not None for one in self.course.struck)
        note = self.notebook
        self.whole.show(
            ProofProgress(
                self.phase, self.time.now, len(note.documents), note.completed, len(note.cases), struck, self.rest
            )
        )
        threading.Event().wait(0.05)

    def _rest(self) -> None:
        """Waits until nothing is under way; what does not come to its end in time is named by the judge."""
        until = self.time.now + _CALM_PATIENCE + _CALM_DAYS * self.time.day
        looked_at = 0.0
        while self.time.now < until:
            self._tick()
            if self.time.now - looked_at >= 1.0:
                looked_at = self.time.now
                try:
                    self.rest = self.watching.under_way()
                    if not self.rest and not self.notebook.in_flight:
                        return
                except DatabaseUnavailable:
                    continue

    def _judged(self, load_ended: float, calm: float) -> ProofOutcome:
        scene, window = self.scene, self.scene.members[WINDOW].node
        with open_reconciliation(scene.settings, lambda: self.ground.info) as books:
            balance = books.reconcile()
        struck = self.course.struck
        findings = Findings(scene.stores, window, self.notebook, self.time, struck, self.ground.stamps)
        evidence = findings.evidence(balance)
        passages = Passages(self.notebook.passages())
        edge = [one for one in evidence.asked if one.behaviour is Behaviour.EDGE]
        return ProofOutcome(
            options=self.whole.options,
            versions=versions_of(self.ground, self.whole.options),
            began=self.time.clock.real_origin.isoformat(timespec="seconds"),
            seconds=self.time.now,
            load_ended=load_ended,
            calm=calm,
            handed_in=len(evidence.handed),
            completed=self.notebook.completed,
            cases=len(evidence.cases),
            messages=self._messages(),
            parts=Counter(one.state.value for one in evidence.asked),
            in_time_at_the_edge=sum(one.in_time for one in edge),
            late=sum(one.given is not None for one in evidence.asked if one.behaviour is Behaviour.LATE),
            refusals=self.notebook.refusals,
            supervisors=scene.strikes.served.starts - 1,
            struck=with_recovery(struck, lambda one: recovered(one, passages)),
            passages=passages,
            found=judge(evidence),
        )

    def _messages(self) -> int:
        total = 0
        for store in self.scene.stores.values():
            with store.reading() as tx:
                total += tx[RunEnd].copies()
        return total
