"""Posting to a webhook: to the address that was judged and no other, without redirects, within ten seconds in all."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit, urlunsplit

from exchange.clock import monotonic
from exchange.errors import CallerError, Denied
from exchange.machine.web_client import Unanswered, WebClient, resolve
from exchange.operations.systems.webhooks import check_reachable, check_url

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
