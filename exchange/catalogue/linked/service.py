"""A matter as linked data: a public service by CPSV-AP 3.2, and a GovernmentService by schema.org, in one node.

https://semiceu.github.io/CPSV-AP/releases/3.2.0/ · https://schema.org/GovernmentService
"""

from __future__ import annotations

from exchange.catalogue.as_data import page_of_matter
from exchange.catalogue.linked import terms
from exchange.catalogue.linked.datasets import MATTERS, dataset_node
from exchange.catalogue.linked.offer import offer_of
from exchange.catalogue.linked.terms import Node
from exchange.catalogue.procedure import Names, ProcedurePart, procedure_of
from exchange.catalogue.terms import as_duration, days_to_decide, working_days_text
from exchange.language import NamedText, Text
from exchange.schemas import DefaultMode, Material, Matter, PublicGuide


def matter_json_ld(matter: Matter, names: Names, site: str = "") -> Node:
    """Return a matter as a document of JSON-LD.

    ``site`` is what comes before the paths of its pages; without it identifiers are those of whatever site serves it.
    Without a guide the document says what the engine goes by, which is less than the profile wants.
    """
    page = page_of_matter(site, matter.code)
    node: Node = {
        "@context": terms.CONTEXT,
        "@id": page,
        "@type": ["cpsv:PublicService", "schema:GovernmentService"],
        "dct:identifier": matter.code,
        "dct:title": terms.tagged(matter.names),
        "dct:language": terms.LANGUAGES,
        "dct:isPartOf": dataset_node(MATTERS, matter.lead, site),
        "dct:spatial": terms.place(site, matter.lead.rpartition(".")[0]),
        "cv:hasCompetentAuthority": terms.organisation(site, names, matter.lead),
        "cv:hasLegalResource": terms.laws(matter.basis),
        "cv:processingTime": terms.duration(as_duration(days_to_decide(matter))),
        "cpsv:hasInput": [_evidence(material, page) for material in matter.materials],
        "cpsv:follows": _rules(matter, names, page),
        "cv:hasParticipation": _participations(matter, names, site, page),
    }
    if matter.guide is not None:
        node |= _guide(matter.guide, page) | offer_of(matter, matter.guide, names, site)
    return node


def _guide(guide: PublicGuide, page: str) -> Node:
    return {
        "dct:description": terms.bilingual(guide.about),
        "dcat:keyword": [{"@value": word, "@language": "zh"} for word in guide.keywords],
        "cv:thematicArea": {"@type": "skos:Concept", "skos:prefLabel": terms.bilingual(guide.theme)},
        "cv:holdsRequirement": [
            {
                "@type": "cv:Requirement",
                "dct:identifier": f"{page}#condition-{number}",
                "dct:title": terms.bilingual(condition),
            }
            for number, condition in enumerate(guide.conditions, 1)
        ],
        "cpsv:produces": {
            "@type": "cv:Output",
            "dct:identifier": f"{page}#result",
            "dct:title": terms.bilingual(guide.result),
            "dct:description": terms.bilingual(guide.validity),
        },
        "cv:hasCost": {
            "@type": "cv:Cost",
            "dct:identifier": f"{page}#fees",
            "dct:description": terms.bilingual(guide.fees),
        },
        "cv:contactPoint": {"@type": "cv:ContactPoint", "cv:telephone": guide.contact},
    }


def _evidence(material: Material, page: str) -> Node:
    node: Node = {
        "@type": "cv:Evidence",
        "dct:identifier": f"{page}#material-{material.code}",
        "dct:title": terms.tagged(material.names),
    }
    told = [text for text in (material.source, material.sample) if text is not None]
    return node | {"dct:description": terms.paragraphs(told)} if told else node


def _rules(matter: Matter, names: Names, page: str) -> list[Node]:
    """What each department's silence means, and on which rule."""
    return [_rule(part, page) for stage in procedure_of(matter, names) for part in stage.parts]


def _rule(part: ProcedurePart, page: str) -> Node:
    node: Node = {
        "@type": "cpsv:Rule",
        "dct:identifier": f"{page}#silence-{part.department}",
        "dct:title": terms.said(Text("Silence of {department}", {"department": NamedText(part.names)})),
        "dct:description": terms.said(part.silence_text),
    }
    return node if part.silence is DefaultMode.NONE else node | {"cpsv:implements": terms.laws(part.default_basis)}


def _participations(matter: Matter, names: Names, site: str, page: str) -> list[Node]:
    role = {"@type": "skos:Concept", "skos:prefLabel": terms.said(Text("consulted department"))}
    return [
        {
            "@type": "cv:Participation",
            "dct:identifier": f"{page}#part-{part.department}",
            "dct:description": terms.said(
                Text(
                    "Stage {stage}: answers within {days}",
                    {"stage": stage.number, "days": working_days_text(part.term_days)},
                )
            ),
            "cv:role": role,
            "cv:hasParticipant": terms.organisation(site, names, part.department),
        }
        for stage in procedure_of(matter, names)
        for part in stage.parts
    ]
