"""Vectors of papers, heads, calendars and substitutions: the product and the second reader come to the same."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.audit.heads import HeldHead, stepped_back
from exchange.clock import SteppedClock
from exchange.directory import DirectoryView, TreeView, grow, load_directory
from exchange.directory.calendars import in_force, newest, read_calendar
from exchange.directory.certificates import der
from exchange.directory.grants import Grant, Request, read_grant_paper
from exchange.directory.key_requests import OwnKeys, check_possession, read_key_request
from exchange.directory.keyfiles import lay_request
from exchange.directory.log_heads import AuditHead, read_head
from exchange.directory.substitutes import why_not
from exchange.directory.succession import read_succession
from exchange.envelope import DecryptionKey
from exchange.errors import BadDirectory, BadKeys
from exchange.runtime.calendars import keep_file, level_calendars, refused_files
from exchange.runtime.settings import Home, Settings
from exchange.schemas import Suite
from exchange.setup.key_requests import prove
from exchange.workdays import PublishedCalendar
from tests.corpus.paper_vectors import own_keys
from tests.unit import second_papers, second_reader
from tests.unit.second_checks import Refused

VECTORS = Path(__file__).parents[3] / "docs" / "vectors"
PAPERS, HEADS, CALENDARS, ACTING = (
    json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    for name in ("papers", "audit-heads", "calendars", "substitutions")
)


def certificate(printed: str) -> x509.Certificate:
    return x509.load_der_x509_certificate(bytes.fromhex(printed))


def taken(read: Callable[[], object]) -> bool:
    """Whether a reader takes what it is given: every other way out than by its refusal is a fault."""
    try:
        read()
    except (BadKeys, BadDirectory, Refused):
        return False
    return True


def named(cases: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize(
        "case", cases, ids=lambda case: f"{case.get('kind', case.get('reader', ''))} {case['name']}".strip()
    )


# --- section 7.3: papers ----------------------------------------------------------------------------------------------

AT = datetime.fromisoformat(PAPERS["read_at"])
BEFORE = bytes.fromhex(PAPERS["authority_before_certificate_der"])
AFTER = bytes.fromhex(PAPERS["authority_after_certificate_der"])
READERS: dict[str, tuple[Callable[[bytes], object], Callable[[bytes], object]]] = {
    "key-request": (
        lambda data: read_key_request(data, AT),
        lambda data: second_papers.key_request(data, AT),
    ),
    "delegation-request": (
        lambda data: read_grant_paper(data, Request),
        lambda data: second_papers.delegation(data, "delegation-request"),
    ),
    "delegation-grant": (
        lambda data: read_grant_paper(data, Grant),
        lambda data: second_papers.delegation(data, "delegation-grant"),
    ),
    "authority-succession": (
        lambda data: read_succession(data, certificate(BEFORE.hex())),
        lambda data: second_papers.succession(data, BEFORE),
    ),
}


@named(PAPERS["cases"])
def test_a_paper_is_taken_or_refused_by_both_as_the_vector_says(case: dict[str, Any]) -> None:
    data = bytes.fromhex(case["paper"])
    product, second = READERS[case["kind"]]
    said = case["outcome"] == "taken"
    assert (taken(lambda: product(data)), taken(lambda: second(data))) == (said, said)


def test_every_kind_of_paper_has_one_that_is_taken_and_many_that_are_refused() -> None:
    found = {kind: [one["outcome"] for one in PAPERS["cases"] if one["kind"] == kind] for kind in READERS}
    assert sum(map(len, found.values())) == len(PAPERS["cases"])
    assert all("taken" in one and one.count("refused") >= 8 for one in found.values())


def test_both_trust_the_authority_that_a_succession_names() -> None:
    papers = [one for one in PAPERS["cases"] if one["kind"] == "authority-succession" and one["outcome"] == "taken"]
    for data in (bytes.fromhex(one["paper"]) for one in papers):
        assert der(read_succession(data, certificate(BEFORE.hex()))) == second_papers.succession(data, BEFORE) == AFTER
    assert papers


@named(PAPERS["after_the_succession"])
def test_the_authority_before_signs_no_directory_and_its_certificates_count(case: dict[str, Any]) -> None:
    data, said = bytes.fromhex(case["directory"]), case["outcome"] == "taken"
    after, before = certificate(AFTER.hex()), certificate(BEFORE.hex())
    assert taken(lambda: load_directory(data, after, AT, 0, (before,))) is said
    assert taken(lambda: by_the_one_after(data)) is said


def by_the_one_after(data: bytes) -> None:
    """The second reader: one signed the directory, either gave the certificates."""
    authorities = [second_papers.authority_certificate(one) for one in (AFTER, BEFORE)]
    tagged = second_reader.read(data)
    if second_reader.read(tagged.content[0])[34][1] != hashlib.sha256(AFTER).digest():
        raise Refused(7, "signed by another authority")
    payload, _ = second_reader.verify(data, second_papers.key_of(authorities[0]))
    for member in json.loads(payload)["members"]:
        held = x509.load_der_x509_certificate(second_reader.octets(member["certificates"][0]))
        assert [second_papers.issued(held, one) for one in authorities] == [False, True]


HELD = PAPERS["possession"]
ASKED = bytes.fromhex(HELD["request"])
KEYS = OwnKeys(
    "p.planning",
    own_keys("p.planning").signing_key,
    tuple(DecryptionKey.restore(Suite(one["suite"]), bytes.fromhex(one["secret_key"]), AT, AT) for one in HELD["keys"]),
)


def octets(printed: dict[str, str]) -> dict[str, bytes]:
    return {kid: bytes.fromhex(one) for kid, one in printed.items()}


def opened(challenge: dict[str, bytes]) -> dict[str, bytes | None]:
    """By the second reader; None where a secret does not open, or is for another key."""
    held = {one["key_id"]: (one["suite"], bytes.fromhex(one["secret_key"])) for one in HELD["keys"]}
    return {
        kid: second_papers.opened(sealed, *held[kid], ASKED) if kid in held else None
        for kid, sealed in challenge.items()
    }


def test_what_is_sealed_to_an_encryption_key_is_opened_by_both_and_answers_for_it() -> None:
    challenge, answer = octets(HELD["challenge"]), octets(HELD["answer"])
    assert [key.kid for key in KEYS.decryption_keys] == [one["key_id"] for one in HELD["keys"]]
    assert KEYS.prove(challenge, ASKED) == opened(challenge) == answer
    assert hashlib.sha256(ASKED).hexdigest() in HELD["info"]
    check_possession(read_key_request(ASKED, AT), ASKED, answer, authority_key())


def authority_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(HELD["authority_secret_key"]))


@named(HELD["challenges"])
def test_what_is_sealed_otherwise_opens_for_nobody(case: dict[str, Any]) -> None:
    challenge = octets(case["challenge"])
    with pytest.raises(BadKeys):
        KEYS.prove(challenge, ASKED)
    assert set(opened(challenge).values()) == {None}


@named(HELD["answers"])
def test_an_answer_that_is_not_whole_proves_nothing(case: dict[str, Any]) -> None:
    answer = octets(case["answer"])
    with pytest.raises(BadKeys, match="has not shown"):
        check_possession(read_key_request(ASKED, AT), ASKED, answer, authority_key())
    assert answer != octets(HELD["answer"])


def test_the_files_of_challenge_and_proof_are_as_the_specification_says(tmp_path: Path) -> None:
    settings = Settings(tmp_path, None, None, None, SteppedClock(AT))
    lay_request(Home(tmp_path).keys("p.planning"), KEYS, ASKED)
    assert json.loads(prove(settings, HELD["challenge_file"].encode())) == json.loads(HELD["proof_file"])
    said = json.loads(HELD["challenge_file"])
    assert (said["kind"], said["request"]) == ("yizhan key challenge", hashlib.sha256(ASKED).hexdigest())
    sealed = {kid: base64.b64decode(one, validate=True) for kid, one in said["challenge"].items()}
    assert sealed == octets(HELD["challenge"])


# --- section 7.4: heads of the audit log ------------------------------------------------------------------------------


@named(HEADS["cases"])
def test_a_head_is_taken_or_not_by_both_as_the_vector_says(case: dict[str, Any]) -> None:
    data, authority = bytes.fromhex(case["head"]), HEADS["authority_certificate_der"]
    said = case["outcome"] == "taken"
    assert taken(lambda: read_head(data, certificate(authority), "p")) is said
    assert taken(lambda: second_papers.audit_head(data, "p", bytes.fromhex(authority))) is said


def held(body: AuditHead) -> HeldHead:
    return HeldHead(body.issued_at, body.entries, body.hash)


@named(HEADS["pairs"])
def test_two_heads_contradict_each_other_for_both_as_the_vector_says(case: dict[str, Any]) -> None:
    authority = HEADS["authority_certificate_der"]
    both = [bytes.fromhex(case[name]) for name in ("one", "other")]
    said = case["contradict"] == "yes"
    found = [read_head(data, certificate(authority), "p") for data in both]
    assert (stepped_back([held(body) for body in found]) is not None) is said
    one, other = (second_papers.audit_head(data, "p", bytes.fromhex(authority)) for data in both)
    assert (second_papers.contradict(one, other), second_papers.contradict(other, one)) == (said, said)


# --- section 7.5: calendars -------------------------------------------------------------------------------------------

DAY = datetime.fromisoformat(CALENDARS["read_at"])
AUTHORITIES = {domain: [bytes.fromhex(one) for one in found] for domain, found in CALENDARS["authorities"].items()}


def view(domain: str) -> DirectoryView | TreeView:
    """What a reader in a domain knows: its own directory, and the tree that it leads to."""
    directories = {name: bytes.fromhex(one) for name, one in CALENDARS["directories"].items()}
    *former, own = (x509.load_der_x509_certificate(one) for one in AUTHORITIES[domain])
    found = load_directory(directories[domain], own, DAY, 0, former)
    others = [data for name, data in directories.items() if name != domain]
    return TreeView(found, directories[domain], grow(found, der(own), others, DAY, {}), DAY)


VIEWS = {domain: view(domain) for domain in AUTHORITIES}


@named(CALENDARS["cases"])
def test_a_calendar_counts_or_not_for_both_as_the_vector_says(case: dict[str, Any], tmp_path: Path) -> None:
    data, reader = bytes.fromhex(case["calendar"]), case["reader"]
    home, said = Home(tmp_path), case["outcome"] == "taken"
    keep_file(home.calendars, "p", data)
    assert [one.data for one in level_calendars(home, VIEWS[reader])] == ([data] if said else [])
    assert len(list(refused_files(home, VIEWS[reader]))) == (not said)
    assert taken(lambda: second_papers.calendar(data, reader, AUTHORITIES)) is said


def signed(names: list[str]) -> list[bytes]:
    return [bytes.fromhex(CALENDARS["calendars"][name]) for name in names]


def second(names: list[str]) -> dict[str, second_papers.Calendar]:
    return second_papers.counting(second_papers.calendar(data, "p.q", AUTHORITIES) for data in signed(names))


@named(CALENDARS["of_several"])
def test_of_several_calendars_both_go_by_the_one_that_the_vector_says(case: dict[str, Any]) -> None:
    said = {domain: signed([name])[0] for domain, name in case["counts"].items()}
    found = newest(read_calendar(data, VIEWS["p.q"]) for data in signed(case["calendars"]))
    assert {domain: one.data for domain, one in found.items()} == said
    assert {domain: one.data for domain, one in second(case["calendars"]).items()} == said


@pytest.mark.parametrize("case", CALENDARS["days"], ids=lambda case: case["day"])
def test_a_day_is_a_working_day_for_both_as_the_vector_says(case: dict[str, Any]) -> None:
    at = date.fromisoformat(case["day"])
    found = in_force(read_calendar(data, VIEWS["p.q"]) for data in signed(case["calendars"]))
    assert isinstance(found, PublishedCalendar)
    assert second_papers.working(case["day"], second(case["calendars"])) == (case["by"], case["working_day"])
    if case["by"] is None:
        assert not found.published(at)
        return
    assert found.years[at.year][1] == case["by"]
    assert found.is_workday(at) is (case["working_day"] == "yes")


# --- section 7.6: substitutions ---------------------------------------------------------------------------------------


def directory_of(data: bytes) -> DirectoryView:
    return load_directory(data, certificate(ACTING["authority_certificate_der"]), DAY, 0)


def listed(data: bytes) -> dict[str, Any]:
    """The second reader's directory, whose substitutions hold together."""
    by = certificate(ACTING["authority_certificate_der"])
    payload, labels = second_reader.verify(data, second_papers.key_of(by))
    version = int(labels[3].rpartition("=")[2])
    return {"substitutions": second_papers.substitutions(payload, version)}


@named(ACTING["cases"])
def test_a_substitution_counts_or_not_for_both_as_the_vector_says(case: dict[str, Any]) -> None:
    data, said = bytes.fromhex(ACTING["directory"]), case["outcome"] == "counts"
    asked = case["serial"], case["substitute"], case["department"], case["matter"]
    found = why_not(directory_of(data).directory, *asked, [datetime.fromisoformat(case["at"])])
    assert (found is None) is said
    serial, substitute, department, matter = asked
    assert second_papers.counts(listed(data), serial, department, substitute, matter, case["at"]) is said


@named(ACTING["refused"])
def test_a_directory_is_refused_for_its_substitutions_by_both(case: dict[str, Any]) -> None:
    data = bytes.fromhex(case["directory"])
    with pytest.raises(BadDirectory):
        directory_of(data)
    with pytest.raises(Refused):
        listed(data)
