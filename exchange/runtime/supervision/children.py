"""How this program starts itself again: the same code, whatever lies in the working folder or in Python's settings.

A child holds keys. It imports nothing from the folder it is started in, nor from PYTHONPATH: that is set to what
EXCHANGE_PYTHONPATH says, for rules that need libraries of their own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import exchange

GIVEN_PATH = "EXCHANGE_PYTHONPATH"
"""Environment variable: folders that serving processes may import from."""

_NOT_INHERITED = frozenset({"PYTHONPATH", "PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONBREAKPOINT", "PYTHONWARNINGS"})


def child_command(*words: str) -> list[str]:
    """Return the command line that runs `exchange` with these words."""
    return [sys.executable, "-P", "-m", "exchange", *words]


def child_environment(given: Mapping[str, str], inherited: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a child process.

    It is ours without what changes what Python imports, together with what is ``given``.
    """
    inherited = os.environ if inherited is None else inherited
    kept = {name: value for name, value in inherited.items() if name not in _NOT_INHERITED}
    path = [folder for folder in (_own_code(inherited), inherited.get(GIVEN_PATH)) if folder]
    safe = {"PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"} | ({"PYTHONPATH": os.pathsep.join(path)} if path else {})
    return {**kept, **safe, **given}


def _own_code(inherited: Mapping[str, str]) -> str | None:
    """The folder of this program's own code, where nothing but PYTHONPATH or the working folder led to it."""
    root = Path(exchange.__file__).resolve().parent.parent
    led = [Path(one or ".").resolve() for one in inherited.get("PYTHONPATH", "").split(os.pathsep)]
    return str(root) if root in (Path.cwd(), *led) and os.pathsep not in str(root) else None
