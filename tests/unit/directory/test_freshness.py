"""A short-lived statement says which directory is the present one; doubt of any sort says that nothing is known."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from exchange.clock import CST
from exchange.directory import Authority
from exchange.directory.certificates import der
from exchange.directory.freshness import (
    TERM,
    Freshness,
    FreshnessKey,
    behind,
    certify_freshness,
    is_certified,
    load_freshness_key,
    read_freshness,
)
from exchange.directory.view import read_directory_file
from exchange.envelope import Identity
from exchange.errors import BadDirectory, BadKeys
from exchange.machine.files import write_secret
from exchange.runtime.stated.freshness import FreshnessWatch
from exchange.schemas import Role

NOW = datetime(2026, 3, 2, 9, tzinfo=CST)
MINUTE = timedelta(minutes=1)


@dataclass
class Town:
    """A domain's authority, its directory, and the key for statements."""

    folder: Path
    authority: Authority
    member: Identity

    @property
    def file(self) -> Path:
        return self.folder / "freshness.cose"

    @property
    def data(self) -> bytes:
        return (self.folder / "directory.cose").read_bytes()

    def publish(self, name: str) -> None:
        member = self.authority.member(self.member, name, name, (Role.WINDOW,))
        self.authority.publish(self.folder / "directory.cose", [member], NOW, NOW + timedelta(days=365))

    def state(self, at: datetime, key: FreshnessKey | None = None) -> bytes:
        directory = read_directory_file(self.folder / "directory.cose", self.authority.certificate)
        data = (key or load_freshness_key(self.folder / "key")).sign(directory, self.data, at)
        write_secret(self.file, data)
        return data

    def read(self, data: bytes) -> Freshness:
        return read_freshness(data, self.authority.certificate, "a")

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@pytest.fixture
def town(tmp_path: Path) -> Town:
    authority = Authority.open_or_create(tmp_path / "authority", "a", NOW)
    town = Town(tmp_path, authority, authority.certify("a.window", NOW))
    town.publish("one")
    certify_freshness(tmp_path / "key", authority, NOW)
    return town


def test_a_statement_counts_for_ten_minutes_and_for_what_it_names(town: Town) -> None:
    said = town.read(town.state(NOW))
    assert behind(said, 1, town.digest, NOW) is None
    assert behind(said, 1, town.digest, NOW + TERM - timedelta(seconds=1)) is None
    assert behind(said, 1, town.digest, NOW + TERM) == timedelta()
    assert behind(said, 1, town.digest, NOW + TERM + MINUTE) == MINUTE
    assert behind(said, 2, "0" * 64, NOW) is None, "a newer directory than it names is the newer one"
    assert behind(said, 1, "0" * 64, NOW + MINUTE) == MINUTE, "two directories of one version"
    town.publish("two")
    later = town.read(town.state(NOW + MINUTE))
    assert behind(later, 1, "0" * 64, NOW + 3 * MINUTE) == 2 * MINUTE
    assert behind(said, 1, town.digest, NOW - timedelta(hours=1)) == timedelta(), "one of the clocks is wrong"


def test_only_the_key_that_the_authority_has_certified_for_it_is_believed(town: Town, tmp_path: Path) -> None:
    good = town.state(NOW)
    with pytest.raises(BadDirectory, match="does not verify"):
        town.read(good[:-1] + bytes([good[-1] ^ 1]))
    with pytest.raises(BadDirectory):
        town.read(town.data)
    with pytest.raises(BadDirectory):
        town.read(b"")
    other = Authority.open_or_create(tmp_path / "other", "a", NOW)
    with pytest.raises(BadDirectory):
        read_freshness(good, other.certificate, "a")
    key = load_freshness_key(tmp_path / "key")
    with pytest.raises(BadDirectory):
        town.read(town.state(NOW, replace(key, key=town.authority.key)))
    as_member = FreshnessKey(town.authority.certificate, town.member.signing_key)
    with pytest.raises(BadDirectory):
        town.read(town.state(NOW, as_member))
    with pytest.raises(BadDirectory, match="another time"):
        town.read(town.state(NOW + timedelta(days=500)))
    assert der(key.certificate) != town.member.certificate


def test_the_key_is_made_anew_in_the_second_half_of_its_term_and_for_another_authority(town: Town) -> None:
    folder = town.folder / "key"
    assert is_certified(folder, town.authority, NOW)
    assert not is_certified(folder, town.authority, NOW + timedelta(days=300))
    assert not is_certified(folder, Authority.open_or_create(town.folder / "b", "a", NOW), NOW)
    assert not is_certified(town.folder / "nothing", town.authority, NOW)
    with pytest.raises(BadKeys, match="no key"):
        load_freshness_key(town.folder / "nothing")


def test_a_member_asks_nothing_until_there_is_a_statement_and_never_goes_back(town: Town) -> None:
    now = [NOW]
    watch = FreshnessWatch(town.file, lambda: now[0])

    def late() -> timedelta | None:
        return watch.behind(town.authority.certificate, "a", 1, town.digest)

    assert late() is None, "nobody signs statements here"
    old = town.state(NOW)
    assert late() is None
    now[0] += 9 * MINUTE
    town.state(now[0])
    assert late() is None
    now[0] += 5 * MINUTE
    write_secret(town.file, old)
    assert late() is None, "an older one put back changes nothing"
    now[0] += 6 * MINUTE
    assert late() == MINUTE
    town.file.unlink()
    assert late() == MINUTE, "what was there and is gone says nothing good"
    town.state(now[0])
    assert late() is None


def test_a_statement_that_does_not_verify_says_nothing_good(town: Town) -> None:
    now = [NOW]
    watch = FreshnessWatch(town.file, lambda: now[0])
    write_secret(town.file, b"junk")
    now[0] += MINUTE
    assert watch.behind(town.authority.certificate, "a", 1, town.digest) == MINUTE


def test_a_statement_that_came_by_traffic_is_taken_once_and_carried_on_while_it_counts(town: Town) -> None:
    now = [NOW]
    watch = FreshnessWatch(town.folder / "none", lambda: now[0])
    authority = town.authority.certificate
    said = town.state(NOW)
    assert watch.behind(authority, "a", 1, town.digest) is None
    assert not watch.take(b"junk", authority, "a")
    assert not watch.take(said, authority, "b"), "another domain's"
    assert watch.statement is None
    assert watch.take(said, authority, "a")
    assert not watch.take(said, authority, "a")
    assert watch.statement == said
    town.publish("two")
    now[0] += MINUTE
    assert watch.take(town.state(now[0]), authority, "a")
    assert watch.behind(authority, "a", 1, "0" * 64) == timedelta(), "so a newer directory is there"
    assert not watch.take(said, authority, "a"), "an older one is not taken again"
    now[0] += TERM
    assert watch.statement is None
    assert not FreshnessWatch(town.folder / "none", lambda: now[0]).take(said, authority, "a"), "it has expired"
    again = FreshnessWatch(town.folder / "none", lambda: now[0])
    assert again.take(said, authority, "a", remembered=True)
    assert again.behind(authority, "a", 2, "0" * 64) == MINUTE


def test_a_statement_dated_ahead_is_not_the_last_one_that_is_believed(town: Town) -> None:
    now = [NOW]
    watch = FreshnessWatch(town.file, lambda: now[0])
    authority = town.authority.certificate

    def late() -> timedelta | None:
        return watch.behind(authority, "a", 1, town.digest)

    ahead = town.state(NOW + timedelta(days=300))
    assert late() == timedelta(), "one of the clocks is wrong"
    present = town.state(NOW)
    assert late() is None, "a statement of the present says more than one of the future"
    assert watch.statement == present
    assert not watch.take(ahead, authority, "a"), "it takes nothing from one that counts"
    later = town.state(NOW + MINUTE)
    now[0] += MINUTE
    assert watch.take(later, authority, "a") or watch.statement == later
    assert late() is None
    now[0] += TERM
    assert watch.take(ahead, authority, "a"), "nothing of the present counts any more: perhaps this clock is wrong"
    assert late() == timedelta()
    assert watch.take(town.state(now[0]), authority, "a")
    assert late() is None
