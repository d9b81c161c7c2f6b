"""Limits of what a process may use (setrlimit(2))."""

from __future__ import annotations

import resource

_OPEN_FILES = 64


def limit(memory: int) -> None:
    """Limit memory to so many bytes, and open files; write no file and no core. Raises OSError or ValueError."""
    wanted = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in wanted.items():
        resource.setrlimit(kind, (most, most))
