"""The claim store: named objects in a folder, or in storage that speaks S3; both through the one library obstore.

Objects appear whole or not at all. Retries, signatures and connections are the library's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from exchange.claims.faults import no_bucket, unavailable
from exchange.errors import ClaimMissing, ClaimStoreUnavailable, ClaimTooLarge, FileUnusable
from exchange.machine.files import keep_owner, make_folder
from exchange.machine.proxies import spare_loopback
from exchange.machine.urls import secrets_in

if TYPE_CHECKING:
    from obstore.store import ClientConfig, LocalStore, RetryConfig, S3Store

_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_PROXIES = tuple(name for one in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY") for name in (one, one.lower()))
_PROBE = b"can this be stored and read?"


def open_claim_store(place: str | Path, *, retries: int = 4) -> ClaimStore:
    """Open the store in a folder, which is made, or under ``s3://…``; endpoint and account are AWS_*, as everywhere.

    ``retries`` are those of one request, within a minute. Raises ClaimStoreUnavailable.
    """
    from obstore.store import LocalStore, S3Store

    spare_loopback()
    with _told_as_unavailable("the claim store"):
        if isinstance(place, Path):
            make_folder(place, 0o700)
            return ClaimStore(LocalStore(place), place)
        return ClaimStore(
            S3Store.from_url(place, client_options=_client_options(), retry_config=_retry_config(retries)), None
        )


class ClaimStore:
    """Objects by name; a name is parts joined by slashes."""

    def __init__(self, store: LocalStore | S3Store, folder: Path | None) -> None:
        self._store = store
        self._folder = folder

    def put(self, name: str, data: bytes) -> None:
        """Put an object into the store, durably; one of this name is replaced. Raises ClaimStoreUnavailable."""
        import obstore

        with _told_as_unavailable(name):
            obstore.put(self._store, name, data, use_multipart=False)
            if self._folder is not None:
                path = self._folder / name
                keep_owner(path.parent)
                keep_owner(path)
                _make_durable(path)

    def get(self, name: str, at_most: int) -> bytes:
        """Get an object's bytes. Raises ClaimMissing, ClaimTooLarge (before it is read) or ClaimStoreUnavailable."""
        import obstore

        with _told_as_unavailable(name):
            try:
                found = obstore.get(self._store, name)
            except FileNotFoundError as error:
                if no_bucket(error):
                    raise
                raise ClaimMissing("a part of the attachment is not in the claim store") from None
            if found.meta["size"] > at_most:
                raise ClaimTooLarge(
                    "a part has {meta:,} bytes, {at_most:,} are declared", meta=found.meta["size"], at_most=at_most
                )
            return bytes(found.bytes())

    def probe(self) -> None:
        """Write a few bytes and read them back. Raises ClaimStoreUnavailable, or ClaimMissing where they are gone.

        Taken away in a folder only: an account at a storage need not be allowed to delete, and one small object of
        always the same name stays there.
        """
        name = "probe" if self._folder is None else f"probe-{os.urandom(8).hex()}"
        self.put(name, _PROBE)
        try:
            if self.get(name, len(_PROBE)) != _PROBE:
                raise ClaimStoreUnavailable("the claim store gives back something else than was stored")
        finally:
            if self._folder is not None:
                (self._folder / name).unlink(missing_ok=True)

    def delete(self, name: str) -> None:
        """Delete an object; one that is not there is no fault. Raises ClaimStoreUnavailable."""
        import obstore

        with _told_as_unavailable(name):
            try:
                obstore.delete(self._store, name)
            except FileNotFoundError as error:
                if no_bucket(error):
                    raise

    def tidy(self, name: str) -> None:
        """Remove what is left of a name whose objects were deleted: in a folder, the empty folder."""
        if self._folder is not None:
            with suppress(OSError):
                (self._folder / name).rmdir()

    def size(self, name: str) -> int | None:
        """Return an object's size in bytes, None where there is none. Raises ClaimStoreUnavailable."""
        import obstore

        with _told_as_unavailable(name):
            try:
                return int(obstore.head(self._store, name)["size"])
            except FileNotFoundError:
                return None


@contextmanager
def _told_as_unavailable(name: str) -> Iterator[None]:
    """The library's complaint in one line, without the object's name: who knows that may fetch it."""
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, FileUnusable, OSError, ValueError) as error:
        raise unavailable(error, name, _secrets()) from error


def _secrets() -> set[str]:
    """What an error of the library might quote."""
    urls = (os.environ.get(name) for name in (*_ENDPOINTS, *_PROXIES))
    keys = {os.environ.get(name, "") for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")} - {""}
    return {secret for url in urls for secret in secrets_in(url)} | keys


def _make_durable(path: Path) -> None:
    for place, flags in ((path, os.O_RDONLY), (path.parent, os.O_RDONLY | os.O_DIRECTORY)):
        handle = os.open(place, flags)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _client_options() -> ClientConfig:
    """Time for one part even on a slow line; unencrypted only where the endpoint itself is written so."""
    endpoint = next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), "")
    return {
        "connect_timeout": timedelta(seconds=5),
        "timeout": timedelta(minutes=5),
        "allow_http": endpoint.startswith("http://"),
    }


def _retry_config(retries: int) -> RetryConfig:
    return {"max_retries": retries, "retry_timeout": timedelta(minutes=1)}
