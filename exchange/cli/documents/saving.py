"""Attachments as files: each is written by itself, under a name that any file system takes, and what failed is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from exchange.cli.view import say
from exchange.errors import ExchangeError
from exchange.language import language, tr
from exchange.machine.filenames import free_path
from exchange.machine.files import make_folder, told, write_secret
from exchange.operations.trace.dossier import Filed, attachments
from exchange.schemas import Attachment


@dataclass(frozen=True)
class Saved:
    """What came of saving one file: where it is, or why it is not."""

    name: str
    path: Path | None
    error: ExchangeError | None = None


def save_attachments(items: Sequence[Filed], folder: Path) -> Iterator[Saved]:
    """Write all attachments into a folder under their names; where a name is taken, with their digest in it.

    One that cannot be written keeps no other from being. Raises FileUnusable for the folder.
    """
    make_folder(folder)
    for item in items:
        for attachment, content in attachments(item):
            yield saved(attachment.name, partial(_save, folder, attachment, content))


def saved(name: str, save: Callable[[], Path]) -> Saved:
    """Save one file, and return what came of it."""
    try:
        return Saved(name, save())
    except ExchangeError as error:
        return Saved(name, None, error)


def _save(folder: Path, attachment: Attachment, content: bytes) -> Path:
    with told(folder):
        path = free_path(folder, attachment.name, attachment.digest, lambda path: path.read_bytes() == content)
    write_secret(path, content)
    return path


def say_saved(all_: Iterable[Saved]) -> None:
    """Say what came of each file, then raise the first error: what could be saved is."""
    failed = []
    for one in all_:
        if one.error is None:
            say(tr("saved: {path}", path=one.path))
        else:
            say(tr("not saved: {name}: {error}", name=one.name, error=one.error.written(language())))
            failed.append(one.error)
    if failed:
        raise failed[0]
