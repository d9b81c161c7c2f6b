"""Idempotency keys: the answer is kept in the transaction of its effect, and given again to the same request.

Steps of a member follow one another, so that of two at once the second waits and gets the first one's answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from fastapi import Header
from starlette.responses import Response

from exchange.clock import Clock
from exchange.errors import KeyReused
from exchange.messaging.node import Node, Step
from exchange.operations.systems.member.records import GivenAnswer
from exchange.operations.systems.member.store import GivenAnswers
from exchange.schemas import Wire

KEPT = timedelta(hours=24)
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,255}$",
        description="同一请求重发时用同一键，24 小时内只生效一次 · the same for a request's repetitions, kept for 24 h",
    ),
]


def fingerprint_of(operation: str, request: Wire) -> str:
    """Tell requests apart: the same for the same operation and content, however it was written."""
    return hashlib.sha256(f"{operation}\n{request.model_dump_json()}".encode()).hexdigest()


def once(
    node: Node, clock: Clock, key: str | None, fingerprint: str, do: Callable[[Step], Wire], status: int = 202
) -> Response:
    """Do a step and keep its answer under the key; or return the answer that was kept. Raises KeyReused."""
    now = clock.now()
    with node.step() as step:
        given = step.tx[GivenAnswers].get(key, now - KEPT) if key is not None else None
        if given is not None:
            if given.fingerprint != fingerprint:
                raise KeyReused("this idempotency key came with another request before")
            return _response(given.status, given.answer, {"idempotency-replayed": "true"})
        answer = do(step).model_dump_json().encode()
        if key is not None:
            step.tx[GivenAnswers].keep(GivenAnswer(key, fingerprint, status, answer, now), now - KEPT)
    return _response(status, answer, {})


def is_answered(node: Node, clock: Clock, key: str | None) -> bool:
    """Return whether an answer is kept under the key: what a request needs beforehand need not be made again."""
    if key is None:
        return False
    with node.store.reading() as tx:
        return tx[GivenAnswers].get(key, clock.now() - KEPT) is not None


def _response(status: int, answer: bytes, headers: dict[str, str]) -> Response:
    return Response(answer, status, headers, "application/json")
