"""What a member does, by its roles: the table of its handlers, its rules, and its periodic work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event

from exchange.approval.acceptance import by_law, receiving, speaking, telling
from exchange.approval.department import above, chased, desk, outcomes, recalling, reminded, requesting, stated
from exchange.approval.department.open_desk import OpinionRule
from exchange.approval.figures import public
from exchange.approval.monitor import lapse
from exchange.approval.window.acting import substitutes
from exchange.approval.window.after import papers, protests, supplements
from exchange.approval.window.after.recalling import Recalls
from exchange.approval.window.clock import watching as clocks
from exchange.approval.window.collect import Collector
from exchange.approval.window.conclude import Concluder
from exchange.approval.window.decision import DecideRule
from exchange.approval.window.renewing import by_law as renewals
from exchange.approval.window.supplementing import taking as supplement_requests
from exchange.approval.window.terms import reprojecting, watching
from exchange.documents import arrive, forward, returning
from exchange.joint import lead, reader, signer
from exchange.levels import calendars, spread
from exchange.levels.non_delivery import take_non_delivery
from exchange.licences import answering, asking
from exchange.licences import taking as licences
from exchange.messaging.incoming import Handler
from exchange.messaging.node import Node, Step
from exchange.messaging.receipts import OnSigned
from exchange.messaging.records import Signed
from exchange.notices import chase, counting, cover, pass_on, sign_for
from exchange.notices.daily import Daily
from exchange.notices.evidence import ask, show
from exchange.notices.forms import collecting
from exchange.notices.rules.covering import Covering
from exchange.portal import asked_about, ending
from exchange.portal import figures as figures_of_matters
from exchange.portal import papers as papers_of_cases
from exchange.portal.told import rounds as told_rounds
from exchange.portal.told.taking import licence_taken
from exchange.runtime.ticking.public_figures import PublicFigures
from exchange.schemas import Aggregate, Document, NonDelivery, Receipt, Role, Tally


@dataclass
class Work:
    """What a member does beyond sending and receiving, by its roles."""

    opinion_rule: OpinionRule | None = None
    decide_rule: DecideRule | None = None
    handlers: dict[str, Handler] = field(default_factory=dict)
    signed: tuple[OnSigned, ...] = ()
    """Told, one after another, of every receipt for what the member has sent; each takes what is its own."""
    rounds: dict[str, Callable[[Node], object]] = field(default_factory=dict)
    """Further periodic work, by name."""
    loops: dict[str, Callable[[Event], None]] = field(default_factory=dict)
    """What goes on beside all else until it is told to stop, by name: it may wait for others as long as it likes."""
    ends: tuple[Callable[[], None], ...] = ()
    """What is to be called when nothing more is asked of the rules."""

    def close(self) -> None:
        """End what the rules run in."""
        for end in self.ends:
            end()

    def on_signed(self, step: Step, moved: Sequence[Signed], receipts: Sequence[Receipt]) -> None:
        """Tell everyone in ``signed`` of the receipts."""
        for tell in self.signed:
            tell(step, moved, receipts)


def work_for(
    roles: tuple[Role, ...],
    opinion_rule: OpinionRule | None = None,
    decide_rule: DecideRule | None = None,
    take: spread.Take | None = None,
    sign_at_once: bool = False,
    covering: Covering = Covering.NONE,
    rule_decides: bool = False,
) -> Work:
    """Join the handler tables of a member's roles. Everyone takes in official documents, and notices, but a portal:
    it has its window alone to do with, and what its window writes to an applicant.

    A relay office that can ``take`` directories of other domains hands them on, too. ``sign_at_once`` signs for every
    notice on arrival, where the member's own system files what comes. ``covering`` says which notices wait at a relay
    office for its cover. ``rule_decides``: the lead's rule makes decisions, which are marked so; it prepares them
    otherwise.
    """
    if set(roles) == {Role.PORTAL}:
        return _with_portal(Work())
    work = Work(opinion_rule, decide_rule, _for_everyone())
    if Role.RELAY in roles:
        work.handlers |= pass_on.handlers(covering) | counting.handlers() | collecting.handlers() | show.handlers()
        work.signed += (counting.on_signed,)
        work.rounds |= {"tallies": counting.tell, "aggregates": collecting.tell}
        work.rounds |= {cover.WORK: Daily(cover.remind_of_waiting, cover.WORK).look}
    else:
        work.handlers |= sign_for.handlers(sign_at_once)
        work.handlers |= {Tally.KIND: counting.take_tally, Aggregate.KIND: collecting.take_aggregate}
        work.rounds |= {chase.WORK: Daily(chase.chase, chase.WORK).look}
    if Role.RELAY in roles and take is not None:
        work.handlers |= spread.handlers(take) | calendars.handlers()
        work.rounds |= {spread.WORK: spread.Spreader().look, calendars.WORK: calendars.tell}
    if Role.DEPARTMENT in roles:
        work.handlers |= (
            desk.handlers() | reminded.handlers() | outcomes.handlers() | stated.handlers() | licences.handlers()
        )
        work.handlers |= chased.handlers() | requesting.handlers()
        work.handlers |= asking.handlers()
        work.signed += (desk.on_signed, recalling.on_signed, requesting.on_signed)
    if Role.MONITOR in roles:
        work.handlers |= lapse.handlers()
    if Role.WINDOW in roles:
        concluder = Concluder(decide_rule, decides=rule_decides)
        collector = Collector(concluder)
        work.handlers |= collector.handlers() | Recalls(concluder).handlers() | protests.handlers()
        work.handlers |= supplements.handlers() | receiving.handlers() | speaking.handlers()
        work.handlers |= answering.handlers() | asking.handlers() | supplement_requests.handlers()
        work.rounds |= {
            reprojecting.WORK: reprojecting.reproject,
            papers.WORK: papers.remind_of_papers,
            watching.WORK: watching.watch_earlier,
            clocks.WORK: clocks.look_at_clocks,
        }
        work.rounds |= {substitutes.WORK: substitutes.Substitutes().look, supplements.WORK: supplements.look}
        work.rounds |= {renewals.WORK: renewals.look, by_law.WORK: by_law.look, telling.WORK: telling.look}
        work.rounds |= {public.WORK: PublicFigures().look}
        work.rounds |= {supplement_requests.WORK: supplement_requests.tidy}
        work.signed += (collector.on_signed,)
    return _with_portal(work) if Role.PORTAL in roles else work


def _with_portal(work: Work) -> Work:
    work.handlers |= licences.handlers(licence_taken) | papers_of_cases.handlers() | figures_of_matters.handlers()
    work.handlers |= asked_about.handlers()
    work.rounds |= {ending.WORK: ending.look, told_rounds.WORK: told_rounds.look}
    work.rounds |= {told_rounds.TIDYING: Daily(told_rounds.tidy, told_rounds.TIDYING).look}
    work.signed += (papers_of_cases.on_signed,)
    return work


def _for_everyone() -> dict[str, Handler]:
    own: dict[str, Handler] = {Document.KIND: arrive.take_document, NonDelivery.KIND: take_non_delivery}
    joint = lead.handlers() | signer.handlers() | reader.handlers()
    return own | forward.handlers() | returning.handlers() | joint | ask.handlers() | above.handlers()
