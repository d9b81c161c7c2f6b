"""What kind of broker is this: its version, and whether it stamps each message on arrival."""

from __future__ import annotations

from typing import Any

import pika
from pika.exceptions import ChannelClosedByBroker, UnroutableError
from pika.spec import BasicProperties

from exchange.broker.admin.errand import errand, from_any_host
from exchange.broker.faults import error_of
from exchange.broker.traffic.loop import GOODBYE
from exchange.broker.traffic.topology import DOCUMENTS, routing_key
from exchange.broker.traffic.urls import parameters
from exchange.errors import BrokerUnavailable
from exchange.language import Text
from exchange.machine.urls import shown

STAMP_HEADER = "timestamp_in_ms"
"""The header that RabbitMQ's incoming timestamp interceptor sets (3.12 and later)."""

_REFUSED = 403
"""AMQP's answer to what an account may not."""

_FORGED = 1
"""A stamp from 1970."""


def stamps_arrival(url: str) -> bool:
    """Find out by a round trip whether the broker overwrites the arrival stamp that a client puts on a message.

    Needs an account that may declare a queue, so provisioning asks and members are told. Raises BrokerUnavailable,
    or BadTopology where the account may not.
    """
    with errand(url, "probe") as admin:
        channel = admin.channel
        channel.confirm_delivery()
        queue = channel.queue_declare("", exclusive=True).method.queue
        forged = BasicProperties(headers={STAMP_HEADER: _FORGED})
        channel.basic_publish("", queue, b"", forged, mandatory=True)
        _, properties, _ = channel.basic_get(queue, auto_ack=True)
        channel.queue_delete(queue)
    stamp = (properties.headers or {}).get(STAMP_HEADER) if properties else None
    return isinstance(stamp, int) and stamp != _FORGED


def lets_copies_through(url: str, account: str) -> bool:
    """Find out whether an account may have a message copied to a key that it may not publish under.

    Both keys lead nowhere. Raises BrokerUnavailable or BadTopology.
    """
    copied = BasicProperties(user_id=account, headers={"CC": [routing_key("nowhere", "somebody-else")]})
    with errand(url, "probe") as visitor:
        channel = visitor.channel
        channel.confirm_delivery()
        try:
            channel.basic_publish(DOCUMENTS, routing_key("nowhere", account), b"", copied, mandatory=True)
        except UnroutableError:
            return True
        except ChannelClosedByBroker as error:
            if error.reply_code == _REFUSED:
                return False
            raise
    return True


def writes_anywhere(url: str, account: str) -> bool:
    """Find out whether an account may publish to others than whom a portal may: to a queue that nobody has.

    Raises BrokerUnavailable or BadTopology.
    """
    with errand(url, "probe") as visitor:
        channel = visitor.channel
        channel.confirm_delivery()
        said = BasicProperties(user_id=account)
        try:
            channel.basic_publish(DOCUMENTS, routing_key("nowhere", account), b"", said, mandatory=True)
        except UnroutableError:
            return True
        except ChannelClosedByBroker as error:
            if error.reply_code == _REFUSED:
                return False
            raise
    return True


def shows_depth(url: str, queue: str) -> bool:
    """Find out whether an account is told how much waits in a queue. Raises BrokerUnavailable or BadTopology."""
    with errand(url, "probe") as visitor:
        try:
            return visitor.queue_exists(queue)
        except ChannelClosedByBroker as error:
            if error.reply_code == _REFUSED:
                return False
            raise


def server_version(url: str) -> str:
    """Return the broker's version as it says itself, for example ``4.0.5``: that of the first host which answers.

    Raises BrokerUnavailable.
    """
    return from_any_host(url, _server_version)


def _server_version(url: str) -> str:
    found: dict[str, Any] = {}
    failed: list[BaseException] = []

    def opened(connection: pika.SelectConnection) -> None:
        found.update(connection.server_properties or {})
        connection.close()

    def ended(connection: pika.SelectConnection, error: BaseException) -> None:
        failed.append(error)
        connection.ioloop.stop()

    connection = pika.SelectConnection(
        parameters(url, "probe")[0], on_open_callback=opened, on_open_error_callback=ended, on_close_callback=ended
    )
    connection.ioloop.call_later(10 * GOODBYE, connection.ioloop.stop)
    connection.ioloop.start()
    connection.ioloop.close()
    if not found:
        raise error_of(failed[-1] if failed else None, Text("the broker at {url}", {"url": shown(url)}))
    version = found.get("version", b"")
    text = version.decode() if isinstance(version, bytes) else str(version)
    if not text:
        raise BrokerUnavailable("the broker at {url} does not say its version", url=shown(url))
    return text
