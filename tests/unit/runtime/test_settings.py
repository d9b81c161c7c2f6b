"""Settings from the environment: what is invalid is refused at once, by its name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from exchange.claims import parse_place
from exchange.clock import CST, AcceleratedClock, RealClock, format_clock
from exchange.errors import BadConfiguration
from exchange.runtime.settings import Settings

WHEN = "2026-07-01T09:00:00+08:00"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("fast", "'fast' is neither `real` nor REAL_ORIGIN/ORIGIN/FACTOR"),
        (f"{WHEN}/{WHEN}", "neither"),
        (f"{WHEN}/yesterday/2", "yesterday"),
        (f"{WHEN}/{WHEN}/much", "much"),
        (f"{WHEN}/{WHEN}/0", "above zero"),
        (f"{WHEN}/{WHEN}/nan", "above zero"),
        (f"{WHEN}/2026-07-01T09:00:00/2", "offset"),
    ],
)
def test_a_clock_that_cannot_be_read_is_told_apart(text: str, complaint: str) -> None:
    with pytest.raises(BadConfiguration, match="EXCHANGE_CLOCK") as caught:
        Settings.read({"EXCHANGE_CLOCK": text})
    assert complaint in str(caught.value)
    assert "3600" in caught.value.remedy


def test_the_clock_that_the_remedy_shows_can_be_read() -> None:
    with pytest.raises(BadConfiguration) as caught:
        Settings.read({"EXCHANGE_CLOCK": "fast"})
    example = caught.value.remedy.rsplit(" ", 1)[1]
    assert isinstance(Settings.read({"EXCHANGE_CLOCK": example}).clock, AcceleratedClock)


@pytest.mark.parametrize("url", ["nonsense", "http://a:secret@host/", "amqp://a:secret@host:port/", "amqp://[::1/"])
def test_a_broker_address_that_cannot_be_one_is_refused_before_anything_is_made(url: str) -> None:
    with pytest.raises(BadConfiguration, match="broker's address is invalid") as caught:
        Settings.read({"EXCHANGE_BROKER_URL": url})
    assert "EXCHANGE_BROKER_URL is amqp://" in caught.value.remedy
    assert "secret" not in caught.value.diagnostics()


def test_an_empty_setting_is_as_good_as_none() -> None:
    settings = Settings.read({"EXCHANGE_BROKER_URL": "", "EXCHANGE_CLOCK": ""})
    assert settings.broker_url is None


@pytest.mark.parametrize(
    "url",
    ["claims", "/srv/claims", "file:claims", "file://host/claims", "s3://", "s3:///prefix", "s3://key:secret@bucket/",
     "s3://bucket/p?x=1", "https://bucket", "file:///a#b", "s3://[::1"],
)  # fmt: skip
def test_a_claim_store_that_cannot_be_one_is_refused_without_saying_its_password(url: str) -> None:
    with pytest.raises(BadConfiguration, match="EXCHANGE_CLAIMS_URL names no claim store") as caught:
        Settings.read({"EXCHANGE_CLAIMS_URL": url})
    assert "s3://BUCKET/PREFIX" in caught.value.remedy
    assert "secret" not in caught.value.diagnostics()


def test_a_claim_store_is_a_folder_or_a_bucket() -> None:
    assert parse_place("file:///srv/big%20files") == Path("/srv/big files")
    assert parse_place("s3://bucket/anhui") == "s3://bucket/anhui"
    assert Settings.read({"EXCHANGE_CLAIMS_URL": "s3://bucket"}).claims_url == "s3://bucket"
    assert Settings.read({"EXCHANGE_CLAIMS_URL": ""}).claims_url is None


def test_commands_beside_a_demonstration_go_by_its_clock_unless_another_is_named(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    assert isinstance(Settings.read({}, home).clock, RealClock)
    began = datetime(2026, 3, 2, 9, tzinfo=CST)
    (home / "clock").write_text(format_clock(AcceleratedClock(datetime.now(UTC), began, 1)))
    for found in (Settings.read({}, home), Settings.read({"EXCHANGE_HOME": str(home)})):
        assert timedelta(0) <= found.clock.now() - began < timedelta(minutes=5)
    assert isinstance(Settings.read({"EXCHANGE_CLOCK": ""}, home).clock, RealClock)
    (home / "clock").write_text("")
    assert isinstance(Settings.read({}, home).clock, RealClock)
    (home / "clock").write_text("fast")
    with pytest.raises(BadConfiguration, match="clock: 'fast'") as caught:
        Settings.read({}, home)
    assert "remove this file" in caught.value.remedy
