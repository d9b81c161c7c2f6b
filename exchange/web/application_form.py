"""What every form of an application is made of: who applies, the matter's own questions, and texts that can be read.

The public window asks step by step, a desk on one page; what is asked, and what is wrong with a text, is the same.
"""

from __future__ import annotations

from collections.abc import Iterable

from exchange.language import Text, Words, choose
from exchange.schemas import MatterField
from exchange.schemas.written import FaultAndRemedy, TextShape, fault_and_remedy

MOST_OF_A_LINE, MOST_OF_A_TEXT = 500, 20_000
PERSON: tuple[tuple[str, Words, Words], ...] = (
    ("name", ("姓名或单位名称", "Name of the person or organisation"), ("", "")),
    (
        "identifier",
        ("统一社会信用代码或证件号码", "Unified social credit code or number of an identity document"),
        ("", ""),
    ),
    (
        "contact",
        ("联系方式", "How you can be reached"),
        ("电话或电子邮箱", "A telephone number or mail address"),
    ),
)
"""What is asked of a person: key, label, hint."""
_YES_NO: tuple[tuple[str, Words], ...] = (("yes", ("是", "Yes")), ("no", ("否", "No")))


def anchor_of(name: str) -> str:
    """Return the id of a field's control."""
    return f"f-{name}"


def text_fault(value: str, *, required: bool, most: int = MOST_OF_A_LINE) -> FaultAndRemedy | None:
    """Return what is wrong with a text: missing, too long, or with signs that cannot be seen; None where it is good."""
    if not value.strip():
        return (Text("is missing"), Text("fill it in")) if required else None
    if len(value) > most:
        return Text("has {length} characters, {most} at most", {"length": len(value), "most": most}), Text("shorten it")
    return fault_and_remedy(value, TextShape.LINE if most <= MOST_OF_A_LINE else TextShape.TEXT)


def question_shown(field: MatterField, among: Iterable[MatterField]) -> dict[str, object]:
    """Return one of a matter's questions as a template shows it, in the language that is spoken now.

    ``among``: all of the matter, of which an earlier one may decide whether this one is asked.
    """
    return {
        "id": anchor_of(field.name),
        "label": choose(field.label.words),
        "kind": field.type.value,
        "hint": _hint(field, among),
        "required": field.required,
        "unit": field.unit,
        "choices": _choices(field),
    }


def _choices(field: MatterField) -> list[tuple[str, str]]:
    if field.type.value == "yes-no":
        return [(code, choose(words)) for code, words in _YES_NO]
    return [(choice.code, choose(choice.label.words)) for choice in field.choices]


def answer_said(field: MatterField, given: str) -> str:
    """Return an answer in the language that is spoken now: one that was chosen by its words, any other as typed."""
    return dict(_choices(field)).get(given, given)


def _hint(field: MatterField, among: Iterable[MatterField]) -> str:
    """What helps to answer, and on what earlier answer the question depends."""
    parts = [choose(field.help.words)] if field.help is not None else []
    if field.shown_if is not None:
        earlier = next(each for each in among if each.name == field.shown_if.field)
        answer = dict(_choices(earlier)).get(field.shown_if.value, field.shown_if.value)
        label = choose(earlier.label.words)
        parts.append(choose((f"仅当“{label}”为“{answer}”时填写。", f"Only where “{label}” is “{answer}”.")))
    return " ".join(parts)
