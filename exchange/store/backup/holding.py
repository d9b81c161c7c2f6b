"""Members' databases held as they were at one moment, while their owners go on writing.

On a server all of them share one snapshot. Of SQLite files each is held in a transaction of its own, begun one right
after the other; what was committed between the first and the last is in some and not in others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from exchange.store.backup.files import FileSnapshot
from exchange.store.backup.servers import ServerSnapshots
from exchange.store.backup.snapshots import DatabaseSnapshot
from exchange.store.engine import is_server


@contextmanager
def open_snapshots(urls: Mapping[str, str]) -> Iterator[Mapping[str, DatabaseSnapshot]]:
    """Hold the databases of members, by address, while the block runs. Raises DatabaseUnavailable or DatabaseLost."""
    with ExitStack() as stack:
        found: dict[str, DatabaseSnapshot] = {}
        server = next((url for url in urls.values() if is_server(url)), None)
        if server is not None:
            shared = stack.enter_context(ServerSnapshots())
            for address, url in urls.items():
                found[address] = shared.open(url, address)
        else:
            for address, url in urls.items():
                found[address] = stack.enter_context(FileSnapshot(url, address))
        yield found
