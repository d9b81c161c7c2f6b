"""What a member does, by its roles: the table of its handlers, its rules, and its periodic work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from exchange.flow import (
    chase,
    collecting,
    counting,
    documents,
    evidence,
    forward,
    lapse,
    pass_on,
    respond,
    showing,
    sign_for,
    spread,
)
from exchange.flow.collect import Collector
from exchange.flow.conclude import Concluder
from exchange.flow.decision import DecideRule
from exchange.flow.node import Node
from exchange.flow.opendesk import OpinionRule
from exchange.flow.receipts import OnSigned
from exchange.flow.receive import Handler
from exchange.flow.undelivered import take_non_delivery
from schemas import Aggregate, Document, NonDelivery, Role, Tally


@dataclass
class Work:
    """What a member does beyond sending and receiving, by its roles."""

    opinion_rule: OpinionRule | None = None
    decide_rule: DecideRule | None = None
    handlers: dict[str, Handler] = field(default_factory=dict)
    on_signed: OnSigned | None = None
    rounds: tuple[Callable[[Node], object], ...] = ()
    """Further periodic work."""


def work_for(
    roles: tuple[Role, ...],
    opinion_rule: OpinionRule | None = None,
    decide_rule: DecideRule | None = None,
    take: spread.Take | None = None,
    sign_at_once: bool = False,
) -> Work:
    """The handler tables of a member's roles, joined. Everyone takes official documents, and notices.

    A relay office that can ``take`` directories of other domains hands them on, too. ``sign_at_once`` signs for every
    notice on arrival, where the member's own system files what comes.
    """
    work = Work(opinion_rule, decide_rule, _for_everyone())
    if Role.RELAY in roles:
        work.handlers |= pass_on.handlers() | counting.handlers() | collecting.handlers() | showing.handlers()
        work.on_signed = counting.on_signed
        work.rounds += (counting.tell, collecting.tell)
    else:
        work.handlers |= sign_for.handlers(sign_at_once)
        work.handlers |= {Tally.KIND: counting.take_tally, Aggregate.KIND: collecting.take_aggregate}
        work.rounds += (chase.Chaser().look,)
    if Role.RELAY in roles and take is not None:
        work.handlers |= spread.handlers(take)
        work.rounds += (spread.Spreader().look,)
    if Role.DEPARTMENT in roles:
        work.handlers |= respond.handlers()
        work.on_signed = respond.on_signed
    if Role.MONITOR in roles:
        work.handlers |= lapse.handlers()
    if Role.WINDOW in roles:
        collector = Collector(Concluder(decide_rule))
        work.handlers |= collector.handlers()
        work.on_signed = collector.on_signed
    return work


def _for_everyone() -> dict[str, Handler]:
    own: dict[str, Handler] = {Document.KIND: documents.take_document, NonDelivery.KIND: take_non_delivery}
    return own | forward.handlers() | evidence.handlers()
