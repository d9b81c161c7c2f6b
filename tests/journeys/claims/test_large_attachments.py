"""Large attachments from one department to another: attached, sent, fetched by library and command, refused if bad."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from exchange.agent import Agent
from exchange.errors import ClaimMissing
from exchange.schemas import ClaimCheck, Document, DocumentKind, DocumentNumber
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain, run

pytestmark = pytest.mark.broker

LARGE = 20_000_000
LETTER = """
number = "合规发〔2026〕1号"
kind = "函"
issuer = "规划局"
title = "关于报送测绘成果的函"
body = "成果见附件。"
attachments = ["note.txt", "survey.zip"]
"""


def report(*claims: ClaimCheck) -> Document:
    return Document(
        number=DocumentNumber(agency="合规发", year=2026, serial=1),
        kind=DocumentKind.LETTER,
        issuer="规划局",
        title="关于报送测绘成果的函",
        body="成果见附件。",
        claims=claims,
        date=None,
    )


def survey(folder: Path) -> Path:
    """A file of 20 MB of which no two chunks are alike."""
    path = folder / "survey.zip"
    path.write_bytes(b"".join(hashlib.sha256(index.to_bytes(4)).digest() * 1000 for index in range(LARGE // 32_000)))
    return path


def test_a_large_file_arrives_with_its_document_and_is_saved_by_the_command(
    city: ProcessDomain, tmp_path: Path
) -> None:
    home, path, transport = city.settings.home, survey(tmp_path), city.address("transport")
    with Agent.open(city.address("planning"), home) as sender, Agent.open(transport, home) as receiver:
        sent = sender.send(report(sender.attach(path)), [transport])
        (received,) = receiver.receive(wait=30)
        assert isinstance(received.body, Document)
        (claim,) = received.body.claims
        fetched = receiver.fetch(claim, tmp_path / "by-library.zip")
        assert fetched.read_bytes() == path.read_bytes()

    folder = tmp_path / "saved"
    for _ in range(2):
        told = run(city, "show", sent, "--as", transport, "--save", str(folder)).stderr
        assert str(folder / "survey.zip") in told.replace("\n", "")
        assert [one.name for one in folder.iterdir()] == ["survey.zip"]
    assert (folder / "survey.zip").read_bytes() == path.read_bytes()
    (folder / "survey.zip").write_bytes(b"another file of that name")
    run(city, "show", sent, "--as", transport, "--save", str(folder))
    assert sorted(one.stat().st_size for one in folder.iterdir()) == [25, path.stat().st_size]


def test_what_is_shown_of_a_claim_holds_no_key(city: ProcessDomain, tmp_path: Path) -> None:
    with Agent.open(city.address("planning"), city.settings.home) as sender:
        claim = sender.attach(survey(tmp_path))
        sent = sender.send(report(claim), [city.address("transport")])
    planning = city.address("planning")
    key = json.loads(claim.model_dump_json())["content_key"]
    for words in (["show", sent, "--as", planning], ["show", sent, "--as", planning, "--json"]):
        shown = run(city, *words).stdout
        assert "survey.zip" in shown
        assert key not in shown
        assert "content_key" not in shown


def test_a_file_that_is_not_in_the_store_is_told_and_the_rest_is_kept(city: ProcessDomain, tmp_path: Path) -> None:
    planning = city.address("planning")
    (tmp_path / "b.txt").write_bytes(b"a small one")
    with Agent.open(planning, city.settings.home) as sender:
        there, gone = sender.attach(tmp_path / "b.txt"), sender.attach(survey(tmp_path))
        (city.settings.home / "claims" / gone.object_key / "00001").unlink()
        with pytest.raises(ClaimMissing):
            sender.fetch(gone, tmp_path / "here.zip")
        sent = sender.send(report(there, gone), [city.address("transport")])
    folder = tmp_path / "saved"
    told = run(city, "show", sent, "--as", planning, "--save", str(folder), code=5).stderr
    assert "claim-missing" in told
    assert "EXCHANGE_CLAIMS_URL" in told
    assert "b.txt" in told
    assert not (folder / "survey.zip").exists()
    assert (folder / "b.txt").read_bytes() == b"a small one"


def test_a_document_file_names_large_and_small_ones_beside_it_and_one_command_sends_all(
    city: ProcessDomain, tmp_path: Path
) -> None:
    (tmp_path / "note.txt").write_bytes(b"a small one")
    path, planning, transport = survey(tmp_path), city.address("planning"), city.address("transport")
    file = tmp_path / "letter.toml"
    file.write_text(LETTER, encoding="utf-8")
    city.serve("planning")
    city.serve("transport")
    (tmp_path / "order.toml").write_text(LETTER.replace("函", "通知"), encoding="utf-8")
    refused = run(city, "send", str(tmp_path / "order.toml"), "--to", transport, "--as", planning, code=2)
    assert "article 16(2)" in refused.stderr
    assert not (city.settings.home / "claims").exists(), "nothing is uploaded for what may not be sent"
    done = run(city, "send", str(file), "--to", transport, "--as", planning, "--json")
    assert "survey.zip" in done.stderr, "how far it is"
    sent = json.loads(done.stdout)["message_id"]
    wait_until(lambda: sent in run(city, "inbox", "--as", transport, "--json").stdout, 60, "the letter", every=0.3)
    run(city, "show", sent, "--as", transport, "--save", str(tmp_path / "saved"))
    assert (tmp_path / "saved" / "survey.zip").read_bytes() == path.read_bytes()
    assert (tmp_path / "saved" / "note.txt").read_bytes() == b"a small one"
