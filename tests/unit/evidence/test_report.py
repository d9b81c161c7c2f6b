"""The page of what was found: in both languages, by itself, and whatever somebody has written is no more than text."""

from __future__ import annotations

import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from exchange.evidence.bundle.contents import BundleReader, BundleSubject, SubjectKind
from exchange.evidence.bundle.writing import write_bundle
from exchange.evidence.proof.findings import FindingCode
from exchange.evidence.proof.verifying import verify_bundle
from exchange.language import Language, speaking
from exchange.schemas import Document
from exchange.web.evidence_report import evidence_report, plainly
from tests.corpus.evidence.redacted import for_reader
from tests.corpus.evidence.town import LEAD, PaperTown, good
from tests.unit.examples import EXAMPLES
from tests.unit.facts import at

VECTORS = Path(__file__).parents[3] / "docs" / "vectors" / "evidence"
CASES: list[dict[str, Any]] = json.loads((VECTORS / "expected.json").read_text(encoding="utf-8"))["cases"]
HOSTILE = "</style></title><script>alert(1)</script><img src=x onerror=alert(2)>\"'`{{ 7*7 }}&lt;"
OWN = "90000000-0000-4000-8000-000000000000"


class _Reader(HTMLParser):
    """What a browser would make of a page: its elements, attributes, and text."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(page: str) -> _Reader:
    found = _Reader()
    found.feed(page)
    found.close()
    return found


def report(town: PaperTown, language: Language) -> str:
    data = town.bind()
    with speaking(language):
        return evidence_report(verify_bundle(data, town.kin.certificate), data, town.kin.certificate)


@cache
def _reports() -> dict[tuple[BundleReader, Language], str]:
    town, found = for_reader(BundleReader.ALL)(), {}
    for reader in (BundleReader.ALL, BundleReader.APPLICANT):
        town.reader = reader
        for language in Language:
            found[reader, language] = report(town, language)
    return found


@pytest.mark.parametrize("language", list(Language))
def test_it_is_one_page_by_itself_that_runs_and_fetches_nothing(language: Language) -> None:
    page = read(_reports()[BundleReader.ALL, language])
    assert {tag for tag, _ in page.elements} & {"script", "img", "link", "iframe", "object", "form", "base"} == set()
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")]
        assert attributes.get("href", "#") in (None, "#") or (attributes["href"] or "").startswith("#"), tag
        assert "src" not in attributes
    policy = next(each for _, each in page.elements if each.get("http-equiv") == "Content-Security-Policy")
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert "url(" not in "".join(page.text)
    assert "@import" not in "".join(page.text)


def test_it_says_what_was_found_in_the_language_that_is_spoken() -> None:
    chinese, english = (_reports()[BundleReader.ALL, one] for one in (Language.CHINESE, Language.ENGLISH))
    assert ('lang="zh-CN"' in chinese, 'lang="en"' in english) == (True, True)
    assert ("结论：全部得到证明" in chinese, "all of it is proved" in english) == (True, True)
    assert ("不早于" in chinese, "Not before" in english) == (True, True)
    assert not re.search(r"[\u4e00-\u9fff]", "".join(read(english).text).replace("驿站", "")), "no Chinese in English"


def test_what_is_withheld_stands_in_the_course_by_its_receipts_and_in_a_list_by_digest() -> None:
    page = _reports()[BundleReader.APPLICANT, Language.ENGLISH]
    assert page.count("A document that is withheld") == 2, "the opinion and the decision"
    assert "the applicant" in page
    assert "contradicts nothing, and proves nothing" in page
    left_out = re.findall(r"<code>([0-9a-f]{64})</code>", page)
    assert len(left_out) == 6 + 2, "each file, the bundle and the certificate"


@pytest.mark.parametrize("language", list(Language))
def test_a_hostile_title_is_text(language: Language) -> None:
    town = good()
    example = EXAMPLES["document"]
    assert isinstance(example, Document)
    town.sign(example.model_copy(update={"title": HOSTILE}), "police", (LEAD,), OWN, at("03-04"))
    page = read(report(town, language))
    assert HOSTILE in page.text
    assert {tag for tag, _ in page.elements} & {"script", "img"} == set()


def test_a_hostile_subject_is_text() -> None:
    town = good()
    subject = BundleSubject(kind=SubjectKind.CASE, id=HOSTILE[:64], of=LEAD)
    data = write_bundle(subject, (LEAD,), at("03-11"), town.parts.files)
    with speaking(Language.ENGLISH):
        page = read(evidence_report(verify_bundle(data, town.kin.certificate), data, town.kin.certificate))
    assert HOSTILE[:64] in page.text
    assert {tag for tag, _ in page.elements} & {"script", "img"} == set()


def test_signs_that_turn_round_what_stands_beside_them_are_seen() -> None:
    assert plainly("准予\u202e予不\u2066\x00") == "准予\ufffd予不\ufffd\ufffd"


def test_every_forgery_of_the_corpus_has_a_page() -> None:
    for name, tone in (("opinion-dropped", "bad"), ("undecided", "warn"), ("nothing", "warn")):
        case = next(one for one in CASES if one["name"] == name)
        data, authority = (VECTORS / f"{name}.zip").read_bytes(), bytes.fromhex(case["authority_certificate_der"])
        with speaking(Language.ENGLISH):
            page = evidence_report(verify_bundle(data, authority), data, authority)
        assert f'<section class="card verdict {tone}"' in page


def test_a_time_stamp_over_a_log_bounds_what_the_log_names() -> None:
    case = next(one for one in CASES if one["name"] == "stamped")
    data, authority = (VECTORS / "stamped.zip").read_bytes(), bytes.fromhex(case["authority_certificate_der"])
    stampers = [bytes.fromhex(one) for one in case["time_authority_certificates_der"]]
    found = verify_bundle(data, authority, stampers)
    named = {one.about: one.at_latest for one in found.findings if one.code is FindingCode.NAMED_BY}
    bare = {one.message_id: one.at_latest for one in verify_bundle(data, authority).timeline}
    assert named, "the log names messages"
    for one in found.timeline:
        bounds = [at for at in (bare[one.message_id], named.get(one.message_id)) if at is not None]
        assert one.at_latest == min(bounds, default=None)
