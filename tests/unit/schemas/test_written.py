"""Text that is written now can be seen and is what it seems; what was signed before is still read."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Any, get_args, get_origin

import pytest

from exchange.documents.rules.numbers import parse_number
from exchange.envelope.written import OWN_FIELDS, OWN_WORDS, check_own_words
from exchange.errors import BadText, CallerError
from exchange.messaging.rules.wording import check_reason
from exchange.schemas import (
    MESSAGES,
    Application,
    Body,
    CaseClosed,
    Document,
    DocumentNumber,
    EntryKind,
    JointEnded,
    JointEnding,
    LedgerEntry,
    OrderNumber,
    RequestForwarded,
    TermNotice,
    Wire,
)
from exchange.schemas.written import TextShape, fault_of, is_visible, shape_of
from tests.unit.examples import DOCUMENT

BLANK = [
    " ",
    "\t",
    "\u00a0",
    "\u3000",
    "\u00ad",
    "\u034f",
    "\u115f",
    "\u180e",
    "\u200b",
    "\u200d",
    "\u2028",
    "\u202e",
    "\u2060",
    "\u2800",
    "\u3164",
    "\ufe00",
    "\ufe0f",
    "\ufeff",
    "\uffa0",
    "\x00",
    "\x1b",
    "\ud800",
    "\ue000",
    "\ufffe",
    "\u0301",
    "\U000e0001",
    "\U000e0100",
    "\u200b \u3000\n",
]
NEVER = {
    "a\x1b[2J": "control",
    "a\x00": "control",
    "a\u202eb": "turns",
    "a\u2066b": "turns",
    "a\ud800": "half",
    "a\ue000": "private",
    "a\ufffe": "no character",
    "a\u0378": "no character",
}
NOT_IN_A_LINE = {
    "a\nb": "line end",
    "a\tb": "line end",
    "a\u200bb": "seen",
    "a\ufeffb": "seen",
    "a\u3164b": "seen",
    "a\u00adb": "seen",
    "\ufe0fa": "seen",
    "a\u200d\u200db": "seen",
}
FINE = [
    "热电公司",
    "张工（代）",
    "葛\U000e0100城",
    "👩\u200d💻 办",
    "❤\ufe0f",
    "-",
    "…",
    "𠮷\U0002ebf0",
    "ئۇيغۇر",
    "ᠮᠣᠩᠭᠣᠯ\u180e",
    "é e\u0301",
]


@pytest.mark.parametrize("text", BLANK)
def test_what_nobody_can_see_is_no_text(text: str) -> None:
    assert not is_visible(text)
    assert fault_of(text, TextShape.LINE)
    assert fault_of(text, TextShape.TEXT)


@pytest.mark.parametrize("text", FINE)
def test_what_people_write_is_fine(text: str) -> None:
    assert fault_of(text, TextShape.LINE) == ""
    assert fault_of(f"{text}\n\t{text}\r\n", TextShape.TEXT) == ""


@pytest.mark.parametrize(("text", "fault"), NEVER.items())
def test_what_would_mislead_stands_in_no_text(text: str, fault: str) -> None:
    assert fault in fault_of(text, TextShape.TEXT)
    assert fault in fault_of(text, TextShape.LINE)


@pytest.mark.parametrize(("text", "fault"), NOT_IN_A_LINE.items())
def test_a_line_is_one_line_of_what_can_be_seen(text: str, fault: str) -> None:
    assert fault in fault_of(text, TextShape.LINE)


def test_a_fault_names_its_place_and_never_quotes_the_text() -> None:
    fault = fault_of("机密内容\u202e", TextShape.TEXT)
    assert "U+202E" in fault
    assert "character 5" in fault
    assert "机密" not in fault


@pytest.mark.parametrize("blank", ["\u200b", " ", "\u3164"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "{}"),
        ("issuer", "{}"),
        ("body", "{}"),
        ("signatory", "{}"),
        ("addressees", ("规划局", "{}")),
        ("attachment_note", ("{}",)),
        ("notes", "{}"),
        ("number", DocumentNumber.model_construct(agency="合{}办", year=2026, serial=1)),
    ],
)
def test_no_field_of_a_document_is_signed_blank(blank: str, field: str, value: Any) -> None:
    written = DOCUMENT.model_copy(update={field: _filled(value, blank)})
    with pytest.raises(BadText, match=field):
        check_own_words(written)


def _filled(value: Any, blank: str) -> Any:
    if isinstance(value, DocumentNumber):
        return value.model_copy(update={"agency": f"合{blank.strip() or chr(0x200B)}办"})
    return tuple(_filled(one, blank) for one in value) if isinstance(value, tuple) else value.format(blank)


def test_what_was_signed_before_is_read_as_it_was() -> None:
    old = DOCUMENT.model_copy(update={"title": "\u200b"})
    assert Document.model_validate_json(old.model_dump_json()) == old


REPEATED = {
    "acceptance.basis",
    "acceptance.remedies",
    "acceptance.statement",
    "case-progress.explanation",
    "case-progress.moved",
    "case-progress.parts",
    "decision-served.basis",
    "decision-served.conditions",
    "decision-served.reasons",
    "decision-served.remedies",
    "filing.declaration",
    "licence.authority",
    "licence.authority_en",
    "licence.basis",
    "licence.conditions",
    "licence.holder",
    "licence.matter_name",
    "licence.matter_name_en",
    "filing-receipt.files",
    "hearing-notice.basis",
    "matter-figures.departments",
    "hearing-record.file",
    "case-term.refused",
    "clearance.results",
    "consultation.application",
    "consultation.basis",
    "consultation.departments",
    "consultation.document",
    "consultation.matter_name",
    "consultation.matter_version",
    "deadline-notice.deadlines",
    "deemed-consent.calendar",
    "deemed-consent.state",
    "deemed-consent.statement",
    "default-notice.basis",
    "default-notice.obstacles",
    "escalation.obstacles",
    "escalation.remarks",
    "escalation.state",
    "form-aggregate.rows",
    "licence-answer.holder",
    "licence-answer.licences",
    "licence-answer.reason",
    "non-delivery.reason",
    "receipts-shown.tally",
    "supplement-invitation.basis",
    "supplement-invitation.name",
    "supplement-invitation.name_en",
    "supplement-invitation.reasons",
    "supplement-invitation.statement",
    "supplement-invitation.wanted",
    "term-notice.refused",
    "tacit-authorisation.basis",
    "tacit-authorisation.statement",
    "tally.returned",
}
"""Fields of text that say again what was written and looked at elsewhere: by others, in the catalogue, in the code."""


def _fields(model: type[Wire]) -> set[str]:
    """The fields of a message that hold text of people's at any depth."""
    return {name for name in model.model_fields if _holds_text(model, name)}


def _holds_text(model: type[Wire], name: str) -> bool:
    narrowed = [rules for field, rules in _texts(model, set(), only=name)]
    return any(shape_of(rules) is not None for rules in narrowed)


def test_every_field_of_text_is_its_signers_words_or_repeats_others() -> None:
    """A new field is put into one of them by somebody who has thought about it."""
    texts = {f"{kind}.{name}" for kind, model in MESSAGES.items() for name in _fields(model)}
    own = {f"{model.KIND}.{name}" for model in OWN_WORDS for name in _fields(model)}
    own |= {f"{model.KIND}.{name}" for model, names in OWN_FIELDS.items() for name in names}
    assert own | REPEATED == texts
    assert not own & REPEATED
    assert not OWN_WORDS & set(OWN_FIELDS)


NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ENTRY = LedgerEntry(kind=EntryKind.EXTEND, at=NOW, days=2, reason="{}", basis=("第四十二条",), actor="t.window")


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (CaseClosed, {"reason": "{}"}),
        (RequestForwarded, {"opinion": "{}"}),
        (JointEnded, {"reasons": "{}", "ending": JointEnding.WITHDRAWN}),
        (TermNotice, {"entry": ENTRY, "department": "t.fire"}),
        (TermNotice, {"entry": ENTRY.model_copy(update={"reason": "复杂", "basis": ("{}",)}), "department": "t.fire"}),
    ],
)
def test_own_words_within_a_message_that_repeats_others_are_looked_at(
    model: type[Body], fields: dict[str, Any]
) -> None:
    check_own_words(model.model_construct(**_put(fields, "因故")))
    for blank in ("\u200b", "\u3164", "a\u202eb"):
        with pytest.raises(BadText, match=next(iter(fields))):
            check_own_words(model.model_construct(**_put(fields, blank)))


def test_what_a_department_has_ordered_itself_is_told_to_it_in_its_own_words() -> None:
    entry = ENTRY.model_copy(update={"reason": "a\u202eb", "actor": "t.fire"})
    check_own_words(TermNotice.model_construct(entry=entry, department="t.fire"))
    with pytest.raises(BadText, match="entry"):
        check_own_words(TermNotice.model_construct(entry=entry, department="t.police"))


def _put(value: Any, text: str) -> Any:
    if isinstance(value, dict):
        return {name: _put(one, text) for name, one in value.items()}
    if isinstance(value, LedgerEntry):
        return value.model_copy(update=_put(dict(value), text))
    if isinstance(value, tuple):
        return tuple(_put(one, text) for one in value)
    return text if value == "{}" else value


def test_a_refusal_of_anothers_is_passed_on_as_it_was_signed() -> None:
    """The lead cannot change the words, and all who were asked have to hear that nothing goes out."""
    check_own_words(JointEnded.model_construct(reasons="\u200b", ending=JointEnding.REFUSED))


def _texts(model: type[Wire], seen: set[type[Wire]], only: str | None = None) -> list[tuple[str, Any]]:
    """Every text below a model, or below one of its fields: its field, and what constrains it."""
    found: list[tuple[str, Any]] = []
    if model in seen:
        return found
    seen.add(model)

    def walk(name: str, annotation: Any, rules: tuple[Any, ...]) -> None:
        if hasattr(annotation, "__metadata__"):
            walk(name, get_args(annotation)[0], (*annotation.__metadata__, *rules))
        elif annotation is str:
            found.append((f"{model.__name__}.{name}", rules))
        elif isinstance(annotation, type) and issubclass(annotation, Wire):
            found.extend(_texts(annotation, seen))
        elif get_origin(annotation) is not None:
            for one in get_args(annotation):
                walk(name, one, ())

    for name, field in model.model_fields.items():
        if only in (None, name):
            walk(name, field.annotation, tuple(field.metadata))
    return found


@pytest.mark.parametrize("model", [*sorted(OWN_WORDS, key=lambda one: one.KIND), Application])
def test_every_text_of_such_a_message_is_looked_at_or_kept_to_its_letters(model: type[Body]) -> None:
    texts = _texts(model, set())
    assert texts
    for name, rules in texts:
        patterns = [one for one in rules if getattr(one, "pattern", None) is not None]
        assert rules, f"{name} is text without any bound"
        assert shape_of(rules) is not None or patterns, name


def test_reasons_that_must_be_given_are_visible() -> None:
    for blank in ("", " ", "\u200b", "\u3164"):
        with pytest.raises(CallerError, match="a reason is needed"):
            check_reason(blank, "a reason is needed", "say why")
    with pytest.raises(BadText):
        check_reason("because\u202e", "a reason is needed", "say why")
    assert check_reason(" because ", "", "") == "because"


@pytest.mark.parametrize(
    "text",
    ["合政办\u200b〔2026〕3号", "合政办〔２０２６〕３号", "合政\ufe00办[2026]3号", "\ufeff合政办（2026）\u20603号"],
)
def test_a_number_is_read_as_it_looks(text: str) -> None:
    assert str(parse_number(text)) == "合政办〔2026〕3号"


@pytest.mark.parametrize(
    "text",
    [
        "公告2026年第14号",
        "国家税务总局公告2019年第14号",
        "商务部 海关总署公告2023年第23号",
        "通告第3号",
        "交通运输部令2019年第5号",
        "公报２０２６年第 1 号",
    ],
)
def test_numbers_of_announcements_are_numbers_of_version_4(text: str) -> None:
    number = parse_number(text)
    assert str(number) == "".join(unicodedata.normalize("NFKC", text).split())
    document = DOCUMENT.model_copy(update={"number": number})
    assert document.written_version == 4
    assert Document.model_validate_json(document.model_dump_json()) == document


def test_other_numbers_stay_what_they_were() -> None:
    assert isinstance(parse_number("国令第707号"), OrderNumber)
    assert isinstance(parse_number("财税公告〔2019〕3号"), DocumentNumber)
    assert DOCUMENT.written_version < 4
    for text in ("公告2026年第014号", "公告2026年14号", "公告26年第14号", "第14号", "2026年第14号"):
        with pytest.raises(CallerError):
            parse_number(text)
