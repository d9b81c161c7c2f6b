"""A domain's folder that the release before has left is opened, shows all that was on record, and works on."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.node_info import NodeInfo
from exchange.operations.domain_view import CONSOLE
from exchange.store.migrate import HEAD
from tests.archives import unpack
from tests.conftest import delete_queues
from tests.corpus.make_domain_before import ARCHIVE, DOMAIN, FACTS, PAPER
from tests.journeys.city import wait_until
from tests.processes import run

WINDOW, PLANNING, TRANSPORT, ARCHIVES = (f"{DOMAIN}.{name}" for name in ("window", "planning", "transport", "archive"))
WAS: Mapping[str, Any] = json.loads(FACTS.read_text(encoding="utf-8"))


@dataclass
class Before:
    """The folder, unpacked, and the clock by which it goes on where it had stopped."""

    home: Path
    info: NodeInfo | None

    def environment(self) -> Mapping[str, str]:
        """What a process in this domain needs to know."""
        told = {"EXCHANGE_HOME": str(self.home), "EXCHANGE_WEBHOOK_NETWORKS": "127.0.0.0/8"}
        if self.info is not None:
            told |= {"EXCHANGE_BROKER_URL": self.info.url, "EXCHANGE_MANAGEMENT_URL": self.info.management_url or ""}
        return {**os.environ, **told}

    def json(self, *words: str) -> Any:
        """What a command prints as JSON."""
        return json.loads(run(self, *words, "--json").stdout)

    def requests(self, member: str) -> dict[str, dict[str, Any]]:
        """By id, what is on record of requests."""
        return {one["request"]: one for one in self.json("inbox", "--all", "--as", member)["requests"]}

    def paper(self, kind: str, serial: int) -> str:
        """A document's file."""
        path = self.home.parent / f"{serial}.toml"
        path.write_text(PAPER.format(kind=kind, serial=serial, title=f"关于编制的{kind}"), encoding="utf-8")
        return str(path)


def unpacked(folder: Path, info: NodeInfo | None = None) -> Before:
    """The domain, going on at the moment at which it was stopped."""
    unpack(ARCHIVE, folder)
    (folder / "home" / "clock").write_text(f"{datetime.now(UTC).isoformat()}/{WAS['stopped']}/1", encoding="utf-8")
    return Before(folder / "home", info)


def stores(home: Path) -> list[Path]:
    return sorted((home / "members").glob("*/store.db"))


def signed(home: Path) -> dict[str, str]:
    """By member, direction and message, a digest of the signed bytes on record."""
    found: dict[str, str] = {}
    for path in stores(home):
        with closing(sqlite3.connect(path)) as db:
            for direction, message, data in db.execute("SELECT direction, message_id, signed FROM document"):
                found[f"{path.parent.name} {direction} {message}"] = hashlib.sha256(data).hexdigest()
    return found


def as_then(found: Any, then: Any) -> Any:
    """The same without what is told of it since: fields that the release before did not have."""
    if isinstance(found, dict) and isinstance(then, dict):
        return {name: as_then(value, then[name]) for name, value in found.items() if name in then}
    if isinstance(found, list) and isinstance(then, list) and len(found) == len(then):
        return [as_then(one, was) for one, was in zip(found, then, strict=True)]
    return found


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Before:
    """The domain, which nobody serves, for looks alone."""
    return unpacked(tmp_path_factory.mktemp("before"))


def test_every_store_is_migrated_and_signed_bytes_stay_what_they_were(before: Before) -> None:
    assert signed(before.home) == WAS["signed"]
    run(before, "token", "list")
    for path in stores(before.home):
        if path.parent.name != CONSOLE:
            run(before, "inbox", "--as", path.parent.name)
    revisions = set()
    for path in stores(before.home):
        with closing(sqlite3.connect(path)) as db:
            revisions.add(db.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    assert signed(before.home) == WAS["signed"]
    assert revisions == {HEAD} != {WAS["revision"]}
    assert {row["state"] for row in before.requests(PLANNING).values()} == {"received", "answered"}


def test_requests_are_carried_over_as_they_stood(before: Before) -> None:
    for name in ("window", "planning", "transport"):
        was = {one["request"]: one for one in WAS["seen"]["inbox"][name]["requests"]}
        assert before.requests(f"{DOMAIN}.{name}") == was
    assert before.requests(PLANNING)[WAS["request_answered"]]["state"] == "answered"
    assert before.requests(WINDOW)[WAS["request_open"]]["state"] == "received"


def test_cases_documents_notices_and_joint_documents_are_found(before: Before) -> None:
    assert as_then(before.json("status"), WAS["seen"]["status"]) == WAS["seen"]["status"]
    for name in ("window", "planning", "transport"):
        was, now = WAS["seen"]["inbox"][name], before.json("inbox", "--all", "--as", f"{DOMAIN}.{name}")
        assert as_then(now, was) == was
    assert as_then(before.json("joint", "list", "--as", TRANSPORT), WAS["seen"]["joint"]) == WAS["seen"]["joint"]
    assert as_then(before.json("notice", "list"), WAS["seen"]["notices"]) == WAS["seen"]["notices"]
    found = before.json("find", "--number", WAS["letter"], "--department", PLANNING)
    assert WAS["letter"] in json.dumps(found)
    (letter,) = before.json("show", WAS["letter"], "--as", TRANSPORT)
    assert letter["fault"] == ""


def test_holds_drained_members_dead_letters_and_tokens_are_there(before: Before) -> None:
    assert as_then(before.json("holds"), WAS["seen"]["holds"]) == WAS["seen"]["holds"]
    assert [one["member"] for one in before.json("holds")["drained"]] == [ARCHIVES]
    assert as_then(before.json("dead"), WAS["seen"]["dead"]) == WAS["seen"]["dead"]
    (token,) = before.json("token", "list")
    assert (token["member"], token["name"]) == (TRANSPORT, "OA")
    assert before.json("console", "--check-audit")["entries"] > 0


@pytest.fixture
def working(tmp_path: Path, broker: NodeInfo) -> Iterator[Before]:
    """The domain on the tests' broker, served by the release of today."""
    domain = unpacked(tmp_path, broker)
    try:
        run(domain, "init")
        run(domain, "up", "--detach")
        yield domain
    finally:
        run(domain, "down")
        delete_queues(broker, f"{DOMAIN}.")
        if broker.management_url is not None:
            with ManagementClient(broker.management_url, broker.url) as management:
                for path in stores(domain.home):
                    management.delete_user(path.parent.name)


@pytest.mark.drill
@pytest.mark.broker
def test_what_was_under_way_is_brought_to_its_end(working: Before) -> None:
    run(working, "doctor")
    assert not list(working.home.glob("*.cose")), "what is public was moved apart from the secrets"
    assert WAS["held"] not in run(working, "inbox", "--all", "--as", ARCHIVES, "--json").stdout
    number = WAS["open"]
    run(working, "reply", number, "agree", "--as", TRANSPORT, "--officer", "李某")
    run(working, "release", "document")
    run(working, "release", ARCHIVES)
    answer = working.paper("批复", 90)
    run(working, "send", answer, "--to", PLANNING, "--answers", WAS["request_open"], "--as", WINDOW)
    run(working, "joint", "sign", WAS["joint"], "--as", TRANSPORT)
    wait_until(lambda: "confirm" in run(working, "status", number).stdout, 60, "a prepared decision", every=0.5)
    run(working, "decide", number, "--confirm", "--officer", "张主任")

    def has_arrived() -> bool:
        there = run(working, "inbox", "--all", "--as", ARCHIVES, "--json").stdout
        return WAS["held"] in there and working.requests(PLANNING)[WAS["request_open"]]["state"] == "answered"

    wait_until(has_arrived, 60, "the answer, and at the member that was drained what was held", every=0.5)
    assert working.json("status", number)["outcome"] == "grant"
    issued = lambda: {one["state"] for one in working.json("joint", "list", "--as", PLANNING)} == {"issued"}  # noqa: E731
    wait_until(issued, 60, "the last signature", every=0.5)
    assert working.json("holds") == {"holds": [], "drained": [], "away": []}

    url = run(working, "console", "--url").stdout.strip()
    bearer = {"authorization": f"Bearer {WAS['token']}"}
    (hook,) = httpx.get(f"{url}/api/v1/webhooks", headers=bearer).json()["items"]
    assert hook["id"] == WAS["webhook"]
    form = {"name": WAS["account"], "password": WAS["password"], "next": "/"}
    assert httpx.post(f"{url}/sign-in", data=form, headers={"origin": url}).status_code == 303
