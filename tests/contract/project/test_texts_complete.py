"""The Chinese catalogue is complete, fits its texts, and is compiled."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import exchange

ROOT = Path(exchange.__path__[0]).parent


def test_every_text_that_people_read_has_its_chinese_and_the_catalogue_is_compiled_from_it() -> None:
    done = subprocess.run(
        [sys.executable, "script/lib/texts.py", "--check"],
        cwd=ROOT, env={"PYTHONPATH": ".", "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
