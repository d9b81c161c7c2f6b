"""Every hostile envelope of the corpus meets exactly the refusal that is written beside it."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from exchange.envelope import open_envelope
from exchange.errors import SenderError
from tests.corpus.forge import Forge
from tests.corpus.world import HERE, NOW, load_world

FILES = sorted((HERE / "envelopes").glob("*.json"))
WORLD = load_world()


def test_the_corpus_holds_at_least_sixty_envelopes() -> None:
    assert len(FILES) >= 60


def test_what_the_forge_builds_without_a_fault_is_accepted() -> None:
    opened = open_envelope(Forge(WORLD, enclosures=[b"a"]).envelope(), WORLD["bob"], WORLD.directory, NOW)
    assert opened.header.sender == "city.alice"
    assert opened.enclosures == (b"a",)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_hostile_envelope_is_refused_as_it_must_be(path: Path) -> None:
    record = json.loads(path.read_text(encoding="utf-8"))
    data = base64.b64decode(record["envelope"]) + bytes(record.get("zeros_behind", 0))
    with pytest.raises(SenderError) as refusal:
        open_envelope(data, WORLD["bob"], WORLD.directory, NOW)
    assert refusal.value.code == record["refusal"], str(refusal.value)
    assert "并联审批" not in refusal.value.diagnostics()
