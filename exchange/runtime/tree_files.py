"""The folder of foreign directories: `<domain>.cose` as they came; `<domain>.<digest>.early` until they hold.

A file's name is for people; what it holds counts. Everything is judged anew whenever the folder is read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from exchange.directory import DirectoryView, Tree, TreeView, grow
from exchange.directory.certificates import Certificate, der
from exchange.errors import BadDirectory
from exchange.levels.spread import Taken
from exchange.machine.files import lock_file, make_folder, write_secret
from exchange.machine.logger import get_logger
from exchange.runtime.settings import Home
from exchange.store.transaction import Transaction

log = get_logger()

STAMP = "changed"
"""A file that is replaced whenever the folder has changed: two changes may fall into one tick of its clock."""
SEEN = "tree-versions"
"""Meta key: the highest version seen of each foreign domain, by domain and authority."""


@dataclass(frozen=True)
class TreeFiles:
    """A tree folder and the authority by which it is judged."""

    home: Home
    authority: Certificate

    def read(self) -> list[bytes]:
        """Read everything that was ever taken and not replaced since."""
        folder = self.home.tree
        paths = [*folder.glob("*.cose"), *folder.glob("*.early")] if folder.is_dir() else []
        return [data for path in sorted(paths) if (data := _content(path)) is not None]

    def view(self, own: DirectoryView, now: datetime, seen: Mapping[str, int]) -> TreeView | DirectoryView:
        """Return the tree around the own directory; that alone where nothing else is known or named."""
        papers = self.read()
        if not papers:
            return own
        return TreeView(own, self.home.directory.read_bytes(), self._grow(own, papers, now, seen), now)

    def take(
        self, own: DirectoryView, new: Sequence[bytes], now: datetime, seen: Mapping[str, int] | None = None
    ) -> Taken:
        """Keep what is valid of new directories, and what may become valid later; one process does so at a time."""
        make_folder(self.home.tree)
        with lock_file(self.home.tree / "lock"):
            present = self.read()
            before = self._grow(own, present, now, seen or {})
            after = self._grow(own, [*present, *new], now, {**(seen or {}), **before.marks})
            self._write(after)
        had = {one.data for one in before.branches.values()}
        early = {one.data for one in after.early}
        refused = [one for one in after.refused if one.data in new and one.data not in early]
        return Taken(
            news=tuple(name for name, one in after.branches.items() if one.data not in had),
            early=tuple(one.domain for one in after.early if one.data in new),
            refused=tuple(str(one.error) for one in refused),
        )

    def _grow(self, own: DirectoryView, papers: Iterable[bytes], now: datetime, seen: Mapping[str, int]) -> Tree:
        return grow(own, der(self.authority), papers, now, seen)

    def _write(self, tree: Tree) -> None:
        wanted = {f"{name}.cose": one.data for name, one in tree.branches.items()}
        wanted |= {f"{one.domain}.{hashlib.sha256(one.data).hexdigest()[:16]}.early": one.data for one in tree.early}
        new = {name: data for name, data in wanted.items() if _content(self.home.tree / name) != data}
        over = [path for path in self.home.tree.glob("*.early") if path.name not in wanted]
        for name, data in new.items():
            write_secret(self.home.tree / name, data)
        for path in over:
            path.unlink(missing_ok=True)
        if new or over:
            write_secret(self.home.tree / STAMP, b"")


def marks_of(tx: Transaction) -> dict[str, int]:
    """Return the highest versions that this member has seen of foreign domains."""
    found: dict[str, int] = json.loads(tx.get_meta(SEEN) or "{}")
    return found


def remember(tx: Transaction, marks: Mapping[str, int]) -> None:
    """Note versions seen; a higher one that was noted before stays."""
    known = marks_of(tx)
    merged = known | {name: max(version, known.get(name, 0)) for name, version in marks.items()}
    if merged != known:
        tx.set_meta(SEEN, json.dumps(merged, sort_keys=True))


def say_refused(node: str, view: TreeView) -> None:
    """Log every foreign directory that is not taken: nothing else suffers by it."""
    for one in view.tree.refused:
        log.warning("tree.refused", node=node, domain=one.domain, reason=str(one.error), remedy=one.error.remedy)
    if view.tree.standing:
        log.warning("tree.standing", node=node, reason=str(view.tree.standing))


def read_foreign(path: Path) -> bytes:
    """Read a file with a signed directory. Raises BadDirectory when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadDirectory("{path}: {reason}", path=path, reason=error.strerror) from error


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
