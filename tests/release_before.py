"""An earlier commit of this repository as the previous release: its own code, run by the same interpreter."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[1]

_ELSEWHERE = os.sep
"""Where they run: a confined process may not list its working folder, and would not find its code there."""

_LAUNCH = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); import exchange; "
    "print('code of', exchange.__file__, file=sys.stderr, flush=True); "
    "sys.argv[0] = 'exchange'; from exchange.cli import main; main()"
)
"""Whoever is launched says first whose code it runs: a release that was installed stands in the way otherwise."""


@dataclass(frozen=True)
class Release:
    """A folder with the code of a release."""

    folder: Path

    def command(self, words: Sequence[str]) -> list[str]:
        """What runs `exchange` with these words by this release's code."""
        return [sys.executable, "-P", "-c", _LAUNCH, str(self.folder), *words]

    def said_by(self, log: str) -> bool:
        """Whether whoever wrote this log ran this release's code."""
        return f"code of {self.folder / 'exchange' / '__init__.py'}\n" in log

    def start(self, words: Sequence[str], env: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
        """Starts a process of this release, which writes to a log of its own."""
        with log.open("wb") as file:
            return subprocess.Popen(
                self.command(words), env=self._surroundings(env), stdout=file, stderr=file, cwd=_ELSEWHERE
            )

    def typed(self, words: Sequence[str], env: Mapping[str, str]) -> str:
        """What a command of this release prints; fails the test where it fails, or where other code ran."""
        done = subprocess.run(
            self.command(words), env=self._surroundings(env), capture_output=True, text=True, timeout=240,
            cwd=_ELSEWHERE,
        )  # fmt: skip
        assert done.returncode == 0, f"{self.folder}: {words}: {done.stdout}{done.stderr}"
        assert self.said_by(done.stderr), done.stderr
        return done.stdout

    def json(self, words: Sequence[str], env: Mapping[str, str]) -> object:
        """What a command of this release prints as JSON."""
        return json.loads(self.typed([*words, "--json"], env))

    def _surroundings(self, env: Mapping[str, str]) -> dict[str, str]:
        """With the folder for whatever it starts itself, too."""
        return {**os.environ, **env, "PYTHONPATH": str(self.folder)}


TODAY = Release(_ROOT)
"""The code that is tested."""


def release_of(commit: str, folder: Path) -> Release:
    """Lays out the code of a commit. Skips the test where this is no clone with history."""
    try:
        found = subprocess.run(
            ["git", "-C", str(_ROOT), "archive", commit, "exchange", "schemas", "departments"], capture_output=True
        )
    except FileNotFoundError:
        pytest.skip("there is no git, so no code of an earlier release")
    if found.returncode:
        pytest.skip(f"this clone has not commit {commit}: {found.stderr.decode(errors='replace').strip()}")
    with tarfile.open(fileobj=io.BytesIO(found.stdout)) as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extractall(folder, filter="data")
        else:
            archive.extractall(folder)
    return Release(folder)
