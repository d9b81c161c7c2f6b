"""Writes a bundle, byte for byte the same from the same parts: files in order, dated alike, packed alike."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime

from exchange.errors import BadBundle
from exchange.evidence.bundle.contents import (
    INDEX,
    LARGEST_WHOLE,
    MOST_FILES,
    BundleContents,
    BundleFile,
    BundleReader,
    BundleSubject,
    WithheldFile,
)
from exchange.evidence.bundle.layout import ATTRIBUTES, DATE, SYSTEM
from exchange.language import noted


def write_bundle(
    subject: BundleSubject,
    made_by: Sequence[str],
    made_at: datetime,
    files: Mapping[str, bytes],
    reader: BundleReader = BundleReader.ALL,
    withheld: Sequence[WithheldFile] = (),
) -> bytes:
    """Return the ZIP of these files, by path, with its index before them.

    Raises BadBundle for more than a bundle can hold, ValidationError for what is no path, or a file that is too large.
    """
    _check_size(files)
    listed = tuple(described(path, files[path]) for path in sorted(files))
    contents = BundleContents(
        subject=subject,
        made_by=tuple(made_by),
        made_at=made_at,
        reader=reader,
        files=listed,
        withheld=tuple(sorted(withheld, key=lambda one: one.path)),
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=False) as archive:
        _add(archive, INDEX, contents.as_json())
        for one in listed:
            _add(archive, one.path, files[one.path])
    return out.getvalue()


def _check_size(files: Mapping[str, bytes]) -> None:
    less = noted("`--as` names one member, of whom less is on record")
    if len(files) > MOST_FILES:
        raise BadBundle("{count:,} files, at most {most:,} are taken", remedy=less, count=len(files), most=MOST_FILES)
    if sum(map(len, files.values())) > LARGEST_WHOLE:
        raise BadBundle("it unpacks to more than {most:,} bytes", remedy=less, most=LARGEST_WHOLE)


def described(path: str, data: bytes) -> BundleFile:
    """Return how an index names a file."""
    return BundleFile(path=path, sha256=hashlib.sha256(data).hexdigest(), size=len(data))


def _add(archive: zipfile.ZipFile, path: str, data: bytes) -> None:
    info = zipfile.ZipInfo(path, DATE)
    info.create_system = SYSTEM
    info.external_attr = ATTRIBUTES
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data, compresslevel=6)
