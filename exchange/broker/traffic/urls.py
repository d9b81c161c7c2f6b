"""Addresses of brokers: AMQP URLs taken apart, and given credentials. One may name several hosts of a cluster."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from exchange.errors import BadConfiguration
from exchange.language import Text
from exchange.machine.transport.plain import check_protected
from exchange.machine.transport.trust import broker_trust
from exchange.machine.urls import ESCAPE, each_host, fault_of_several, with_hosts_of

if TYPE_CHECKING:
    import pika

_EXAMPLE = "amqp://user:password@host:port/vhost (vhost / is written %2F; several hosts: @one:port,two:port/)"

HEARTBEAT = 10
"""Seconds; a connection without a sign of life for this long (and five more) is closed."""

HEARTBEAT_OF_SEVERAL = 10
"""The same where there is another host to go to."""

OPENING = 8.0
"""Seconds that one of several hosts has to open a connection: a node that hangs still takes them."""

BLOCKED_FOR = 60
"""Seconds that a broker short of memory or disk may block a connection before it is closed."""


def parameters(url: str, name: str) -> list[pika.URLParameters]:
    """Return connection parameters for each host of an AMQP URL, in its order; ``name`` is what operators see.

    Raises BadConfiguration.
    """
    if fault := fault_of_several(url):
        raise _bad(fault)
    every = each_host(url)
    return [_parameters(one, name, alone=len(every) == 1) for one in every]


def _parameters(url: str, name: str, *, alone: bool) -> pika.URLParameters:
    import pika

    if url.partition("://")[0] not in ("amqp", "amqps"):
        raise _bad("it begins neither with amqp:// nor with amqps://")
    try:
        found = pika.URLParameters(url)
        if found.ssl_options is not None:
            found.ssl_options = pika.SSLOptions(broker_trust(), found.host)
        found.heartbeat = HEARTBEAT if alone else HEARTBEAT_OF_SEVERAL
        if not alone:
            found.stack_timeout = found.socket_timeout = OPENING
        found.blocked_connection_timeout = BLOCKED_FOR
        found.connection_attempts = 1
        found.client_properties = {"connection_name": name, "product": "yizhan"}
    except BadConfiguration:
        raise
    except Exception as error:  # pika raises whatever it stumbles over; the URL holds a password, so it is not quoted
        raise _bad(type(error).__name__) from None
    check_protected(Text("the broker's address"), url)
    return found


def _bad(reason: str) -> BadConfiguration:
    return BadConfiguration(
        "the broker's address is invalid ({reason})",
        remedy="EXCHANGE_BROKER_URL is {example}; {escape}",
        reason=reason,
        example=_EXAMPLE,
        escape=ESCAPE,
    )


def with_credentials(url: str, user: str, password: str) -> str:
    """Return the URL of the same broker under another account."""
    account = f"{quote(user, safe='')}:{quote(password, safe='')}"

    def under(parts: SplitResult) -> SplitResult:
        return parts._replace(netloc=f"{account}@{parts.netloc.rpartition('@')[2]}")

    return _changed(url, under)


def credentials(url: str) -> tuple[str, str] | None:
    """Return user and password of a URL; None where it has none."""
    parts = urlsplit(each_host(url)[0])
    if parts.username is None:
        return None
    return unquote(parts.username), unquote(parts.password or "")


def with_vhost(url: str, name: str) -> str:
    """Return the URL of another virtual host of the same broker."""
    return _changed(url, lambda parts: parts._replace(path=f"/{quote(name, safe='')}"))


def vhost(url: str) -> str:
    """Return the virtual host an AMQP URL names; ``/`` where it names none."""
    return unquote(urlsplit(each_host(url)[0]).path[1:]) or "/"


def _changed(url: str, change: Callable[[SplitResult], SplitResult]) -> str:
    """The URL with each of its hosts' changed alike."""
    return with_hosts_of([urlunsplit(change(urlsplit(one))) for one in each_host(url)])
