"""What pika complains of, as errors of ours with what to do: one table."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator

from pika.adapters.utils.connection_workflow import (
    AMQPConnectorException,
    AMQPConnectorStackTimeout,
)
from pika.exceptions import (
    AMQPError,
    ChannelClosedByBroker,
    ConnectionClosedByBroker,
    IncompatibleProtocolError,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
)

from exchange.errors import BadTopology, BrokerError, BrokerUnavailable
from exchange.language import Text, noted

DENIED = "broker-denied"
"""Code of an error that waiting will not repair."""

COMPLAINTS = (AMQPError, AMQPConnectorException, OSError)
"""What pika raises where a broker cannot be had; one of its families is no child of the other."""

_PORTS = noted("amqps:// leads to the port that speaks TLS (5671), amqp:// to the one that does not (5672)")
_AUTHORITY = noted(
    "EXCHANGE_TLS_AUTHORITY names the certificate (PEM) of the authority that issued it, or SSL_CERT_FILE for all that "
    "this process speaks to; `exchange tls` makes one for a trial"
)
_NAME = noted(
    "have the broker's certificate made anew with the name or number that EXCHANGE_BROKER_URL calls it by, or call it "
    "by one that stands in it"
)
_EXPIRED = noted(
    "have the broker's certificate renewed (`exchange tls --renew` where that made it), or correct this clock"
)
_OLD = noted("have the broker speak TLS 1.2 or 1.3: older ones are not safe")
_NAMES = (62, 64)
"""OpenSSL's codes for a host name and a number that the certificate does not bear."""
_DATES = (9, 10)
"""The same for one that is not valid yet, or not any more."""
_SILENT = noted(
    "see whether the broker lives (`rabbitmq-diagnostics check_running` there), and whether something else, or a "
    "firewall, has its port"
)
_NO_BROKER = noted(
    "correct the port in EXCHANGE_BROKER_URL: amqps:// leads to the port that speaks TLS (5671), amqp:// to the one "
    "that does not (5672); 15672 is the management API's"
)
_NO_HOST = noted("correct the host in EXCHANGE_BROKER_URL, or the machine's name service")
_SYSTEM: dict[int, str] = {
    errno.ECONNREFUSED: noted("connection refused"),
    errno.ECONNRESET: noted("connection reset by peer"),
    errno.EPIPE: noted("broken pipe"),
    errno.ETIMEDOUT: noted("no answer in time"),
    errno.EHOSTUNREACH: noted("no route to host"),
    errno.ENETUNREACH: noted("network is unreachable"),
}
"""The operating system's errors of connections; of others its own words are shown."""


def error_of(error: BaseException | None, what: str | Text) -> BrokerError:
    """Return the exchange's own error for one of pika's: about ``what``, with the remedy."""
    if isinstance(error, (ProbableAuthenticationError, ProbableAccessDeniedError)) and _said_by_broker(error):
        remedy = "check user, password and vhost; `exchange init` sets a member's account anew"
        return BrokerUnavailable("{what} denies this account or vhost", remedy=remedy, code=DENIED, what=what)
    if isinstance(error, ChannelClosedByBroker):
        return BadTopology(
            "{what}: {reply_code} {reply_text}", what=what, reply_code=error.reply_code, reply_text=error.reply_text
        )
    if isinstance(error, ConnectionClosedByBroker):
        return BrokerUnavailable(
            "{what}: {reply_code} {reply_text}", what=what, reply_code=error.reply_code, reply_text=error.reply_text
        )
    cause, remedy = _cause(error)
    return BrokerUnavailable("{what} cannot be reached ({cause})", remedy=remedy, what=what, cause=cause)


def _cause(error: BaseException | None) -> tuple[Text | str, str]:
    """Why, and what to do; without a remedy where that of the class is right."""
    every = list(_causes(error))
    for one in every:
        if isinstance(one, ssl.SSLCertVerificationError):
            return Text("its certificate is not trusted: {reason}", {"reason": one.verify_message}), _remedy_of(one)
        if isinstance(one, ssl.SSLError) and "PROTOCOL" in str(getattr(one, "reason", "")):
            return Text("it speaks no version of TLS that is safe"), _OLD
        if isinstance(one, ssl.SSLError):
            return Text("TLS is spoken on one side only"), _PORTS
        if isinstance(one, socket.gaierror):
            return Text("name or service not known"), _NO_HOST
        if isinstance(one, AMQPConnectorStackTimeout) or "Timeout while setting up AMQP" in str(one):
            return Text("it takes the connection and does not answer"), _SILENT
    if any(isinstance(one, IncompatibleProtocolError) for one in every):
        return Text("what listens there does not speak AMQP, or not yet, or wants TLS"), _NO_BROKER
    return _words(every[-1]) if every else Text("closed"), ""


def _remedy_of(error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code in _NAMES:
        return _NAME
    return _EXPIRED if error.verify_code in _DATES else _AUTHORITY


def _words(error: BaseException) -> Text | str:
    """The innermost error itself: ours where there are some for it, otherwise those of whoever complained."""
    if isinstance(error, OSError) and error.errno in _SYSTEM:
        return Text(_SYSTEM[error.errno])
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return Text("no answer in time") if isinstance(error, TimeoutError) else str(error) or type(error).__name__


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and all that it says it comes from, the innermost last."""
    if error is None:
        return
    yield error
    for inner in (*getattr(error, "exceptions", ()), getattr(error, "exception", None), *error.args):
        if isinstance(inner, BaseException):
            yield from _causes(inner)


def _said_by_broker(error: BaseException) -> bool:
    """Whether the broker itself ended the handshake; a connection lost at that moment looks like a denial too."""
    return any("ConnectionClosedByBroker" in str(arg) for arg in error.args)
