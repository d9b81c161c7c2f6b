"""Errors of the sender, whoever made a message that reached us: only the sender can make it right."""

from __future__ import annotations

from exchange.errors.root import ExchangeError


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
    """A signature, a seal or the binding between them does not verify: altered, re-addressed or signed by another."""

    code = "forged"
    remedy = "treat as an attack or a defect of the sender: compare certificate, sender and header"


class BroughtByAnother(Forged):
    """An account brought what it may not bring: of another signer, or nobody knows whose account it was.

    To others it is forged like anything else; here it is told apart since its signature may verify.
    """


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


class Implausible(SenderError):
    """A moment that its signer cannot be right about: of the future, or before what it speaks of."""

    code = "implausible-time"
    remedy = "the sender corrects the date, or sets its clock (an NTP client), and sends it anew"


class Withheld(SenderError):
    """It came after its signer's certificate had ended, and nothing but its own date says that it is older."""

    code = "withheld"
    remedy = (
        "two people decide: `exchange dead --propose-release ID --reason ...` takes it in by its time of arrival, "
        "`--propose-discard` refuses it, and another account confirms; until then no silence counts against its sender"
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


class Early(SenderError):
    """It speaks of a message that has not come yet. It waits here, without a receipt, until that has come."""

    code = "early"
    remedy = "nothing: it is taken in once what it follows has come; until then its sender sends it again"


class BadBundle(SenderError):
    """A bundle of evidence that is none, that others would read otherwise, or that rests on no trusted authority."""

    code = "bundle"
    remedy = "ask whoever made it for the file as it was made"
