"""Whether a file still fits into an application: asked before anything of it is taken, and once more when it joins."""

from __future__ import annotations

from exchange.errors import BadFile
from exchange.portal.records import ApplicationDraft
from exchange.portal.uploads.limits import ALL_MOST, FILE_MOST
from exchange.schemas import Material


def expect_size(size: int) -> None:
    """Raise BadFile for a file that is larger than is taken."""
    if size > FILE_MOST:
        raise BadFile(
            "the file has {size:,} bytes, {limit:,} at most",
            remedy="make it smaller (fewer dots an inch, fewer pages), split it, or bring it to the counter",
            size=size,
            limit=FILE_MOST,
        )


def full(material: Material) -> BadFile:
    """Return what is said where a material has all the files that it may have."""
    return BadFile("this material has at most {most} files", remedy="remove one first", most=material.files)


def expect_room(draft: ApplicationDraft, material: Material, size: int) -> None:
    """Raise BadFile where a material, or the whole application, would have more than it may."""
    if sum(file.material == material.code for file in draft.files) >= material.files:
        raise full(material)
    if sum(file.size for file in draft.files) + size > ALL_MOST:
        raise BadFile(
            "with it the application would have more than {limit:,} bytes in all",
            remedy="remove another file first, or bring it to the counter",
            limit=ALL_MOST,
        )
