"""What a window's system does with a filing: accepts it, tells once what is missing, turns it down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Response

from exchange.api.cases.conditions import IfMatch, revisions_of
from exchange.api.content import body_of, json_of
from exchange.api.door.auth import Deciding, Shared
from exchange.api.filings.models import AcceptanceIn, FilingAccepted, FilingTold, MissingIn, RefusalIn
from exchange.api.filings.reading import OfPortal
from exchange.api.idempotency import Key, fingerprint_of, once
from exchange.api.model import ApiModel
from exchange.api.problems import documented
from exchange.approval.acceptance.officers import (
    accept_filing_in,
    expect_filing_revision,
    refuse_in,
    tell_incomplete_in,
)
from exchange.approval.filings.states import FilingState
from exchange.messaging.node import Step
from exchange.schemas import AcceptanceOutcome, FilingNumber

router = APIRouter(tags=["window"])
Handler = Callable[..., Response]


def on_filing(
    path: str, body: type[ApiModel], answer: type[ApiModel], summary: str, description: str
) -> Callable[[Handler], Handler]:
    """Declare what is done to a filing: carried out (202), and documented, alike for all."""
    return router.post(
        f"/filings/{{number}}/{path}",
        status_code=202,
        response_model=answer,
        summary=summary,
        description=description,
        responses=documented(404, 409, 412, 413, 415),
        openapi_extra=body_of(body),
    )


@on_filing(
    "acceptance",
    AcceptanceIn,
    FilingAccepted,
    "受理 · Accept a filing",
    "材料齐全即受理，或对可容缺的材料容缺受理；自材料齐全之日起算。 · What is complete, or lacks only what the matter "
    "lets be handed in later (`promised`); from the day on which it came. Opens the case. Scope: decide.",
)
def accept_filing(
    caller: Deciding,
    api: Shared,
    number: FilingNumber,
    asked: Annotated[AcceptanceIn, json_of(AcceptanceIn)],
    portal: OfPortal = None,
    key: Key = None,
    if_match: IfMatch = None,
) -> Response:
    def do(step: Step) -> FilingAccepted:
        _expect(step, number, portal, if_match)
        case = accept_filing_in(step, number, asked.officer, promised=asked.promised, portal=portal)
        return FilingAccepted(number=number, state=FilingState.ACCEPTED, case_number=case)

    return once(api.member(caller.member).node, api.clock, key, _print("accept", number, portal, asked), do)


@on_filing(
    "missing",
    MissingIn,
    FilingTold,
    "一次告知补正 · Tell what is missing",
    "五个工作日内一次告知需要补正的全部内容；不得第二次告知。 · Within five working days, once, and all of it together "
    "(article 32); a second time is refused. Scope: decide.",
)
def tell_missing(
    caller: Deciding,
    api: Shared,
    number: FilingNumber,
    asked: Annotated[MissingIn, json_of(MissingIn)],
    portal: OfPortal = None,
    key: Key = None,
    if_match: IfMatch = None,
) -> Response:
    def do(step: Step) -> FilingTold:
        _expect(step, number, portal, if_match)
        told = tell_incomplete_in(step, number, asked.missing, asked.officer, portal=portal)
        return FilingTold(
            number=number, state=FilingState.INCOMPLETE, outcome=AcceptanceOutcome.INCOMPLETE, message_id=told
        )

    return once(api.member(caller.member).node, api.clock, key, _print("missing", number, portal, asked), do)


@on_filing(
    "refusal",
    RefusalIn,
    FilingTold,
    "不予受理 · Turn a filing down",
    "不需许可、不属本机关职权，或补正后仍不齐全；须说明理由，并告知救济途径。 "
    "· No licence is needed, another authority is competent, or it was told what is "
    "missing and stays incomplete; with reasons. Scope: decide.",
)
def refuse_filing(
    caller: Deciding,
    api: Shared,
    number: FilingNumber,
    asked: Annotated[RefusalIn, json_of(RefusalIn)],
    portal: OfPortal = None,
    key: Key = None,
    if_match: IfMatch = None,
) -> Response:
    def do(step: Step) -> FilingTold:
        _expect(step, number, portal, if_match)
        said, competent = (asked.outcome, asked.reasons, asked.officer), asked.competent_body
        told = refuse_in(step, number, *said, competent_body=competent, portal=portal)
        return FilingTold(number=number, state=FilingState.NOT_ACCEPTED, outcome=asked.outcome, message_id=told)

    return once(api.member(caller.member).node, api.clock, key, _print("refuse", number, portal, asked), do)


def _expect(step: Step, number: str, portal: str | None, if_match: str | None) -> None:
    known = revisions_of(if_match)
    if known is not None:
        expect_filing_revision(step, number, known, portal)


def _print(act: str, number: str, portal: str | None, asked: ApiModel) -> str:
    return fingerprint_of(f"{act} filing {portal or ''} {number}", asked)
