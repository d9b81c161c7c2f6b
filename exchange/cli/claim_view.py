"""Large attachments at the terminal: left in the claim store and fetched, with a bar that shows how far each one is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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

from exchange.bootstrap.attached import Leave
from exchange.bootstrap.home import open_claims
from exchange.bootstrap.settings import Home, Settings
from exchange.claims import fetch, is_at, upload
from exchange.cli.letter_view import file_name
from exchange.cli.view import errors, plain
from exchange.flow.dossier import Filed, claims
from schemas import ClaimCheck


def fetch_claims(items: Sequence[Filed], folder: Path, settings: Settings) -> Iterator[Path]:
    """Fetches all large attachments into a folder under their names; where a name is taken, with their digest in it.

    Raises BadClaim's kinds, ClaimStoreUnavailable or FileUnusable; what was fetched before that stays.
    """
    named = [claim for item in items for claim in claims(item)]
    if not named:
        return
    store = open_claims(settings)
    with _bar() as bar:
        for claim in named:
            path = _target(claim, folder)
            task = bar.add_task(plain(path.name).plain, total=claim.size)
            yield fetch(claim, path, store, progress=partial(_move, bar, task))
            _move(bar, task, claim.size, claim.size)


@contextmanager
def leaving_claims(settings: Settings, address: str) -> Iterator[Leave]:
    """Leaves a member's large files in the claim store; one that was interrupted goes on where it was.

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


def _target(claim: ClaimCheck, folder: Path) -> Path:
    """Where a claim is saved: under its name, unless that is taken by a file of another length or text."""
    path = folder / file_name(claim.name, claim.digest)
    if path.exists() and not is_at(claim, path):
        path = path.with_stem(f"{path.stem}-{claim.digest[:12]}")
    return path


def _bar() -> Progress:
    # File names are others' text: no markup.
    name = TextColumn("{task.description}", markup=False)
    return Progress(
        name, BarColumn(), DownloadColumn(binary_units=True), TransferSpeedColumn(), TimeRemainingColumn(),
        console=errors,
    )  # fmt: skip
