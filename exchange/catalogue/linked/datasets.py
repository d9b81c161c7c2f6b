"""The catalogue of matters, and registers beside it, as datasets by DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from exchange.catalogue.as_data import page_of_matter
from exchange.catalogue.linked import terms
from exchange.catalogue.linked.terms import Node
from exchange.catalogue.procedure import Names, called
from exchange.language import NamedText, Text, Words
from exchange.schemas import Matter

_MEDIA_TYPES = "https://www.iana.org/assignments/media-types"
_GOVERNMENT = {"@id": "http://publications.europa.eu/resource/authority/data-theme/GOVE"}


@dataclass(frozen=True)
class OpenData:
    """Something that the public gets as a whole: where it lies, what it is, and in which files."""

    name: str
    path: str
    """Of its page, from the root of the site."""
    title: Text
    about: Text
    files: Mapping[str, str]
    """Paths of its files, by their media types."""


MATTERS = OpenData(
    "matters",
    "/matters",
    Text("Matters that can be applied for"),
    Text("Every matter: conditions, legal basis, materials, procedure, terms, fees, and what silence means."),
    {"application/json": "/matters.json", "application/ld+json": "/matters.jsonld"},
)
"""The catalogue itself."""


def catalogue_json_ld(
    matters: Iterable[Matter], names: Names, publisher: str, site: str = "", others: Sequence[OpenData] = ()
) -> Node:
    """Describe a site's open data: the matters that are published, each by its page, and the other datasets."""
    published = [matter for matter in matters if matter.guide is not None]
    return {
        "@context": terms.CONTEXT,
        "@id": terms.fragment(site, "catalogue"),
        "@type": "dcat:Catalog",
        "dct:title": terms.said(Text("Open data of {publisher}", {"publisher": _named(names, publisher)})),
        "dct:description": terms.said(MATTERS.about),
        "dct:language": terms.LANGUAGES,
        "dct:publisher": terms.organisation(site, names, publisher),
        "dct:hasPart": [
            {"@id": page_of_matter(site, matter.code), "dct:title": terms.tagged(matter.names)} for matter in published
        ],
        "dcat:dataset": [_with_files(one, publisher, site) for one in (MATTERS, *others)],
    }


def _named(names: Names, address: str) -> NamedText:
    words: Words = called(names, address)
    return NamedText(words)


def dataset_node(data: OpenData, publisher: str, site: str) -> Node:
    """Say what a dataset is and whose; its publisher is described where it is told of first."""
    return {
        "@id": terms.fragment(site, f"dataset-{data.name}"),
        "@type": "dcat:Dataset",
        "dct:identifier": data.name,
        "dct:title": terms.said(data.title),
        "dct:description": terms.said(data.about),
        "dct:publisher": {"@id": terms.fragment(site, publisher)},
    }


def _with_files(data: OpenData, publisher: str, site: str) -> Node:
    root = site.rstrip("/")
    return dataset_node(data, publisher, site) | {
        "dct:language": terms.LANGUAGES,
        "dcat:theme": _GOVERNMENT,
        "dcat:landingPage": {"@id": f"{root}{data.path}", "@type": "foaf:Document"},
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dct:title": terms.said(data.title),
                "dcat:accessURL": {"@id": f"{root}{data.path}"},
                "dcat:downloadURL": {"@id": f"{root}{path}"},
                "dcat:mediaType": {"@id": f"{_MEDIA_TYPES}/{media_type}"},
            }
            for media_type, path in data.files.items()
        ],
    }
