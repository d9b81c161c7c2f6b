"""What a broker enforces of the members' rights, found out by trying, and what is left to whoever receives."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from exchange.broker.admin.probe import lets_copies_through, server_version, shows_depth, writes_anywhere
from exchange.broker.traffic.link import Link
from exchange.broker.traffic.topology import dead_queue
from exchange.broker.traffic.vouching import vouching_of
from exchange.language import Text
from exchange.operations.health.checkups.findings import Finding

_SUBJECT = "rights at the broker"


def enforced(link: Link, members: Collection[str]) -> Iterator[Finding]:
    """Tell what the broker lets a member do that it has no right to. Raises BrokerUnavailable or BadTopology."""
    account = link.user_id
    if account is None:
        yield Finding(
            "note", _SUBJECT, "all members share one account: whoever has it may bring what another has signed",
            "set EXCHANGE_MANAGEMENT_URL and run `exchange init`: every member gets an account of its own",
        )  # fmt: skip
        return
    before = False
    if lets_copies_through(link.url, account):
        before = True
        yield Finding(
            "note", _SUBJECT,
            "this broker checks no rights on copies (CC, BCC): every member refuses what comes as one",
            "RabbitMQ 4.0 or later refuses them itself",
        )  # fmt: skip
    if not vouching_of({"version": server_version(link.url)}, accounts=True).deaths:
        before = True
        yield Finding(
            "note", _SUBJECT, "this broker lets senders write why a queue gave their message up: who sent such a one "
            "is known only where it names itself (user_id)",
            "RabbitMQ 4.0 or later takes no such header from a sender",
        )  # fmt: skip
    other = next((one for one in sorted(members) if one != account), None)
    if other is not None and shows_depth(link.url, dead_queue(other)):
        before = True
        yield Finding(
            "note", _SUBJECT, "this broker tells every member how many messages wait in every queue",
            "RabbitMQ 4.3 or later tells a member of its own queues and those that it sends to",
        )  # fmt: skip
    if not before:
        yield Finding("good", _SUBJECT, "a member publishes as itself, copies too, and reads its own queues alone")


def bound(link: Link, portal: str) -> Iterator[Finding]:
    """Tell whether the broker holds a portal's account to its window. Raises BrokerUnavailable or BadTopology."""
    if link.user_id is None:
        yield Finding(
            "note", _SUBJECT, Text("{portal} shares the members' account: it may write to all of them",
                                   {"portal": portal}),
            "set EXCHANGE_MANAGEMENT_URL and run `exchange init`: every member gets an account of its own",
        )  # fmt: skip
    elif writes_anywhere(link.url, link.user_id):
        yield Finding(
            "bad", _SUBJECT, Text("{portal} may write to others than its window", {"portal": portal}),
            "run `exchange init`, which gives it the rights of an online window",
        )  # fmt: skip
    else:
        yield Finding("good", _SUBJECT, Text("{portal} writes to a window alone", {"portal": portal}))
