"""What the product does not call is not in it: vulture finds nothing but what others call, each with its reason."""

from __future__ import annotations

import re
from pathlib import Path

from vulture import Vulture

import exchange

ROOT = Path(exchange.__file__).parent

CALLED_BY = {
    "departments' own systems and rules, as the documentation shows": {"not_competent"},
    "clients of the API: fields of its JSON": {
        "detail_zh", "href",
        "remedy_zh", "review_since", "why_zh",
    },
    "fault proofs and tests, which drive a cluster": {"await_end", "node_named"},
    "templates of the console": {
        "certificate_days", "key_days", "missing_number", "repeats",
    },
    "templates of the public window": {"completes", "is_outdated", "verdict_kind"},
    "templates of desks": {"is_picture", "looked_over_at", "may_chase"},
    "script/texts, which collects what is to be translated": {"texts_of"},
    "people, as a choice of an option": {"JSONL"},
    "http.server and socketserver, by these names": {
        "address_family", "allow_reuse_address", "daemon_threads", "do_HEAD", "error_content_type",
        "error_message_format", "handle_error", "log_message", "request_queue_size", "service_actions",
        "version_string",
    },
    "uvicorn, by this name": {"send_400_response"},
    "smtplib, by these names": {"_host", "sock"},
    "Python, by these names": {"__dir__", "__getattr__", "find_spec", "set_data"},
    "PyYAML, by this name": {"ignore_aliases"},
    "starlette, by this name": {"spool_max_size"},
    "zipfile, which reads these of a file's entry": {"create_system", "external_attr"},
    "tempfile, by this name": {"tempdir"},
    "httpcore, whose interface has this parameter": {"local_address"},
    "structlog, which gives this parameter": {"logger"},
    "pika, which reads these of a connection's parameters": {
        "blocked_connection_timeout", "client_properties", "connection_attempts", "socket_timeout", "stack_timeout",
    },
    "prometheus_client, which asks a collector what it has": {"describe"},
    "rich, click and typer, which read these": {"formatter_class", "list_commands"},
    "SQLAlchemy, which reads these of a type or a connection": {"cache_ok", "impl", "isolation_level"},
    "SQLAlchemy, which gives this parameter": {"coltype"},
    "records in full: columns that are written for whoever reads the database": {
        "bound_at", "bound_by", "lifted_at", "lifted_by", "revoked_by",
    },
    "cryptography, whose private keys have these": {"encryption_algorithm", "memo"},
    "pydantic, which reads these of a model": {"model_config"},
}  # fmt: skip
"""Names that nothing in the product refers to, by who does."""

DECORATED = [
    "@*.command", "@*.callback", "@*.get", "@*.post", "@*.put", "@*.delete", "@*.patch",
    "@on_case", "@on_filing", "@on_licence", "@at_portal", "@field_validator", "@model_validator", "@event.listens_for",
]  # fmt: skip
"""What these decorate is called by typer, FastAPI, pydantic and SQLAlchemy."""


def uncalled() -> dict[str, str]:
    """Names that nothing refers to, with where they stand."""
    finder = Vulture(ignore_decorators=DECORATED)
    finder.scavenge(
        [str(ROOT), str(ROOT / "departments")], exclude=[f"*/{name}/*" for name in ("versions", "templates")]
    )
    return {
        item.name: f"{Path(item.filename).relative_to(ROOT)}:{item.first_lineno}" for item in finder.get_unused_code()
    }


def test_nothing_is_there_that_nobody_calls() -> None:
    found, known = uncalled(), set().union(*CALLED_BY.values())
    assert {name: place for name, place in found.items() if name not in known} == {}
    assert known - set(found) == set(), "these are called now, or gone: take them off the list"


def test_what_templates_are_said_to_call_stands_in_one() -> None:
    words = {word for file in ROOT.rglob("*.html") for word in re.findall(r"\w+", file.read_text(encoding="utf-8"))}
    assert CALLED_BY["templates of the console"] - words == set()
    assert CALLED_BY["templates of the public window"] - words == set()
    assert CALLED_BY["templates of desks"] - words == set()
