"""The form of a draft as it is shown, of a document, a joint one or a notice: what was typed or kept, what somebody
else has kept meanwhile, and all that stands against it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from exchange.desk.faults import FormFaults, at_fields
from exchange.desk.letters.chain import called
from exchange.desk.letters.writing.drafts import MOST_FILES, LetterDraft
from exchange.desk.letters.writing.fields import TYPED, asked_of, concerned_in
from exchange.desk.letters.writing.parties import parties
from exchange.desk.saving_texts import saving_texts
from exchange.desk.seen import expect_seen, mark_of
from exchange.desk.submitting import saves_itself
from exchange.desk.visit import DeskVisit
from exchange.language import Words
from exchange.language.names import PURPOSES, URGENCIES
from exchange.messaging.node import Step
from exchange.schemas import DocumentKind, Purpose
from exchange.schemas.base import ATTACHMENT_LIMIT

_CONCERNED = 2
"""Lines for authorities that it concerns, at least; one of them is empty always."""
Said = Callable[[DeskVisit, str], str]
"""How what a draft keeps in a field is said to people."""
Ready = Callable[[DeskVisit, Step, Mapping[str, str], Sequence[tuple[str, bytes]]], object]


def _document(visit: DeskVisit, kept: str) -> str:
    return called(visit, kept)[kept]


LETTER_SAID: Mapping[str, Said] = {
    "purpose": lambda visit, kept: visit.words(PURPOSES.get(kept, (kept, kept))),
    "urgency": lambda visit, kept: visit.words(URGENCIES.get(kept, (kept, kept))),
    "concerns": lambda _, kept: "\n".join(" · ".join(filter(None, pair)) for pair in concerned_in({"concerns": kept})),
    "answers": _document,
    "forwards": _document,
    "replaces": _document,
}
"""Of the fields that keep a code, an id or a pair; all others are said as they were typed."""


def form_shown(
    visit: DeskVisit,
    found: LetterDraft | None,
    fields: Mapping[str, str],
    *,
    labels: Mapping[str, Words],
    fewest: Mapping[str, int],
    kinds: Sequence[DocumentKind],
    often: Sequence[str],
) -> dict[str, object]:
    """Return what the form of a draft shows.

    ``fewest``: the fields of several lines, and how many each has at least; ``often``: fields that some kinds are asked
    for in front, and others have among further ones.
    """
    asked = asked_of(fields.get("kind", ""))
    more = [name for name in often if name not in asked]
    return {
        "kept": found.kept if found is not None else None,
        "files": found.files if found is not None else (),
        "labels": {name: visit.words(words) for name, words in labels.items()},
        "typed": {name: fields.get(name, "") for name in TYPED},
        "lines": {name: _lines(fields.get(name, "").splitlines(), most) for name, most in fewest.items()},
        "concerned": _lines(concerned_in(fields), _CONCERNED, ("", "")),
        "listed": parties(visit).listed,
        "asked": asked,
        "more": more,
        "filled": any(fields.get(name) for name in more),
        "kinds": [(one.value, one.value) for one in kinds],
        "purposes": [(one.value, visit.words(PURPOSES[one.value])) for one in (Purpose.ACTION, Purpose.INFORMATION)],
        "urgencies": [(code, visit.words(words)) for code, words in URGENCIES.items()],
        "most_files": MOST_FILES,
        "largest_file": ATTACHMENT_LIMIT,
        "theirs": theirs(visit, found, fields, labels),
        **saving_facts(visit, found),
        "mark": draft_mark(found),
    }


def saving_facts(visit: DeskVisit, found: LetterDraft | None) -> dict[str, object]:
    """Return what the form of a draft that keeps itself shows of that, and of where the draft stands."""
    return {
        "second_person": False,
        "saves_itself": saves_itself(found.kept if found is not None else None),
        "saving_texts": saving_texts(visit),
    }


def _lines(there: Sequence[object], fewest: int, empty: object = "") -> list[object]:
    return [*there, *[empty] * max(1, fewest - len(there))]


def theirs(
    visit: DeskVisit,
    found: LetterDraft | None,
    fields: Mapping[str, str],
    labels: Mapping[str, Words],
    said: Mapping[str, Said] = LETTER_SAID,
) -> list[tuple[str, object, str]]:
    """Return as rows what is kept otherwise than it was typed here, where an act was refused: somebody else has
    written meanwhile.
    """
    if visit.error is None or found is None or found.kept.account == visit.who:
        return []
    kept = found.kept.fields
    return [
        (visit.words(words), said[name](visit, kept[name]) if name in said else kept[name], "")
        for name, words in labels.items()
        if kept.get(name) and kept[name] != fields.get(name, "")
    ]


def checked(visit: DeskVisit, found: LetterDraft, ready: Ready) -> dict[str, object]:
    """Return all that stands against a draft as it is kept, beside its fields; nothing where nothing does."""
    try:
        with visit.node.step() as step:
            ready(visit, step, found.kept.fields, found.contents)
    except FormFaults as error:
        return {"faults": error.faults, "fault_at": at_fields(visit.say, error.faults)}
    return {}


def draft_mark(found: LetterDraft | None) -> str:
    """Return the mark that forms of a draft bear."""
    return mark_of(found.kept.revision if found is not None else 0)


def expect_draft_seen(visit: DeskVisit, found: LetterDraft | None) -> None:
    """Raise Changed where somebody else has kept, sent or thrown away the draft since its page was loaded."""
    expect_seen(visit, found.kept.revision if found is not None else 0)
