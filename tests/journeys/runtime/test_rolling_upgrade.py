"""A rolling upgrade: members of two releases side by side in one domain, one after the other, with work going on."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import Path

import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.messaging.documents import Documents
from exchange.runtime.draining import DRAINED_EXIT
from exchange.schemas import Document
from exchange.store.migrate import HEAD
from tests.faults.runtime.test_killed_processes import assert_all_came_out_once
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain, run
from tests.release_before import TODAY, Release, release_of

pytestmark = [pytest.mark.broker, pytest.mark.drill, pytest.mark.timeout(1800)]

BEFORE = "066b72a394d6"
"""The previous release: 120 commits and some migrations ago. Before it, receipts did not say how an arrival is known,
and what cannot read that sets today's receipts aside: such releases do not work side by side with today's."""

APPLICATION = """
matter = "works"
project = "project"

[applicant]
name = "applicant"
identifier = "1"
contact = "-"

[[materials]]
code = "plan"
note = "on file"
"""
LETTER = """
number = "合规〔2026〕{serial}号"
kind = "函"
issuer = "规划局"
signatory = "王某"
title = "关于商请提供路网资料的函"
addressees = ["某机关"]
body = "正文"
"""


@dataclass
class MixedDomain(ProcessDomain):
    """A domain that the release before has made, each of whose members is served by one of two releases."""

    before: Release = TODAY
    releases: dict[str, Release] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    letters: list[tuple[str, str]] = field(default_factory=list)
    """By whom each letter is to be received, and its id."""

    def _begin(self) -> Iterable[str]:
        self.by(self.before, "init", "--departments", str(self.root / "departments"))
        (self.root / "application.toml").write_text(APPLICATION)
        found = [self.address(name) for name in ("window", "monitor", *self.departments)]
        self.releases = {name.rsplit(".", 1)[1]: self.before for name in found}
        return found

    def environment(self) -> Mapping[str, str]:
        """With the broker: commands of either release are to find it."""
        broker = {"EXCHANGE_BROKER_URL": self.info.url, "EXCHANGE_MANAGEMENT_URL": self.info.management_url or ""}
        return {**super().environment(), **broker}

    def by(self, release: Release, *words: str) -> str:
        """What a command of a release prints."""
        if release is TODAY:
            return run(self, *words).stdout
        return release.typed(words, self.environment())

    def start(self, name: str, release: Release) -> None:
        """Serves a member by a release, and waits until it says so."""
        log = self.root / f"{name}.log"
        self.releases[name] = release
        self.served[name] = release.start(["serve", self.address(name)], self.environment(), log)
        process = self.served[name]
        wait_until(lambda: "member.serving" in log.read_text() or process.poll() is not None, 240, name, every=0.5)
        assert process.poll() is None, log.read_text()
        assert release.said_by(log.read_text()), "other code was run than was to be"

    def work_comes(self, away: str = "") -> None:
        """An application and a letter, each by a command of the release that serves its sender."""
        if away != "window":
            file = str(self.root / "application.toml")
            self.numbers.append(json.loads(self.by(self.releases["window"], "submit", file, "--json"))["case"])
        ways = [way for way in permutations(self.departments) if way[0] != away]
        sender, receiver = ways[len(self.letters) % len(ways)]
        self.letters.append((receiver, self._letter(sender, receiver)))

    def _letter(self, sender: str, receiver: str) -> str:
        paper = self.root / "letter.toml"
        paper.write_text(LETTER.format(serial=len(self.letters) + 1), encoding="utf-8")
        words = ("send", str(paper), "--to", self.address(receiver), "--as", self.address(sender), "--json")
        return str(json.loads(self.by(self.releases[sender], *words))["message_id"])

    def upgrade(self, name: str) -> None:
        """One member as the guide says: a backup, drained by the old release, served and released by the new one."""
        self.by(TODAY, "backup", "--as", self.address(name), "-o", str(self.root / f"before-{name}"), "--no-keys")
        self.by(self.before, "drain", self.address(name), "--reason", "upgrade")
        assert self.served[name].wait(240) == DRAINED_EXIT
        self.work_comes(away=name)
        self.by(TODAY, "release", self.address(name))
        self.start(name, TODAY)


def revision(city: MixedDomain, name: str) -> str:
    """Which release's tables a member's database has."""
    path = city.settings.home / "members" / city.address(name) / "store.db"
    with closing(sqlite3.connect(path)) as db:
        return str(db.execute("SELECT version_num FROM alembic_version").fetchone()[0])


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[MixedDomain]:
    """All of it made and served by the release before."""
    before = release_of(BEFORE, tmp_path / "before")
    with MixedDomain(tmp_path, domain, broker, before=before) as city:
        for name in city.names:
            city.start(name, before)
        yield city


def all_came_in(city: MixedDomain) -> bool:
    return city.decided() == len(city.numbers) and city.undelivered() == 0


def received(city: MixedDomain) -> Counter[tuple[str, str]]:
    """How often each letter is on its receiver's record."""
    found: Counter[tuple[str, str]] = Counter()
    for name in city.departments:
        opened = city.open(name)
        with closing(opened.store), opened.store.reading() as tx:
            found.update((name, one.message_id) for one in tx[Documents].recent("received", Document.KIND, 1_000))
    return found


ORDERS = {
    "receivers first, as the guide says": ("monitor", "planning", "transport", "window"),
    "the window first": ("window", "transport", "monitor", "planning"),
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_members_of_two_releases_work_side_by_side_while_one_after_the_other_is_upgraded(
    city: MixedDomain, order: Sequence[str]
) -> None:
    city.work_comes()
    for name in order:
        was = revision(city, name)
        city.upgrade(name)
        assert was != revision(city, name) == HEAD
        city.work_comes()

    wait_until(lambda: all_came_in(city), 240, "all decisions and receipts", every=0.5)
    assert_all_came_out_once(city, city.numbers)
    assert received(city) == dict.fromkeys(city.letters, 1)
    run(city, "reconcile")
    run(city, "doctor")
