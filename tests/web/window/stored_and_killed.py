"""Leaves a large file in the claim store for a draft, and stops for ever before the draft names it, to be killed there:
``python -m tests.web.window.stored_and_killed HOME NUMBER FILE``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from exchange.claims import ClaimStore
from exchange.portal.large_files import attach_large
from exchange.runtime.home import open_claims, open_member
from exchange.runtime.settings import Home, Settings


class StoppingStore(ClaimStore):
    """A store that never says that it has stored what it has."""

    def put(self, name: str, data: bytes) -> None:
        super().put(name, data)
        print("stored", flush=True)
        sys.stdin.readline()


def main(home: Path, number: str, path: Path) -> None:
    settings = Settings.read({}, home=home)
    node, claims = open_member(settings, "hefei.portal").node, open_claims(settings)
    stopping = StoppingStore(claims._store, claims._folder)
    uploads = Home(settings.home).uploads(node.address)
    attach_large(node, number, "plan", path.name, "text/plain", path, stopping, uploads)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
