"""What a file is, by its content: a few kinds that officers can read, and none that is empty or locked."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

from exchange.errors import BadFile

_OFFICE = "application/vnd.openxmlformats-officedocument."
_BY_PART = {
    "OFD.xml": "application/ofd",
    "word/document.xml": f"{_OFFICE}wordprocessingml.document",
    "xl/workbook.xml": f"{_OFFICE}spreadsheetml.sheet",
    "ppt/presentation.xml": f"{_OFFICE}presentationml.presentation",
}
_OPEN_DOCUMENT = tuple(f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation"))
_MOST_PARTS, _MOST_READ = 5_000, 1_048_576
_ENCRYPTED_PDF = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_TEST_VIRUS = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-" + b"TEST-FILE!$H+H*"
"""What every scanner takes for a virus, so that people can try whether it is there."""

ALLOWED = "PDF, OFD, PNG, JPEG, docx, xlsx, pptx, odt, ods, odp, txt"
"""As it is said before anybody chooses a file."""
_UNLOCK = "save it once more without a password, and choose it again"
_ELSE = "save it as PDF, and choose that"


def kind_of(data: bytes) -> str:
    """Return the media type of a file. Raises BadFile for what is empty, locked, dangerous, or of another kind."""
    if not data.strip(b"\0 \t\r\n"):
        raise BadFile("the file is empty", remedy="open it to see whether it was saved, and choose it again")
    if _TEST_VIRUS in data:
        raise BadFile("the file has a sign that scanners stop", remedy="choose a file without it")
    found = next((kind for look in _LOOKS if (kind := look(data)) is not None), None)
    if found is None:
        raise BadFile("files of this kind are not taken; taken are: {allowed}", remedy=_ELSE, allowed=ALLOWED)
    return found


def _pdf(data: bytes) -> str | None:
    if b"%PDF-" not in data[:1024]:
        return None
    if _ENCRYPTED_PDF.search(data):
        raise BadFile("the PDF is locked by a password or by rights, so officers cannot open it", remedy=_UNLOCK)
    if b"/Page" not in data and b"/ObjStm" not in data:
        raise BadFile("the PDF has no page", remedy="make it once more, look at it, and choose it again")
    return "application/pdf"


def _picture(data: bytes) -> str | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return "image/jpeg" if data.startswith(b"\xff\xd8\xff") else None


def _old_office(data: bytes) -> str | None:
    if not data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return None
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise BadFile("the document is locked by a password, so officers cannot open it", remedy=_UNLOCK)
    raise BadFile("documents of old office programs (doc, xls, ppt, wps) are not taken", remedy=_ELSE)


def _package(data: bytes) -> str | None:
    if not data.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            if len(parts) > _MOST_PARTS:
                return None
            if any(part.flag_bits & 1 for part in parts):
                raise BadFile("the document is locked by a password, so officers cannot open it", remedy=_UNLOCK)
            return _package_kind(package, {part.filename for part in parts})
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise BadFile("the document is damaged", remedy="save it once more, look at it, and choose it again") from error


def _package_kind(package: zipfile.ZipFile, names: set[str]) -> str | None:
    found = next((kind for part, kind in _BY_PART.items() if part in names), None)
    if found is not None or "mimetype" not in names:
        return found
    kind = _read(package, "mimetype").decode("ascii", "replace").strip()
    if kind in _OPEN_DOCUMENT and b"encryption-data" in _read(package, "META-INF/manifest.xml"):
        raise BadFile("the document is locked by a password, so officers cannot open it", remedy=_UNLOCK)
    return kind if kind in _OPEN_DOCUMENT else None


def _read(package: zipfile.ZipFile, name: str) -> bytes:
    """A part's beginning, however much it would become."""
    try:
        with package.open(name) as part:
            return part.read(_MOST_READ)
    except KeyError:
        return b""


def _text(data: bytes) -> str | None:
    for encoding in ("utf-8", "gb18030"):
        try:
            return None if _CONTROLS.search(data.decode(encoding)) else "text/plain"
        except UnicodeDecodeError:
            continue
    return None


_LOOKS: tuple[Callable[[bytes], str | None], ...] = (_pdf, _picture, _old_office, _package, _text)
