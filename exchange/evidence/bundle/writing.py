"""Writes a bundle, byte for byte the same from the same parts: files in order, dated alike, packed alike."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime

from exchange.evidence.bundle.contents import (
    INDEX,
    BundleContents,
    BundleFile,
    BundleReader,
    BundleSubject,
    WithheldFile,
)
from exchange.evidence.bundle.layout import ATTRIBUTES, DATE, SYSTEM


def write_bundle(
    subject: BundleSubject,
    made_by: Sequence[str],
    made_at: datetime,
    files: Mapping[str, bytes],
    reader: BundleReader = BundleReader.ALL,
    withheld: Sequence[WithheldFile] = (),
) -> bytes:
    """Return the ZIP of these files, by path, with its index before them. Raises ValidationError for what is no path,
    too much or too large.
    """
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


def described(path: str, data: bytes) -> BundleFile:
    """Return how an index names a file."""
    return BundleFile(path=path, sha256=hashlib.sha256(data).hexdigest(), size=len(data))


def _add(archive: zipfile.ZipFile, path: str, data: bytes) -> None:
    info = zipfile.ZipInfo(path, DATE)
    info.create_system = SYSTEM
    info.external_attr = ATTRIBUTES
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data, compresslevel=6)
