"""Posting to a webhook: which addresses are taken, and when it is tried again.

To the address that was judged and no other, without redirects, within ten seconds in all.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from datetime import timedelta
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit, urlunsplit

from exchange.clock import monotonic
from exchange.errors import CallerError, Denied
from exchange.language import Text
from exchange.machine.public_addresses import Ip, is_public, plain
from exchange.machine.web_client import Unanswered, WebClient, resolve

_FIRST, _LONGEST = timedelta(seconds=5), timedelta(hours=1)
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
SECONDS = 10.0
"""For the name, the connection, TLS, sending and the answer together."""

Resolve = Callable[[str, int], Sequence[str]]


def _resolve(host: str, port: int) -> Sequence[str]:
    return resolve(host, port, SECONDS)


class Poster:
    """Posts JSON. The name is resolved once, judged, and that address used, so that no second answer can differ."""

    def __init__(
        self,
        allowed: Sequence[str],
        resolve: Resolve = _resolve,
        trusted: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._seconds = seconds
        self._client = WebClient(trusted=trusted, keep=0)

    def post(self, url: str, headers: dict[str, str], body: bytes) -> str | None:
        """Post to a receiver; return None once it has it (any 2xx), else in a few words why not. Its answer's body is
        not read.
        """
        until = monotonic() + self._seconds
        try:
            check_url(url)
            parts = urlsplit(url)
            host = parts.hostname or ""
            port = parts.port or (443 if parts.scheme == "https" else 80)
            address = check_reachable(self._resolve(host, port), self._allowed)
            there = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
            answer = self._client.ask(
                "POST",
                urlunsplit(parts._replace(netloc=there)),
                seconds=until - monotonic(),
                headers={**headers, "host": parts.netloc, "content-type": "application/json"},
                content=body,
                server_name=host if parts.scheme == "https" else None,
            )
            return None if answer.is_success else f"HTTP {answer.status}"
        except (CallerError, Denied, Unanswered) as error:
            return str(error)
        except OSError as error:
            return f"the host cannot be resolved: {error.strerror or type(error).__name__}"

    def close(self) -> None:
        """Close all connections."""
        self._client.close()


def check_url(url: str) -> None:
    """Raise CallerError for a URL that no webhook may have: anything but https, or http to this machine itself."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _bad(Text("the URL cannot be read")) from None
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise _bad(Text("a webhook's URL has neither user nor fragment"))
    if not host or port == 0 or not url.isascii() or any(sign <= " " for sign in url):
        raise _bad(Text("the URL names no host, or holds what must be escaped"))
    if parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK_NAMES):
        return
    raise _bad(Text("only https, or http to this machine itself"))


def check_reachable(addresses: Sequence[str], allowed: Sequence[str]) -> str:
    """Return the address to connect to, of those a host resolves to.

    Raises Denied if any is not public and in no allowed network: a name that leads both ways is not to be trusted.
    """
    found = [plain(ip_address(one.partition("%")[0])) for one in addresses]
    if not found or not all(_may(one, allowed) for one in found):
        raise Denied(
            "the webhook's host is on a network to which webhooks do not go",
            remedy="name the network in EXCHANGE_WEBHOOK_NETWORKS, if that is meant",
        )
    return str(found[0])


def again_after(attempts: int) -> timedelta:
    """Return how long to wait after so many failed attempts: 5 s, doubled each time, an hour at most."""
    doublings = min(max(attempts, 1) - 1, 20)
    return min(_LONGEST, _FIRST * (1 << doublings))


def _may(address: Ip, allowed: Sequence[str]) -> bool:
    return is_public(address) or any(address in ip_network(one) for one in allowed)


def _bad(what: Text) -> CallerError:
    return CallerError(what, code="webhook-url", remedy="give an https URL of your own system")
