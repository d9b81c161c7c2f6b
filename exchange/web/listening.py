"""Where a web face listens: the own machine by default, elsewhere only with TLS, on a port that stays the same."""

from __future__ import annotations

import ipaddress
import json
import os
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from exchange.directory.host_names import host_names
from exchange.errors import BadConfiguration, OperatorError
from exchange.machine.connections import Connections, CountingSocket, counting
from exchange.machine.files import read_json, write_file

HOST, PORTS = "127.0.0.1", range(8480, 8500)
"""Where it listens unless told otherwise: several domains of a machine find a place each. If all are taken, on any."""

_PEM = "give a PEM certificate (with its chain) and its PEM key without a passphrase, readable to this user"
_TLS_REMEDY = "give --tls-cert and --tls-key (PEM files), or listen on this machine only and come in by an SSH tunnel"


@dataclass(frozen=True)
class ListeningPlace:
    """Where to listen."""

    host: str = HOST
    port: int | None = None
    """None: the domain's own, the first time a free one of ``ports``."""
    tls_cert: Path | None = None
    tls_key: Path | None = None
    ports: range = PORTS

    @property
    def tls(self) -> bool:
        """Whether connections are encrypted."""
        return self.tls_cert is not None

    def check(self) -> None:
        """Raise BadConfiguration where passwords would travel unprotected, or the TLS files are invalid."""
        if (self.tls_cert is None) != (self.tls_key is None):
            raise BadConfiguration("TLS needs both a certificate and its key", remedy="give --tls-cert and --tls-key")
        if not self.tls and not is_own_machine(self.host):
            raise BadConfiguration(
                "nothing is served on {host} without TLS: what people type would travel unprotected",
                remedy=_TLS_REMEDY,
                host=self.host,
            )
        if self.tls_cert is not None:
            _check_files(self.tls_cert, self.tls_key)

    @property
    def names(self) -> list[str]:
        """The names under which it can be reached: that of its place, and those of its certificate."""
        return [self.host, *(() if self.tls_cert is None else host_names(self.tls_cert.read_bytes()))]

    def url(self, port: int) -> str:
        """Return the address to open."""
        anywhere = self.host in ("0.0.0.0", "::")  # noqa: S104 -- compared with, not listened on
        name = socket.gethostname() if anywhere else f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{name}:{port}"


def is_own_machine(host: str) -> bool:
    """Return whether an address can be reached from this machine only; of names only `localhost` is known to be."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def listen(place: ListeningPlace, before: int | None = None, connections: Connections | None = None) -> CountingSocket:
    """Return a listening socket: on the port that was asked for; else on that of ``before``, so that links and
    bookmarks stay good, or on one of its ports where there is none before; on any free one where these are taken.

    Raises OperatorError where it cannot listen.
    """
    wanted = [place.port] if place.port is not None else [*([before] if before else place.ports), 0]
    for port in wanted[:-1]:
        try:
            return counting(_bind(place.host, port), connections)
        except OSError:
            continue
    try:
        return counting(_bind(place.host, wanted[-1]), connections)
    except OSError as error:
        remedy = "choose another port (--port, or --listen HOST:PORT), or stop what listens there"
        raise OperatorError(
            "cannot listen on {host}, port {wish}: {reason}",
            code="port",
            remedy=remedy,
            host=place.host,
            wish=wanted[-1],
            reason=error.strerror,
        ) from error


def own_port(place: ListeningPlace, before: int | None, port: int) -> int:
    """Return the domain's port from now on: the one it got (``port``), unless its own was only taken this time."""
    return port if place.port is not None or before is None else before


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=128)


@dataclass(frozen=True)
class Served:
    """Where a web face is, or last was, being served."""

    url: str
    port: int
    pid: int
    """Of the process that serves it."""
    wanted: int | None = None
    """The port that is this domain's; another one was taken this time where that was not free."""

    @property
    def elsewhere(self) -> bool:
        """Whether it is served on another port than its own."""
        return self.wanted is not None and self.wanted != self.port


def write_state(path: Path, url: str, port: int, wanted: int | None = None, tls_cert: Path | None = None) -> None:
    """Note where this process serves a face, for `up` and other commands, and the port for the next time."""
    tls = {} if tls_cert is None else {"tls_cert": str(tls_cert.absolute())}
    write_file(path, json.dumps({"url": url, "port": port, "pid": os.getpid(), "wanted": wanted or port, **tls}))


def read_state(path: Path) -> Served | None:
    """Read what was noted; None where there is no note."""
    try:
        found = read_json(path) or {}
        port = int(found["port"])
        return Served(str(found["url"]), port, int(found["pid"]), int(found.get("wanted") or port))
    except (ValueError, KeyError, TypeError):
        return None


def served_now(path: Path) -> Served | None:
    """Return where a face is being served now, by the note at ``path``; None where nobody listens there."""
    found = read_state(path)
    if found is None:
        return None
    try:
        with socket.create_connection((urlsplit(found.url).hostname or HOST, found.port), timeout=2.0):
            return found
    except OSError:
        return None


def _check_files(cert: Path, key: Path | None) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key, password=lambda: b"")
    except (OSError, ssl.SSLError) as error:
        what = error.strerror or type(error).__name__
        raise BadConfiguration(
            "the TLS files cannot be used ({cert}, {key}): {what}",
            remedy=_PEM,
            cert=cert,
            key=key,
            what=what,
        ) from error
