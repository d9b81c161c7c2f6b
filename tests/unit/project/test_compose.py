"""The compose file says what the command line understands, keeps to the example city, and asks what answers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from exchange.cli import app
from exchange.cli.domain.serving import serve
from exchange.runtime.catalogue import load_catalogue
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.setup.init import packaged_departments

ROOT = Path(__file__).resolve().parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
OURS = {name: one for name, one in COMPOSE["services"].items() if one["image"].startswith("yizhan")}
EXCHANGE: Any = typer.main.get_command(app)


HOME = "/var/lib/exchange"
PUBLIC = {"public", "tree", "calendars"}


def mounts(service: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Of each volume: what part of which, where, and whether it may be written to."""
    found = []
    for one in service["volumes"]:
        if isinstance(one, str):
            source, _, place = one.removesuffix(":ro").rpartition(":")
            found.append((source, place, not one.endswith(":ro")))
        else:
            part = f"{one['source']}/{one['volume']['subpath']}"
            found.append((part, one["target"], not one.get("read_only", False)))
    return found


def parsed(words: list[str], home: Path) -> Any:
    """The values of a command line; an error of usage where the command does not take it so."""
    command = EXCHANGE.commands[words[0]]
    (home / "departments").mkdir(exist_ok=True)
    (home / "members").mkdir(exist_ok=True)
    return command.make_context(words[0], [*words[1:], "--home", str(home)]).params


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_one_of_ours(name: str, tmp_path: Path) -> None:
    assert parsed(OURS[name]["command"], tmp_path)


def test_the_city_is_served_whole_and_a_drained_role_is_not_restarted_for_ever(tmp_path: Path) -> None:
    roles = [one for one in OURS.values() if one["command"][0] == serve.__name__]
    values = [parsed(one["command"], tmp_path) for one in roles]
    assert {one["address"] for one in values} == set(load_profiles(packaged_departments()))
    assert all(one["stay"] for one in values)
    assert {tuple(one["profiles"]) for one in roles} == {("city",)}


def test_health_is_asked_where_it_is_answered() -> None:
    for name, one in OURS.items():
        if name in ("init", "freshness"):  # neither has anything to ask: it ends, or signs a file every two minutes
            continue
        _, program, *words = one["healthcheck"]["test"]
        assert (program, words[:3]) == ("python", ["-I", "-m", "exchange.healthcheck"])
        asked = words[3:] or [one["environment"]["EXCHANGE_METRICS"]]
        faces = tuple(f"127.0.0.1:{port}" for port in (8480, 8500))
        assert asked[0].partition("//")[2].startswith(faces) or asked == ["0.0.0.0:9464"], name


def test_departments_of_ones_own_are_seen_by_all_that_need_them(tmp_path: Path) -> None:
    for name, one in OURS.items():
        assert f"{HOME}/departments" in {place for _, place, _ in mounts(one)}, name
    (tmp_path / "departments").symlink_to(packaged_departments())
    profiles = load_profiles(Home(tmp_path).departments)
    assert load_catalogue(Home(tmp_path).catalogue, profiles)


def test_a_role_sees_its_own_folder_and_what_is_public_and_only_who_administers_sees_the_whole() -> None:
    for name, one in OURS.items():
        command, *words = one["command"]
        seen = {part: (place, writes) for part, place, writes in mounts(one) if part.split("/")[0] == "home"}
        if command in (serve.__name__, "window"):
            parts = PUBLIC | {f"members/{words[-1] if command != 'window' else 'hefei.portal'}"}
            assert seen == {f"home/{part}": (f"{HOME}/{part}", False) for part in parts}, name
        else:
            assert (set(seen), command) == ({"home"}, name if name != "domain" else "up"), name
    home = Home(Path(HOME))
    assert {one.name for one in (home.public, home.tree, home.calendars)} == PUBLIC
    assert home.member("hefei.fire") == Path(HOME) / "members" / "hefei.fire"


def test_every_setting_that_is_asked_for_is_in_the_example() -> None:
    wanted = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    given = re.findall(r"^(\w+)=", (ROOT / "docker" / "env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(given) == wanted | {"COMPOSE_PROFILES"}


def test_only_init_has_the_database_administrators_password() -> None:
    assert "environment" not in OURS["freshness"], "it needs neither database nor broker"
    urls = {name: one["environment"]["EXCHANGE_DATABASE_URL"] for name, one in OURS.items() if name != "freshness"}
    assert [name for name, url in urls.items() if "PASSWORD" in url] == ["init"]
    assert "--database-roles" in OURS["init"]["command"]
    for name in urls.keys() - {"init"}:
        given = OURS[name]["environment"]
        Settings.read({one: given[one] for one in ("EXCHANGE_DATABASE_URL", "EXCHANGE_ALLOW_PLAIN")})
