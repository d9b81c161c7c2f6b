"""Schemas of the OpenAPI document as people read them: a table of fields, each with its type, and an example."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_WHERE = "#/components/schemas/"
_BOUNDS = {"minLength": "≥ {} characters", "maxLength": "≤ {} characters", "minimum": "≥ {}", "maximum": "≤ {}",
           "minItems": "≥ {}", "maxItems": "≤ {}"}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One field of an object."""

    name: str
    type: str
    """In words, with the name of another shape in it where there is one."""
    links: str
    """That name, or nothing."""
    required: bool
    about: str


@dataclass(frozen=True)
class SchemaShape:
    """One schema: an object with fields, or a list of values."""

    name: str
    about: str
    fields: tuple[Field, ...]
    values: tuple[str, ...]
    example: str


def shapes(document: Mapping[str, Any]) -> dict[str, SchemaShape]:
    """Return all shapes by name, in alphabetical order."""
    return {name: _shape(name, schema) for name, schema in sorted(document["components"]["schemas"].items())}


def named(content: Mapping[str, Any]) -> str:
    """Name the shape that a body or an answer has; a media type where it has none; nothing without content."""
    for media_type, said in content.items():
        reference = str(said.get("schema", {}).get("$ref", ""))
        return reference.removeprefix(_WHERE) if reference else str(media_type)
    return ""


def _shape(name: str, schema: Mapping[str, Any]) -> SchemaShape:
    examples = schema.get("examples", [])
    return SchemaShape(
        name,
        _plain(schema.get("description", "")),
        tuple(_fields(schema)),
        tuple(map(str, schema.get("enum", ()))),
        json.dumps(examples[0], ensure_ascii=False, indent=2) if examples else "",
    )


def _fields(schema: Mapping[str, Any]) -> Iterator[Field]:
    required = schema.get("required", ())
    for name, one in schema.get("properties", {}).items():
        yield Field(name, _type(one), _link(one), name in required, _plain(one.get("description", "")))


def _plain(text: str) -> str:
    """Without the marks of our own docstrings, in one line."""
    return " ".join(text.replace("``", "").split())


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_WHERE)
    if "anyOf" in schema:
        return " | ".join(map(_type, schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    kind = str(schema.get("type", "any"))
    what = f"[{_type(schema.get('items', {}))}]" if kind == "array" else str(schema.get("format", kind))
    bounds = [text.format(f"{schema[key]:,}") for key, text in _BOUNDS.items() if key in schema]
    return f"{what} ({', '.join(bounds)})" if bounds else what


def _link(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_WHERE)
    inner = [*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else [])]
    return next((found for found in map(_link, inner) if found), "")
