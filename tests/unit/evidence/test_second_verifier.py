"""The second verifier, docs/verifier, comes to the same as the product's: on the corpus, and whatever is taken out."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import runpy
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.approval.rules.deadline import reckon
from exchange.audit.timestamps.tokens import check_stamps, read_stamp
from exchange.clock import CST
from exchange.errors import BadBundle
from exchange.evidence.bundle.events_file import EVENTS
from exchange.evidence.proof.events import with_events
from exchange.evidence.proof.findings import Weight
from exchange.evidence.proof.verifying import verify_bundle
from exchange.schemas import EntryKind, LedgerEntry, Term
from exchange.workdays import ChinaCalendar

DOCS = Path(__file__).parents[3] / "docs"
VECTORS = DOCS / "vectors" / "evidence"
SOURCE = DOCS / "verifier" / "verify_case.py"
CASES: list[dict[str, Any]] = json.loads((VECTORS / "expected.json").read_text(encoding="utf-8"))["cases"]
AUTHORITY = bytes.fromhex(CASES[0]["authority_certificate_der"])
MOST_LINES, TOGETHER, WIDEST = 400, 725, 120

Outcome = tuple[str, list[str]]


def _files(name: str) -> dict[str, bytes]:
    with zipfile.ZipFile(VECTORS / f"{name}.zip") as archive:
        return {path: archive.read(path) for path in archive.namelist()}


STAMPED = _files("stamped")
KNOWN = _files("good").get("workdays.json")
"""The working days that a reader knows by itself: what the corpus says of them may be false."""


def _stampers(case: dict[str, Any]) -> list[bytes]:
    return [bytes.fromhex(one) for one in case["time_authority_certificates_der"]]


def _by_second(second: Any, bundle: bytes, authority: bytes, stampers: Sequence[bytes] = ()) -> Outcome:
    conclusion, findings, _ = second.verify(bundle, authority, KNOWN, stampers)
    return conclusion, sorted({code for code, _, _ in findings if second.WEIGHTS.get(code) != "proved"})


def _by_product(bundle: bytes, authority: bytes, stampers: Sequence[bytes] = ()) -> Outcome:
    found = verify_bundle(bundle, authority, stampers)
    return found.conclusion.value, sorted({one.code.value for one in found.findings if one.weight is not Weight.PROVED})


@pytest.mark.parametrize("case", CASES, ids=[one["name"] for one in CASES])
def test_a_second_reader_finds_the_same(second: Any, case: dict[str, Any]) -> None:
    bundle, authority = (VECTORS / f"{case['name']}.zip").read_bytes(), bytes.fromhex(case["authority_certificate_der"])
    assert _by_second(second, bundle, authority, _stampers(case)) == (case["conclusion"], case["codes"])


@pytest.mark.parametrize(
    ("name", "where"),
    [("good", ""), ("log-witnessed", "log/"), ("log-restored", "log/"), ("stamped", "log/"),
     ("log-two-histories", "log/"), ("events-listed", "evidence")],
)  # fmt: skip
def test_whatever_is_taken_out_both_find_the_same(second: Any, name: str, where: str) -> None:
    [case] = [one for one in CASES if one["name"] == name]
    authority, files = bytes.fromhex(case["authority_certificate_der"]), _files(name)
    taken = [path for path in files if path not in ("bundle.json", "workdays.json") and "directories" not in path]
    taken = [path for path in taken if path.startswith(where)]
    assert len(taken) > (0 if where == "evidence" else 5)
    for path in taken:
        bundle = _bound({at: data for at, data in files.items() if at != path}, again=path != EVENTS)
        found = _by_second(second, bundle, authority, _stampers(case))
        assert found == _by_product(bundle, authority, _stampers(case)), path


@settings(max_examples=15)
@given(st.data())
def test_whatever_bit_of_a_signed_file_is_flipped_both_conclude_the_same(second: Any, data: st.DataObject) -> None:
    """Somebody who knows how bundles are written changes a file, and what the index says of it."""
    [case] = [one for one in CASES if one["name"] == "stamped"]
    files, authority = dict(STAMPED), bytes.fromhex(case["authority_certificate_der"])
    path = data.draw(st.sampled_from([one for one in files if one.endswith(".cose")]))
    place = data.draw(st.integers(0, len(files[path]) * 8 - 1))
    changed = bytearray(files.pop(path))
    was, changed[place // 8] = hashlib.sha256(changed).hexdigest(), changed[place // 8] ^ 1 << place % 8
    digest = hashlib.sha256(changed).hexdigest()
    named = path.replace(was, digest) if path.startswith(("documents/", "enclosures/")) else path
    index = json.loads(files["bundle.json"])
    for one in index["files"]:
        if one["path"] == path:
            one.update(path=named, sha256=digest)
    bundle = _bound({**files, named: bytes(changed), "bundle.json": json.dumps(index).encode()}, again=False)
    try:
        ours = _by_product(bundle, authority, _stampers(case))
    except BadBundle:
        ours = "no-bundle", []
    assert _by_second(second, bundle, authority, _stampers(case)) == ours


STRINGS = (12, 19, 22)
"""Tags of the parts of names, which are the same where they say the same."""


def _tags(data: bytes, at: int, end: int) -> Iterator[int]:
    """Where the tags of DER stand, but those of strings."""
    while at < end:
        start = at + 2 + max(data[at + 1] - 128, 0)
        size = int.from_bytes(data[at + 2 : start], "big") if start > at + 2 else data[at + 1]
        if data[at] not in STRINGS:
            yield at
        if data[at] & 32:
            yield from _tags(data, start, start + size)
        at = start + size


@pytest.mark.parametrize("name", ["stamped", "stamped-with-chain"])
def test_a_time_stamp_of_other_tags_is_none_to_either(second: Any, name: str) -> None:
    """The same content under another tag of DER says something else, or nothing."""
    files, read = _files(name), sys.modules["verify_logs"].token
    path, other = next(path for path in files if "/stamps/" in path), (2, 4, 5, 6, 12, 24, 48, 49, 160, 161)
    token, head = files[path], files[path.replace("stamps", "heads").replace("tsr", "cose")]
    assert read(token, head)[0] == read_stamp(token).at
    places = list(_tags(token, 0, len(token)))
    assert len(places) > 70
    refused = 0
    for place in places:
        for tag in {*other, token[place] ^ 32, token[place] ^ 64} - {token[place]}:
            changed = token[:place] + bytes([tag]) + token[place + 1 :]
            ours = _reads(lambda changed: check_stamps(read_stamp(changed), head), changed)
            assert ours == _reads(lambda changed: read(changed, head), changed), (place, token[place], tag)
            refused += not ours
    assert refused > len(places) * 8


def _reads(read: Callable[[bytes], object], data: bytes) -> bool:
    try:
        read(data)
    except Exception:
        return False
    return True


def test_a_bundle_that_is_about_no_case_is_not_judged(second: Any) -> None:
    bundle = _bound(
        _files("good"), {"kind": "document", "of": "c.police", "id": "20000000-0000-4000-8000-000000000000"}
    )
    conclusion, findings, why = second.verify(bundle, AUTHORITY)
    assert (conclusion, findings) == ("no-bundle", [])
    assert "no case" in why


def _bound(files: dict[str, bytes], subject: dict[str, str] | None = None, *, again: bool = True) -> bytes:
    """Files as a bundle whose index names those that are there; ``again``: and whose list the events they carry."""
    index = json.loads(files["bundle.json"])
    files = with_events(files) if again else files
    index["files"] = [one for one in index["files"] if one["path"] in files]
    for listed in (one for one in index["files"] if one["path"] == EVENTS):
        listed.update(sha256=hashlib.sha256(files[EVENTS]).hexdigest(), size=len(files[EVENTS]))
    index["subject"] = subject or index["subject"]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**files, "bundle.json": json.dumps(index, ensure_ascii=False).encode()}.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr, entry.compress_type = 3, 0o100644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "change", "why"),
    [
        ("good", lambda data: data + b"\0", "another form"),
        ("good", lambda data: data[:-1], "zip"),
        ("good", lambda data: b"\0" + data, "another form"),
        ("good", lambda data: data.replace(b"bundle.json", b"bundle.jso\\"), "a name"),
        ("good", lambda data: data[:60] + bytes([data[60] ^ 1]) + data[61:], ""),
        ("nothing", lambda data: b"", "zip"),
    ],
)
def test_what_is_no_bundle_is_not_read(second: Any, name: str, change: Any, why: str) -> None:
    bundle = change((VECTORS / f"{name}.zip").read_bytes())
    conclusion, findings, said = second.verify(bundle, AUTHORITY)
    assert (conclusion, findings) == ("no-bundle", [])
    assert why in said


def test_terms_are_reckoned_alike(second: Any) -> None:
    """Stops that overlap, are ended early or by whom they do not belong to, extensions, new beginnings, fixed ends."""
    calendar = second.Calendar([], {"2026": _year(2026)}, {})
    start = datetime(2026, 2, 9, 17, 30, tzinfo=CST)
    ledgers = [
        [("start", 0, None, "c.window")],
        [("start", 0, None, "c.window"), ("stop", 3, 4, "c.police"), ("stop", 5, 8, "c.window")],
        [("start", 0, None, "c.window"), ("stop", 1, 9, "c.window"), ("resume", 4, None, "c.police")],
        [("start", 0, None, "c.window"), ("stop", 1, None, "c.window"), ("resume", 21, None, "c.window")],
        [("start", 0, None, "c.window"), ("stop", 1, None, "c.window")],
        [("start", 0, None, "c.window"), ("extend", 2, 7, "c.window"), ("stop", 3, 2, "c.police"),
         ("restart", 6, None, "c.window")],
    ]  # fmt: skip
    for entries in ledgers:
        ledger = [_entry(start + timedelta(days=days), kind, length, by) for kind, days, length, by in entries]
        terms = (Term(days=10), Term(fixed=start + timedelta(days=14)))
        for term in terms if len(ledger) == 1 else terms[:1]:
            mine = reckon(term, ledger, ChinaCalendar(), "c.police")
            said = {"term": json.loads(term.as_json()), "ledger": [json.loads(one.as_json()) for one in ledger]}
            began, due, _ = calendar.term(said, "c.police", None)
            assert (began, due) == (mine.started_at, mine.due_at), said
    said["term"] = json.loads(terms[1].as_json())
    with pytest.raises(ValueError, match="not reckoned here"):
        calendar.term(said, "c.police", None)


def _entry(at: datetime, kind: str, days: int | None, by: str) -> LedgerEntry:
    return LedgerEntry(kind=EntryKind(kind), at=at, days=days, reason="because", basis=("42",), actor=by)


def _year(year: int) -> dict[str, list[str]]:
    package = ChinaCalendar()
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    other = [day for day in days if package.is_workday(day) is not (day.weekday() < 5)]
    return {"holidays": [str(day) for day in other if day.weekday() < 5],
            "makeup_days": [str(day) for day in other if day.weekday() >= 5]}  # fmt: skip


@pytest.mark.parametrize(("name", "status"), [("good", 0), ("undecided", 3), ("opinion-dropped", 4), ("none", 5)])
def test_its_command_says_what_it_found(
    name: str, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing = {"conclusion": "no-bundle", "codes": [], "authority_certificate_der": AUTHORITY.hex()}
    case = next((case for case in CASES if case["name"] == name), nothing)
    authority = tmp_path / "authority.der"
    authority.write_bytes(bytes.fromhex(case["authority_certificate_der"]))
    bundle = authority if case is nothing else VECTORS / f"{name}.zip"
    monkeypatch.setattr(sys, "argv", [str(SOURCE), str(bundle), str(authority)])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(SOURCE), run_name="__main__")
    assert ended.value.code == status
    told = [line.split()[:2] for line in capsys.readouterr().out.splitlines()]
    assert told[-1][0] == case["conclusion"]
    assert {code for weight, code in told[:-1] if weight != "proved"} == set(case["codes"])


def test_it_has_nothing_of_the_exchange_and_stays_short() -> None:
    """Whoever checks it reads each of its files in one sitting, and needs no other code of ours."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(SOURCE.parent.glob("*.py"))]
    nodes = [node for text in texts for node in ast.walk(ast.parse(text))]
    named = {one.name for node in nodes if isinstance(node, ast.Import) for one in node.names}
    named |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    others = {name.partition(".")[0] for name in named} - set(sys.stdlib_module_names)
    assert others <= {"cbor2", "cryptography"} | {path.stem for path in SOURCE.parent.glob("*.py")}
    lines = [text.splitlines() for text in texts]
    assert max(map(len, lines)) <= MOST_LINES
    assert sum(map(len, lines)) <= TOGETHER
    assert max(len(line) for each in lines for line in each) <= WIDEST
