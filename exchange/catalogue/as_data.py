"""A matter as JSON: all that the public is told of it (Administrative License Law, article 30; its 72(1) if not)."""

from __future__ import annotations

from typing import Any

from exchange.catalogue.procedure import Names, ProcedurePart, called, completion_text, procedure_of
from exchange.catalogue.silence import exclusion_text, start_text
from exchange.catalogue.terms import days_to_decide, longest_extension, not_counted
from exchange.language import Text, Words
from exchange.language.choice import Language
from exchange.schemas import AcceptanceMode, Bilingual, Material, Matter, MatterField, PublicGuide

ACCEPTED_WITHIN = 5
"""Working days within which an officer tells whether anything is missing (article 32)."""
DELIVERED_WITHIN = 10
"""Working days from the decision within which the licence is handed out (article 44)."""


def page_of_matter(site: str, code: str) -> str:
    """Return the address of a matter's page; ``site`` is what comes before the path, empty for one on any site."""
    return f"{site.rstrip('/')}/matters/{code}"


def summary_data(matter: Matter, site: str = "") -> dict[str, Any]:
    """Return what a list of matters says of one."""
    data: dict[str, Any] = {
        "code": matter.code,
        "version": matter.version,
        "url": page_of_matter(site, matter.code),
        "name": words_data(matter.names),
        "working_days": days_to_decide(matter),
    }
    if matter.guide is not None:
        data["theme"] = bilingual_data(matter.guide.theme)
        data["about"] = bilingual_data(matter.guide.about)
    return data


def matter_data(matter: Matter, names: Names, site: str = "") -> dict[str, Any]:
    """Return a matter as data; without a guide, what the engine goes by."""
    data = summary_data(matter, site) | {
        "basis": list(matter.basis),
        "authority": _member(names, matter.lead),
        "acceptance": _acceptance(matter),
        "terms": _terms(matter),
        "materials": [_material(material) for material in matter.materials],
        "form": [_field(field) for field in matter.fields],
        "procedure": _procedure(matter, names),
    }
    return data if matter.guide is None else data | _guide(matter.guide)


def words_data(words: Words) -> dict[str, str]:
    """Return a name by its languages."""
    return {"zh": words[0], "en": words[1]}


def bilingual_data(text: Bilingual) -> dict[str, str]:
    """Return a text by the languages that it has."""
    return {"zh": text.zh, **({"en": text.en} if text.en else {})}


def text_data(text: Text) -> dict[str, str]:
    """Return a text of ours in both languages."""
    return {"zh": text.written(Language.CHINESE), "en": text.written(Language.ENGLISH)}


def _member(names: Names, address: str) -> dict[str, Any]:
    return {"address": address, "name": words_data(called(names, address))}


def _acceptance(matter: Matter) -> dict[str, Any]:
    if matter.acceptance is AcceptanceMode.AUTOMATIC:
        return {"mode": matter.acceptance.value}
    return {"mode": matter.acceptance.value, "within_working_days": ACCEPTED_WITHIN}


def _terms(matter: Matter) -> dict[str, Any]:
    return {
        "statutory_working_days": matter.decision_days,
        "promised_working_days": matter.promised_days,
        "delivery_working_days": DELIVERED_WITHIN,
        "longest_extension_working_days": longest_extension(matter),
        "not_counted": [kind.value for kind in not_counted(matter)],
    }


def _material(material: Material) -> dict[str, Any]:
    data: dict[str, Any] = {
        "code": material.code,
        "name": words_data(material.names),
        "required": material.required,
        "most_files": material.files,
    }
    if material.source is not None:
        data["source"] = bilingual_data(material.source)
    if material.sample is not None:
        data["sample"] = bilingual_data(material.sample)
    if material.promise_days is not None:
        data["promised_within_working_days"] = material.promise_days
    return data


def _field(field: MatterField) -> dict[str, Any]:
    data: dict[str, Any] = {
        "name": field.name,
        "label": bilingual_data(field.label),
        "type": field.type.value,
        "required": field.required,
    }
    texts = {"topic": field.topic, "help": field.help}
    data |= {key: bilingual_data(text) for key, text in texts.items() if text is not None}
    data |= {key: value for key in ("unit", "minimum", "maximum") if (value := getattr(field, key)) not in (None, "")}
    if field.choices:
        data["choices"] = [{"code": one.code, "label": bilingual_data(one.label)} for one in field.choices]
    if field.shown_if is not None:
        data["shown_if"] = {"field": field.shown_if.field, "value": field.shown_if.value}
    return data


def _procedure(matter: Matter, names: Names) -> dict[str, Any]:
    excluded = exclusion_text(matter)
    return {
        "completion": matter.completion.value,
        "quorum": matter.quorum,
        "hearing": matter.hearing.value,
        "completion_text": text_data(completion_text(matter)),
        "term_starts": matter.start.value,
        "term_starts_text": text_data(start_text(matter)),
        "silence_excluded": [reason.value for reason in matter.exclusions],
        "silence_excluded_text": None if excluded is None else text_data(excluded),
        "effect_delay_working_days": matter.effect_delay_days,
        "stages": [
            {"stage": stage.number, "departments": [_part(part, matter) for part in stage.parts]}
            for stage in procedure_of(matter, names)
        ],
    }


def _part(part: ProcedurePart, matter: Matter) -> dict[str, Any]:
    own = next(one for one in matter.approvers if one.department == part.department)
    return {
        "address": part.department,
        "name": words_data(part.names),
        "working_days": part.term_days,
        "after": list(own.after),
        "veto": part.veto,
        "silence": part.silence.value,
        "silence_text": text_data(part.silence_text),
        "silence_basis": list(part.default_basis),
        "opinion_visible": {"what": own.visible.sees.value, "since": own.visible.since.value},
    }


def _guide(guide: PublicGuide) -> dict[str, Any]:
    return {
        "applicants": [bilingual_data(one) for one in guide.applicants],
        "conditions": [bilingual_data(one) for one in guide.conditions],
        "number_of_licences": None if guide.quota is None else bilingual_data(guide.quota),
        "fees": bilingual_data(guide.fees),
        "result": bilingual_data(guide.result),
        "validity": bilingual_data(guide.validity),
        "remedies": [bilingual_data(one) for one in guide.remedies],
        "place": bilingual_data(guide.place),
        "contact": guide.contact,
        "complaints": guide.complaints,
        "keywords": list(guide.keywords),
    }
