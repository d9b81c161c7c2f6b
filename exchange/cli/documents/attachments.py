"""Large attachments at the terminal: left in the claim store and fetched, with a bar that shows how far each one is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from exchange.claims import ClaimStore, fetch, is_at, upload
from exchange.cli.documents.saving import Saved, saved
from exchange.cli.view import errors, plain
from exchange.files.attached import Leave
from exchange.machine.filenames import free_path
from exchange.machine.files import make_folder, told
from exchange.operations.trace.dossier import Filed, claims
from exchange.runtime.home import open_claims
from exchange.runtime.settings import Home, Settings
from exchange.schemas import ClaimCheck


def fetch_claims(items: Sequence[Filed], folder: Path, settings: Settings) -> Iterator[Saved]:
    """Fetch all large attachments into a folder under their names; where a name is taken, with their digest in it.

    One that cannot be had keeps no other from being. Raises ClaimStoreUnavailable or FileUnusable for all of them.
    """
    named = [claim for item in items for claim in claims(item)]
    if not named:
        return
    store = open_claims(settings)
    with _bar() as bar:
        for claim in named:
            task = bar.add_task(plain(claim.name).plain, total=claim.size)
            one = saved(claim.name, partial(_fetch, claim, folder, store, partial(_move, bar, task)))
            yield one
            if one.path is not None:
                _move(bar, task, claim.size, claim.size)


@contextmanager
def leaving_claims(settings: Settings, address: str) -> Iterator[Leave]:
    """Leave a member's large files in the claim store; one that was interrupted goes on where it was.

    What is yielded raises CallerError, Conflict, ClaimStoreUnavailable or FileUnusable.
    """
    with ExitStack() as stack:
        shown: list[Progress] = []

        def leave(path: Path) -> ClaimCheck:
            if not shown:
                shown.append(stack.enter_context(_bar()))
            task = shown[0].add_task(plain(path.name).plain, total=path.stat().st_size)
            uploads = Home(settings.home).uploads(address)
            return upload(path, open_claims(settings), uploads, progress=partial(_move, shown[0], task))

        yield leave


def _move(bar: Progress, task: TaskID, done: int, total: int) -> None:
    bar.update(task, completed=done, total=total)


def _fetch(claim: ClaimCheck, folder: Path, store: ClaimStore, progress: Callable[[int, int], None]) -> Path:
    make_folder(folder)
    with told(folder):
        path = free_path(folder, claim.name, claim.digest, partial(is_at, claim))
    return fetch(claim, path, store, progress=progress)


def _bar() -> Progress:
    # File names are others' text: no markup.
    name = TextColumn("{task.description}", markup=False)
    return Progress(
        name, BarColumn(), DownloadColumn(binary_units=True), TransferSpeedColumn(), TimeRemainingColumn(),
        console=errors,
    )  # fmt: skip
