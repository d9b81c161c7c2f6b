"""Licence information between departments: a query to a window, and the answers that have come."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from exchange.api.content import body_of, json_of
from exchange.api.door.auth import Reading, Sending, Shared
from exchange.api.idempotency import Key, fingerprint_of, once
from exchange.api.model import EXAMPLE_ID, ApiModel, example
from exchange.api.problems import documented
from exchange.licences.asking import AnsweredQuery, QueryWanted, answers, ask_in
from exchange.messaging.node import Step
from exchange.schemas import LicenceAnswer, LicenceNumber
from exchange.schemas.base import Address, CaseNumber, Line, MessageId

router = APIRouter(tags=["licences"])


class LicenceQueryIn(ApiModel):
    """Licence information is asked for, by a number or a holder's code, one of the two. 许可信息查询。"""

    model_config = example(
        {"holder": "91340100MA2RTLCW7X", "purpose": "核实是否已取得占道许可", "basis": ["行政许可法第三十三条"]}
    )

    number: LicenceNumber | None = None
    holder: Line | None = None
    """The holder's code or number, in full or as the public register shows it. 持有人代码。"""
    purpose: Annotated[str, Field(min_length=1, max_length=2_000)]
    """What it is needed for; on record at the window, with who asked, and the holder may read it. 用途，持有人可见。"""
    basis: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]
    """The law that lets you ask. 依据。"""
    case_number: CaseNumber | None = None
    untold: Line | None = None
    """Why the holder is not told of it: the rule that says so. 不告知持有人的依据。"""
    window: Address | None = None
    """Which window is asked; the only one of the domain where none is named. 窗口。"""


class LicenceQueryMade(ApiModel):
    """It is signed, on record, and on its way to the window. 已发出。"""

    model_config = example({"query": EXAMPLE_ID})

    query: MessageId


class LicenceAnswerOut(ApiModel):
    """A window's answer, with the id by which an opinion may name it. 许可信息答复。"""

    model_config = example(
        {
            "message_id": EXAMPLE_ID,
            "window": "hefei.window",
            "answer": {
                "query_id": EXAMPLE_ID,
                "number": "HEFEI-WORKS-2026-00001",
                "result": "none",
                "at": "2026-03-02T09:00:00+08:00",
            },
        }
    )

    message_id: MessageId
    window: Address
    answer: LicenceAnswer


class LicenceAnswersOut(ApiModel):
    """The latest answers, newest first. 最近的答复。"""

    model_config = example({"answers": []})

    answers: tuple[LicenceAnswerOut, ...]


@router.post(
    "/licence-queries",
    status_code=202,
    response_model=LicenceQueryMade,
    summary="查询许可信息 · Ask for licence information",
    description="向窗口查询许可登记；用途和依据必填，并在窗口留档。 · A window answers by itself, signed, "
    "from its register (article 33). Scope: send.",
    responses=documented(404, 409, 413, 415),
    openapi_extra=body_of(LicenceQueryIn),
)
def ask_for_licences(
    caller: Sending, api: Shared, asked: Annotated[LicenceQueryIn, json_of(LicenceQueryIn)], key: Key = None
) -> Response:
    wanted = QueryWanted(asked.purpose, asked.basis, asked.number, asked.holder, asked.case_number, asked.untold)

    def do(step: Step) -> LicenceQueryMade:
        return LicenceQueryMade(query=ask_in(step, wanted, asked.window))

    mark = fingerprint_of("licence-query", asked)
    return once(api.member(caller.member).node, api.clock, key, mark, do)


@router.get(
    "/licence-answers",
    response_model=LicenceAnswersOut,
    summary="许可信息答复 · Answers about licences",
    description="窗口的签名答复，最近的在前；可只看对一次查询的答复。 · The windows' signed answers, the latest "
    "in front; `query` shows those to one query. Scope: read.",
    responses=documented(),
)
def licence_answers(
    caller: Reading, api: Shared, query: Annotated[MessageId | None, Query(description="Of which query.")] = None
) -> LicenceAnswersOut:
    found = answers(api.member(caller.member).node, query)
    return LicenceAnswersOut(answers=tuple(map(_answer, found)))


def _answer(one: AnsweredQuery) -> LicenceAnswerOut:
    return LicenceAnswerOut(message_id=one.message_id, window=one.window, answer=one.answer)
