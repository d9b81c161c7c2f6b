"""Every error of the exchange, on one page, cut by who can act on it.

Each error carries ``code`` (stable, for machines), a message that says what is wrong, and ``remedy``: what the one
who can act should do. ``str()`` of it and ``remedy`` are English, for logs and machines; ``diagnostics()`` joins them
for people, in their language. No error ever quotes a document's content or a key.
"""

from __future__ import annotations

from exchange.language import Joined, Language, Text


class ExchangeError(Exception):
    """Root of the tree; catch this to catch everything the exchange raises on purpose."""

    code = "error"
    exit_code = 1
    remedy = ""

    def __init__(
        self, message: str | Text | Joined, /, *, remedy: str | Text | Joined = "", code: str = "", **parameters: object
    ) -> None:
        """``message`` and ``remedy`` are English templates: ``{name}`` is where the parameter of that name stands."""
        self.text = Text(message, parameters) if isinstance(message, str) else message
        super().__init__(str(self.text))
        self.remedy_text: Text | Joined = (
            remedy if not isinstance(remedy, str) else Text(remedy or type(self).remedy, parameters if remedy else {})
        )
        self.remedy = str(self.remedy_text)
        self.code = code or self.code

    def written(self, wanted: Language) -> str:
        """What is wrong, in a language."""
        return self.text.written(wanted)

    def diagnostics(self, wanted: Language = Language.ENGLISH) -> str:
        """What is wrong and what to do about it, in one paragraph; English, as records have it, or for a reader."""
        remedy = self.remedy_text.written(wanted)
        return f"{self.written(wanted)} [{self.code}]" + (f"\n  → {remedy}" if remedy else "")


# --- the caller: whoever typed the command or called the function -------------------------------------------------


class CallerError(ExchangeError):
    """The request itself must be changed by the one who made it; nothing was stored or sent."""

    code = "caller"
    exit_code = 2


class BadApplication(CallerError):
    """An application that the matter's catalogue entry does not allow (unknown matter, missing materials, size)."""

    code = "application"


class BadOpinion(CallerError):
    """An opinion outside the closed set of verdicts, or without what its verdict requires."""

    code = "opinion"


class BadConfiguration(CallerError):
    """A profile, catalogue or settings file that does not hold; names the file, the line and the field."""

    code = "configuration"
    remedy = "correct the named field and run the command again"


class BadText(CallerError):
    """Text that cannot be seen, or is not what it seems; it is not signed."""

    code = "text"
    remedy = "write it so that others see what is meant, without characters that cannot be seen"


class NotFound(CallerError):
    """A case, message or member that does not exist here."""

    code = "not-found"
    exit_code = 3


class Conflict(CallerError):
    """The record has moved on: answered already, decided already, not ours to answer."""

    code = "conflict"
    exit_code = 4


class Changed(Conflict):
    """The case is not as it was when the caller read it: somebody else has acted on it since."""

    code = "changed"
    remedy = "read the case again, and act on what it says now"


class Denied(CallerError):
    """Who asks may not do this: not signed in, or not with the role or scope it needs."""

    code = "denied"


class BadAccount(CallerError):
    """An account of the console that cannot be as asked: its name, its role or its password."""

    code = "account"


class Unauthenticated(Denied):
    """Nobody known asks: no token, or one that is unknown, over or revoked; the answer does not say which."""

    code = "unauthenticated"
    remedy = "send `Authorization: Bearer TOKEN` with a token that is in force; `exchange token list` shows them"


class TooManyRequests(CallerError):
    """Too many failed attempts from one place; ``seconds`` later the next is looked at."""

    code = "too-many-requests"
    remedy = "wait as long as Retry-After says, and correct the token meanwhile"
    seconds = 60


class BadRequest(CallerError):
    """A request to the API whose form does not hold; ``faults`` names each field (JSON pointer) and what is wrong."""

    code = "request"
    remedy = "correct the named fields; /api/v1/docs shows what an operation takes"

    def __init__(
        self,
        message: str | Text | Joined,
        /,
        *,
        faults: tuple[tuple[str, str], ...] = (),
        remedy: str | Text | Joined = "",
        code: str = "",
        **parameters: object,
    ) -> None:
        super().__init__(message, remedy=remedy, code=code, **parameters)
        self.faults = faults


class TooLarge(CallerError):
    """A request with more octets than the API takes."""

    code = "too-large"
    remedy = "leave large attachments in the claim store (`Agent.attach`) and name their claim checks"


class KeyReused(CallerError):
    """An idempotency key that came with another request before."""

    code = "idempotency-key-reused"
    remedy = "give every request a key of its own, and the same key only to its repetitions"


class Secret(CallerError):
    """A document marked secret (绝密, 机密, 秘密); an ordinary exchange must not carry it."""

    code = "secret"
    remedy = "send classified documents through the classified network, never through this exchange"


# --- the sender: whoever made a message that reached us -----------------------------------------------------------


class SenderError(ExchangeError):
    """A message that cannot be accepted as it came; only its sender can make it right."""

    code = "sender"
    exit_code = 5


class Malformed(SenderError):
    """Not an envelope, truncated, nested or sized beyond the bounds, or content outside its schema."""

    code = "malformed"
    remedy = "the sender writes the message anew, following the envelope specification"


class Unsupported(SenderError):
    """A version, algorithm, kind or critical header this exchange does not know."""

    code = "unsupported"
    remedy = "the sender uses a version and suite that the directory lists for us"


class NotForUs(SenderError):
    """Addressed or sealed to somebody else."""

    code = "not-for-us"
    remedy = "the sender looks up the addressee's current address and key in the directory and sends anew"


class Forged(SenderError):
    """A signature, a seal or the binding between them does not hold: altered, re-addressed or signed by another."""

    code = "forged"
    remedy = "treat as an attack or a defect of the sender: compare certificate, sender and header"


class Untrusted(SenderError):
    """The signer is not in the directory, revoked, outside the validity of its certificate, or not entitled."""

    code = "untrusted"
    remedy = "the sender's authority certifies it, or the directory here is brought up to date"


class WrongClock(Untrusted):
    """A moment that cannot be right by this machine's clock or by the signer's certificate: one of the clocks is wrong.

    The message names both dates. Nothing is lost: what was refused comes again once the clocks agree.
    """

    code = "clock"
    remedy = (
        "set both machines' clocks (an NTP client on each; `exchange doctor` compares this one); what was refused is "
        "then taken in when its sender sends it again, or at once by `exchange dead`"
    )


class IdReused(SenderError):
    """A message id that this sender has used before for other bytes."""

    code = "id-reused"
    remedy = "the sender gives every document an id of its own"


class BadClaim(SenderError):
    """A large attachment whose stored ciphertext is not what its claim check says; nothing of it was shown."""

    code = "claim"
    remedy = "the sender attaches the file anew and sends it in a further document; look at who may write to the store"


class ClaimMissing(BadClaim):
    """The claim store does not hold the attachment, or not all of it."""

    code = "claim-missing"
    remedy = (
        "point EXCHANGE_CLAIMS_URL at the store that the sender uses; where it is that already, "
        "the sender attaches the file anew"
    )


class ClaimTruncated(BadClaim):
    """What is stored is shorter than the claim check declares."""

    code = "claim-truncated"


class ClaimTooLarge(BadClaim):
    """What is stored is longer than the claim check declares."""

    code = "claim-too-large"


class ClaimDiffers(BadClaim):
    """What is stored was altered: a chunk does not open, or a digest is another."""

    code = "claim-differs"


class Returned(SenderError):
    """Authentic, but not acceptable: it goes back to its sender with a signed receipt naming the reason (退文)."""

    code = "returned"


# --- the operator: whoever runs this node -------------------------------------------------------------------------


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

    def __init__(self, address: str, reason: str) -> None:
        remedy = "restore it from the backup; if it is lost for good: exchange init --anew {address}"
        super().__init__(
            "the database of {address} is not there: {reason}", remedy=remedy, address=address, reason=reason
        )


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


# --- the broker ---------------------------------------------------------------------------------------------------


class BrokerError(ExchangeError):
    """The broker refused or is not there; what was written stays in the outbox and goes out when it is back."""

    code = "broker"
    exit_code = 7


class BrokerUnavailable(BrokerError):
    """No connection within the policy's patience."""

    code = "broker-unavailable"
    remedy = "start the broker (`exchange up` runs the private node), or correct EXCHANGE_BROKER_URL"


class Unroutable(BrokerError):
    """The addressee has no queue: the broker returned a mandatory message."""

    code = "unroutable"
    remedy = "provision the addressee's queues (`exchange init`), or correct the address"


class BadTopology(BrokerError):
    """A queue or exchange is missing or has other arguments than it must."""

    code = "topology"
    remedy = "run `exchange init` to declare what is missing; never delete a queue that holds messages"
