"""Errors of the operator, whoever runs this node: something on this machine or around it needs a hand."""

from __future__ import annotations

from exchange.errors.root import ExchangeError
from exchange.language import Text


class OperatorError(ExchangeError):
    """Something on this machine or in its surroundings needs a hand."""

    code = "operator"
    exit_code = 6


class NoDomain(OperatorError):
    """There is no domain in the folder that was named, or in the one that is taken where none is."""

    code = "no-domain"
    remedy = "`exchange init` makes one there; another folder is named by --home or EXCHANGE_HOME"


class DatabaseUnavailable(OperatorError):
    """The store cannot be reached or written."""

    code = "database"
    remedy = "check EXCHANGE_DATABASE_URL, that the server runs and that the disk has room"


class DatabaseLost(DatabaseUnavailable):
    """A member had a database, and it is not where it was. An empty one in its place would hide what that means."""

    code = "database-lost"

    def __init__(self, address: str, reason: Text) -> None:
        remedy = "restore it from the backup; if it is lost for good: exchange init --anew {address}"
        super().__init__(
            "the database of {address} is not there: {reason}", remedy=remedy, address=address, reason=reason
        )


class BadBackup(OperatorError):
    """A backup is incomplete, was changed, or cannot be put back as it was asked for; nothing was overwritten."""

    code = "backup"
    remedy = "take another backup, or check this one: exchange backup --check FOLDER"


class IdentityLost(DatabaseUnavailable):
    """Another process has claimed the identity that this one held; nothing more is written here, and it is to end."""

    code = "identity-lost"
    remedy = "nothing is lost or doubled: see which process serves it now, and let one alone serve it"


class ClaimStoreUnavailable(OperatorError):
    """The claim store cannot be reached, or refuses us; what was transferred so far is kept for the next attempt."""

    code = "claim-store"
    remedy = (
        "check EXCHANGE_CLAIMS_URL, its account and that it can be reached, then do the same again: it goes on there"
    )


class FileUnusable(OperatorError):
    """A file could not be read or written on this machine."""

    code = "file"
    remedy = "check that the path exists, may be written and has room, then do the same again: it goes on there"


class IdentityInUse(OperatorError):
    """Another process is serving under this identity."""

    code = "identity-in-use"
    remedy = "stop the other process first; one identity is served by one process"


class BadKeys(OperatorError):
    """Keys or certificates are missing, unreadable, expired or not those of the directory."""

    code = "keys"
    remedy = "restore the key folder from the backup, or have the authority certify a new key"


class TokenUnavailable(BadKeys):
    """A token that keeps a signing key cannot be used now. It may be again, without a file being changed."""

    remedy = "connect the token, or start what reaches it, then try again"


class BadDirectory(OperatorError):
    """The directory is unsigned, signed by another, expired or older than one already seen."""

    code = "directory"
    remedy = "fetch the current directory from the domain's authority"


class BadAudit(OperatorError):
    """The console's audit log is not as it was written: an entry was changed or taken out."""

    code = "audit"
    remedy = "treat as an attack: keep the database as it is, and compare it with a backup and the console's log"


class PartEnded(OperatorError):
    """A part of a served process ended though nobody had asked it to; the whole process ends with it."""

    code = "part-ended"
    exit_code = 10
    remedy = "start it again (`exchange up` does); if it comes again, see the log, which has the reason above this line"


class PaperNotDrawn(OperatorError):
    """A paper could not be drawn; the signed original is there all the same."""

    code = "paper"
    remedy = "take the signed original (.cose), and look into the log"


class FontsMissing(OperatorError):
    """Chinese cannot be drawn on this machine."""

    code = "fonts"
    remedy = "install the package fonts-noto-cjk, or name folders with fonts in EXCHANGE_PAPER_FONT_FOLDERS"
