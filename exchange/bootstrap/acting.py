"""Who acts from a command line: the account of this system that the process runs under, which no setting changes."""

from __future__ import annotations

import os
import pwd


def acting_account() -> str:
    """The account's name; of one that has none (in a container, most of all) its number, as ``uid 1234``."""
    uid = os.getuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
