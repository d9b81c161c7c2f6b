"""Signs of life: who hangs has to go, who was merely not looked at, or is held by somebody, has not."""

from __future__ import annotations

import os

import pytest

from exchange.errors import BadConfiguration
from exchange.runtime.supervision.vigil import Life, LifeLine, LifePatience

PATIENCE = LifePatience(first=20, silent=5, troubled=3)


def looks(life: Life, times: int, since: float = 0.5, lines: tuple[str, ...] = ()) -> list[str]:
    return [reason for _ in range(times) if (reason := life.look(since, lines)) is not None]


def test_silence_is_borne_for_a_while_and_longer_before_the_first_sign() -> None:
    life = Life(PATIENCE)
    assert looks(life, 39) == []
    assert looks(life, 1) == ["has given no sign of life for 20 s"]
    life = Life(PATIENCE)
    assert life.look(0.5, [""]) is None
    assert looks(life, 9) == []
    assert looks(life, 1) == ["has given no sign of life for 5 s"]


def test_a_supervisor_that_was_asleep_itself_blames_nobody() -> None:
    life = Life(PATIENCE)
    life.look(0.5, [""])
    assert life.look(3600, []) is None
    assert looks(life, 7) == []
    assert life.look(3600, [""]) is None


def test_what_does_not_move_is_borne_for_a_moment_and_named() -> None:
    life = Life(PATIENCE)
    assert looks(life, 5, lines=("tick: 300 s",)) == []
    assert life.look(0.5, [""]) is None  # it was stopped for a while, and goes on
    assert looks(life, 5, lines=("tick: 300 s",)) == []
    assert looks(life, 1, lines=("tick: 300 s",)) == ["is stuck (tick: 300 s)"]


def test_whom_a_debugger_holds_is_excused() -> None:
    life = Life(PATIENCE)
    life.look(0.5, [""])
    looks(life, 9)
    life.excuse()
    assert looks(life, 9) == []


def test_lines_are_taken_whole_however_they_come() -> None:
    line = LifeLine()
    assert line.lines() == []
    os.write(line.writing, b"\ntick")
    assert line.lines() == [""]
    os.write(line.writing, b": 300 s\n\n")
    assert line.lines() == ["tick: 300 s", ""]
    line.given()
    assert line.lines() == []
    line.close()


@pytest.mark.parametrize("text", ["soon", "0", "-5", "nan"])
def test_patience_is_read_from_the_environment_or_refused(text: str) -> None:
    assert LifePatience.read({}) == LifePatience()
    assert LifePatience.read({"EXCHANGE_HUNG_AFTER": "off"}) is None
    assert LifePatience.read({"EXCHANGE_HUNG_AFTER": "3"}) == LifePatience(silent=3, grace=3)
    with pytest.raises(BadConfiguration, match="EXCHANGE_HUNG_AFTER"):
        LifePatience.read({"EXCHANGE_HUNG_AFTER": text})
