"""Addresses of brokers: AMQP URLs taken apart, and given credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from exchange.errors import BadConfiguration
from exchange.machine.urls import ESCAPE, fault_of

if TYPE_CHECKING:
    import pika

_EXAMPLE = "amqp://user:password@host:port/vhost (vhost / is written %2F)"

HEARTBEAT = 10
"""Seconds; a connection without a sign of life for this long (and five more) is closed."""

BLOCKED_FOR = 60
"""Seconds that a broker short of memory or disk may block a connection before it is closed."""


def parameters(url: str, name: str) -> pika.URLParameters:
    """Return connection parameters for an AMQP URL; ``name`` is what operators see. Raises BadConfiguration."""
    import pika

    if fault := fault_of(url):
        raise _bad(fault)
    if url.partition("://")[0] not in ("amqp", "amqps"):
        raise _bad("it begins neither with amqp:// nor with amqps://")
    try:
        found = pika.URLParameters(url)
        found.heartbeat = HEARTBEAT
        found.blocked_connection_timeout = BLOCKED_FOR
        found.connection_attempts = 1
        found.client_properties = {"connection_name": name, "product": "yizhan"}
    except Exception as error:  # pika raises whatever it stumbles over; the URL holds a password, so it is not quoted
        raise _bad(type(error).__name__) from None
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
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user, safe='')}:{quote(password, safe='')}@{place}"))


def credentials(url: str) -> tuple[str, str] | None:
    """Return user and password of a URL; None where it has none."""
    parts = urlsplit(url)
    if parts.username is None:
        return None
    return unquote(parts.username), unquote(parts.password or "")


def with_vhost(url: str, name: str) -> str:
    """Return the URL of another virtual host of the same broker."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(name, safe='')}"))


def vhost(url: str) -> str:
    """Return the virtual host an AMQP URL names; ``/`` where it names none."""
    return unquote(urlsplit(url).path[1:]) or "/"
