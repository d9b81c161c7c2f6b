"""Errors of the caller, whoever typed the command or called the function: the request itself must change."""

from __future__ import annotations

from exchange.errors.root import ExchangeError
from exchange.language import Joined, Text


class CallerError(ExchangeError):
    """The request itself must be changed by the one who made it; nothing was stored or sent."""

    code = "caller"
    exit_code = 2


class BadApplication(CallerError):
    """An application that the matter's catalogue entry does not allow (unknown matter, missing materials, size)."""

    code = "application"


class BadAcceptance(CallerError):
    """What is said of a filing is none of the outcomes of article 32, or lacks what its outcome requires."""

    code = "acceptance"


class BadHearing(CallerError):
    """A hearing that the law does not let be held so: too soon, too late, or chaired by its own reviewer."""

    code = "hearing"


class BadOpinion(CallerError):
    """An opinion outside the closed set of verdicts, or without what its verdict requires."""

    code = "opinion"


class BadConfiguration(CallerError):
    """A profile, catalogue or settings file that is invalid; names the file, the line and the field."""

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


class ClockBehind(Conflict):
    """This machine's clock has gone back behind what is answered: so dated, its receiver would send the answer back."""

    code = "clock-behind"
    remedy = "set this machine's clock (an NTP client), and do it again"


class Denied(CallerError):
    """Who asks may not do this: not signed in, or not with the role or scope it needs."""

    code = "denied"


class BadFile(CallerError):
    """A file of an applicant that cannot be taken: its name, its size or what it is."""

    code = "upload"


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


class IntakeStopped(CallerError):
    """No new business is taken in for now; ``seconds`` later it is worth trying again. Nothing was kept of this."""

    code = "intake-stopped"
    exit_code = 6
    remedy = (
        "try again later; nothing of this was kept, what was accepted before goes on, and it opens by itself. "
        "Operators: `exchange doctor`"
    )

    def __init__(self, message: str | Text | Joined, seconds: int = 60, **parameters: object) -> None:
        super().__init__(message, **parameters)  # type: ignore[arg-type]
        self.seconds = seconds


class MisdirectedRequest(CallerError):
    """A request for another host than this one: a stranger's page, or a name that nobody told the server of."""

    code = "host"
    remedy = (
        "open it by its address, or by a name in EXCHANGE_CONSOLE_HOSTS or, for the public window, in "
        "EXCHANGE_WINDOW_HOSTS (names with commas between them)"
    )


class BadRequest(CallerError):
    """A request to the API whose form is invalid; ``faults`` names each field (JSON pointer) and what is wrong."""

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
