"""The peers' own Python environment: none of their libraries is among the product's."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
ROOT = _HERE.parents[1]
_LOCK = _HERE / "requirements.lock"


def interpreter() -> Path:
    """Its Python. Made on first use and whenever the lock has changed, in build/peers. Raises SystemExit."""
    kept = ROOT / "build" / "peers"
    place = kept / hashlib.sha256(_LOCK.read_bytes()).hexdigest()[:16]
    python = place / "bin" / "python"
    if python.exists():
        return python
    print("peers: fetching the libraries", file=sys.stderr)
    shutil.rmtree(kept, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", place])
    if made.returncode == 0:
        pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        made = subprocess.run([*pip, "--require-hashes", "-r", _LOCK])
    if made.returncode:
        shutil.rmtree(place, ignore_errors=True)
        raise SystemExit("peers: the libraries cannot be fetched from the package index")
    return python
