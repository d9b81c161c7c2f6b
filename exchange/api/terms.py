"""Remedies in an API client's own terms: operations for commands, fields for options."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from exchange.api.model import ApiModel

_COMMANDS: tuple[tuple[str, str], ...] = (
    (r"exchange decide (\S+) --confirm\b[^`;；,，]*", r"POST /cases/\1/confirmation"),
    (r"exchange decide (\S+) --reviewed\b[^`;；,，]*", r"POST /cases/\1/review"),
    (r"exchange decide ([^\s`]+)[^`;；,，]*", r"POST /cases/\1/decision"),
    (r"exchange status ([^\s`-][^\s`]*)", r"GET /cases/\1"),
    (r"exchange status\b", "GET /cases"),
    (r"exchange inbox(?=`? (?:lists what came|列出收到的|列出来文))", "GET /documents"),
    (r"exchange inbox\b", "GET /cases"),
    (r"exchange register\b", "GET /register"),
    (r"exchange show CASE\b", "GET /documents"),
    (r"exchange show\b(?: [^\s`]+)?", "GET /documents"),
    (r"exchange find\b(?: --number)?", "GET /cases"),
    (r"exchange send\b", "POST /documents"),
    (r"exchange joint (?:list|show)\b", "GET /joint-documents"),
    (r"exchange notice (?:list|status)\b", "GET /notices"),
    (r"exchange notice form\b", "GET /notices/ID"),
    (r"exchange recall\b(?: [^`;；,，]*)?", "POST /opinions/recall"),
    (r"exchange reply\b(?: [^`;；,，]*)?", "POST /opinions"),
    (r"exchange withdraw ([^\s`]+)", r"POST /cases/\1/withdrawal"),
    (r"exchange submit\b", "POST /cases"),
    (r"exchange deadline ([^\s`]+)", r"POST /cases/\1/terms"),
    (r"exchange case-term ([^\s`]+)", r"POST /cases/\1/case-term"),
    (r"exchange explain ([^\s`]+)", r"POST /cases/\1/explanation"),
    (r"exchange deliver ([^\s`]+)", r"POST /cases/\1/delivery"),
    (r"exchange filing list\b(?: --waiting)?", "GET /filings"),
    (r"exchange filing show ([^\s`]+)", r"GET /filings/\1"),
    (r"exchange filing accept ([^\s`]+)[^`;；,，]*", r"POST /filings/\1/acceptance"),
    (r"exchange filing missing ([^\s`]+)[^`;；,，]*", r"POST /filings/\1/missing"),
    (r"exchange filing refuse ([^\s`]+)[^`;；,，]*", r"POST /filings/\1/refusal"),
    (r"exchange filing hand-in\b[^`;；,，]*", "POST /filings"),
    (r"exchange filing follow ([^\s`]+)[^`;；,，]*", r"GET /filings/\1/progress"),
    (r"exchange filing state ([^\s`]+)[^`;；,，]*", r"POST /filings/\1/statement"),
    (r"exchange filing withdraw ([^\s`]+)[^`;；,，]*", r"POST /filings/\1/withdrawal"),
)
"""Commands and the operations that do the same."""

_FIELDS = {
    "overrule": "overruled", "without": "without_consent", "by": "ordered_by", "after": "cursor",
    "promise": "promised", "competent": "competent_body", "what": "missing",
    "until": "valid_until",
}  # fmt: skip
"""Options whose fields are called otherwise."""

_WORD = r"(?:--[a-z-]+|[A-Z][A-Z_.=]*|[^\s`;；,，]*[./\d][^\s`;；,，]*)"
_COMMAND = rf"`exchange [^`]+`|\bexchange(?: [a-z][a-z-]*){{1,2}}(?: {_WORD})*"
"""A command without an operation, as far as it goes: what only an operator can do stays as an operator types it."""

_OPTION = re.compile(r"`?(?<![\w-])--([a-z][a-z-]*)\b(?: ([^\s=`()]+)=[A-Z]+| [A-Z]+\b| \.\.\.)?`?")


def in_api_terms(remedy: str) -> str:
    """Write a remedy, in whichever language, for a reader who writes requests and no commands."""
    for command, operation in _COMMANDS:
        remedy = re.sub(rf"`?{command}`?", _quoted(operation), remedy)
    parts = re.split(f"({_COMMAND})", remedy)
    return "".join(part if at % 2 else _OPTION.sub(_field, part) for at, part in enumerate(parts))


@cache
def _fields() -> set[str]:
    """What the API takes and gives: an option that is no field there is an operator's, and stays as it is typed."""
    ahead: list[type[ApiModel]] = [ApiModel]
    found = {"cursor", "limit"}
    while ahead:
        model = ahead.pop()
        ahead += model.__subclasses__()
        found |= set(model.model_fields)
    return found


def _quoted(operation: str) -> Callable[[re.Match[str]], str]:
    return lambda found: f"`{found.expand(operation).strip()}`"


def _field(found: re.Match[str]) -> str:
    name = _FIELDS.get(found[1], found[1].replace("-", "_"))
    if name not in _fields():
        return found[0]
    about = f" ({found[2]})" if found[2] and found[2].islower() else ""
    return f"`{name}`{about}"
