"""JSON Schema (draft 2020-12) of everything that travels, generated from the models and nowhere written by hand."""

from __future__ import annotations

from typing import Any

from exchange.schemas import (
    MESSAGES,
    Application,
    Calendar,
    Directory,
    Form,
    Header,
    Matter,
    Receipt,
    ReceiptProof,
    Wire,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"

MODELS: dict[str, type[Wire]] = {
    **MESSAGES,
    "header": Header,
    "application": Application,
    "matter": Matter,
    "directory": Directory,
    "calendar": Calendar,
    "form": Form,
    "receipt-leaf": Receipt,
    "receipt-proof": ReceiptProof,
}
"""What is exported, by name: every message kind, and what stands inside or around messages."""


def json_schemas() -> dict[str, dict[str, Any]]:
    """Return one self-contained JSON Schema per name, with ``$id``, both titles and the version."""
    return {name: _schema(name, model) for name, model in MODELS.items()}


def in_characters(schema: Any) -> Any:
    """Return the schema with the bounds of binary fields in characters of base64, as they travel, instead of octets."""
    if isinstance(schema, list):
        return [in_characters(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") != "base64url":
        return {key: in_characters(value) for key, value in schema.items()}
    bounds = {key: -(-schema[key] // 3) * 4 for key in ("minLength", "maxLength") if key in schema}
    return schema | bounds


def version_of(model: type[Wire]) -> int:
    """Return the version of a model's format; 1 where it never had another."""
    version = getattr(model, "VERSION", 1)
    return int(version)


def _schema(name: str, model: type[Wire]) -> dict[str, Any]:
    schema = in_characters(model.model_json_schema())
    head = {
        "$schema": DIALECT,
        "$id": f"urn:yizhan:schema:{name}:{version_of(model)}",
        "title": " ".join(model.TITLE),
        "version": str(version_of(model)),
    }
    return head | {key: value for key, value in schema.items() if key != "title"}
