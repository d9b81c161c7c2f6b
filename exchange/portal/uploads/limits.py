"""How large files may be, and how much of what is under way may lie on disk; in octets."""

from __future__ import annotations

from datetime import timedelta

FILE_MOST = 20 * 1024 * 1024
"""Of a file."""
ALL_MOST = 100 * 1024 * 1024
"""Of all files of one application."""
PARTIAL_MOST = 10
"""Files of one application that are under way at once."""
PARTIAL_ALL = 2 * 1024 * 1024 * 1024
"""Of all files of everybody that are under way, by what was announced of each."""
PARTIAL_FILES = 2_000
"""Files of everybody that are under way."""
PARTIAL_KEPT = timedelta(days=1)
"""For how long a file that is under way is kept after its last octet."""
