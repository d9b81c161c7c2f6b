"""Files of strangers: names that lead nowhere and can be read, kinds by content, scanners that find something."""

from __future__ import annotations

import io
import zipfile

import pytest

from exchange.errors import BadConfiguration, BadFile
from exchange.portal.uploads.file_names import LONGEST, file_name
from exchange.portal.uploads.kinds import kind_of
from exchange.portal.uploads.scanning import ScannerPlace, scanner_place
from exchange.schemas.written import TextShape, fault_of

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
PDF += b"3 0 obj<</Type/Page/Parent 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def package(**parts: bytes) -> bytes:
    """A ZIP file of some parts; two underscores stand for a slash."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def encrypted(data: bytes) -> bytes:
    """A package whose first part says that it is encrypted, in both of its heads."""
    found = bytearray(data)
    found[6] |= 1
    found[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(found)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("施工方案.pdf", "施工方案.pdf"),
        ("𠮷野家 门前.pdf", "𠮷野家 门前.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\wang\\方案.docx", "方案.docx"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("  .hidden  name .txt", "hidden name .txt"),
        ("cafe\u0301.pdf", "café.pdf"),
        ("👷 plan.pdf", "👷 plan.pdf"),
    ],
)
def test_a_name_is_one_line_that_leads_nowhere(sent: str, kept: str) -> None:
    found = file_name(sent)
    assert found.name == kept
    assert found.changed is (sent not in (kept, "cafe\u0301.pdf"))
    assert fault_of(found.name, TextShape.LINE) == ""


def test_a_long_name_is_cut_before_its_ending() -> None:
    found = file_name("长" * 300 + ".pdf")
    assert len(found.name) <= LONGEST
    assert found.name.endswith("….pdf")
    assert found.changed


@pytest.mark.parametrize("sent", ["", "/", "..", "\u200b\u200b", "\ue000.pdf"])
def test_a_name_of_which_nothing_can_be_read_is_refused_with_a_remedy(sent: str) -> None:
    with pytest.raises(BadFile) as refused:
        file_name(sent)
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n rest", "image/png"),
        (b"\xff\xd8\xff\xe0 rest", "image/jpeg"),
        ("方案 𠮷 👷".encode(), "text/plain"),
        ("方案".encode("gb18030"), "text/plain"),
        (package(**{"OFD.xml": b"<ofd/>"}), "application/ofd"),
        (
            package(**{"[Content_Types].xml": b"", "word__document.xml": b""}),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (
            package(mimetype=b"application/vnd.oasis.opendocument.text", **{"META-INF__manifest.xml": b"<m/>"}),
            "application/vnd.oasis.opendocument.text",
        ),
    ],
)
def test_what_a_file_is_is_told_by_its_content(data: bytes, kind: str) -> None:
    assert kind_of(data) == kind


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\0" * 100, "empty"),
        (PDF.replace(b"trailer<<", b"trailer<</Encrypt 9 0 R "), "locked"),
        (b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%%EOF", "no page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "locked"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "old office"),
        (
            package(
                mimetype=b"application/vnd.oasis.opendocument.text",
                **{"META-INF__manifest.xml": b"<manifest:encryption-data/>"},
            ),
            "locked",
        ),
        (encrypted(package(**{"word__document.xml": b"<w/>"})), "locked"),
        (b"PK\x03\x04 broken", "damaged"),
        (package(**{"game.exe": b"MZ"}), "kind"),
        (b"MZ\x90\x00\x03 program", "kind"),
        (b"before X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H* after", "scanners stop"),
    ],
)
def test_what_officers_cannot_open_is_refused_with_a_remedy(data: bytes, says: str) -> None:
    with pytest.raises(BadFile, match=says) as refused:
        kind_of(data)
    assert refused.value.remedy


def test_where_a_scanner_listens_is_read_from_its_setting() -> None:
    assert scanner_place("") is None
    assert scanner_place("127.0.0.1:3310") == ScannerPlace(host="127.0.0.1", port=3310)
    assert scanner_place("[::1]:3310") == ScannerPlace(host="::1", port=3310)
    assert scanner_place("unix:/run/clamd.sock") == ScannerPlace(path="/run/clamd.sock")
    for wrong in ("3310", "clamd", "host:0", "host:99999", "unix:"):
        with pytest.raises(BadConfiguration):
            scanner_place(wrong)
