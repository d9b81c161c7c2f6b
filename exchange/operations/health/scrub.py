"""Scrubbing: of lines and records only what is known to be harmless is kept, and known secrets never.

Two walls: fields that are not on the list are left out, since an error's text may quote what somebody wrote; and
whatever is kept is searched for what looks like a secret, and for the secrets of this very domain.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from exchange.machine.urls import GONE, secrets_in, without

HARMLESS = frozenset(
    {
        "event", "level", "timestamp", "at", "node", "code", "case_number", "message_id", "stage", "queue", "addressee",
        "department", "kind", "attempts", "deliveries", "consumer", "again_in", "roles", "directory", "letter", "rung",
        "calendar", "before", "after", "first_at", "due_at", "sender", "hold", "unsent", "unanswered", "at_rest",
        "left_out", "port", "pid", "version",
    }
)  # fmt: skip
"""Fields of log and journal that hold ids, addresses, states, figures or times."""

_URLS = frozenset(
    {
        "EXCHANGE_BROKER_URL", "EXCHANGE_MANAGEMENT_URL", "EXCHANGE_DATABASE_URL", "EXCHANGE_CLAIMS_URL",
        "EXCHANGE_TRACING", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT",
        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY",
    }
)  # fmt: skip
_SECRETS = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "EXCHANGE_METRICS_TOKEN", "PGPASSWORD")
_WORD = re.compile(r"^[\w.:/+ \-]{0,120}$")
_CREDENTIALS = re.compile(r"//[^/\s]*@")
_FRAME = re.compile(r'File "[^"]*?(exchange/[\w/.]+)", line (\d+), in (\w+)')
_KIND = re.compile(r"^([A-Za-z_][\w.]*)(?::|$)")


def harmless(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record's fields that may leave the domain, in its order; of a traceback, where it was and its kind."""
    kept = {name: _kept(value) for name, value in record.items() if name in HARMLESS}
    trace = record.get("exception")
    if isinstance(trace, str):
        kept["where"] = [f"{path}:{line} {name}" for path, line, name in _FRAME.findall(trace)]
        found = _KIND.match(trace.strip().rpartition("\n")[2])
        kept["error"] = found.group(1) if found else GONE
    return kept


def log_line(line: str) -> str | None:
    """Return a line of a served role's log; None for what is no record of ours, such as another program's output."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return json.dumps(harmless(record), ensure_ascii=False) if isinstance(record, dict) else None


def without_secrets(text: str, secrets: Collection[str]) -> str:
    """Return the text without credentials in URLs and without any of these secrets."""
    return _CREDENTIALS.sub(f"//{GONE}@", without(text, secrets))


def environment_secrets(env: Mapping[str, str]) -> set[str]:
    """Return what the environment's settings hold that must not be shown, whether their URLs can be read or not."""
    urls = (value for name, value in env.items() if name.upper() in _URLS)
    named = {value for name, value in env.items() if name in _SECRETS and len(value) >= 4}
    return {secret for url in urls for secret in secrets_in(url)} | named


def _kept(value: Any) -> Any:
    if isinstance(value, bool | int | float) or value is None:
        return value
    if isinstance(value, list | tuple):
        return [_kept(one) for one in value][:50]
    return value if isinstance(value, str) and _WORD.match(value) else GONE
