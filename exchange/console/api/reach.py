"""Posting to a webhook: to the address that was judged and no other, without redirects, within ten seconds."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit, urlunsplit

import httpx

from exchange.errors import CallerError, Denied
from exchange.rules.webhooks import check_reachable, check_url

_SECONDS = 10.0
Resolve = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a host. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Poster:
    """Posts JSON. The name is resolved once, judged, and that address used, so that no second answer can differ."""

    def __init__(
        self, allowed: Sequence[str], resolve: Resolve = resolve, trusted: ssl.SSLContext | None = None
    ) -> None:
        self._allowed = allowed
        self._resolve = resolve
        verify = trusted or ssl.create_default_context()  # by the machine's own store
        self._client = httpx.Client(timeout=_SECONDS, follow_redirects=False, trust_env=False, verify=verify)

    def post(self, url: str, headers: dict[str, str], body: bytes) -> str | None:
        """None once the receiver has it (any 2xx); else in a few words why not."""
        try:
            check_url(url)
            parts = urlsplit(url)
            host = parts.hostname or ""
            port = parts.port or (443 if parts.scheme == "https" else 80)
            address = check_reachable(self._resolve(host, port), self._allowed)
            there = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
            target = urlunsplit(parts._replace(netloc=there))
            named = {**headers, "host": parts.netloc, "content-type": "application/json"}
            extensions = {"sni_hostname": host} if parts.scheme == "https" else {}
            with self._client.stream("POST", target, headers=named, content=body, extensions=extensions) as answer:
                return None if answer.is_success else f"HTTP {answer.status_code}"
        except (CallerError, Denied) as error:
            return str(error)
        except OSError as error:
            return f"the host cannot be resolved: {error.strerror or type(error).__name__}"
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            return type(error).__name__

    def close(self) -> None:
        """Closes all connections."""
        self._client.close()
