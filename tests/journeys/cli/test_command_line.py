"""The command line: what people type, what they get back, and what they are told when it cannot be."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from exchange.runtime.settings import Home
from tests.journeys.city import wait_until
from tests.journeys.commands import PLAN, application
from tests.processes import ProcessDomain, run

pytestmark = pytest.mark.broker


def test_a_case_from_submission_to_decision_by_commands_alone(city: ProcessDomain, tmp_path: Path) -> None:
    city.serve_all()
    opened = json.loads(run(city, "submit", application(tmp_path), "--json").stdout)
    number = opened["case"]
    wait_until(lambda: city.decided() == 1, 60, "the decision")
    found = json.loads(run(city, "status", number, "--json").stdout)
    assert found["outcome"] == "grant"
    assert {part["state"] for part in found["departments"]} == {"answered"}
    assert number in run(city, "status").stdout
    desk = json.loads(run(city, "inbox", "--as", city.address("planning"), "--all", "--json").stdout)
    assert [row["state"] for row in desk["consultations"]] == ["answered"]
    shown = run(city, "show", number, "--as", city.address("planning")).stdout
    assert "热电公司" in shown
    run(city, "reply", number, "agree", "--as", city.address("planning"), "--officer", "x", code=4)


@pytest.mark.parametrize(
    ("matter", "materials", "complaint"),
    [
        ("nothing", PLAN, "no matter 'nothing'"),
        ("works", "", "missing: 施工方案 (plan)"),
        ("works", PLAN + '[[materials]]\ncode = "other"\n', "unknown material: other"),
        ("works", '[[materials]]\ncode = "plan"\nfile = "absent.pdf"\n', "absent.pdf"),
        ("works", PLAN + f'note = "{"x" * 30000}"\n', "application.toml"),
        ("works", PLAN + 'colour = "red"\n', "materials.0.colour: unknown field"),
        ("works", "[[materials]\n", "line"),
    ],
)
def test_an_application_that_cannot_be_accepted_is_told_what_to_repair(
    city: ProcessDomain, tmp_path: Path, matter: str, materials: str, complaint: str
) -> None:
    done = run(city, "submit", application(tmp_path, matter, materials), code=2)
    assert complaint in done.stderr
    assert "→" in done.stderr
    assert json.loads(run(city, "status", "--json").stdout) == []


def test_an_attachment_too_large_to_travel_inside_is_refused(city: ProcessDomain, tmp_path: Path) -> None:
    (tmp_path / "large.bin").write_bytes(bytes(262_145))
    done = run(
        city, "submit", application(tmp_path, materials='[[materials]]\ncode="plan"\nfile="large.bin"\n'), code=2
    )
    assert "262,145 bytes" in done.stderr


def test_a_bad_reply_is_told_what_to_repair_and_nothing_is_sent(city: ProcessDomain) -> None:
    (number,) = city.submit(1)
    planning = ("--as", city.address("planning"), "--officer", "x")
    assert "not on the desk" in run(city, "reply", number, "agree", *planning, code=3).stderr
    (city.settings.home / "departments" / "planning" / "rule.py").write_text("def decide(c, t):\n    return None\n")
    city.serve_all()
    wait_until(
        lambda: number in run(city, "inbox", "--as", city.address("planning")).stdout, 60, "the consultation", every=0.3
    )
    assert "not a verdict" in run(city, "reply", number, "perhaps", *planning, code=2).stderr
    assert "legal basis" in run(city, "reply", number, "disagree", *planning, code=2).stderr
    assert "not on the desk" in run(city, "reply", "X-1", "agree", *planning, code=3).stderr
    run(city, "reply", number, "agree", *planning, "--drafted-by", "李伟")
    assert "李伟" in run(city, "show", number, "--as", city.address("planning")).stdout
    assert "given once" in run(city, "reply", number, "agree", *planning, code=4).stderr
    wait_until(lambda: city.decided() == 1, 60, "the decision")


def test_the_doctor_finds_a_healthy_domain_healthy_and_a_broken_one_broken(city: ProcessDomain) -> None:
    findings = json.loads(run(city, "doctor", "--json").stdout)
    assert not [finding for finding in findings if finding["level"] == "bad"]
    key = city.settings.home / "members" / city.address("planning") / "keys" / "signing.key"
    key.chmod(0o644)
    done = run(city, "doctor", "--json", code=6)
    bad = [finding for finding in json.loads(done.stdout) if finding["level"] == "bad"]
    assert ["chmod 600" in finding["remedy"] for finding in bad] == [True]


def test_a_broken_profile_is_named_with_file_and_field(city: ProcessDomain) -> None:
    profile = city.settings.home / "departments" / "planning" / "profile.toml"
    profile.write_text(profile.read_text().replace('["department"]', '["king"]'))
    done = run(city, "status", code=2)
    assert "planning/profile.toml" in done.stderr
    assert "roles" in done.stderr


def test_a_matter_that_names_a_stranger_is_told_with_file_line_and_field_by_whatever_reads_it(
    city: ProcessDomain, tmp_path: Path
) -> None:
    catalogue = city.settings.home / "departments" / "catalogue" / "works.toml"
    catalogue.write_text(catalogue.read_text().replace(city.address("transport"), "hefei.nobody"))
    place = "works.toml:18: approvers.1.department: hefei.nobody is no member of the domain"
    assert place in run(city, "submit", application(tmp_path), code=2).stderr
    findings = json.loads(run(city, "doctor", "--json", code=6).stdout)
    assert any(finding["level"] == "bad" and place in finding["finding"] for finding in findings)
    assert place in run(city, "init", code=2).stderr


def test_init_again_changes_nothing(city: ProcessDomain) -> None:
    directory = Home(city.settings.home).directory
    before = directory.read_bytes()
    environment = dict(city.environment(), EXCHANGE_BROKER_URL=city.info.url)
    if city.info.management_url:
        environment["EXCHANGE_MANAGEMENT_URL"] = city.info.management_url
    account = city.settings.home / "members" / city.address("planning") / "broker.json"
    known = account.read_text()
    subprocess.run([sys.executable, "-m", "exchange", "init"], env=environment, check=True, capture_output=True)
    assert directory.read_bytes() == before
    assert account.read_text() == known


def test_the_schemas_of_all_that_travels_can_be_printed(city: ProcessDomain) -> None:
    schemas = json.loads(run(city, "schema").stdout)
    assert {"document", "opinion", "deemed-consent", "receipt", "header"} <= set(schemas)
    assert json.loads(run(city, "schema", "asyncapi").stdout)["asyncapi"].startswith("3.")
    run(city, "schema", "nothing", code=3)
