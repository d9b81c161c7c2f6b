"""Files of a bundle that somebody has taken out, put in the place of others, or put in twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from exchange.evidence.bundle.events_file import EVENTS
from exchange.evidence.proof.logs import LOG
from tests.corpus.evidence.listed import list_again
from tests.corpus.evidence.town import LEAD, PaperTown, good

Index, Files = dict[str, Any], dict[str, bytes]
_ENTRIES = f"{LOG}/{LEAD}/entries"
REQUEST, DECISION = b"vnd.yizhan.consultation+json", b"vnd.yizhan.decision+json"


def changed_by(change: Callable[[Index, Files], None]) -> Callable[[], PaperTown]:
    """The good bundle, changed by somebody who knows how it is written; the list of events is made again."""

    def forge(index: Index, files: Files) -> None:
        change(index, files)
        list_again(index, files)

    def make() -> PaperTown:
        town = good()
        town.forge = forge
        return town

    return make


def file_missing(_: Index, files: Files) -> None:
    """The index names the request, which is not there."""
    del files[_path(files, REQUEST)]


def file_swapped(_: Index, files: Files) -> None:
    """What the index calls the request is the decision."""
    files[_path(files, REQUEST)] = files[_path(files, DECISION)]


def file_doubled(index: Index, files: Files) -> None:
    """The decision lies there a second time, and the index names it so."""
    _name(index, files, f"documents/{'0' * 64}.cose", files[_path(files, DECISION)])


def index_doubled(index: Index, _: Files) -> None:
    """The index names a file twice."""
    index["files"].append(index["files"][0])


def index_of_less(index: Index, files: Files) -> None:
    """A file is there that the index does not name."""
    index["files"] = [one for one in index["files"] if one["path"] != _path(files, DECISION)]


def entry_taken_out(_: Index, files: Files) -> None:
    """An entry of the window's journal is not there, and the index names it."""
    del files[f"{_ENTRIES}/3.cbor"]


def entries_exchanged(index: Index, files: Files) -> None:
    """Two entries of the window's journal have changed places."""
    one, other = f"{_ENTRIES}/1.cbor", f"{_ENTRIES}/2.cbor"
    files[one], files[other] = files[other], files[one]
    for path in (one, other):
        _name(index, files, path, files[path])


def _path(files: Files, kind: bytes) -> str:
    return next(path for path, data in files.items() if path.startswith("documents/") and kind in data)


def _name(index: Index, files: Files, path: str, data: bytes) -> None:
    files[path] = data
    index["files"] = [one for one in index["files"] if one["path"] not in (path, EVENTS)] + [
        {"path": path, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)},
        *(one for one in index["files"] if one["path"] == EVENTS),
    ]
