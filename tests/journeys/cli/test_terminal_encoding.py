"""Whatever a terminal's encoding lacks is escaped: no command ends for want of a letter."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from exchange.runtime.supervision.children import child_command


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
@pytest.mark.parametrize("words", [("submit", "--help"), ("keys",)])
def test_a_terminal_without_chinese_letters_shows_what_it_can(
    tmp_path: Path, encoding: str, words: tuple[str, ...]
) -> None:
    env = {**os.environ, "PYTHONIOENCODING": encoding, "EXCHANGE_HOME": str(tmp_path / "🏯"), "EXCHANGE_LANGUAGE": "zh"}
    done = subprocess.run(child_command(*words), env=env, capture_output=True, check=False)
    assert b"Traceback" not in done.stderr
    assert done.returncode == (0 if "--help" in words else 6)
    assert (done.stdout + done.stderr).decode(encoding)
