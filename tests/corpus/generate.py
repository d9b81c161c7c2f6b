"""Writes the corpus: hostile envelopes, one a file, each with the refusal it must meet.

    python -m tests.corpus.generate

Sealed bytes differ from run to run, so files that are there stay; delete the folder ``envelopes`` to have all of them
written anew, which is needed only when the format changes. Keys stay as they are.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.corpus.forge import Case
from tests.corpus.hostile_documents import bad_contents, bad_signatures, bent_documents, untrusted_signers
from tests.corpus.hostile_seals import broken_seals, weak_shares, wrong_recipients
from tests.corpus.hostile_wire import bad_headers, bent_cbor, floods, look_alikes, not_envelopes
from tests.corpus.world import FOLDER, HERE, World, load_world, make_world

FILES = HERE / "envelopes"


def cases(world: World) -> Iterator[Case]:
    """All hostile envelopes."""
    yield from not_envelopes(world)
    yield from bent_cbor(world)
    yield from bad_headers(world)
    yield from wrong_recipients(world)
    yield from broken_seals(world)
    yield from bad_signatures(world)
    yield from untrusted_signers(world)
    yield from bad_contents(world)
    yield from look_alikes(world)
    yield from floods(world)
    yield from weak_shares(world)
    yield from bent_documents(world)


def write(emit: Callable[[str], None] = print) -> None:
    """Writes every case to a file of its own; a file that stands already, with the same refusal, is left as it is."""
    if not FOLDER.exists():
        make_world()
    FILES.mkdir(exist_ok=True)
    wanted: set[Path] = set()
    for number, (name, refusal, data) in enumerate(cases(load_world()), 1):
        path = FILES / f"{number:03d}-{name.replace(' ', '-').replace(chr(39), '')}.json"
        wanted.add(path)
        record = {"what": name, "refusal": refusal, **stored(data)}
        if path.exists() and json.loads(path.read_text(encoding="utf-8"))["refusal"] == refusal:
            continue
        path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        emit(f"written: {path.name}")
    for old in set(FILES.glob("*.json")) - wanted:
        old.unlink()
    emit(f"{len(wanted)} envelopes in {FILES.relative_to(HERE)}")


def stored(data: bytes) -> dict[str, Any]:
    """The bytes in base64; long runs of zeros at the end are only counted."""
    body = data.rstrip(b"\x00")
    zeros = len(data) - len(body)
    if zeros < 64:
        return {"envelope": base64.b64encode(data).decode()}
    return {"envelope": base64.b64encode(body).decode(), "zeros_behind": zeros}


if __name__ == "__main__":
    write()
