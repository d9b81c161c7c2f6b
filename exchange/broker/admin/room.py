"""Room at the broker: how many octets a domain's queues hold each, and how large one message may be.

Lengths are an operator policy and no argument of the queues: it applies to queues that are there already, may be
changed while they are in use, and an administrator's own policy for the same queues stands beside it. The smaller
length of the two holds.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass

from pika.exceptions import ChannelClosedByBroker, UnroutableError

from exchange.broker.admin.errand import errand
from exchange.broker.admin.management import ManagementClient
from exchange.broker.traffic.topology import DOCUMENTS, MAX_BODY, routing_key

LENGTH = "max-length-bytes"
_REFUSED = 406
_SAID_MOST = re.compile(r"configured max size ([0-9]+)")
_QUEUES = r"inbox(\.urgent)?|opinions|dead|transit(\.urgent)?"


@dataclass(frozen=True)
class MessageSize:
    """What a broker says to a message that is one octet larger than any envelope."""

    takes: bool
    """Whether it takes that."""
    most: int | None = None
    """Octets that it takes, where it says so in refusing."""

    @property
    def agrees(self) -> bool:
        """Whether it takes every envelope, and nothing larger."""
        return not self.takes and self.most in (MAX_BODY, None)


def policy_name(domain: str) -> str:
    """Return the name of a domain's operator policy."""
    return f"yizhan.{domain}"


def limit_queues(management: ManagementClient, domain: str, octets: int) -> None:
    """Have each of a domain's queues, and those towards its neighbours, hold so many octets, present ones too.

    What is published beyond that is refused to its publisher. Raises BrokerUnavailable or BadTopology.
    """
    pattern = rf"^({re.escape(domain)}\.[^.]+\.({_QUEUES})|uplink\..+)$"
    policy = {"pattern": pattern, "definition": {LENGTH: octets}, "priority": 0, "apply-to": "queues"}
    management.put_operator_policy(policy_name(domain), policy)


def unlimited_queues(management: ManagementClient, names: Set[str]) -> list[str]:
    """Return those of the queues that hold any number of octets. Raises BrokerUnavailable or BadTopology."""
    lengths = management.queue_lengths(LENGTH)
    return sorted(name for name in names if name in lengths and lengths[name] is None)


def message_size(url: str, account: str) -> MessageSize:
    """Find out by one message, which no queue gets, how large messages may be.

    Raises BrokerUnavailable, or BadTopology where the account may not publish.
    """
    with errand(url, "probe") as visitor:
        channel = visitor.channel
        channel.confirm_delivery()
        try:
            channel.basic_publish(DOCUMENTS, routing_key("nowhere", account), bytes(MAX_BODY + 1), mandatory=True)
        except UnroutableError:
            return MessageSize(takes=True)
        except ChannelClosedByBroker as error:
            found = _SAID_MOST.search(error.reply_text) if error.reply_code == _REFUSED else None
            if error.reply_code != _REFUSED:
                raise
            return MessageSize(False, int(found[1]) if found else None)
    return MessageSize(takes=True)
