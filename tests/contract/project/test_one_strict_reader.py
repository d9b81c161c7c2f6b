"""Nothing but the strict reader parses what is signed, wherever it comes in."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

WHOLE = Path(__file__).resolve().parents[3]

OWN_RECORDS = {
    "agent", "api", "approval", "audit/actors", "broker", "claims", "cli", "documents/store", "levels/spread",
    "machine", "messaging/log/restoring", "messaging/log/scrubbing", "messaging/stamping/trouble",
    "notices", "operations", "paper", "portal/drafting", "portal/figures",
    "portal/large_files",
    "portal/removing", "portal/uploads", "portal/versions", "runtime", "store",
    "tomlfile", "trials", "directory/keyfiles", "directory/recovery", "setup/backup", "web/door/provider", "web/drafts",
}  # fmt: skip
"""Rooms that read JSON of their own: records, files of settings, requests. None of it has anybody signed."""
PARSERS = {"loads", "model_validate_json", "validate_json", "from_json"}
SIGNED_WORDS = ("payload", "leaf", "signed", "proof.receipt", "header_bytes", "enclosure", "original", "envelope")


def test_nothing_but_the_strict_reader_parses_what_is_signed() -> None:
    for file in sorted((WHOLE / "exchange").rglob("*.py")):
        name = file.relative_to(WHOLE / "exchange").as_posix()
        if name in ("envelope/strict.py", "envelope/cbor.py") or name.startswith("schemas/"):
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        taken = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
        assert not taken & PARSERS, f"{name} takes a parser by its name, where this test does not see it"
        for call in _parsing_calls(tree):
            given = ast.unparse(call)
            assert not any(word in given for word in SIGNED_WORDS), f"{name}: {given}"
            assert any(name.startswith(room) for room in OWN_RECORDS), f"{name}: {given}"


def _parsing_calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in PARSERS:
            continue
        if ast.unparse(node.func.value) != "tomllib":
            yield node
