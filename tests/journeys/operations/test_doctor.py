"""The doctor: each thing that is wrong is found, named and repaired as it says; it changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from exchange.broker.traffic.link import Link
from exchange.clock import RealClock, monotonic
from exchange.errors import BadConfiguration, BadKeys, NotFound
from exchange.messaging.quotas.breakers import BreakerRow, Breakers
from exchange.messaging.quotas.settings import DISK_RESERVE
from exchange.messaging.rules.breaker import Breach, BreakerState
from exchange.operations.health.checkups import calendars, doctor
from exchange.operations.health.checkups.doctor import examine, examine_member
from exchange.operations.health.checkups.findings import Finding
from exchange.runtime.home import open_link, open_member, write_link
from exchange.runtime.member_record import CONSUMING
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home
from exchange.setup.init import init_broker
from exchange.store import open_store
from tests.hostile_servers import hostile, silent
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain

pytestmark = pytest.mark.broker


def found(city: ProcessDomain, level: str = "bad") -> dict[str, Finding]:
    return {finding.check: finding for finding in examine(city.settings) if finding.level == level}


def keys_of(city: ProcessDomain, name: str) -> Path:
    return Home(city.settings.home).keys(city.address(name))


def anothers_keys(city: ProcessDomain) -> None:
    shutil.rmtree(keys_of(city, "planning"))
    shutil.copytree(keys_of(city, "transport"), keys_of(city, "planning"))


def anothers_keys_under_its_name(city: ProcessDomain) -> None:
    anothers_keys(city)
    (keys_of(city, "planning") / "address").write_text(city.address("planning"))


def anothers_signing_key(city: ProcessDomain) -> None:
    shutil.copy(keys_of(city, "transport") / "signing.key", keys_of(city, "planning") / "signing.key")


def anothers_decryption_keys(city: ProcessDomain) -> None:
    shutil.copy(keys_of(city, "transport") / "decryption.json", keys_of(city, "planning") / "decryption.json")


def no_keys(city: ProcessDomain) -> None:
    shutil.rmtree(keys_of(city, "planning"))


@pytest.mark.parametrize(
    ("swap", "complaint"),
    [
        (anothers_keys, "these are the keys of"),
        (anothers_keys_under_its_name, "the certificate is that of"),
        (anothers_signing_key, "signing.key is not the key of"),
        (anothers_decryption_keys, "a decryption key that the directory lists is missing"),
        (no_keys, "has no keys"),
    ],
)
def test_keys_that_are_not_the_members_are_found_and_not_used(
    city: ProcessDomain, swap: Callable[[ProcessDomain], None], complaint: str
) -> None:
    swap(city)
    bad = found(city)
    assert list(bad) == [f"keys of {city.address('planning')}"]
    assert complaint in bad[f"keys of {city.address('planning')}"].finding
    with pytest.raises(BadKeys, match=complaint):
        open_member(city.settings, city.address("planning"))
    assert "doctor" not in bad[f"keys of {city.address('planning')}"].remedy


def test_a_rule_that_cannot_be_loaded_is_named_with_its_line(city: ProcessDomain) -> None:
    rule = city.settings.home / "departments" / "planning" / "rule.py"
    rule.write_text("import datetime\ndef decide(:\n")
    assert f"{rule}:2" in found(city)[f"rule of {city.address('planning')}"].finding


def test_a_broken_profile_leaves_nothing_green_that_was_not_looked_at(city: ProcessDomain) -> None:
    profile = city.settings.home / "departments" / "planning" / "profile.toml"
    profile.write_text("address = 5\n")
    assert list(found(city)) == ["departments"]
    notes = found(city, "note")
    assert {check for check, note in notes.items() if note.finding == "not looked at"} == {
        "rules", "keys", "databases", "database roles", "broker", "audit log", "logs", "witnesses of logs",
        "quotas", "time-stamps", "rows", "cluster", "replication", "standby",
    }  # fmt: skip
    assert not {"keys", "databases", "broker"} & set(found(city, "good"))


def test_who_is_kept_out_and_who_takes_in_no_new_business_is_named(
    city: ProcessDomain, monkeypatch: pytest.MonkeyPatch
) -> None:

    def said(level: str, words: str) -> bool:  # on a machine with much to do a look may take longer than it has
        finding = found(city, level).get("quotas")
        return finding is not None and words in finding.finding

    wait_until(lambda: said("good", "nobody is kept out"), 60, "the word that all is well")
    opened, now = city.open("planning"), RealClock().now()
    with opened.store.transaction() as tx:
        tx[Breakers].keep(BreakerRow("t.fire", BreakerState.OPEN, Breach.UNPROVED, now, now, 1, 7))
    opened.store.close()
    wait_until(lambda: said("note", "t.fire sends: unproved; 7 messages"), 60, "who is kept out")
    monkeypatch.setenv(DISK_RESERVE, "1000TiB")
    wait_until(lambda: said("bad", "nearly full"), 60, "who takes in nothing new")


def test_every_database_that_cannot_be_used_is_named(city: ProcessDomain) -> None:
    for name in ("planning", "transport"):
        for file in (city.settings.home / "members" / city.address(name)).glob("store.db*"):
            file.write_bytes(b"no database at all" * 100)
    bad = found(city)
    assert set(bad) == {f"database of {city.address(name)}" for name in ("planning", "transport")}
    assert "file is not a database" in bad[f"database of {city.address('planning')}"].finding


def test_a_missing_or_empty_database_is_found_and_left_as_it_is(city: ProcessDomain) -> None:
    member = city.settings.home / "members" / city.address("planning")
    for file in member.glob("store.db*"):
        file.unlink()
    check = f"database of {city.address('planning')}"
    assert "there is none" in found(city)[check].finding
    assert not list(member.glob("store.db*"))
    (member / "store.db").touch()
    assert "tables are missing" in found(city)[check].finding
    store = open_store(f"sqlite:///{member / 'store.db'}", member=city.address("planning"))
    assert not store.is_current()
    store.close()


def test_a_broken_broker_account_is_repaired_as_the_doctor_says(city: ProcessDomain) -> None:
    account = Home(city.settings.home).account(city.address("planning"))
    account.write_text("{")
    with pytest.raises(BadConfiguration, match=r"broker\.json"):
        open_link(city.settings, city.address("planning"))
    assert (
        "delete the file and run `exchange init`" in found(city)[f"broker account of {city.address('planning')}"].remedy
    )
    account.unlink()
    init_broker(city.settings, city.info, load_profiles(city.settings.home / "departments"), lambda text: None)
    assert found(city) == {}


def test_a_broker_that_is_away_is_one_finding_that_says_how_to_start_it(city: ProcessDomain) -> None:
    for name in city.names:
        link = open_link(city.settings, city.address(name))
        write_link(
            Home(city.settings.home).account(city.address(name)), replace(link, url="amqp://a:b@127.0.0.1:1/%2F")
        )
    bad = found(city)
    assert list(bad) == ["broker"]
    assert "cannot be reached (connection refused)" in bad["broker"].finding
    assert "`exchange up`" in bad["broker"].remedy


def test_one_member_is_healthy_while_it_is_served_whatever_is_wrong_with_the_others(city: ProcessDomain) -> None:
    planning = city.address("planning")

    def bad() -> list[str]:
        return [finding.check for finding in examine_member(city.settings, planning) if finding.level == "bad"]

    assert bad() == ["served"]
    city.serve("planning")
    wait_until(lambda: bad() == [], 60, "the member being served")
    (city.settings.home / "departments" / "transport" / "profile.toml").write_text("address = 5\n")
    assert bad() == []
    city.kill("planning")
    store = open_store(Home(city.settings.home).database_url(planning, None), member=planning)
    with store.transaction() as tx:
        tx.set_meta(CONSUMING, (city.settings.clock.now() - timedelta(minutes=2)).isoformat())
    store.close()
    assert bad() == ["served"]
    with pytest.raises(NotFound):
        examine_member(city.settings, city.address("nobody"))


def test_a_clock_that_is_behind_directory_and_records_is_named_with_both_dates(city: ProcessDomain) -> None:
    class Behind(RealClock):
        def now(self) -> datetime:
            return super().now() - timedelta(days=200)

    with open_store(
        Home(city.settings.home).database_url(city.address("planning"), None), member=city.address("planning")
    ).transaction() as tx:
        tx.set_meta(CONSUMING, city.settings.clock.now().isoformat())
    told = [one for one in examine(replace(city.settings, clock=Behind())) if one.check == "clock"]
    assert {one.level for one in told} == {"bad"}
    said = "\n".join(one.finding for one in told)
    assert "the signing of the directory" in said
    assert f"last sign of life of {city.address('planning')}" in said
    assert said.count(f"{Behind().now():%Y-%m-%d}") == len(told)
    assert "clock" not in found(city), "and a right one is not"


def test_when_everything_hangs_the_doctor_ends_in_time_and_says_what_does(
    city: ProcessDomain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes connections and is silent: the broker, its management API, the databases' server, the claim store."""
    monkeypatch.setattr(doctor, "_PATIENCE", 3.0)
    with hostile(silent) as server:
        place = f"u:p%40SECRET@127.0.0.1:{server.port}"
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "p@SECRET")
        for address in load_profiles(Home(city.settings.home).departments):
            write_link(Home(city.settings.home).account(address), Link(f"amqp://{place}/", address))
        settings = replace(
            city.settings, broker_url=f"amqp://{place}/", management_url=f"http://{place}",
            database_url=f"postgresql://{place}/d", claims_url="s3://bucket/prefix", clock=RealClock(),
        )  # fmt: skip
        began = monotonic()
        findings = examine(settings)
    assert monotonic() - began < 10
    hanging = {one.check for one in findings if "no answer within" in one.finding}
    assert hanging == {
        "clock",
        "databases",
        "broker",
        "claim store",
        "audit log",
        "logs",
        "witnesses of logs",
        "time-stamps",
        "rows",
        "replication",
        "quotas",
        "standby",
        "cluster",
    }
    assert {one.check for one in findings if one.level == "good"} >= {"departments", "catalogue", "rules", "keys"}
    assert all(one.remedy for one in findings if one.level == "bad")
    assert "SECRET" not in repr([one.facts() for one in findings])


def test_a_check_that_fails_unexpectedly_hides_no_other(city: ProcessDomain, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Iterator[Finding]:
        raise RuntimeError("SECRET")

    monkeypatch.setattr(calendars, "calendar", fail)
    findings = examine(city.settings)
    (one,) = (one for one in findings if one.check == "calendar")
    assert (one.level, one.finding) == ("bad", "could not be looked at: RuntimeError")
    assert "EXCHANGE_DEBUG" in one.remedy
    assert any(one.check == "directory" and one.level == "good" for one in findings)
