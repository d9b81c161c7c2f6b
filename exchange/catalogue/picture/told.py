"""What the picture shows, in sentences: for those who hear it instead of seeing it."""

from __future__ import annotations

from exchange.catalogue.procedure import Names, ProcedurePart, completion_text, procedure_of
from exchange.catalogue.silence import exclusion_text, start_text
from exchange.catalogue.terms import working_days_text
from exchange.language import Listed, NamedText, Text
from exchange.language.choice import Language
from exchange.schemas import Matter


def title_of(matter: Matter) -> Text:
    """Say what the picture is of."""
    return Text("Procedure: {matter_named}", {"matter_named": NamedText(matter.names)})


def description_of(matter: Matter, names: Names, wanted: Language) -> str:
    """Tell the whole procedure: stages, departments, terms, who waits for whom, and what silence means."""
    told = [_of(part, stage.number) for stage in procedure_of(matter, names) for part in stage.parts]
    excluded = exclusion_text(matter)
    told += [start_text(matter), completion_text(matter), *([excluded] if excluded else [])]
    return " ".join(text.written(wanted) for text in told)


def _of(part: ProcedurePart, stage: int) -> Text:
    facts: dict[str, object] = {
        "stage": stage,
        "department": NamedText(part.names),
        "days": working_days_text(part.term_days),
        "silence": part.silence_text,
    }
    if not part.waits_for:
        return Text("Stage {stage}: {department}, {days}. {silence}", facts)
    facts["departments"] = Listed(tuple(map(NamedText, part.waits_for)))
    return Text("Stage {stage}: {department}, {days}, after the result of {departments}. {silence}", facts)
