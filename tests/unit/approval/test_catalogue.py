"""Catalogue files: everything that is invalid is told with file, line and field."""

from __future__ import annotations

from pathlib import Path

import pytest

import exchange
from exchange.errors import BadConfiguration
from exchange.runtime.catalogue import load_catalogue
from exchange.runtime.profiles import Profile, load_profiles
from exchange.schemas import BY_LAW, Completion, DefaultMode, ProcedureKind, Role

PACKAGED = Path(exchange.__file__).resolve().parent.parent / "departments" / "catalogue"

GOOD = """\
code = "works"
version = "2026.1"
name = "占用道路"
name_en = "Occupying a road"
lead = "c.window"
basis = [
    "城市道路管理条例第三十条",
    "name = not a key",
]

[[materials]]
code = "plan"
name = "施工方案"

[[approvers]]
department = "c.police"
term_days = 5

[[approvers]]
department = "c.transport"
term_days = 3
default = "consent"
default_basis = ["缺席默认制"]
"""


def refused(folder: Path, **files: str) -> list[str]:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadConfiguration) as error:
        load_catalogue(folder)
    assert error.value.remedy
    return str(error.value).splitlines()


def test_a_matter_is_read_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "works.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "readme.txt").write_text("no matter")
    found = load_catalogue(tmp_path)
    assert list(found) == ["works"]
    assert found["works"].approvers[1].default is DefaultMode.CONSENT
    assert found["works"].basis[1] == "name = not a key"


def test_an_empty_folder_is_an_empty_catalogue(tmp_path: Path) -> None:
    assert load_catalogue(tmp_path) == {}


def test_a_wrong_value_is_told_with_its_line_and_field(tmp_path: Path) -> None:
    (told,) = refused(tmp_path, works=GOOD.replace("term_days = 3", 'term_days = "three"'))
    assert told.startswith(f"{tmp_path}/works.toml:21: approvers.1.term_days: ")


def test_a_missing_field_is_told_with_the_line_of_its_table(tmp_path: Path) -> None:
    (told,) = refused(tmp_path, works=GOOD.replace('department = "c.police"\n', ""))
    assert told.startswith(f"{tmp_path}/works.toml:15: approvers.0.department: ")


def test_an_unknown_field_is_told_with_its_line(tmp_path: Path) -> None:
    (told,) = refused(tmp_path, works=GOOD.replace('default = "consent"', 'defaults = "consent"'))
    assert told.startswith(f"{tmp_path}/works.toml:22: approvers.1.defaults: ")


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    bad = GOOD.replace("term_days = 3", "term_days = 0").replace('lead = "c.window"', 'lead = "C Window"')
    told = refused(tmp_path, a=bad, b=GOOD.replace('code = "works"', 'code = "Works!"'))
    assert [line.split(": ")[0].removeprefix(f"{tmp_path}/") for line in told] == ["a.toml:5", "a.toml:21", "b.toml:1"]


def test_a_rule_between_fields_is_told_as_the_matters(tmp_path: Path) -> None:
    (told,) = refused(tmp_path, works=GOOD + "veto = 1\n")
    assert "works.toml:24: approvers.1.veto: " in told
    (told,) = refused(tmp_path, works='quorum = 3\ncompletion = "quorum"\n' + GOOD)
    assert told == f"{tmp_path}/works.toml:1: quorum: more than there are approvers"


def test_a_default_without_its_rule_is_refused(tmp_path: Path) -> None:
    (told,) = refused(tmp_path, works=GOOD.replace('default_basis = ["缺席默认制"]\n', ""))
    assert "works.toml:19: approvers.1: default_basis: a default needs the rule" in told


def test_what_is_not_toml_is_told_with_its_line(tmp_path: Path) -> None:
    (told,) = refused(tmp_path, works=GOOD.replace("[[materials]]", "[[materials]"))
    assert told.startswith(f"{tmp_path}/works.toml:11: ")
    (told,) = refused(tmp_path, works=GOOD + 'name = "unclosed')
    assert told.startswith(f"{tmp_path}/works.toml:24: ")


def test_a_code_is_used_once(tmp_path: Path) -> None:
    (told,) = refused(tmp_path, a=GOOD, b="# second\n" + GOOD)
    assert told == f"{tmp_path}/b.toml:2: code: works is the code of a.toml already"


def test_the_packaged_catalogue_holds_and_shows_what_the_engine_can_do() -> None:
    found = load_catalogue(PACKAGED)
    assert len(found) >= 5
    assert {matter.completion for matter in found.values()} == set(Completion)
    assert any(approver.after for matter in found.values() for approver in matter.approvers)
    assert any(approver.stage > 1 for matter in found.values() for approver in matter.approvers)
    assert any(matter.exclusions for matter in found.values())


def test_packaged_terms_stay_within_the_twenty_days_of_the_licence_law() -> None:
    terms = [approver.term_days for matter in load_catalogue(PACKAGED).values() for approver in matter.approvers]
    assert all(3 <= days <= 20 for days in terms)


def test_every_packaged_default_rests_on_a_rule_and_none_is_in_a_matter_of_life_and_limb() -> None:
    for matter in load_catalogue(PACKAGED).values():
        for approver in matter.approvers:
            assert bool(approver.default_basis) is (approver.default is not DefaultMode.NONE)
            assert not (matter.exclusions and approver.default is not DefaultMode.NONE)


def members(**roles: Role) -> dict[str, Profile]:
    """Profiles by short name, each with one role."""
    return {
        f"c.{name}": Profile(
            address=f"c.{name}", name=name, name_en=name, roles=(role,), officer="officer", folder=Path()
        )
        for name, role in roles.items()
    }


def strangers(folder: Path, text: str, profiles: dict[str, Profile]) -> list[str]:
    (folder / "works.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadConfiguration) as error:
        load_catalogue(folder, profiles)
    return str(error.value).splitlines()


def test_a_matter_of_members_of_the_domain_holds(tmp_path: Path) -> None:
    (tmp_path / "works.toml").write_text(GOOD, encoding="utf-8")
    profiles = members(window=Role.WINDOW, police=Role.DEPARTMENT, transport=Role.DEPARTMENT)
    assert list(load_catalogue(tmp_path, profiles)) == ["works"]


def test_whoever_a_matter_names_must_be_a_member_and_the_place_is_told(tmp_path: Path) -> None:
    text = GOOD + 'after = ["c.police"]\n'
    told = strangers(tmp_path, text, members(transport=Role.DEPARTMENT))
    assert told == [
        f"{tmp_path}/works.toml:5: lead: c.window is no member of the domain",
        f"{tmp_path}/works.toml:16: approvers.0.department: c.police is no member of the domain",
        f"{tmp_path}/works.toml:24: approvers.1.after.0: c.police is no member of the domain",
    ]


def test_a_matter_says_who_may_amend_a_term_and_who_does_by_address_is_a_member(tmp_path: Path) -> None:
    text = (
        GOOD
        + """
[[amendments.extension]]
by = ["superior", "c.mayor"]
days = 10

[[amendments.stops]]
procedure = "hearing"
by = ["lead", "department"]
days = 20

[amendments.restart]
by = ["lead"]
most = 2
"""
    )
    (tmp_path / "works.toml").write_text(text, encoding="utf-8")
    rules = load_catalogue(tmp_path)["works"].amendments
    assert [(rule.by, rule.days) for rule in rules.extension] == [(("superior", "c.mayor"), 10)]
    assert [(rule.procedure, rule.days) for rule in rules.stops or ()] == [(ProcedureKind.HEARING, 20)]
    assert rules.restart.most == 2
    known = members(window=Role.WINDOW, police=Role.DEPARTMENT, transport=Role.DEPARTMENT)
    (told,) = strangers(tmp_path, text, known)
    assert "amendments.extension.0.by.1: c.mayor is no member of the domain" in told
    wrong = text.replace('"c.mayor"', '"mayor"')
    assert "neither a member's address nor one of lead, superior, department" in refused(tmp_path, works=wrong)[0]
    silent = GOOD.replace("占用道路", "占道")
    (tmp_path / "works.toml").write_text(silent, encoding="utf-8")
    assert load_catalogue(tmp_path)["works"].amendments == BY_LAW
    assert "amendments" not in load_catalogue(tmp_path)["works"].model_dump_json(), (
        "matters on record stay what they are"
    )


def test_a_lead_must_be_a_window_and_an_approver_a_department(tmp_path: Path) -> None:
    told = strangers(tmp_path, GOOD, members(window=Role.MONITOR, police=Role.MONITOR, transport=Role.DEPARTMENT))
    assert told == [
        f"{tmp_path}/works.toml:5: lead: c.window has not the role 'window'",
        f"{tmp_path}/works.toml:16: approvers.0.department: c.police has not the role 'department'",
    ]


def test_the_packaged_catalogue_names_the_packaged_departments() -> None:
    assert load_catalogue(PACKAGED, load_profiles(PACKAGED.parent))
