"""Connections without TLS: to this machine itself, and to hosts that somebody has named."""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import parse_qs, unquote, urlsplit

from exchange.errors import BadConfiguration
from exchange.language import Text, noted
from exchange.machine.proxies import is_loopback

ALLOW_PLAIN = "EXCHANGE_ALLOW_PLAIN"
"""Environment variable: hosts, with commas between them, to which connections may be without TLS."""
VERIFIED = "verify-full"
"""PostgreSQL's word for TLS with a certificate that is trusted and bears the host's name."""

_TO_A_SERVER = noted(
    "write {scheme} and the port that speaks TLS; or name {host} in EXCHANGE_ALLOW_PLAIN, if nobody else is on the way"
)
_TO_A_DATABASE = noted(
    "add ?sslmode=verify-full&sslrootcert=FILE, the certificate of the authority that issued the server's; or name "
    "{host} in EXCHANGE_ALLOW_PLAIN, if nobody else is on the way"
)


def plain_hosts(env: Mapping[str, str] = os.environ) -> frozenset[str]:
    """Return the hosts to which somebody has allowed connections without TLS, in lower case."""
    return frozenset(env.get(ALLOW_PLAIN, "").replace(",", " ").lower().split())


def hosts_of(url: str) -> list[str]:
    """Return the hosts that a URL names, without ports and brackets; it may name several, with commas between them."""
    place = urlsplit(url).netloc.rpartition("@")[2]
    return [host for one in place.split(",") if (host := _without_port(one))]


def unprotected(url: str) -> list[str]:
    """Return the hosts off this machine to which a URL of a broker or an API leads without TLS, allowed or not."""
    if urlsplit(url).scheme in ("amqps", "https"):
        return []
    return [host for host in hosts_of(url) if not is_loopback(host)]


def unprotected_databases(url: str, env: Mapping[str, str] = os.environ) -> list[str]:
    """Return the hosts off this machine to which a URL of PostgreSQL leads without verified TLS, allowed or not.

    As libpq reads them: what the URL does not say of hosts and TLS, the environment does.
    """
    parts = urlsplit(url)
    if not parts.scheme.startswith("postgresql"):
        return []
    said = parse_qs(parts.query)
    if said.get("sslmode", [env.get("PGSSLMODE", "")]) == [VERIFIED]:
        return []
    given = [host for name in ("host", "hostaddr") for one in said.get(name, ()) for host in one.split(",")]
    named = given or [unquote(one) for one in hosts_of(url)] or env.get("PGHOST", "").split(",")
    hosts = [one if one[:1] in ("/", "@") else _without_port(one) for one in named]
    return [host for host in hosts if host and host[0] not in "/@" and not is_loopback(host)]


def check_protected(name: str | Text, url: str, env: Mapping[str, str] = os.environ) -> None:
    """Raise BadConfiguration where a URL leads off this machine without TLS, to a host that nobody has allowed.

    ``name`` is the setting that it comes from, or what it is.
    """
    secured = "amqps://" if urlsplit(url).scheme.startswith("amqp") else "https://"
    for host in unprotected(url):
        _expect_allowed(name, host, env, _TO_A_SERVER, secured)


def check_settings_protected(management_url: str | None, database_url: str | None, env: Mapping[str, str]) -> None:
    """Raise BadConfiguration where one of these settings leads off this machine unprotected."""
    if management_url is not None:
        check_protected("EXCHANGE_MANAGEMENT_URL", management_url, env)
    if database_url is not None:
        check_database_protected("EXCHANGE_DATABASE_URL", database_url, env)


def check_database_protected(name: str, url: str, env: Mapping[str, str] = os.environ) -> None:
    """Raise BadConfiguration where a URL of PostgreSQL leads off this machine without verified TLS, likewise."""
    for host in unprotected_databases(url, env):
        _expect_allowed(name, host, env, _TO_A_DATABASE, "")


def _expect_allowed(name: str | Text, host: str, env: Mapping[str, str], remedy: str, scheme: str) -> None:
    if host.lower() not in plain_hosts(env):
        raise BadConfiguration(
            "{name} leads to {host} without TLS: passwords and records would travel unprotected",
            remedy=Text(remedy, {"host": host, "scheme": scheme}), name=name, host=host,
        )  # fmt: skip


def _without_port(place: str) -> str:
    if place.startswith("["):
        return place[1:].partition("]")[0]
    return place if place.count(":") > 1 else place.partition(":")[0]
