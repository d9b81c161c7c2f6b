"""What the models of the API share: closed, strict, an example each, problems as RFC 9457 has them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from exchange.schemas import Wire
from exchange.schemas.base import ATTACHMENT_LIMIT

EXAMPLE_ID = "0d5a3c1e-8f4b-4c53-9f0e-2b7a6d1c9e11"


EXAMPLE_AT = "2026-03-02T09:00:00+08:00"


Base64 = Annotated[str, StringConstraints(max_length=(ATTACHMENT_LIMIT + 2) // 3 * 4)]
"""Bytes in base64 (RFC 4648, section 4), with padding."""


AnyBase64 = Annotated[str, Field(json_schema_extra={"contentEncoding": "base64"})]


Some = Annotated[int, Field(ge=1, le=100)]


def example(value: dict[str, Any]) -> ConfigDict:
    """Return a model's configuration with an example in its schema."""
    return ConfigDict(json_schema_extra={"examples": [value]})


class ApiModel(Wire):
    """What all of them share: the text under a field is its meaning in the OpenAPI document."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class InvalidField(ApiModel):
    """One field that is invalid. 不符合要求的字段。"""

    pointer: str
    """Where: a JSON pointer (RFC 6901) into the body, or the parameter."""
    detail: str
    remedy: str | None = None
    """What to do about this one, where it has a remedy of its own. 处理办法。"""
    field: str | None = None
    """The field of the matter's form that it is about. 表单字段。"""
    material: str | None = None
    """The code of the material that it is about. 材料代码。"""
    detail_zh: str | None = None
    remedy_zh: str | None = None


class Problem(ApiModel):
    """What is wrong and what to do about it (RFC 9457). 问题详情：错误与处理办法。"""

    model_config = example(
        {
            "type": "/api/v1/docs#problem-conflict",
            "title": "Conflict",
            "status": 409,
            "code": "conflict",
            "detail": "case HEFEI-2026-000001 is decided",
            "remedy": "a decision is made once",
            "errors": [],
        }
    )

    type: str
    title: str
    status: int
    code: str
    """Stable; for programs."""
    detail: str
    remedy: str
    """What the one who can act should do."""
    errors: tuple[InvalidField, ...] = ()
    detail_zh: str | None = None
    """The detail in Chinese, where Accept-Language asks for it. 中文说明。"""
    remedy_zh: str | None = None
    """What to do, in Chinese, where Accept-Language asks for it. 中文处理办法。"""
