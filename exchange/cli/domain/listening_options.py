"""Where a web face listens, as it is written on the command line."""

from __future__ import annotations

from pathlib import Path

from exchange.errors import BadConfiguration
from exchange.web.listening import HOST, ListeningPlace


def listening_place(listen: str | None, tls_cert: Path | None, tls_key: Path | None, ports: range) -> ListeningPlace:
    """Return the place that is written; by default one of the face's own ports. Raises BadConfiguration."""
    if listen is None:
        return ListeningPlace(HOST, None, tls_cert, tls_key, ports)
    host, _, port = listen.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        remedy = "write host and port, for example 127.0.0.1:8500 or [::1]:8500; port 0 takes any that is free"
        raise BadConfiguration("--listen: {listen!r} is no host and port", remedy=remedy, listen=listen)
    return ListeningPlace(host.strip("[]") or HOST, int(port), tls_cert, tls_key, ports)
