"""What the doctor looks at in TLS: when certificates end, and where connections go without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from exchange.directory.certificates import ends_at
from exchange.language import Text
from exchange.machine.files import read_json
from exchange.machine.transport.plain import unprotected, unprotected_databases
from exchange.machine.transport.trust import TLS
from exchange.operations.health.checkups.findings import Finding, Level
from exchange.runtime.settings import Home, Settings

CHECK = "console certificate"
CHECK_TRIAL = "TLS certificates"
CHECK_PLAIN = "connections without TLS"
_EXPIRES_SOON = timedelta(days=30)
_REMEDY = "renew the file; the console takes it up by itself within seconds"


def certificate_file(home: Home) -> Path | None:
    """Return the certificate that the console is, or was last, served with; None where that is without TLS."""
    file = (read_json(home.console) or {}).get("tls_cert")
    return Path(file) if isinstance(file, str) else None


def certificate_end(file: Path) -> datetime | None:
    """Return when a certificate file ends; None where it cannot be read."""
    try:
        return ends_at(file.read_bytes())
    except (OSError, ValueError, IndexError):
        return None


def certificate(settings: Settings) -> Iterator[Finding]:
    """Check the console's certificate; yield nothing where the console is, or was, served without TLS."""
    file = certificate_file(Home(settings.home))
    if file is None:
        return
    try:
        left = ends_at(file.read_bytes()) - settings.clock.now()
    except (OSError, ValueError, IndexError) as error:
        yield Finding(
            "bad",
            CHECK,
            Text("{file} cannot be read ({name})", {"file": str(file), "name": type(error).__name__}),
            "give the console its certificate",
        )
        return
    level: Level = "bad" if left <= timedelta() else "note" if left < _EXPIRES_SOON else "good"
    said = "has expired" if left <= timedelta() else Text("{days} days left", {"days": left.days})
    yield Finding(level, CHECK, said, "" if level == "good" else _REMEDY)


def trial(settings: Settings) -> Iterator[Finding]:
    """Check the certificates that `exchange tls` has made here; yield nothing where it has made none."""
    for file in sorted((settings.home / TLS).glob("*.crt")):
        end = certificate_end(file)
        if end is None or end - settings.clock.now() >= _EXPIRES_SOON:
            continue
        days = (end - settings.clock.now()).days
        level: Level = "bad" if days < 0 else "note"
        said = Text("{file} ends in {days} days", {"file": str(file), "days": days})
        over = Text("{file} has expired", {"file": str(file)})
        yield Finding(
            level, CHECK_TRIAL, over if days < 0 else said,
            "run `exchange tls` and give the server its new files; a new authority goes to all clients, too",
        )  # fmt: skip


def plain(settings: Settings) -> Iterator[Finding]:
    """Name the hosts off this machine to which there is no TLS, as somebody has allowed."""
    ways: tuple[tuple[str, str | None, Callable[[str], list[str]]], ...] = (
        ("EXCHANGE_BROKER_URL", settings.broker_url, unprotected),
        ("EXCHANGE_MANAGEMENT_URL", settings.management_url, unprotected),
        ("EXCHANGE_DATABASE_URL", settings.database_url, unprotected_databases),
    )
    for name, url, hosts in ways:
        if found := hosts(url) if url else []:
            told = {"name": name, "hosts": ", ".join(found)}
            yield Finding(
                "note", CHECK_PLAIN, Text("{name} leads to {hosts} without TLS, as EXCHANGE_ALLOW_PLAIN allows", told),
                "use amqps://, https:// and sslmode=verify-full, unless nobody else is on the way",
            )  # fmt: skip
