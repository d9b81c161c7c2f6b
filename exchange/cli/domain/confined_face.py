"""What the process of a web face beside one member is kept to: that member's own folder, and large attachments."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from exchange.errors import FileUnusable
from exchange.machine.files import make_folder
from exchange.runtime.confinement.member import confine_member
from exchange.runtime.home import claims_place
from exchange.runtime.settings import Settings


def confine_face(
    settings: Settings,
    address: str,
    tls: Sequence[Path | None],
    *,
    writes_claims: bool = False,
    secrets: Sequence[Path] = (),
) -> None:
    """Keep this process to that, before it serves anybody. ``writes_claims``: it stores large attachments, too.

    ``secrets`` are files with secrets that it needs besides. Certificates are replaced while it runs, so what is read
    is the folders of ``tls``.
    """
    files = [one for one in tls if one is not None]
    folders = [place.parent for one in files for place in (one.absolute(), one.resolve())]
    claims = claims_place(settings)
    stored = [claims] if isinstance(claims, Path) else []
    for folder in stored:
        with suppress(FileUnusable):  # said where somebody wants something from there, or leaves something there
            make_folder(folder, 0o700)
    if writes_claims:
        confine_member(settings, address, read=[*folders, *secrets], write=stored)
    else:
        confine_member(settings, address, read=[*folders, *secrets, *stored])
