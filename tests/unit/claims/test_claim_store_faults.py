"""What storages and folders answer that cannot be used, each with its cause and what to do, in every language."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from obstore.exceptions import GenericError

from exchange.claims import open_claim_store
from exchange.claims.faults import unavailable
from exchange.errors import ClaimMissing, ClaimStoreUnavailable, FileUnusable

SECRET = "wJalrXUtnFEMI-K7MDENG"


class _Storage(ThreadingHTTPServer):
    """Answers everything with one refusal."""

    daemon_threads = True
    status, code = 500, "InternalError"


class _Refusal(BaseHTTPRequestHandler):
    server: _Storage

    def do_PUT(self) -> None:
        """Refuses."""
        self.rfile.read(int(self.headers.get("content-length", 0)))
        said = f"<Error><Code>{self.server.code}</Code><Message>x</Message></Error>".encode()
        self.send_response(self.server.status)
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_PUT

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Storage]:
    """A storage on loopback that refuses."""
    server = _Storage(("127.0.0.1", 0), _Refusal)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_address[1]}",
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": SECRET,
    }.items():
        monkeypatch.setenv(name, value)
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "code", "what", "remedy"),
    [
        (403, "SignatureDoesNotMatch", "does not know this account", "AWS_SECRET_ACCESS_KEY"),
        (403, "InvalidAccessKeyId", "does not know this account", "AWS_ACCESS_KEY_ID"),
        (400, "ExpiredToken", "does not know this account", "AWS_SESSION_TOKEN"),
        (401, "SomethingNew", "does not know this account", "AWS_ACCESS_KEY_ID"),
        (403, "AccessDenied", "may not do this", "get, put and list"),
        (403, "SomethingNew", "may not do this", "get, put and list"),
        (404, "NoSuchBucket", "no such bucket", "make the bucket"),
        (301, "PermanentRedirect", "another region", "AWS_REGION"),
        (400, "AuthorizationHeaderMalformed", "another region", "AWS_REGION"),
        (403, "RequestTimeTooSkewed", "clock", "NTP"),
        (507, "XMinioStorageFull", "no room left", "make room"),
        (507, "SomethingNew", "no room left", "make room"),
        (503, "SlowDown", "too much to do", "look at the storage"),
    ],
)
def test_what_a_storage_refuses_has_its_cause_and_remedy(
    storage: _Storage, status: int, code: str, what: str, remedy: str
) -> None:
    storage.status, storage.code = status, code
    with pytest.raises(ClaimStoreUnavailable, match=what) as caught:
        open_claim_store("s3://claims", retries=0).put("name-that-is-a-key", b"x")
    assert remedy in caught.value.remedy
    assert "\n" not in str(caught.value)
    assert "name-that-is-a-key" not in str(caught.value)
    assert SECRET not in str(caught.value)


def test_a_missing_bucket_is_no_missing_attachment(storage: _Storage) -> None:
    store = open_claim_store("s3://claims", retries=0)
    storage.status, storage.code = 404, "NoSuchKey"
    with pytest.raises(ClaimMissing):
        store.get("part", 10)
    storage.code = "NoSuchBucket"
    with pytest.raises(ClaimStoreUnavailable, match="no such bucket"):
        store.get("part", 10)


@pytest.mark.parametrize(
    ("endpoint", "what"),
    [
        ("http://127.0.0.1:1", "no server listens there"),
        ("http://no-such-host.invalid", "name cannot be resolved"),
        ("https://127.0.0.1:{port}", "TLS"),
    ],
)
def test_a_storage_that_cannot_be_reached(
    storage: _Storage, monkeypatch: pytest.MonkeyPatch, endpoint: str, what: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint.format(port=storage.server_address[1]))
    with pytest.raises(ClaimStoreUnavailable, match=what) as caught:
        open_claim_store("s3://claims", retries=0).put("part", b"x")
    assert "AWS_ENDPOINT_URL" in caught.value.remedy


@pytest.mark.parametrize(
    ("number", "what"),
    [
        (errno.ENOSPC, "no room left"),
        (errno.EDQUOT, "no room left"),
        (errno.EACCES, "may not be used"),
        (errno.EROFS, "read only"),
        (errno.EIO, "disk cannot be read"),
    ],
)
def test_what_a_folder_refuses_is_known_by_its_number_in_any_language(number: int, what: str) -> None:
    chinese = "设备上没有空间"
    behind = FileUnusable("x")
    behind.__cause__ = OSError(number, chinese)
    for error in (OSError(number, chinese), GenericError(f"{chinese} (os error {number})"), behind):
        assert what in str(unavailable(error, "name", set()))


def test_a_full_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    store = open_claim_store(tmp_path / "claims")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ClaimStoreUnavailable, match="no room left") as caught:
        store.put("part", b"x")
    assert "make room" in caught.value.remedy


def test_an_address_that_is_none_is_told() -> None:
    with pytest.raises(ClaimStoreUnavailable, match="no address of a store") as caught:
        open_claim_store("s3://")
    assert "s3://BUCKET" in caught.value.remedy
