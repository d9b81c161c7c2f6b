"""What a member's process reaches: no secret of others, wherever the domain's folder lies, whatever settings name."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.errors import FileUnusable
from exchange.runtime.confinement import member
from exchange.runtime.confinement.member import CONFINED, Confined
from exchange.runtime.confinement.reach import FOLDERS, reach_of
from exchange.runtime.logs import LOG
from exchange.runtime.settings import Home, Settings

OWN, OTHER = "t.planning", "t.transport"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "srv" / "home")
    for folder in (home.keys(OWN), home.keys(OTHER), home.authority, home.public, home.logs, home.departments):
        folder.mkdir(parents=True)
    for path in (home.keys(OTHER) / "signing.key", home.authority / "authority.key", home.root / "passphrase"):
        path.write_text("secret")
    (tmp_path / "srv" / "libraries").mkdir()
    return home


def test_where_it_is_turned_off_or_nothing_can_be_moved_it_is_served_as_before(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(home: Home) -> None:
        raise FileUnusable("{path}: read-only", path=home.root)

    monkeypatch.setattr(member, "set_apart", cannot)
    settings = Settings.read({}, home.root)
    assert member.confine_member(settings, OWN) is Confined.NOT_SET_APART
    monkeypatch.setenv(CONFINED, "off")
    assert member.confine_member(settings, OWN) is Confined.TURNED_OFF


def reached(home: Home, database_url: str | None = None, **env: str) -> tuple[set[Path], set[Path]]:
    """What it reads and what it writes."""
    settings = Settings.read({"EXCHANGE_DATABASE_URL": database_url or ""}, home.root)
    found = reach_of(settings, OWN, home.member(OWN) / "tmp", env)
    return set(found.readable), set(found.writable)


def within(path: Path, places: set[Path]) -> bool:
    return any(path == one or one in path.parents for one in places)


@pytest.mark.parametrize("around", ["", "..", "../..", "authority", f"members/{OTHER}", "members"])
def test_no_setting_that_names_a_secret_or_what_is_around_it_opens_it(home: Home, around: str) -> None:
    named = str((home.root / around).resolve())
    env = {"PGSYSCONFDIR": named, FOLDERS: named, LOG: f"{named}/a.log", "SSL_CERT_DIR": named}
    read, written = reached(home, f"sqlite:///{named}/a.db", **env)
    for place in (home.authority / "authority.key", home.keys(OTHER) / "signing.key", home.links, home.node):
        assert not within(place, read | written)
    assert not within(home.root / "links.json", written)
    assert not within(home.directory, written)
    assert within(home.root.parent / "libraries", read) is around.startswith(".."), "what else lies around is read"


def test_its_own_and_what_is_public_is_reached_and_what_settings_name(home: Home, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "fire").mkdir(parents=True)
    (home.departments / "fire").symlink_to(elsewhere / "fire")
    read, written = reached(
        home,
        f"sqlite:///{elsewhere}/data/a.db",
        **{LOG: str(home.logs / "a.log"), FOLDERS: f"{elsewhere}/x:{elsewhere}/y"},
        EXCHANGE_PASSPHRASE_FILE=str(home.root / "passphrase"),
        EXCHANGE_METRICS_TOKEN=f"@{elsewhere}/token",
    )
    assert {home.public, home.departments, elsewhere / "fire", home.root / "passphrase", elsewhere / "token"} <= read
    assert {
        home.member(OWN),
        home.calendars,
        home.logs,
        elsewhere / "data",
        elsewhere / "x",
        elsewhere / "y",
    } <= written
    assert home.tree not in written, "only a relay office keeps directories of other domains"
    assert not within(home.root / "up.json", read | written)
