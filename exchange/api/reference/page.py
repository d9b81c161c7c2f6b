"""The page about the API, made from its OpenAPI document: readable without any script."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from exchange import errors
from exchange.api.problems import status_of
from exchange.api.reference.shapes import named, shapes
from exchange.language import Language
from exchange.web import render


def docs_page(document: Mapping[str, Any], language: Language) -> str:
    """Return the page's HTML in a language."""
    english = language is Language.ENGLISH
    context = {
        "language": language.value,
        "say": lambda chinese, said: said if english else chinese,
        "operations": [_localised(one, english) for one in operations(document)],
        "shapes": shapes(document),
        "problems": list(problems()),
    }
    return render.page("api.html", context)


def operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every operation as the page shows it."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield {
                "method": method.upper(),
                "path": document["servers"][0]["url"] + path,
                "anchor": operation["operationId"],
                "summary": operation["summary"],
                "description": operation["description"],
                "parameters": [
                    (one["name"], one["in"], one.get("required", False), one.get("description", ""))
                    for one in operation.get("parameters", ())
                ],
                "takes": named(operation.get("requestBody", {}).get("content", {})),
                "answers": [_answer(status, answer) for status, answer in operation["responses"].items()],
            }


def problems() -> Iterator[tuple[str, int, str]]:
    """Yield the codes of the error tree that callers can get, with their status and meaning."""
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, errors.CallerError | errors.SenderError):
            about = inspect.getdoc(kind) or ""
            yield kind.code, status_of(kind("")), about.split("\n\n")[0].replace("\n", " ")


def _localised(operation: dict[str, Any], english: bool) -> dict[str, Any]:
    """One of the two languages that stand beside each other in the document."""

    def pick(text: str) -> str:
        chinese, between, said = text.partition(" · ")
        return said if english and between else chinese

    parameters = [(name, place, required, pick(about)) for name, place, required, about in operation["parameters"]]
    answers = [
        {**one, "headers": [(name, pick(about)) for name, about in one["headers"]]} for one in operation["answers"]
    ]
    return {
        **operation,
        "answers": answers,
        "summary": pick(operation["summary"]),
        "description": pick(operation["description"]),
        "parameters": parameters,
    }


def _answer(status: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer: its status and that in words, the shape of its content, its headers, and whether it is a good one."""
    return {
        "status": status,
        "phrase": answer["description"],
        "shape": named(answer.get("content", {})),
        "headers": [(name, said["description"]) for name, said in answer.get("headers", {}).items()],
        "good": status < "300",
    }
