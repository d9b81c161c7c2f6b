"""The command line: what people type, what they get back, and what they are told when it cannot be."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.broker.node import NodeInfo
from exchange.flow.ports import DeadLetter
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain, run

pytestmark = pytest.mark.broker

APPLICATION = """
matter = "{matter}"
project = "管道"
[applicant]
name = "热电公司"
identifier = "9134"
contact = "0551"
{materials}
"""
PLAN = '[[materials]]\ncode = "plan"\nnote = "on file"\n'


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[ProcessDomain]:
    with ProcessDomain(tmp_path, domain, broker) as city:
        yield city


def application(tmp_path: Path, matter: str = "works", materials: str = PLAN) -> str:
    path = tmp_path / "application.toml"
    path.write_text(APPLICATION.format(matter=matter, materials=materials), encoding="utf-8")
    return str(path)


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
def test_an_application_that_cannot_be_accepted_is_told_what_to_mend(
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


def test_a_bad_reply_is_told_what_to_mend_and_nothing_is_sent(city: ProcessDomain) -> None:
    (number,) = city.submit(1)
    planning = ("--as", city.address("planning"), "--officer", "x")
    assert "not on the desk" in run(city, "reply", number, "agree", *planning, code=3).stderr
    (city.settings.home / "departments" / "planning" / "rule.py").write_text("def decide(c, t):\n    return None\n")
    city.serve_all()
    wait_until(lambda: number in run(city, "inbox", "--as", city.address("planning")).stdout, 60, "the consultation")
    assert "not a verdict" in run(city, "reply", number, "perhaps", *planning, code=2).stderr
    assert "legal basis" in run(city, "reply", number, "disagree", *planning, code=2).stderr
    assert "not on the desk" in run(city, "reply", "X-1", "agree", *planning, code=3).stderr
    run(city, "reply", number, "agree", *planning)
    assert "given once" in run(city, "reply", number, "agree", *planning, code=4).stderr
    wait_until(lambda: city.decided() == 1, 60, "the decision")


def test_the_doctor_finds_a_healthy_domain_healthy_and_a_broken_one_broken(city: ProcessDomain) -> None:
    findings = json.loads(run(city, "doctor", "--json").stdout)
    assert not [finding for finding in findings if finding["level"] == "bad"]
    key = city.settings.home / "members" / city.address("planning") / "keys" / "signing.key"
    key.chmod(0o644)
    done = run(city, "doctor", "--json", code=6)
    bad = [finding for finding in json.loads(done.stdout) if finding["level"] == "bad"]
    assert ["chmod 600" in finding["mend"] for finding in bad] == [True]


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
    directory = city.settings.home / "directory.cose"
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


def answering_by_hand(city: ProcessDomain) -> tuple[str, list[str]]:
    """A case on the desk of planning, which has no rule; its number, and planning's options for a reply."""
    (city.settings.home / "departments" / "planning" / "rule.py").write_text("def decide(c, t):\n    return None\n")
    lead = city.settings.home / "departments" / "window" / "rule.py"
    lead.write_text("def decide(docket):\n    return None\n")
    (number,) = city.submit(1)
    city.serve_all()
    planning = city.address("planning")
    wait_until(lambda: number in run(city, "inbox", "--as", planning).stdout, 60, "the consultation")
    return number, ["--as", planning, "--officer", "张工"]


def state_of(city: ProcessDomain, number: str) -> str:
    return str(json.loads(run(city, "status", number, "--json").stdout)["state"])


def test_what_a_reply_or_decision_lacks_is_told_as_the_option_that_gives_it(city: ProcessDomain) -> None:
    number, planning = answering_by_hand(city)
    for words, complaint, option in (
        (["agree", *planning[:3], ""], "officer: must not be empty", "give --officer"),
        (["disagree", *planning], "disagree: give reasons", "give --reasons and --basis"),
        (["special-procedure", *planning, "--procedure", "hearing"], "a hearing is announced", "give --days"),
        (["not-competent", *planning], "competent_body: ", "give --competent-body"),
    ):
        done = run(city, "reply", number, *words, code=2)
        assert complaint in done.stderr
        assert done.stderr.rstrip().endswith(option)
    run(city, "reply", number, "disagree", *planning, "--reasons", "占压规划红线", "--basis", "城乡规划法第四十条")
    wait_until(lambda: state_of(city, number) == "ready", 60, "all opinions")
    reasons = "公共利益" * 100
    decision = ["decide", number, "grant", "--officer", "李主任", "--reasons", reasons]
    for words, complaint in (
        (decision, "overruled: owed to"),
        ([*decision, "--overrule", city.address("planning")], "gives no reasons"),
        ([*decision, "--overrule", "Planning=x"], "only lower-case letters"),
    ):
        done = run(city, *words, code=2)
        assert complaint in done.stderr
        assert "--overrule DEPARTMENT=REASONS" in done.stderr.splitlines()[-1]
        assert "pydantic" not in done.stderr
    told = run(city, *decision, "--overrule", f"{city.address('planning')}=红线已调整", "--json")
    decision_id = json.loads(told.stdout)["message_id"]

    found = json.loads(run(city, "status", number, "--json").stdout)
    by_name = {part["department"]: part for part in found["departments"]}
    assert by_name[city.address("planning")]["reasons"] == "占压规划红线"
    assert (found["decision_id"], found["decision"]["reasons"]) == (decision_id, reasons)
    shown = run(city, "status", number).stdout
    assert "占压规划红线" in shown
    assert "红线已调整" in shown
    wait_until(
        lambda: "红线已调整" in run(city, "show", number, "--as", city.address("planning")).stdout,
        60,
        "the reasons owed to the objector",
    )
    here = json.loads(run(city, "show", number, "--json").stdout)
    assert {message["kind"] for message in here} >= {"consultation", "opinion", "decision"}
    assert reasons in run(city, "show", decision_id).stdout


def test_attachments_are_saved_under_their_names_and_nothing_is_overwritten(
    city: ProcessDomain, tmp_path: Path
) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"%PDF plan")
    with_file = '[[materials]]\ncode = "plan"\nfile = "plan.pdf"\n'
    number = json.loads(run(city, "submit", application(tmp_path, materials=with_file), "--json").stdout)["case"]
    folder = tmp_path / "saved"
    for _ in range(2):
        run(city, "show", number, "--save", str(folder))
        assert [path.read_bytes() for path in folder.iterdir()] == [b"%PDF plan"]
    (folder / "plan.pdf").write_bytes(b"another file of that name")
    run(city, "show", number, "--save", str(folder))
    assert (folder / "plan.pdf").read_bytes() == b"another file of that name"
    assert sorted(path.read_bytes() for path in folder.iterdir()) == [b"%PDF plan", b"another file of that name"]


def test_what_an_applicant_writes_is_shown_as_written_and_moves_no_cursor(city: ProcessDomain, tmp_path: Path) -> None:
    city.serve_all()
    path = Path(application(tmp_path))
    path.write_text(path.read_text().replace('"管道"', '"改造[/二期] 工程[red]一期 \\u001b[2J"'))
    number = json.loads(run(city, "submit", str(path), "--json").stdout)["case"]
    planning = city.address("planning")
    wait_until(lambda: number in run(city, "inbox", "--all", "--as", planning).stdout, 60, "the consultation")
    for words in (["status", number], ["inbox", "--all", "--as", planning], ["show", number, "--as", planning]):
        shown = run(city, *words).stdout
        assert "改造[/二期] 工程[red]一期 \ufffd[2J" in shown
        assert "\x1b" not in shown


def test_dead_letters_are_listed_with_their_reason_and_what_cannot_be_redriven_is_told(city: ProcessDomain) -> None:
    assert json.loads(run(city, "dead", "--json").stdout) == []
    window = city.open("window")
    with window.store.transaction() as tx:
        letter = DeadLetter("malformed", "not an envelope [/x]", "open", f"{city.address('window')}.inbox", b"{}")
        tx.inbox.dead([letter], city.settings.clock.now())
    [found] = json.loads(run(city, "dead", "--json").stdout)
    assert (found["member"], found["attempts"], found["stage"]) == (city.address("window"), 1, "open")
    shown = run(city, "dead").stdout
    assert found["id"] in shown
    assert "not an envelope [/x]" in shown
    assert "malformed" in run(city, "dead", "--redrive", found["id"], code=5).stderr
    assert "no dead letter" in run(city, "dead", "--redrive", "000000000000", code=3).stderr
    assert "exchange dead" in run(city, "doctor", "--json").stdout
    assert len(json.loads(run(city, "dead", "--json").stdout)) == 1


def test_copies_that_were_given_up_are_bad_news_until_they_are_resent(city: ProcessDomain) -> None:
    (number,) = city.submit(1)
    window = city.open("window")
    with window.store.transaction() as tx:
        for parcel in tx.outbox.due(city.settings.clock.now(), 9, ()):
            tx.outbox.mark_failed(parcel.id, "unroutable", city.settings.clock.now(), None)
    found = json.loads(run(city, "resend", "--json").stdout)
    assert {copy["addressee"] for copy in found} == {city.address("planning"), city.address("transport")}
    assert "exchange resend" in run(city, "doctor", "--json", code=6).stdout
    message_id = found[0]["message_id"]
    assert message_id in run(city, "resend").stdout
    again = json.loads(run(city, "resend", message_id, "--to", city.address("planning"), "--json").stdout)
    assert again["copies"] == 1
    run(city, "resend", message_id)
    assert json.loads(run(city, "resend", "--json").stdout) == []
    city.serve_all()
    wait_until(lambda: city.decided() == 1, 60, f"the decision on {number}")
    assert "signed for" in run(city, "resend", message_id, code=4).stderr


def test_watching_for_machines_prints_each_change_and_ends_with_the_case(city: ProcessDomain) -> None:
    (number,) = city.submit(1)
    watching = subprocess.Popen(
        [sys.executable, "-m", "exchange", "status", number, "--watch", "--json"],
        env=dict(city.environment()), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert watching.stdout is not None
    assert json.loads(watching.stdout.readline())["state"] == "open"
    city.serve_all()
    states = [json.loads(line)["state"] for line in watching.communicate(timeout=90)[0].splitlines()]
    assert states[-1] == "decided"


def test_machines_are_told_of_a_command_line_that_does_not_hold(city: ProcessDomain) -> None:
    assert json.loads(run(city, "status", "--nonsense", "--json", code=2).stdout)["error"] == "usage"
    assert "--cases" in run(city, "replay", "x.csv", "--cases", "-3", code=2).stderr
    assert run(city, "--version").stdout.startswith("yizhan ")
    help_text = [line.strip() for line in run(city, "submit", "--help").stdout.splitlines()]
    assert help_text[help_text.index("[[materials]]") + 1] == 'code = "plan"'
