"""Proxies of the environment (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY): who goes by them, decided here alone.

What is asked on this machine, or is part of the domain (broker, management API, metrics, health), never goes by a
proxy; storage, alerts' webhooks and traces do. Webhooks of the API do not: they go to the very address that was judged.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

LOOPBACK = ("localhost", "127.0.0.0/8", "127.0.0.1", "::1")
"""As NO_PROXY names this machine; some libraries know no networks."""


def proxy_for(url: str, env: Mapping[str, str]) -> str | None:
    """Return the proxy by which to ask a URL; None for none. One that is no HTTP proxy cannot be used and is none."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".").lower()
    if is_loopback(host) or _excepted(host, parts.port, _read(env, "NO_PROXY")):
        return None
    found = _read(env, f"{parts.scheme.upper()}_PROXY") or _read(env, "ALL_PROXY")
    if found and "://" not in found:
        found = f"http://{found}"
    return found if urlsplit(found).scheme in ("http", "https") else None


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine itself, by its name or number."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def spare_loopback(env: MutableMapping[str, str] = os.environ) -> None:
    """Keep this machine's own addresses from any proxy, for libraries that read the environment themselves."""
    if not any(_read(env, name) for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")):
        return
    for name in ("NO_PROXY", "no_proxy"):
        given = [word for word in _read(env, "NO_PROXY").replace(" ", ",").split(",") if word]
        env[name] = ",".join(dict.fromkeys([*given, *LOOPBACK]))


def _read(env: Mapping[str, str], name: str) -> str:
    return env.get(name.lower()) or env.get(name) or ""


def _excepted(host: str, port: int | None, text: str) -> bool:
    """Whether NO_PROXY names a host: as ``*``, itself, its domain, an address or network, with or without port."""
    return any(_names(word.strip().lower(), host, port) for word in text.replace(",", " ").split())


def _names(word: str, host: str, port: int | None) -> bool:
    if word == "*":
        return True
    if word.count(":") == 1 and word.rpartition(":")[2].isdecimal():
        word, _, wanted = word.rpartition(":")
        if port is not None and port != int(wanted):
            return False
    try:
        return ip_address(host) in ip_network(word.strip("[]"), strict=False)
    except ValueError:
        domain = word.removeprefix("*").lstrip(".")
        return bool(domain) and (host == domain or host.endswith(f".{domain}"))
