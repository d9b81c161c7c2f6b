"""Errors of the broker: it refused or is not there, and what was written waits in the outbox."""

from __future__ import annotations

from exchange.errors.root import ExchangeError


class BrokerError(ExchangeError):
    """The broker refused or is not there; what was written stays in the outbox and goes out when it is back."""

    code = "broker"
    exit_code = 7


class BrokerUnavailable(BrokerError):
    """No connection within the policy's patience."""

    code = "broker-unavailable"
    remedy = "start the broker (`exchange up` runs the private node), or correct EXCHANGE_BROKER_URL"


class BadTopology(BrokerError):
    """A queue or exchange is missing or has other arguments than it must."""

    code = "topology"
    remedy = "run `exchange init` to declare what is missing; never delete a queue that holds messages"
