"""Asks a served process on this machine whether it does its work: ``python -I -m exchange.healthcheck [URL]``.

For container engines and the like, which ask every few seconds: it loads next to nothing. Without a URL it asks
``/healthz`` where ``EXCHANGE_METRICS`` says that the process listens. Exit code 0 if it says yes, else 1 with a reason.
"""

from __future__ import annotations

import os
import ssl
import sys
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

PATIENCE = 5.0
"""Seconds; longer than a busy process takes, shorter than any engine waits."""

_EVERYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "[::]": "[::1]", "::": "[::1]"}  # noqa: S104


def endpoint_of(place: str) -> str:
    """The URL to ask, of what ``EXCHANGE_METRICS`` holds: a port, or host and port."""
    host, _, port = place.strip().rpartition(":")
    return f"http://{_EVERYWHERE.get(host, host)}:{port}/healthz"


def asked(url: str) -> str:
    """What is wrong with what answers there; nothing if it is well. Whose certificate it has is not looked at."""
    parts = urlsplit(url)
    connection: HTTPConnection
    if parts.scheme == "https":
        unverified = ssl._create_unverified_context()  # noqa: S323
        connection = HTTPSConnection(parts.hostname or "", parts.port, timeout=PATIENCE, context=unverified)
    else:
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        connection.request("GET", parts.path or "/healthz")
        answer = connection.getresponse()
        said = answer.read(200).decode(errors="replace").strip()
        return "" if answer.status == 200 else f"{url}: {answer.status} {said}"
    except (OSError, HTTPException, ValueError) as error:
        return f"{url}: {error}"
    finally:
        connection.close()


def main(words: list[str]) -> int:
    """Asks, and says on standard error what is wrong."""
    place = os.environ.get("EXCHANGE_METRICS", "")
    if not words and place in ("", "off"):
        print(
            "nothing to ask: set EXCHANGE_METRICS for the served process and for this, or give a URL", file=sys.stderr
        )
        return 1
    wrong = asked(words[0] if words else endpoint_of(place))
    if wrong:
        print(wrong, file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
