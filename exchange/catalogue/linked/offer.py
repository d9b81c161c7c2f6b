"""What search engines read of a matter: the words of schema.org's GovernmentService."""

from __future__ import annotations

from exchange.catalogue.as_data import page_of_matter
from exchange.catalogue.linked import terms
from exchange.catalogue.linked.terms import Node
from exchange.catalogue.procedure import Names
from exchange.catalogue.terms import as_duration, days_to_decide
from exchange.schemas import Matter, PublicGuide


def offer_of(matter: Matter, guide: PublicGuide, names: Names, site: str) -> Node:
    """Return what schema.org says of a service: who provides it to whom, by which channel, and what it gives."""
    page = page_of_matter(site, matter.code)
    return {
        "schema:url": {"@id": page},
        "schema:name": terms.tagged(matter.names),
        "schema:description": terms.bilingual(guide.about),
        "schema:serviceType": terms.bilingual(guide.theme),
        "schema:provider": {"@id": terms.organisation(site, names, matter.lead)["@id"]},
        "schema:areaServed": matter.lead.rpartition(".")[0],
        "schema:termsOfService": {"@id": page},
        "schema:audience": {
            "@type": "schema:Audience",
            "schema:audienceType": terms.paragraphs(guide.applicants),
        },
        "schema:serviceOutput": {
            "@type": "schema:GovernmentPermit",
            "schema:name": terms.bilingual(guide.result),
            "schema:description": terms.bilingual(guide.validity),
        },
        "schema:availableChannel": {
            "@type": "schema:ServiceChannel",
            "schema:serviceUrl": {"@id": page},
            "schema:servicePhone": {"@type": "schema:ContactPoint", "schema:telephone": guide.contact},
            "schema:serviceLocation": {"@type": "schema:Place", "schema:description": terms.bilingual(guide.place)},
            "schema:availableLanguage": ["zh", "en"],
            "schema:processingTime": {
                "@type": "schema:Duration",
                "@value": as_duration(days_to_decide(matter)),
            },
        },
    }
