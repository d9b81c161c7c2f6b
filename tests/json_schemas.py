"""The exported JSON Schemas, made once a process and only where a test looks at them."""

from __future__ import annotations

from functools import cache
from typing import Any

from exchange.schemas.published.export import json_schemas


@cache
def exported() -> dict[str, dict[str, Any]]:
    """What `json_schemas` returns; nobody changes it."""
    return json_schemas()
