"""What obstore complains of, as errors of ours with what to do: one table for storages, one for folders.

The library keeps what happened in its text alone. It is recognised there by what no language changes: the code that
the storage itself names, the HTTP status, the number of the operating system's error.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Set

from exchange.errors import ClaimStoreUnavailable
from exchange.language import Text, noted
from exchange.machine.urls import without

_Entry = tuple[str, str]
"""What it is, and what to do."""

_KEYS = (
    noted("the storage does not know this account or its key"),
    noted("correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_SESSION_TOKEN where there is one"),
)
_NOT_ALLOWED = (
    noted("the account may not do this there"),
    noted("have the storage's administrator let the account get, put and list in the bucket of EXCHANGE_CLAIMS_URL"),
)
_NO_BUCKET = (
    noted("there is no such bucket"),
    noted("make the bucket at AWS_ENDPOINT_URL, or correct its name in EXCHANGE_CLAIMS_URL"),
)
_REGION = (
    noted("the bucket is at another place or in another region"),
    noted("set AWS_REGION to that of the bucket, and AWS_ENDPOINT_URL to its storage"),
)
_FULL = (noted("there is no room left"), noted("make room there; what was transferred so far is kept"))
_BUSY = (
    noted("the storage has too much to do or is in trouble"),
    noted("look at the storage; it is tried again with the next use"),
)
_CLOCK = (
    noted("this machine's clock and the storage's are too far apart"),
    noted("set the clock that is wrong (an NTP client on every machine)"),
)
_NO_ACCOUNT = (noted("no account is given"), noted("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"))
_NO_HOST = (
    noted("the host's name cannot be resolved"),
    noted("correct the host in AWS_ENDPOINT_URL, or the machine's name service"),
)
_REFUSED = (
    noted("no server listens there"),
    noted("start the storage of EXCHANGE_CLAIMS_URL, or correct host and port in AWS_ENDPOINT_URL"),
)
_SILENT = (
    noted("the storage does not answer"),
    noted("check that what listens at AWS_ENDPOINT_URL is the storage, and its firewall"),
)
_TLS = (
    noted("TLS is wanted on one side and not had on the other, or the certificate is not trusted"),
    noted(
        "write AWS_ENDPOINT_URL with http:// or https:// as the storage speaks; have this machine trust its certificate"
    ),
)
_UNREACHABLE = (
    noted("the storage cannot be reached"),
    noted("check AWS_ENDPOINT_URL, the network and the proxy, if there is one"),
)
_URL = (
    noted("this is no address of a store"),
    noted("write EXCHANGE_CLAIMS_URL as s3://BUCKET or s3://BUCKET/FOLDER, or as a folder"),
)
_PERMISSION = (
    noted("the folder may not be used"),
    noted("give the folder of EXCHANGE_CLAIMS_URL, and all in it, to the user that runs the exchange"),
)
_READ_ONLY = (
    noted("its file system is read only"),
    noted("mount it for writing, or name another folder in EXCHANGE_CLAIMS_URL"),
)
_DISK = (noted("its disk cannot be read or written"), noted("look at the disk: is it gone, damaged, or a network's?"))

_CODES: dict[str, _Entry] = {
    "InvalidAccessKeyId": _KEYS,
    "SignatureDoesNotMatch": _KEYS,
    "InvalidToken": _KEYS,
    "ExpiredToken": _KEYS,
    "AccessDenied": _NOT_ALLOWED,
    "AllAccessDisabled": _NOT_ALLOWED,
    "AccountProblem": _NOT_ALLOWED,
    "NoSuchBucket": _NO_BUCKET,
    "InvalidBucketName": _NO_BUCKET,
    "PermanentRedirect": _REGION,
    "AuthorizationHeaderMalformed": _REGION,
    "IllegalLocationConstraintException": _REGION,
    "RequestTimeTooSkewed": _CLOCK,
    "XMinioStorageFull": _FULL,
    "QuotaExceeded": _FULL,
    "SlowDown": _BUSY,
    "ServiceUnavailable": _BUSY,
    "InternalError": _BUSY,
}
"""What storages that speak S3 name in their answers."""

_STATUSES: dict[int, _Entry] = {
    401: _KEYS,
    403: _NOT_ALLOWED,
    429: _BUSY,
    500: _BUSY,
    502: _BUSY,
    503: _BUSY,
    507: _FULL,
}
"""HTTP's own, where the answer names no code that is known."""

_ERRNOS: dict[int, _Entry] = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _PERMISSION,
    errno.EPERM: _PERMISSION,
    errno.EROFS: _READ_ONLY,
    errno.EIO: _DISK,
    errno.ESTALE: _DISK,
    errno.ECONNREFUSED: _REFUSED,
    errno.ETIMEDOUT: _SILENT,
    errno.EHOSTUNREACH: _UNREACHABLE,
    errno.ENETUNREACH: _UNREACHABLE,
}
"""The operating system's, of folders and of connections."""

_OF_THE_LIBRARY: tuple[tuple[str, _Entry], ...] = (
    ("169.254.169.254", _NO_ACCOUNT),  # where it looks for one that is lent to the machine
    ("BareRedirect", _REGION),
    ("dns error", _NO_HOST),
    ("InvalidCertificate", _TLS),
    ("InvalidContentType", _TLS),
    ("InvalidMessage", _TLS),
    ("TimedOut", _SILENT),
    ("kind: Timeout", _SILENT),
    ("kind: Connect", _UNREACHABLE),
    ("Unrecognised", _URL),
)
"""Names in what the library shows of itself, which are its own and in no language."""

_CODE = re.compile(r"<Code>([A-Za-z]+)</Code>")
_STATUS = re.compile(r"status code: (\d{3})\b")
_ERRNO = re.compile(r"(?:os error |\bcode: )(\d+)\b")


def unavailable(error: BaseException, name: str, secrets: Set[str]) -> ClaimStoreUnavailable:
    """Return our own error for one of obstore's, without the object's name: who knows it may fetch the object."""
    entry = entry_of(error)
    reason = without(str(error).partition("\n")[0].replace(name, "…"), set(secrets))
    if entry is None:
        return ClaimStoreUnavailable("the claim store does not answer as it should: {reason}", reason=reason)
    what, remedy = entry
    return ClaimStoreUnavailable(
        "the claim store cannot be used: {what} ({reason})", remedy=remedy, what=Text(what), reason=reason
    )


def entry_of(error: BaseException) -> _Entry | None:
    """Return what the error is and the remedy, where it is in a table."""
    said = str(error)
    if (code := _CODE.search(said)) and code[1] in _CODES:
        return _CODES[code[1]]
    for name, entry in _OF_THE_LIBRARY[:2]:
        if name in said:
            return entry
    if (status := _STATUS.search(said)) and int(status[1]) in _STATUSES:
        return _STATUSES[int(status[1])]
    numbers = [int(number) for number in _ERRNO.findall(said)]
    system = error if isinstance(error, OSError) else error.__cause__
    if isinstance(system, OSError) and system.errno is not None:
        numbers.insert(0, system.errno)
    for number in numbers:
        if number in _ERRNOS:
            return _ERRNOS[number]
    if isinstance(error, PermissionError):
        return _PERMISSION
    return next((entry for name, entry in _OF_THE_LIBRARY[2:] if name in said), None)


def no_bucket(error: BaseException) -> bool:
    """Return whether what was not found is the bucket itself, and not an object in it."""
    return entry_of(error) is _NO_BUCKET
