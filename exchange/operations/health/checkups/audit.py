"""Holds the audit log against its own hashes, and against every head of it that a member here has."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.errors import BadAudit
from exchange.language import Text
from exchange.operations.audit.heads import check_log
from exchange.operations.domain_view import DomainView
from exchange.operations.health.checkups.findings import Finding
from exchange.runtime.settings import Settings

CHECK = "audit log"

_REMEDY = (
    "somebody has cut off or rewritten it, or an older console database was put back: find out who can write that "
    "database, keep it as it is, and compare it with backups and with `console.audit` and `audit.head` in the logs"
)


def audit(settings: Settings) -> Iterator[Finding]:
    """Yield whether the log is as it was. Raises DatabaseUnavailable."""
    with DomainView(settings) as view:
        try:
            count = check_log(view, whole=True)
        except BadAudit as error:
            yield Finding("bad", CHECK, error.text, _REMEDY)
            return
        yield Finding("good", CHECK, Text("{count} entries, none changed or cut off since a head was signed",
                                          {"count": count}))  # fmt: skip
