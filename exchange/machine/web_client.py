"""Asking web servers: whatever they do, an exchange ends by its deadline, and no more is read than was asked for.

One deadline spans everything: resolving the name, connecting, TLS, sending, headers and body. Redirections are not
followed, nothing is decompressed. A proxy of the environment is used where a client wants it, never for this machine.
"""

from __future__ import annotations

import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpcore

from exchange.clock import monotonic
from exchange.language import Language, Text
from exchange.machine.proxies import proxy_for

_CHUNK = 16_384
"""Octets written at once, so that a slow reader is noticed."""


class Unanswered(Exception):
    """No answer was had; says why in a few words, in either language, and quotes nothing of the URL."""

    def __init__(self, text: Text | str) -> None:
        super().__init__(str(text))
        self.text = text

    def written(self, wanted: Language) -> str:
        """Return the reason in a language."""
        return self.text.written(wanted) if isinstance(self.text, Text) else self.text


@dataclass(frozen=True)
class Answer:
    """What a server answered; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)

    @property
    def is_success(self) -> bool:
        """Whether it is one of 2xx."""
        return 200 <= self.status < 300


def resolve(host: str, port: int, seconds: float) -> list[str]:
    """Return all addresses of a host. Raises Unanswered: a name service may be silent longer than anybody waits."""
    found: list[str] = []
    failed: list[OSError | UnicodeError] = []

    def look() -> None:
        try:
            found.extend(str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            failed.append(error)

    looking = threading.Thread(target=look, name="resolve", daemon=True)
    looking.start()
    looking.join(max(0.0, seconds))
    if looking.is_alive():
        raise Unanswered(Text("the name service does not answer"))
    if failed or not found:
        raise Unanswered(Text("the host's name cannot be resolved"))
    return list(dict.fromkeys(found))


def connect(host: str, port: int, seconds: float) -> socket.socket:
    """Connect to the first of a host's addresses that takes a connection. Raises Unanswered."""
    until = monotonic() + seconds
    addresses, reason = resolve(host, port, seconds), Text("no answer in time")
    for number, address in enumerate(addresses):
        left = (until - monotonic()) / (len(addresses) - number)
        if left <= 0:
            break
        try:
            return socket.create_connection((address, port), timeout=left)
        except OSError as error:
            reason = reason_of(error)
    raise Unanswered(reason)


class WebClient:
    """Asks servers; safe to use from several threads. A context manager."""

    def __init__(self, *, proxies: bool = False, trusted: ssl.SSLContext | None = None, keep: int = 4) -> None:
        """``proxies``: by the environment's proxy, where there is one; ``keep`` connections for later."""
        self._proxies = proxies
        self._trusted = trusted
        self._keep = keep
        self._pools: dict[tuple[str | None, bool], httpcore.ConnectionPool] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> WebClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for pool in self._pools.values():
                pool.close()
            self._pools.clear()

    def ask(
        self,
        method: str,
        url: str,
        *,
        seconds: float,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        at_most: int = 0,
        server_name: str | None = None,
    ) -> Answer:
        """Send one request, answered within ``seconds`` in all. Of the body ``at_most`` octets are read; 0: none.

        ``server_name`` is whose certificate is wanted, where the URL names an address. Raises Unanswered.
        """
        sent = {"host": urlsplit(url).netloc.rpartition("@")[2], "user-agent": "yizhan", "accept-encoding": "identity"}
        sent |= {"content-length": str(len(content))} if content or method not in ("GET", "HEAD", "DELETE") else {}
        sent |= {name.lower(): value for name, value in (headers or {}).items()}
        extensions = {"sni_hostname": server_name} if server_name else {}
        named = [(name.encode(), value.encode()) for name, value in sent.items()]
        _deadline.until = monotonic() + seconds
        try:
            with self._pool(url).stream(method, url, headers=named, content=content, extensions=extensions) as answer:
                got = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
                return Answer(answer.status, got, _bounded(answer.iter_stream(), at_most))
        except (httpcore.ConnectError, httpcore.ReadError, httpcore.WriteError, ssl.SSLError, OSError) as error:
            raise Unanswered(reason_of(error)) from None
        except httpcore.TimeoutException:
            raise Unanswered(Text("no whole answer within {seconds:g} s", {"seconds": seconds})) from None
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
            raise Unanswered(_not_http(error)) from None
        except (httpcore.ProxyError, ValueError, TypeError) as error:
            raise Unanswered(Text("it cannot be asked ({error})", {"error": type(error).__name__})) from None

    def _pool(self, url: str) -> httpcore.ConnectionPool:
        proxy = proxy_for(url, os.environ) if self._proxies else None
        by_tls = any(one.lower().startswith("https:") for one in (url, proxy or ""))
        with self._lock:
            if (proxy, by_tls) not in self._pools:
                self._pools[proxy, by_tls] = self._new_pool(proxy, by_tls)
            return self._pools[proxy, by_tls]

    def _new_pool(self, proxy: str | None, by_tls: bool) -> httpcore.ConnectionPool:
        if by_tls and self._trusted is None:
            self._trusted = ssl.create_default_context()  # by the machine's own store, which takes a while to read
        options: dict[str, Any] = {
            "ssl_context": self._trusted,
            "max_connections": None,
            "max_keepalive_connections": self._keep,
            "keepalive_expiry": 30.0,
            "network_backend": _Backend(),
        }
        if proxy is None:
            return httpcore.ConnectionPool(**options)
        return httpcore.HTTPProxy(_without_account(proxy), proxy_auth=_account(proxy), **options)


def reason_of(error: BaseException) -> Text:
    """Say in a few words why a connection did not come about or broke off."""
    for one in _causes(error):
        if isinstance(one, ssl.SSLCertVerificationError):
            return Text("its certificate is not trusted: {reason}", {"reason": one.verify_message})
        if isinstance(one, ssl.SSLError):
            if "WRONG_VERSION" in str(one):
                return Text("TLS is spoken on one side only")
            return Text("TLS failed ({reason})", {"reason": one.reason or ""})
        if isinstance(one, Unanswered):
            return one.text if isinstance(one.text, Text) else Text("{reason}", {"reason": one.text})
        if isinstance(one, TimeoutError):
            return Text("no answer in time")
        if isinstance(one, OSError) and one.strerror:
            return Text("{reason}", {"reason": one.strerror.lower()})
    return Text("the connection broke off")


def _causes(error: BaseException | None) -> Iterable[BaseException]:
    while error is not None:
        yield error
        yield from (one for one in error.args if isinstance(one, BaseException))
        error = error.__cause__ or error.__context__


def _not_http(error: Exception) -> Text:
    broke = "disconnected" in str(error)
    if broke:
        return Text("it broke the connection off without an answer")
    return Text("what it answers is not HTTP")


def _bounded(parts: Iterable[bytes], at_most: int) -> bytes:
    """Raises Unanswered for more than was to be taken."""
    found = b""
    for part in parts if at_most else ():
        found += part
        if len(found) > at_most:
            raise Unanswered(Text("its answer has more than {at_most:,} octets", {"at_most": at_most}))
    return found


def _without_account(proxy: str) -> str:
    parts = urlsplit(proxy)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _account(proxy: str) -> tuple[str, str] | None:
    from urllib.parse import unquote

    parts = urlsplit(proxy)
    return None if parts.username is None else (unquote(parts.username), unquote(parts.password or ""))


class _Deadline(threading.local):
    """When the request of this thread must be over."""

    until = 0.0

    def left(self, late: Callable[[], Exception]) -> float:
        left = self.until - monotonic()
        if left <= 0:
            raise late()
        return left


_deadline = _Deadline()


class _Backend(httpcore.NetworkBackend):
    """The library's own, but that everything waits until the request's deadline and no longer."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = _deadline.left(httpcore.ConnectTimeout)
        addresses: Sequence[str] = resolve(host, port, left)
        for number, address in enumerate(addresses):
            each = _deadline.left(httpcore.ConnectTimeout) / (len(addresses) - number)
            try:
                return _Stream(httpcore.SyncBackend().connect_tcp(address, port, each, None, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(addresses) - 1:
                    raise
        raise httpcore.ConnectError


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _deadline.left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _CHUNK):
            self._inner.write(buffer[start : start + _CHUNK], _deadline.left(httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _deadline.left(httpcore.ConnectTimeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
