"""The token that asks: whose it is, and what it may."""

from __future__ import annotations

from fastapi import APIRouter

from exchange.api.door.auth import Anyone
from exchange.api.problems import documented
from exchange.api.webhooks.models import TokenOut

router = APIRouter()


@router.get(
    "/token",
    response_model=TokenOut,
    tags=["token"],
    summary="当前令牌 · The token that asks",
    description="令牌所属单位及权限。 · Whose token it is, and what it may. Scope: none.",
    responses=documented(),
)
def token(caller: Anyone) -> TokenOut:
    return TokenOut(member=caller.member, name=caller.name, scopes=caller.scopes)
