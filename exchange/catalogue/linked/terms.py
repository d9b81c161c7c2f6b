"""Namespaces and small nodes of linked data: texts with their language, identifiers, organisations, places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exchange.catalogue.procedure import Names, called
from exchange.language import Text, Words
from exchange.language.choice import Language
from exchange.schemas import Bilingual

Node = dict[str, Any]

CONTEXT: Node = {
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "schema": "http://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Prefixes; every other name in a document is written with one of them."""

_LANGUAGES = "http://publications.europa.eu/resource/authority/language"
LANGUAGES = [{"@id": f"{_LANGUAGES}/{code}", "@type": "dct:LinguisticSystem"} for code in ("ZHO", "ENG")]


def tagged(words: Words) -> list[Node]:
    """Write a text in each language that it has."""
    chinese, english = words
    found = [{"@value": chinese, "@language": "zh"}]
    return found if english == chinese else [*found, {"@value": english, "@language": "en"}]


def bilingual(text: Bilingual) -> list[Node]:
    """Write a text of a matter's."""
    return tagged(text.words)


def paragraphs(texts: Sequence[Bilingual]) -> list[Node]:
    """Write several texts of a matter's as one, a line each."""
    return tagged(("\n".join(one.zh for one in texts), "\n".join(one.words[1] for one in texts)))


def said(text: Text) -> list[Node]:
    """Write a text of ours."""
    return tagged((text.written(Language.CHINESE), text.written(Language.ENGLISH)))


def duration(value: str) -> Node:
    """Write a duration of ISO 8601."""
    return {"@value": value, "@type": "xsd:duration"}


def fragment(site: str, name: str) -> str:
    """Return the identifier of something that the page of all matters tells of."""
    return f"{site.rstrip('/')}/matters#{name}"


def organisation(site: str, names: Names, address: str) -> Node:
    """Describe a member of the domain as a public organisation."""
    words = called(names, address)
    return {
        "@id": fragment(site, address),
        "@type": ["cv:PublicOrganisation", "foaf:Agent", "schema:GovernmentOrganization"],
        "dct:identifier": address,
        "dct:title": tagged(words),
        "skos:prefLabel": tagged(words),
        "schema:name": tagged(words),
        "dct:spatial": place(site, address.rpartition(".")[0]),
    }


def place(site: str, domain: str) -> Node:
    """Describe the area of a domain."""
    return {"@id": fragment(site, domain), "@type": "dct:Location", "skos:prefLabel": domain}


def laws(basis: Sequence[str]) -> list[Node]:
    """Describe articles of laws by what they are called."""
    return [{"@type": "eli:LegalResource", "dct:title": {"@value": article, "@language": "zh"}} for article in basis]
