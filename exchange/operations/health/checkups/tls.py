"""What the doctor looks at in the console's TLS certificate: when it ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from exchange.directory.certificates import ends_at
from exchange.language import Text
from exchange.machine.files import read_json
from exchange.operations.health.checkups.findings import Finding, Level
from exchange.runtime.settings import Home, Settings

CHECK = "console certificate"
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
