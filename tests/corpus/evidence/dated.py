"""What members date otherwise than it was, and what logs that were there by then say to it."""

from __future__ import annotations

from datetime import date, timedelta

from exchange.schemas import Acceptance, ReceiptOutcome, Role, Standing, Verdict
from exchange.schemas.filings.acceptance import AcceptanceOutcome
from tests.corpus.evidence.forged import OTHER, RECALL, decided
from tests.corpus.evidence.town import (
    ASKED,
    DEEMED,
    LEAD,
    NUMBER,
    OPINION,
    POLICE,
    ROLES,
    TRANSPORT,
    PaperTown,
    answered,
    good,
    silent,
    usual,
)
from tests.corpus.kin import Kin
from tests.unit.examples import EXAMPLES
from tests.unit.facts import at

PORTAL, FILING = "c.portal", "b0000000-0000-4000-8000-000000000000"


def acceptance_dated_back() -> PaperTown:
    """The window lets the case be accepted from before the applicant had filed it."""
    town = PaperTown(kin=Kin("c", {**ROLES, "portal": Role.PORTAL}))
    town.sign(EXAMPLES["filing"], "portal", (LEAD,), FILING, at("03-02", "08:00"))
    said = {
        "case_number": NUMBER, "filing_id": FILING, "accepted_from": at("02-25"), "decide_by": at("03-25"),
        "outcome": AcceptanceOutcome.ACCEPTED, "at": at("03-02", "08:30"),
    }  # fmt: skip
    example = EXAMPLES["acceptance"].model_dump()
    body = Acceptance(**{name: value for name, value in example.items() if name in Acceptance.model_fields} | said)
    town.sign(body, "window", (PORTAL,), RECALL, at("03-02", "08:30"))
    _, transport = usual(town)
    answered(town)
    silent(town, transport)
    return decided(town)


def decision_says_earlier() -> PaperTown:
    """The window says in its decision that it has decided days before it signed it."""
    town = PaperTown()
    _, transport = usual(town)
    answered(town)
    silent(town, transport)
    town.decide(
        town.considered(POLICE, Standing.ANSWERED, OPINION), town.considered(TRANSPORT, Standing.DEEMED, DEEMED),
        decided_at=at("03-08"),
    )  # fmt: skip
    town.vouch()
    return town


def answered_before_asked() -> PaperTown:
    """An opinion is older than the request that it answers."""
    town = PaperTown()
    _, transport = usual(town)
    signed = town.opinion(POLICE, Verdict.AGREE, at("03-01"), decided_on=date(2026, 3, 1))
    town.receipt(signed, OPINION, POLICE, LEAD, at("03-04"))
    silent(town, transport)
    return decided(town)


def receipt_denied() -> PaperTown:
    """A department that has signed for the request signs, when its term is over, that it sent it back."""
    town = good()
    town.receipt(asked_in(town), ASKED, LEAD, TRANSPORT, at("03-10"), outcome=ReceiptOutcome.RETURNED,
                 reason_code="not-yours", reason="未曾收到")  # fmt: skip
    return town


def logged() -> PaperTown:
    """The police's log names their opinion by its bytes, and bounds its time."""
    town = good()
    town.log("police", ("received", "opinion"), messages={0: ASKED, 1: OPINION})
    return town


def logged_other_bytes() -> PaperTown:
    """Whoever has stolen the police's key has signed another opinion under the id, and the window plays along."""
    town = good()
    town.log("police", ("received", "opinion"), messages={1: OPINION}, digests={1: bytes(32)})
    return town


def dated_after_its_log() -> PaperTown:
    """An opinion is dated after the police's own log, which the window has countersigned, had named it."""
    town = good()
    late = at("03-10", "10:00") + timedelta(hours=1)
    signed = town.opinion(POLICE, Verdict.AGREE, late, OTHER)
    town.log("window", ("submitted", "opinion", "deemed", "decided"), messages={1: OTHER})
    town.receipt(signed, OTHER, POLICE, LEAD, late)
    return town


def not_asked() -> PaperTown:
    """A monitor counts the silence of somebody to whom no request went."""
    town = PaperTown(kin=Kin("c", {**ROLES, "fire": Role.DEPARTMENT}))
    _, transport = usual(town)
    answered(town)
    silent(town, transport)
    nobody = town.considered("c.fire", Standing.DEEMED, RECALL)
    town.deem(town.state("c.fire", None), (), at("03-10", "00:01"), message_id=RECALL)
    town.decide(
        town.considered(POLICE, Standing.ANSWERED, OPINION), town.considered(TRANSPORT, Standing.DEEMED, DEEMED), nobody
    )  # fmt: skip
    town.vouch()
    return town


def asked_in(town: PaperTown) -> bytes:
    """The request that is in a bundle."""
    return next(data for data in town.parts.files.values() if b"vnd.yizhan.consultation+json" in data)
