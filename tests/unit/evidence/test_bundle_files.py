"""A bundle is read as it was written, byte for byte, and nothing else is."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from exchange.errors import BadBundle
from exchange.evidence.bundle.contents import INDEX, LARGEST_FILE, MOST_FILES, BundleSubject, SubjectKind
from exchange.evidence.bundle.reading import BundleFault, read_bundle
from exchange.evidence.bundle.writing import write_bundle
from tests.unit.facts import at

FILES = {"documents/a.cose": b"one", "enclosures/b": b"two" * 1000, "receipts/c.cbor": b""}
SUBJECT = BundleSubject(kind=SubjectKind.CASE, id="C-1", of="c.window")


def bundle(files: dict[str, bytes] = FILES) -> bytes:
    return write_bundle(SUBJECT, ("c.window",), at("03-10"), files)


def rezipped(change: Callable[[zipfile.ZipFile, list[tuple[str, bytes]]], None]) -> bytes:
    """The same files, put into a ZIP by other hands."""
    with zipfile.ZipFile(io.BytesIO(bundle())) as found:
        files = [(info.filename, found.read(info)) for info in found.infolist()]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        change(archive, files)
    return out.getvalue()


def as_written(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.create_system, info.external_attr, info.compress_type = 3, 0o100644 << 16, zipfile.ZIP_DEFLATED
    archive.writestr(info, data)


def written(*names: tuple[str, bytes]) -> bytes:
    def change(archive: zipfile.ZipFile, files: list[tuple[str, bytes]]) -> None:
        for name, data in (*files, *names):
            as_written(archive, name, data)

    return rezipped(change)


def test_what_is_written_is_read_again() -> None:
    found = read_bundle(bundle())
    assert dict(found.files) == FILES
    assert found.faults == ()
    assert (found.contents.subject, found.contents.made_at) == (SUBJECT, at("03-10"))
    assert [name for name, _ in found.under("documents")] == ["a.cose"]


def test_the_same_parts_give_the_same_bytes() -> None:
    assert bundle() == bundle(dict(reversed(FILES.items())))


def test_a_swapped_and_a_missing_file_are_named_and_the_rest_is_read() -> None:
    def change(archive: zipfile.ZipFile, files: list[tuple[str, bytes]]) -> None:
        for name, data in files:
            if name != "enclosures/b":
                as_written(archive, name, b"uno" if name == "documents/a.cose" else data)

    found = read_bundle(rezipped(change))
    assert found.faults == (BundleFault("documents/a.cose", False), BundleFault("enclosures/b", True))
    assert dict(found.files) == {"receipts/c.cbor": b""}


def _renamed(name: str) -> bytes:
    return bundle().replace(b"enclosures/b", name.encode())


def _flagged() -> bytes:
    data = bytearray(bundle())
    data[6] |= 1  # encrypted, by what stands before the first file
    return bytes(data)


def _claiming_four_gigabytes() -> bytes:
    data, size = bytearray(bundle()), (3000).to_bytes(4, "little")
    while (found := data.find(size)) >= 0:
        data[found : found + 4] = (2**32 - 2).to_bytes(4, "little")
    return bytes(data)


def _bomb() -> bytes:
    """Ten megabytes of nothing, packed to ten thousand bytes, by a file that says it has three."""
    data = bundle({"enclosures/b": bytes(10_000_000)})
    return data.replace((10_000_000).to_bytes(4, "little"), (3).to_bytes(4, "little"))


HOSTILE: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "no zip": lambda: b"PK" * 40,
    "cut off": lambda: bundle()[:-1],
    "something behind it": lambda: bundle() + b"\x00",
    "something before it": lambda: b"#!/bin/sh\n" + bundle(),
    "an empty zip": lambda: b"PK\x05\x06" + bytes(18),
    "a comment": lambda: bundle()[:-2] + b"\x02\x00hi",
    "a file that is not named": lambda: written(("documents/d.cose", b"more")),
    "a file twice": lambda: written(("enclosures/b", b"other")),
    "a file twice but for its case": lambda: written(("enclosures/B", b"other")),
    "a path that leads out": lambda: _renamed("../enclos/bb"),
    "an absolute path": lambda: _renamed("/nclosures/b"),
    "a path with a backslash": lambda: _renamed("enclosures\\b"),
    "a folder": lambda: written(("documents/", b"")),
    "the index is not first": lambda: rezipped(
        lambda archive, files: [as_written(archive, name, data) for name, data in reversed(files)] and None
    ),
    "another date": lambda: rezipped(lambda archive, files: [archive.writestr(*one) for one in files] and None),
    "encrypted": _flagged,
    "four gigabytes, it says": _claiming_four_gigabytes,
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_bundle_is_refused(make: Callable[[], bytes]) -> None:
    with pytest.raises(BadBundle):
        read_bundle(make())


def test_a_file_never_unpacks_to_more_than_it_says() -> None:
    found = read_bundle(_bomb())
    assert found.files == {}
    assert [fault.missing for fault in found.faults] == [False]


def test_more_than_a_bundle_can_hold_is_not_bound() -> None:
    with pytest.raises(BadBundle, match="60,001 files, at most 60,000"):
        bundle({f"enclosures/{n}": b"" for n in range(MOST_FILES + 1)})
    large = bytes(LARGEST_FILE)
    with pytest.raises(BadBundle, match="more than 1,073,741,824 bytes"):
        bundle({f"enclosures/{n}": large for n in range(17)})


def test_a_bundle_has_no_file_under_a_name_that_leads_elsewhere() -> None:
    with pytest.raises(ValueError, match="pattern"):
        bundle({"../a": b""})
    with pytest.raises(ValueError, match="twice"):
        bundle({INDEX: b""})
