"""Member folders: profiles and rules, and what is told when they are invalid."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

import exchange
from exchange.errors import BadConfiguration
from exchange.notices.rules.covering import Covering
from exchange.runtime.profiles import decide_rule_of, load_profiles, opinion_rule_of
from exchange.runtime.rule_process.loading import load_decide
from exchange.runtime.rule_process.questions import PARAMETERS
from exchange.schemas import Role

PACKAGED = Path(exchange.__file__).resolve().parent.parent / "departments"


def member(parent: Path, name: str, *, role: str = "department", rule: str | None = None, **fields: str) -> Path:
    """Writes a member's folder; ``rule`` is the text of its rule."""
    facts = {"address": f"c.{name}", "name": "某局", "name_en": "A bureau", "officer": "审批科"} | fields
    lines = [f'{key} = "{value}"' for key, value in facts.items()] + [f'roles = ["{role}"]']
    path = parent / name
    path.mkdir()
    if rule is not None:
        (path / "rule.py").write_text(rule, encoding="utf-8")
        lines.append('rule = "rule.py"')
    (path / "profile.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_an_agency_code_is_one_members(tmp_path: Path) -> None:
    for name, codes in (("a", ["规", "规函"]), ("b", ["财"]), ("c", ["规函", "法", "法"])):
        path = member(tmp_path, name) / "profile.toml"
        path.write_text(path.read_text(encoding="utf-8") + f"codes = {json.dumps(codes)}\n", encoding="utf-8")
    told = refused(tmp_path)
    assert len(told) == 2
    assert "the agency code 法 is one of c.c" in told[0]
    assert "the agency code 规函 is one of c.a" in told[1]


def refused(folder: Path) -> list[str]:
    with pytest.raises(BadConfiguration) as error:
        load_profiles(folder)
    assert error.value.remedy
    return str(error.value).splitlines()


def refused_rule(folder: Path, text: str, role: str = "department") -> str:
    member(folder, "fire", rule=text, role=role)
    profile = load_profiles(folder)["c.fire"]
    kind = "window" if role == "window" else "department"
    with pytest.raises(BadConfiguration) as error:
        load_decide(profile.folder / "rule.py", profile.address, PARAMETERS[kind])
    return str(error.value).replace(f"{folder}/", "")


# --- profiles ---------------------------------------------------------------------------------------------------------


def test_windows_come_first_then_monitors_then_the_others_by_address(tmp_path: Path) -> None:
    for name, role in (("a", "department"), ("m", "monitor"), ("z", "window"), ("b", "department")):
        member(tmp_path, name, role=role)
    assert list(load_profiles(tmp_path)) == ["c.z", "c.m", "c.a", "c.b"]


def test_a_folder_without_a_profile_is_no_member(tmp_path: Path) -> None:
    member(tmp_path, "fire")
    (tmp_path / "catalogue").mkdir()
    (tmp_path / "catalogue" / "works.toml").write_text("not = a = profile")
    assert list(load_profiles(tmp_path)) == ["c.fire"]


def test_a_profile_knows_its_folder(tmp_path: Path) -> None:
    path = member(tmp_path, "fire", rule="def decide(consultation, today): return None\n")
    profile = load_profiles(tmp_path)["c.fire"]
    assert (profile.folder, profile.rule, profile.roles) == (path, "rule.py", (Role.DEPARTMENT,))


def test_a_missing_field_and_an_unknown_one_are_told_together(tmp_path: Path) -> None:
    path = member(tmp_path, "fire") / "profile.toml"
    path.write_text(path.read_text().replace("officer =", "oficer ="))
    assert sorted(line.removeprefix(f"{path}:") for line in refused(tmp_path)) == [
        "1: officer: missing",
        "4: oficer: unknown field; remove it",
    ]


def test_a_profile_cannot_say_which_folder_it_is_in(tmp_path: Path) -> None:
    member(tmp_path, "fire", folder="elsewhere")
    assert "folder: unknown field" in refused(tmp_path)[0]


def test_an_unknown_role_is_told_with_its_line(tmp_path: Path) -> None:
    member(tmp_path, "fire", role="king")
    assert refused(tmp_path)[0].startswith(f"{tmp_path}/fire/profile.toml:5: roles.0: ")


def test_an_address_belongs_to_one_member_in_one_domain(tmp_path: Path) -> None:
    member(tmp_path, "a")
    member(tmp_path, "b", address="c.a")
    member(tmp_path, "d", address="elsewhere.d")
    member(tmp_path, "e", address="alone")
    told = refused(tmp_path)
    assert [line.split(": ", 1)[0].removeprefix(f"{tmp_path}/") for line in told] == [
        f"{name}/profile.toml:1" for name in "bde"
    ]
    assert "c.a is the address of" in told[0]
    assert "outside the domain c" in told[1]
    assert "names no domain" in told[2]


def test_a_superior_is_a_member(tmp_path: Path) -> None:
    member(tmp_path, "a", superior="c.b")
    assert "superior: c.b is no member" in refused(tmp_path)[0]
    member(tmp_path, "b")
    assert load_profiles(tmp_path)["c.a"].superior == "c.b"


def test_a_rule_that_is_not_there_is_told(tmp_path: Path) -> None:
    member(tmp_path, "a", rule="")
    (tmp_path / "a" / "rule.py").unlink()
    assert "profile.toml:6: rule: there is no file rule.py" in refused(tmp_path)[0]


@pytest.mark.parametrize("rule", ["../other/rule.py", "rule", "/etc/rule.py"])
def test_a_rule_lies_in_its_members_own_folder(tmp_path: Path, rule: str) -> None:
    member(tmp_path, "a", rule_="")
    path = tmp_path / "a" / "profile.toml"
    path.write_text(path.read_text().replace('rule_ = ""', f'rule = "{rule}"'))
    assert ": rule: " in refused(tmp_path)[0]


def test_a_relay_office_says_which_notices_wait_for_its_cover_and_nobody_else_does(tmp_path: Path) -> None:
    said = '[notices]\ncover = "ask"\n'
    relay = member(tmp_path, "relay", role="relay") / "profile.toml"
    assert load_profiles(tmp_path)["c.relay"].notices.cover is Covering.NONE
    relay.write_text(relay.read_text() + said)
    assert load_profiles(tmp_path)["c.relay"].notices.cover is Covering.ASK
    fire = member(tmp_path, "fire") / "profile.toml"
    fire.write_text(fire.read_text() + said)
    assert f"{fire}:7: notices.cover: c.fire is no relay office" in refused(tmp_path)[0]


def test_a_portal_files_with_a_window_of_its_domain_and_is_nothing_else(tmp_path: Path) -> None:
    member(tmp_path, "window", role="window")
    member(tmp_path, "fire")
    path = member(tmp_path, "portal", role="portal", superior="c.window") / "profile.toml"
    assert load_profiles(tmp_path)["c.portal"].superior == "c.window"
    said = path.read_text(encoding="utf-8")
    for changed, where, why in (
        (said.replace('superior = "c.window"\n', ""), ":5: roles: ", "its superior must be the window"),
        (said.replace("c.window", "c.fire"), ":5: superior: ", "its superior must be the window"),
        (said.replace('["portal"]', '["portal", "department"]'), ":6: roles: ", "no other role beside"),
        (f'{said}rule = "rule.py"\n', ":7: rule: ", "decides nothing by a rule"),
    ):
        path.write_text(changed, encoding="utf-8")
        (path.parent / "rule.py").write_text("")
        [told] = refused(tmp_path)
        assert f"{path}{where}c.portal is a portal" in told
        assert why in told


def test_no_members_are_a_fault(tmp_path: Path) -> None:
    assert "no folder with a profile.toml" in refused(tmp_path)[0]


# --- rules ------------------------------------------------------------------------------------------------------------


def test_rules_of_two_members_are_two_modules_whatever_their_files_are_called(tmp_path: Path) -> None:
    for name in ("a", "b"):
        member(tmp_path, name, rule=f"def decide(consultation, today): return '{name}'\n")
    profiles = load_profiles(tmp_path)
    rules = [
        load_decide(profiles[f"c.{name}"].folder / "rule.py", f"c.{name}", PARAMETERS["department"]) for name in "ab"
    ]
    answers = [rule(None, date(2026, 3, 2)) for rule in rules]
    assert answers == ["a", "b"]


def test_a_rule_that_is_not_python_is_told_with_its_line(tmp_path: Path) -> None:
    assert refused_rule(tmp_path, "x = 1\ndef decide(:\n").startswith("fire/rule.py:2: SyntaxError")


def test_a_rule_that_fails_to_import_is_told_with_its_line(tmp_path: Path) -> None:
    assert refused_rule(tmp_path, "import exchange.schemas\n\nimport no_such_thing\n").startswith(
        "fire/rule.py:3: ModuleNotFoundError"
    )


def test_a_rule_without_decide_is_told(tmp_path: Path) -> None:
    assert refused_rule(tmp_path, "decided = 1\n") == "fire/rule.py:1: there is no decide(consultation, today)"


def test_a_rule_whose_decide_takes_something_else_is_told_with_its_line(tmp_path: Path) -> None:
    assert refused_rule(tmp_path, "\n\ndef decide(consultation): return None\n").startswith("fire/rule.py:3: decide: ")


def test_a_windows_rule_takes_the_docket(tmp_path: Path) -> None:
    told = refused_rule(tmp_path, "def decide(consultation, today): return None\n", role="window")
    assert told.startswith("fire/rule.py:1: decide: ")


def test_a_member_without_a_rule_has_none_to_load(tmp_path: Path) -> None:
    member(tmp_path, "fire")
    with pytest.raises(BadConfiguration, match=r"c\.fire has none"):
        opinion_rule_of(load_profiles(tmp_path)["c.fire"])


# --- the packaged city ------------------------------------------------------------------------------------------------


def test_the_packaged_city_has_a_window_with_its_portal_a_monitor_and_nine_departments_whose_rules_load() -> None:
    profiles = load_profiles(PACKAGED)
    roles = [profile.roles for profile in profiles.values()]
    assert roles[:2] == [(Role.WINDOW,), (Role.MONITOR,)]
    assert roles.count((Role.DEPARTMENT,)) == 9
    assert [one.superior for one in profiles.values() if one.roles == (Role.PORTAL,)] == ["hefei.window"]
    for profile in profiles.values():
        if Role.DEPARTMENT in profile.roles:
            assert callable(load_decide(profile.folder / "rule.py", profile.address, PARAMETERS["department"]))
    with closing(decide_rule_of(profiles["hefei.window"])) as rule:
        rule.check()
