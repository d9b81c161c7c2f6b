"""How large files may be, in octets."""

from __future__ import annotations

FILE_MOST = 20 * 1024 * 1024
"""Of a file."""
ALL_MOST = 100 * 1024 * 1024
"""Of all files of one application."""
